package io.seriatim.engine;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.openjdk.jol.vm.VM;
import org.openjdk.jol.vm.VirtualMachine;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The objects that can be reached from some roots, where their fields lie, and the off-heap memory that they stand for.
 * <p>
 * Threads: confined to one; nothing else may change what is walked meanwhile.
 */
final class MemoryGraph
{
    static
    {
        // Fields of lambdas and records are reached too.
        System.setProperty("jol.magicFieldOffset", "true");
    }

    static final VirtualMachine MACHINE = VM.current();

    private static final Path MAPPED_MEMORY = Path.of("/proc/self/maps");
    private static final List<String> OURS = List.of("io.seriatim.", "io.aeron.", "com.lmax.");
    private static final List<String> MACHINE_PACKAGES =
        List.of("jdk.internal.", "sun.", "java.lang.invoke.", "java.util.logging.", "java.security.");
    private static final Map<Class<?>, List<Slot>> SLOTS = new HashMap<>();

    private final IdentityHashMap<Object, String> labels = new IdentityHashMap<>();
    private final Map<Long, Range> ranges = new TreeMap<>();

    /**
     * A field of a class.
     *
     * @param name        with the class that declares it.
     * @param offset      in the object, in bytes.
     * @param type        of the field.
     * @param isChangeable whether it can be written after construction.
     */
    record Slot(String name, long offset, Class<?> type, boolean isChangeable)
    {
        /** What it holds, so that two readings can be compared; a reference by its identity. */
        Object read(final Object object)
        {
            if (!type.isPrimitive())
            {
                return MACHINE.getObject(object, offset);
            }
            switch (type.getName())
            {
                case "long", "double":
                    return MACHINE.getLong(object, offset);
                case "int", "float":
                    return (long)MACHINE.getInt(object, offset);
                case "short", "char":
                    return (long)MACHINE.getShort(object, offset);
                default:
                    return (long)MACHINE.getByte(object, offset);
            }
        }
    }

    /**
     * Off-heap memory.
     *
     * @param address of its first byte.
     * @param length  in bytes.
     * @param label   of the object that stands for it.
     */
    record Range(long address, long length, String label)
    {
        long end()
        {
            return address + length;
        }
    }

    /**
     * Walk from some roots.
     *
     * @param roots   to start at.
     * @param borders classes whose objects are noted and not looked into.
     */
    MemoryGraph(final Collection<?> roots, final Collection<String> borders)
    {
        final ArrayDeque<Object> open = new ArrayDeque<>();
        roots.forEach(root -> note(root, nameOf(root.getClass()), open));
        while (!open.isEmpty())
        {
            final Object object = open.poll();
            final String label = labels.get(object);
            if (object instanceof Object[] array)
            {
                for (final Object element : array)
                {
                    note(element, label, open);
                }
            }
            else if (!object.getClass().isArray() && !borders.contains(nameOf(object.getClass())))
            {
                noteMemory(object, label);
                for (final Slot slot : slotsOf(object.getClass()))
                {
                    if (!slot.type().isPrimitive())
                    {
                        final String field = isOurs(object.getClass()) ? slot.name() : label;
                        note(slot.read(object), field, open);
                    }
                }
            }
        }
    }

    /** Every object, with its class if that is ours, else with the field of ours that leads to it. */
    IdentityHashMap<Object, String> labels()
    {
        return labels;
    }

    /** Off-heap memory, by address: without what is not mapped any more, and without what is part of another. */
    List<Range> ranges()
    {
        final List<long[]> mapped = mappedMemory();
        final List<Range> outermost = new ArrayList<>();
        long end = 0;
        for (final Range range : ranges.values())
        {
            if (range.end() > end && mapped.stream().anyMatch(memory ->
                memory[0] <= range.address() && range.end() <= memory[1]))
            {
                outermost.add(range);
                end = range.end();
            }
        }
        return outermost;
    }

    /** Whose a place off the heap is: of several, what stands for the least memory. */
    String labelOf(final long address)
    {
        return ranges.values().stream()
            .filter(range -> range.address() <= address && address < range.end())
            .min(Comparator.comparingLong(Range::length)).map(Range::label).orElse("");
    }

