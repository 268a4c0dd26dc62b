package io.seriatim.replay;

import org.agrona.UnsafeApi;

import java.util.Arrays;
import java.util.List;

/**
 * Map from a key of 64 bits to the ascending row numbers that have it, by extendible hashing: a directory of pages,
 * each a small open-addressing table. A page that fills up is split in two, so the index grows by some hundred slots at
 * a time.
 * <p>
 * Shape: pages off-heap, and a directory on the heap of one int for some hundreds of keys. A page is
 *
 * <pre>
 *      0  number of used slots             int32
 *      4  depth                            int32
 *      8  {@value #PAGE_SLOT_COUNT} keys, mixed                 int64 each
 *   8200  {@value #PAGE_SLOT_COUNT} values                      int32 each
 * </pre>
 *
 * with a value of 0 for a free slot, row + 1 for a key with a single row, and the inverted number of a list for a key
 * with several.<br>
 * Cost: a look-up reads the directory and a few neighbouring slots of one page. Pages are 44 to 88 % full, so a key
 * takes 14 to 28 bytes, and its rows, if there are several, a list and 8 bytes.<br>
 * Threads: confined to one.<br>
 * Source: Fagin, Nievergelt, Pippenger, Strong, "Extendible Hashing", 1979. Keys are mixed one-to-one and with a seed
 * that callers do not know, so that nobody can choose keys that fall into one page.
 */
final class ValueIndex implements AutoCloseable
{
    private static final int PAGE_SLOT_COUNT = 1024;
    private static final int PAGE_LIMIT = PAGE_SLOT_COUNT * 7 / 8;
    private static final int SLOT_MASK = PAGE_SLOT_COUNT - 1;
    private static final int DEPTH_OFFSET = 4;
    private static final int KEYS_OFFSET = 8;
    private static final int VALUES_OFFSET = KEYS_OFFSET + PAGE_SLOT_COUNT * Long.BYTES;
    private static final int PAGE_LENGTH = VALUES_OFFSET + PAGE_SLOT_COUNT * Integer.BYTES;
    private static final int DEPTH_MAX = 28;
    private static final int FREE = 0;

    private final IntLists lists;
    private final long seed;
    private final ModelRows pages = new ModelRows(PAGE_LENGTH);
    private final ModelRows heads = new ModelRows(Long.BYTES);

    /** Page by the first bits of the mixed key; a power of two of them. */
    private final ModelInts directory = new ModelInts(new int[1]);

    /**
     * Empty; the first page is made with the first row.
     *
     * @param lists that hold the row numbers.
     * @param seed  of the hash; it changes where slots lie and nothing else.
     */
    ValueIndex(final IntLists lists, final long seed)
    {
        this.lists = lists;
        this.seed = seed;
    }

    /** The parts that a snapshot has. */
    List<ModelTable> tables()
    {
        return List.of(pages, heads, directory);
    }

    /** Note a row that has a key; rows come in ascending order. */
    void add(final long key, final int row)
    {
        if (pages.count() == 0)
        {
            addPage(0);
        }
        final long mixed = mix(key);
        long page = page(mixed);
        int slot = slot(page, mixed);
        while (value(page, slot) == FREE && usedSlots(page) >= PAGE_LIMIT)
        {
            split(mixed);
            page = page(mixed);
            slot = slot(page, mixed);
        }
        final int value = value(page, slot);
        if (value == FREE)
        {
            put(pages.changing(pageOf(mixed)), slot, mixed, row + 1);
        }
        else if (value > 0)
        {
            final int head = heads.add();
            final long list = lists.append(lists.append(IntLists.EMPTY, value - 1), row);
            UnsafeApi.putLong(heads.address(head), list);
            value(pages.changing(pageOf(mixed)), slot, ~head);
        }
        else
        {
            final long head = heads.changing(~value);
            UnsafeApi.putLong(head, lists.append(UnsafeApi.getLong(head), row));
        }
    }

    /** The list of the rows that have a key. */
    long find(final long key)
    {
        if (pages.count() == 0)
        {
            return IntLists.EMPTY;
        }
        final long mixed = mix(key);
        final long page = page(mixed);
        final int value = value(page, slot(page, mixed));
        return value == FREE ? IntLists.EMPTY :
            value > 0 ? lists.append(IntLists.EMPTY, value - 1) : UnsafeApi.getLong(heads.address(~value));
    }

