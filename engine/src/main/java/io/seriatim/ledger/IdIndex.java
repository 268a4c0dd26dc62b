package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * Map from a 128-bit id to a 64-bit value that is not zero, by extendible hashing: a directory of pages, each a small
 * open-addressing table. A page that fills up is split in two, so the index grows by a few hundred moved slots at a
 * time; only the directory, one int for some hundreds of ids, is ever copied as a whole.
 * <p>
 * Shape: pages of {@link #PAGE_SLOT_COUNT} slots of 24 bytes; a directory of one int for each hash prefix. A slot is
 *
 * <pre>
 *   0  id, high half
 *   8  id, low half
 *  16  value; 0 = free
 * </pre>
 *
 * Cost: a look-up reads the directory and a few neighbouring slots of one page. Pages are 40 to 80 % full, all about
 * alike, so an id takes 30 to 60 bytes. Nothing is allocated on the heap.<br>
 * Threads: confined to the thread that owns the state machine.<br>
 * Source: Fagin, Nievergelt, Pippenger, Strong, "Extendible Hashing", 1979. The hash is keyed with a seed that callers
 * do not know, so that nobody can choose ids that fall into one page.
 */
final class IdIndex implements AutoCloseable
{
    static final long NOT_FOUND = 0;
    static final int PAGE_SLOT_COUNT = 1024;

    private static final int PAGE_LIMIT = PAGE_SLOT_COUNT * 4 / 5;
    private static final int SLOT_MASK = PAGE_SLOT_COUNT - 1;
    private static final int SLOT_LENGTH = 24;
    private static final int LOW_OFFSET = 8;
    private static final int VALUE_OFFSET = 16;
    private static final int DEPTH_MAX = 30;

    // Row of a page in pageRows: number of used slots, then depth.
    private static final int PAGE_ROW_LENGTH = 8;
    private static final int DEPTH_OFFSET = 4;

    private final long seedHigh;
    private final long seedLow;
    private final Segments pages = new Segments(PAGE_SLOT_COUNT * SLOT_LENGTH);
    private final Segments pageRows = new Segments(PAGE_ROW_LENGTH);
    private long directory;
    private int directoryDepth;
    private int pageCount;
    private long size;

    /**
     * Empty.
     *
     * @param seed of the hash; it changes where slots lie and nothing else.
     */
    IdIndex(final long seed)
    {
        seedHigh = mix(seed ^ 0x9E3779B97F4A7C15L);
        seedLow = mix(seedHigh ^ 0xD1B54A32D192ED03L);
        directory = UnsafeApi.allocateMemory(Integer.BYTES);
        UnsafeApi.putInt(directory, addPage(0));
    }

    long size()
    {
        return size;
    }

    long allocatedBytes()
    {
        return pages.allocatedBytes() + pageRows.allocatedBytes() + ((long)Integer.BYTES << directoryDepth);
    }

    /**
     * Look an id up.
     *
     * @return its value; or {@link #NOT_FOUND}.
     */
    long get(final long high, final long low)
    {
        final long hash = hash(high, low);
        final long page = pages.address(pageOf(hash));
        int slot = (int)hash & SLOT_MASK;
        while (true)
        {
            final long address = page + (long)slot * SLOT_LENGTH;
            final long value = UnsafeApi.getLong(address + VALUE_OFFSET);
            if (value == NOT_FOUND ||
                UnsafeApi.getLong(address + LOW_OFFSET) == low && UnsafeApi.getLong(address) == high)
            {
                return value;
            }
            slot = slot + 1 & SLOT_MASK;
        }
    }

    /** Add an id that is not there yet. */
    void add(final long high, final long low, final long value)
    {
        assert value != NOT_FOUND && get(high, low) == NOT_FOUND : "value is zero, or the id is there already";
        final long hash = hash(high, low);
        int page = pageOf(hash);
        while (usedSlots(page) >= PAGE_LIMIT)
        {
            split(page);
            page = pageOf(hash);
        }
        insert(page, hash, high, low, value);
        size++;
    }

    /** Give an id that is there another value. */
    void set(final long high, final long low, final long value)
    {
        assert value != NOT_FOUND && get(high, low) != NOT_FOUND : "value is zero, or the id is not there";
        final long hash = hash(high, low);
        final long base = pages.address(pageOf(hash));
        int slot = (int)hash & SLOT_MASK;
        while (UnsafeApi.getLong(slotAddress(base, slot) + LOW_OFFSET) != low ||
            UnsafeApi.getLong(slotAddress(base, slot)) != high)
        {
            slot = slot + 1 & SLOT_MASK;
        }
        UnsafeApi.putLong(slotAddress(base, slot) + VALUE_OFFSET, value);
    }

    /** Remove an id that is there. The slots behind it move up, so that no tombstones are left. */
    void remove(final long high, final long low)
    {
        final long hash = hash(high, low);
        final int page = pageOf(hash);
        final long base = pages.address(page);
        int hole = (int)hash & SLOT_MASK;
        while (UnsafeApi.getLong(slotAddress(base, hole) + LOW_OFFSET) != low ||
            UnsafeApi.getLong(slotAddress(base, hole)) != high)
        {
            assert UnsafeApi.getLong(slotAddress(base, hole) + VALUE_OFFSET) != NOT_FOUND : "the id is not there";
            hole = hole + 1 & SLOT_MASK;
        }
        int slot = hole;
        while (true)
        {
            slot = slot + 1 & SLOT_MASK;
            final long address = slotAddress(base, slot);
            if (UnsafeApi.getLong(address + VALUE_OFFSET) == NOT_FOUND)
            {
                break;
            }
            final int home = (int)hash(UnsafeApi.getLong(address), UnsafeApi.getLong(address + LOW_OFFSET)) & SLOT_MASK;
            if ((slot - home & SLOT_MASK) >= (slot - hole & SLOT_MASK))
            {
                UnsafeApi.copyMemory(address, slotAddress(base, hole), SLOT_LENGTH);
                hole = slot;
            }
        }
        clear(slotAddress(base, hole));
        usedSlots(page, usedSlots(page) - 1);
        size--;
    }

    /**
     * Sum over all slots of a mix of id, value and salt: the same for the same contents, however they lie.
     *
     * @param salt so that two sums with two salts together have 128 bits.
     */
    long contentSum(final long salt)
    {
        long sum = 0;
        for (int page = 0; page < pageCount; page++)
        {
            final long base = pages.address(page);
            for (int slot = 0; slot < PAGE_SLOT_COUNT; slot++)
            {
                final long address = slotAddress(base, slot);
                final long value = UnsafeApi.getLong(address + VALUE_OFFSET);
                if (value != NOT_FOUND)
                {
                    final long high = UnsafeApi.getLong(address);
                    final long low = UnsafeApi.getLong(address + LOW_OFFSET);
                    sum += contentOf(salt, high, low, value);
                }
            }
        }
        return sum;
    }

    /** What one slot adds to {@link #contentSum}. */
    static long contentOf(final long salt, final long high, final long low, final long value)
    {
        return mix(mix(mix(salt ^ high) + low) ^ value);
    }

    @Override
    public void close()
    {
        pages.close();
        pageRows.close();
        UnsafeApi.freeMemory(directory);
        directory = 0;
    }

    private long hash(final long high, final long low)
    {
        final long a = high ^ seedHigh;
        final long b = low ^ seedLow;
        return mix(a * b ^ Math.multiplyHigh(a, b) ^ Long.rotateLeft(a, 32) + b);
    }

    static long mix(final long value)
    {
        long z = value;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private int pageOf(final long hash)
    {
        // Two shifts, as one by 64 would be one by 0.
        final long prefix = hash >>> 1 >>> Long.SIZE - 1 - directoryDepth;
        return UnsafeApi.getInt(directory + prefix * Integer.BYTES);
    }

    private void insert(final int page, final long hash, final long high, final long low, final long value)
    {
        final long base = pages.address(page);
        int slot = (int)hash & SLOT_MASK;
        while (UnsafeApi.getLong(slotAddress(base, slot) + VALUE_OFFSET) != NOT_FOUND)
        {
            slot = slot + 1 & SLOT_MASK;
        }
        final long address = slotAddress(base, slot);
        UnsafeApi.putLong(address, high);
        UnsafeApi.putLong(address + LOW_OFFSET, low);
        UnsafeApi.putLong(address + VALUE_OFFSET, value);
        usedSlots(page, usedSlots(page) + 1);
    }

    private void split(final int page)
    {
        final int depth = depth(page);
        if (depth == directoryDepth)
        {
            doubleDirectory();
        }
        final int sibling = addPage(depth + 1);
        depth(page, depth + 1);
        final long sampleHash = anyHash(page);
        pointUpperHalfAt(sampleHash, depth, sibling);
        moveUpperHalf(page, sibling, depth);
    }

    /** Of the directory entries that lead to the page, the half whose next bit is set leads to the sibling. */
    private void pointUpperHalfAt(final long hashInPage, final int depth, final int sibling)
    {
        final long prefix = depth == 0 ? 0 : hashInPage >>> Long.SIZE - depth;
        final int width = directoryDepth - depth;
        final long first = (prefix << 1 | 1) << width - 1;
        final long count = 1L << width - 1;
        for (long i = first; i < first + count; i++)
        {
            UnsafeApi.putInt(directory + i * Integer.BYTES, sibling);
        }
    }

    private void moveUpperHalf(final int page, final int sibling, final int depth)
    {
        final long base = pages.address(page);
        final long copy = UnsafeApi.allocateMemory((long)PAGE_SLOT_COUNT * SLOT_LENGTH);
        UnsafeApi.copyMemory(base, copy, (long)PAGE_SLOT_COUNT * SLOT_LENGTH);
        UnsafeApi.setMemory(base, (long)PAGE_SLOT_COUNT * SLOT_LENGTH, (byte)0);
        usedSlots(page, 0);
        for (int slot = 0; slot < PAGE_SLOT_COUNT; slot++)
        {
            final long address = slotAddress(copy, slot);
            final long value = UnsafeApi.getLong(address + VALUE_OFFSET);
            if (value != NOT_FOUND)
            {
                final long high = UnsafeApi.getLong(address);
                final long low = UnsafeApi.getLong(address + LOW_OFFSET);
                final long hash = hash(high, low);
                final boolean isUpper = (hash >>> Long.SIZE - 1 - depth & 1) != 0;
                insert(isUpper ? sibling : page, hash, high, low, value);
            }
        }
        UnsafeApi.freeMemory(copy);
    }

    private long anyHash(final int page)
    {
        final long base = pages.address(page);
        int slot = 0;
        while (UnsafeApi.getLong(slotAddress(base, slot) + VALUE_OFFSET) == NOT_FOUND)
        {
            slot++;
        }
        final long address = slotAddress(base, slot);
        return hash(UnsafeApi.getLong(address), UnsafeApi.getLong(address + LOW_OFFSET));
    }

    private void doubleDirectory()
    {
        if (directoryDepth == DEPTH_MAX)
        {
            throw new IllegalStateException("index can not grow: size=" + size + ", pages=" + pageCount);
        }
        final long length = 1L << directoryDepth;
        final long doubled = UnsafeApi.allocateMemory(length * 2 * Integer.BYTES);
        for (long i = 0; i < length; i++)
        {
            final int page = UnsafeApi.getInt(directory + i * Integer.BYTES);
            UnsafeApi.putInt(doubled + i * 2 * Integer.BYTES, page);
            UnsafeApi.putInt(doubled + (i * 2 + 1) * Integer.BYTES, page);
        }
        UnsafeApi.freeMemory(directory);
        directory = doubled;
        directoryDepth++;
    }

    private int addPage(final int depth)
    {
        pages.ensure(pageCount);
        pageRows.ensure(pageCount);
        depth(pageCount, depth);
        return pageCount++;
    }

    private static long slotAddress(final long base, final int slot)
    {
        return base + (long)slot * SLOT_LENGTH;
    }

    private static void clear(final long address)
    {
        UnsafeApi.putLong(address, 0);
        UnsafeApi.putLong(address + LOW_OFFSET, 0);
        UnsafeApi.putLong(address + VALUE_OFFSET, 0);
    }

    private int usedSlots(final int page)
    {
        return UnsafeApi.getInt(pageRows.address(page));
    }

    private void usedSlots(final int page, final int count)
    {
        UnsafeApi.putInt(pageRows.address(page), count);
    }

    private int depth(final int page)
    {
        return UnsafeApi.getInt(pageRows.address(page) + DEPTH_OFFSET);
    }

    private void depth(final int page, final int depth)
    {
        UnsafeApi.putInt(pageRows.address(page) + DEPTH_OFFSET, depth);
    }
}