    /** Fields of a class and of those above it. */
    static List<Slot> slotsOf(final Class<?> type)
    {
        final List<Slot> known = SLOTS.get(type);
        if (known != null)
        {
            return known;
        }
        final List<Slot> slots = new ArrayList<>();
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass())
        {
            for (final Field field : owner.getDeclaredFields())
            {
                if (!Modifier.isStatic(field.getModifiers()))
                {
                    slots.add(new Slot(
                        nameOf(owner) + '.' + field.getName(), MACHINE.fieldOffset(field), field.getType(),
                        !Modifier.isFinal(field.getModifiers())));
                }
            }
        }
        SLOTS.put(type, slots);
        return slots;
    }

    /** Name of a class without its package; of a lambda, that of the class it was written in. */
    static String nameOf(final Class<?> type)
    {
        final String name = type.getName();
        final String shortName = name.substring(name.lastIndexOf('.', name.indexOf('/') < 0 ?
            name.length() : name.indexOf('/')) + 1);
        final int lambda = shortName.indexOf("$$Lambda");
        return lambda < 0 ? shortName : shortName.substring(0, lambda) + "$lambda";
    }

    private static boolean isOurs(final Class<?> type)
    {
        return OURS.stream().anyMatch(type.getName()::startsWith);
    }

    private void note(final Object object, final String label, final ArrayDeque<Object> open)
    {
        if (object == null || labels.containsKey(object) || isOfTheMachine(object))
        {
            return;
        }
        labels.put(object, isOurs(object.getClass()) ? nameOf(object.getClass()) : label);
        open.add(object);
    }

    /** What every object of the virtual machine hangs together by. */
    private static boolean isOfTheMachine(final Object object)
    {
        final String name = object.getClass().getName();
        return object instanceof Class || object instanceof ClassLoader || object instanceof Thread ||
            object instanceof ThreadGroup || object instanceof Reference || object instanceof System.Logger ||
            object instanceof String || object instanceof Enum || object instanceof PrintStream ||
            MACHINE_PACKAGES.stream().anyMatch(name::startsWith);
    }

    private void noteMemory(final Object object, final String label)
    {
        if (object instanceof DirectBuffer buffer && buffer.byteArray() == null)
        {
            add(buffer.addressOffset(), buffer.capacity(), label);
        }
        else if (object instanceof ByteBuffer buffer && buffer.isDirect())
        {
            add(BufferUtil.address(buffer), buffer.capacity(), label);
        }
        else if ("Segments".equals(nameOf(object.getClass())))
        {
            addSegments(object, label);
        }
    }

    /** Each segment is one piece of memory; their addresses are in another. */
    private void addSegments(final Object segments, final String label)
    {
        final long table = (Long)valueOf(segments, "Segments.addressTable");
        add(table, (Long)valueOf(segments, "Segments.addressCapacity") * Long.BYTES, label + ".addressTable");
        for (long i = 0; i < (Long)valueOf(segments, "Segments.segmentCount"); i++)
        {
            add(UnsafeApi.getLong(table + i * Long.BYTES), (Long)valueOf(segments, "Segments.segmentLength"), label);
        }
    }

    static Object valueOf(final Object object, final String slotName)
    {
        return slotsOf(object.getClass()).stream().filter(slot -> slot.name().equals(slotName)).findFirst()
            .orElseThrow(() -> new AssertionError("no such field: " + slotName)).read(object);
    }

    private void add(final long address, final long length, final String label)
    {
        if (address != 0 && length > 0)
        {
            ranges.merge(address, new Range(address, length, label), (a, b) -> a.length() >= b.length() ? a : b);
        }
    }

    private static List<long[]> mappedMemory()
    {
        final List<long[]> mapped = new ArrayList<>();
        try
        {
            for (final String line : Files.readAllLines(MAPPED_MEMORY))
            {
                final String[] bounds = line.substring(0, line.indexOf(' ')).split("-");
                if (line.charAt(line.indexOf(' ') + 1) == 'r' && bounds[0].length() < Long.BYTES * 2)
                {
                    mapped.add(new long[] {Long.parseLong(bounds[0], 16), Long.parseLong(bounds[1], 16)});
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return mapped;
    }
}
