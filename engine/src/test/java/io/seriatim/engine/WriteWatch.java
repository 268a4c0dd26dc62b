package io.seriatim.engine;

import org.agrona.UnsafeApi;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds who writes what: memory is read before and after each of them has worked alone, and what differs was written by
 * him. What is overwritten by the same value goes unseen, so everybody works many times with changing values.
 * <p>
 * Threads: confined to one, which also does the work.
 */
final class WriteWatch
{
    static final int LINE_LENGTH = 64;

    private final MemoryGraph graph;
    private final IdentityHashMap<Object, Object[]> values = new IdentityHashMap<>();
    private final List<MemoryGraph.Range> ranges;
    private final List<long[]> contents = new ArrayList<>();
    private final IdentityHashMap<Object, Map<Long, Write>> heapWrites = new IdentityHashMap<>();
    private final Map<Long, Write> lineWrites = new TreeMap<>();

    /** What was written at one place, and who did. */
    static final class Write
    {
        private final TreeSet<String> names = new TreeSet<>();
        private final TreeSet<String> writers = new TreeSet<>();

        TreeSet<String> names()
        {
            return names;
        }

        TreeSet<String> writers()
        {
            return writers;
        }

        private void add(final String name, final String writer)
        {
            names.add(name);
            writers.add(writer);
        }

        private Write plus(final Write other)
        {
            final Write sum = new Write();
            sum.names.addAll(names);
            sum.names.addAll(other.names);
            sum.writers.addAll(writers);
            sum.writers.addAll(other.writers);
            return sum;
        }
    }

    /**
     * Watch everything that can be reached now; what is made later is not seen.
     *
     * @param graph of it.
     */
    WriteWatch(final MemoryGraph graph)
    {
        this.graph = graph;
        ranges = graph.ranges();
        graph.labels().keySet().forEach(object -> values.put(object, valuesOf(object)));
        ranges.forEach(range -> contents.add(contentOf(range)));
    }

    /** Let somebody work, and note what he wrote. */
    void run(final String writer, final Runnable work)
    {
        work.run();
        for (final Map.Entry<Object, Object[]> entry : values.entrySet())
        {
            noteHeap(entry, writer);
        }
        for (int i = 0; i < ranges.size(); i++)
        {
            noteRange(i, writer);
        }
    }

    /** Objects that were written, and where in them. */
    IdentityHashMap<Object, Map<Long, Write>> heapWrites()
    {
        return heapWrites;
    }

    /** Off-heap lines that were written, by address. */
    Map<Long, Write> lineWrites()
    {
        return lineWrites;
    }

    /** Places of one object, or off-heap lines, that several write and that can lie on one line. */
    Collection<Write> sharedLines()
    {
        final List<Write> shared = new ArrayList<>();
        heapWrites.values().forEach(writes -> writes.forEach((offset, write) -> writes.forEach((other, otherWrite) ->
        {
            // Objects begin anywhere in a line.
            if (offset <= other && other - offset < LINE_LENGTH && write.plus(otherWrite).writers.size() > 1)
            {
                shared.add(write.plus(otherWrite));
            }
        })));
        lineWrites.values().stream().filter(write -> write.writers.size() > 1).forEach(shared::add);
        return shared;
    }

    private void noteHeap(final Map.Entry<Object, Object[]> entry, final String writer)
    {
        final Object object = entry.getKey();
        final Object[] before = entry.getValue();
        final Object[] after = valuesOf(object);
        final List<MemoryGraph.Slot> slots = object.getClass().isArray() ?
            List.of() : MemoryGraph.slotsOf(object.getClass());
        for (int i = 0; i < before.length; i++)
        {
            if (before[i] != after[i] && !(before[i] instanceof Long && before[i].equals(after[i])))
            {
                final boolean isArray = slots.isEmpty();
                final String name = isArray ? graph.labels().get(object) + "[]" : slots.get(i).name();
                final long offset = isArray ? elementOffset(object, i) : slots.get(i).offset();
                heapWrites.computeIfAbsent(object, key -> new TreeMap<>())
                    .computeIfAbsent(offset, key -> new Write()).add(name, writer);
            }
        }
        entry.setValue(after);
    }

    private void noteRange(final int index, final String writer)
    {
        final long address = ranges.get(index).address();
        final long[] content = contents.get(index);
        for (int i = 0; i < content.length; i++)
        {
            final long place = address + (long)i * Long.BYTES;
            final long value = UnsafeApi.getLong(place);
            if (value != content[i])
            {
                content[i] = value;
                lineWrites.computeIfAbsent(place & -LINE_LENGTH, key -> new Write())
                    .add(graph.labelOf(place), writer);
            }
        }
    }

    private static long elementOffset(final Object array, final int index)
    {
        final String type = array.getClass().getComponentType().isPrimitive() ?
            array.getClass().getComponentType().getName() : "java.lang.Object";
        return MemoryGraph.MACHINE.arrayBaseOffset(type) +
            (long)index * MemoryGraph.MACHINE.arrayIndexScale(type);
    }

    private static long[] contentOf(final MemoryGraph.Range range)
    {
        final long[] content = new long[(int)(range.length() / Long.BYTES)];
        for (int i = 0; i < content.length; i++)
        {
            content[i] = UnsafeApi.getLong(range.address() + (long)i * Long.BYTES);
        }
        return content;
    }

    private static Object[] valuesOf(final Object object)
    {
        if (object instanceof Object[] array)
        {
            return array.clone();
        }
        if (object.getClass().isArray())
        {
            final Object[] values = new Object[Array.getLength(object)];
            for (int i = 0; i < values.length; i++)
            {
                final Object value = Array.get(object, i);
                values[i] = value instanceof Number number ? (Object)number.longValue() :
                    value instanceof Character letter ? (Object)(long)letter : Boolean.TRUE.equals(value) ? 1L : 0L;
            }
            return values;
        }
        final List<MemoryGraph.Slot> slots = MemoryGraph.slotsOf(object.getClass());
        final Object[] values = new Object[slots.size()];
        for (int i = 0; i < values.length; i++)
        {
            values[i] = slots.get(i).isChangeable() || slots.get(i).type().isPrimitive() ?
                slots.get(i).read(object) : null;
        }
        return values;
    }
}