    long allocatedBytes()
    {
        return pages.allocatedBytes() + heads.allocatedBytes();
    }

    @Override
    public void close()
    {
        pages.close();
        heads.close();
    }

    /** One-to-one. */
    private long mix(final long key)
    {
        long z = key ^ seed;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z += seed;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private int pageOf(final long mixed)
    {
        // Two shifts, as one by 64 would be one by 0.
        return directory.values()[(int)(mixed >>> 1 >>> Long.SIZE - 1 - directoryDepth())];
    }

    private int directoryDepth()
    {
        return Integer.numberOfTrailingZeros(directory.values().length);
    }

    private long page(final long mixed)
    {
        return pages.address(pageOf(mixed));
    }

    /** The slot that holds a key, or the free one where it belongs. */
    private static int slot(final long page, final long mixed)
    {
        int slot = (int)mixed & SLOT_MASK;
        while (value(page, slot) != FREE && key(page, slot) != mixed)
        {
            slot = slot + 1 & SLOT_MASK;
        }
        return slot;
    }

    /** Split the page that a key belongs to. */
    private void split(final long mixed)
    {
        final int number = pageOf(mixed);
        final int depth = UnsafeApi.getInt(pages.address(number) + DEPTH_OFFSET);
        if (depth == directoryDepth())
        {
            doubleDirectory();
        }
        final int sibling = addPage(depth + 1);
        // Of the directory entries that lead to the page, which lie side by side, the upper half leads to the sibling.
        final int width = 1 << directoryDepth() - depth - 1;
        final int first = depth == 0 ? 0 : (int)(mixed >>> Long.SIZE - depth) << directoryDepth() - depth;
        Arrays.fill(directory.values(), first + width, first + 2 * width, sibling);
        moveUpperHalf(pages.changing(number), pages.address(sibling), depth);
    }

    private static void moveUpperHalf(final long page, final long sibling, final int depth)
    {
        final long copy = UnsafeApi.allocateMemory(PAGE_LENGTH);
        UnsafeApi.copyMemory(page, copy, PAGE_LENGTH);
        UnsafeApi.setMemory(page, PAGE_LENGTH, (byte)0);
        UnsafeApi.putInt(page + DEPTH_OFFSET, depth + 1);
        for (int slot = 0; slot < PAGE_SLOT_COUNT; slot++)
        {
            final int value = value(copy, slot);
            if (value != FREE)
            {
                final long mixed = key(copy, slot);
                final long target = (mixed >>> Long.SIZE - 1 - depth & 1) != 0 ? sibling : page;
                put(target, slot(target, mixed), mixed, value);
            }
        }
        UnsafeApi.freeMemory(copy);
    }

    private void doubleDirectory()
    {
        if (directoryDepth() == DEPTH_MAX)
        {
            throw new IllegalStateException("an index of values can not grow: pages=" + pages.count());
        }
        final int[] doubled = new int[2 * directory.values().length];
        for (int i = 0; i < doubled.length; i++)
        {
            doubled[i] = directory.values()[i >> 1];
        }
        directory.values(doubled);
    }

    private int addPage(final int depth)
    {
        final int page = pages.add();
        UnsafeApi.putInt(pages.address(page) + DEPTH_OFFSET, depth);
        return page;
    }

    private static void put(final long page, final int slot, final long mixed, final int value)
    {
        UnsafeApi.putLong(page + KEYS_OFFSET + (long)slot * Long.BYTES, mixed);
        value(page, slot, value);
        UnsafeApi.putInt(page, usedSlots(page) + 1);
    }

    private static int usedSlots(final long page)
    {
        return UnsafeApi.getInt(page);
    }

    private static long key(final long page, final int slot)
    {
        return UnsafeApi.getLong(page + KEYS_OFFSET + (long)slot * Long.BYTES);
    }

    private static int value(final long page, final int slot)
    {
        return UnsafeApi.getInt(page + VALUES_OFFSET + (long)slot * Integer.BYTES);
    }

    private static void value(final long page, final int slot, final int value)
    {
        UnsafeApi.putInt(page + VALUES_OFFSET + (long)slot * Integer.BYTES, value);
    }
}
