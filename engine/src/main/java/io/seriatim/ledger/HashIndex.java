package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * Map from 64-bit hashes of keys to 64-bit values that are not zero, by extendible hashing: a directory of pages, each
 * a small open-addressing table. A page in which an entry would lie too far from its home is split in two, so the index
 * grows by a few hundred moved slots at a time; only the directory, one address for some hundreds of entries, is ever
 * copied as a whole.
 * <p>
 * Keys are not kept. Hashes of keys of 64 bits are all different. Those of 128-bit ids are alike once in 2^64 pairs:
 * whoever keeps ids here looks at what a value stands for, and goes on to the {@link #next} one if it is another id.
 * <p>
 * Shape: pages of {@link #LINE_COUNT} cache lines and some more for what does not fit into the last ones; a line has
 * four slots of 16 bytes, hash and value, 0 = free; a directory of one address for each prefix of the hash. An entry
 * lies in the first free slot from the beginning of its home line on, and nothing is free between.<br>
 * Cost: a look-up reads the directory and one cache line, at times the ones behind it: 1.2 lines in a page that was
 * just split, 3 in one that soon will be. Pages are split when they are 70 to 88 % full, so an entry takes 20 to 40
 * bytes. Nothing is allocated on the heap.<br>
 * Threads: confined to the thread that owns the state machine.<br>
 * Source: Fagin, Nievergelt, Pippenger, Strong, "Extendible Hashing", 1979. The hash is keyed with a seed that callers
 * do not know, so that nobody can choose ids that fall into one page.
 */
final class HashIndex implements AutoCloseable
{
    /** No such place, and no value. */
    static final long NOT_FOUND = 0;

    static final int LINE_COUNT = 512;

    /** An entry lies at most so many lines behind its home. */
    static final int DISTANCE_MAX = 24;

    private static final int LINE_MASK = LINE_COUNT - 1;
    private static final int LINE_LENGTH = 64;
    private static final int SLOT_LENGTH = 16;
    private static final int SLOT_COUNT = LINE_COUNT * LINE_LENGTH / SLOT_LENGTH;
    private static final int VALUE_OFFSET = 8;
    private static final int SLOTS_LENGTH = (LINE_COUNT + DISTANCE_MAX) * LINE_LENGTH;

    /** Behind the slots of a page there is one that is always free, at which every search ends. */
    private static final int PAGE_LENGTH = SLOTS_LENGTH + LINE_LENGTH;

    /** The directory is at most so many times, as a power of two, larger than evenly spread hashes would make it. */
    private static final int UNEVENNESS_MAX = 8;

    private final long seedHigh;
    private final long seedLow;
    private final Segments pages = new Segments(PAGE_LENGTH);
    private long directory;
    private int directoryDepth;
    private int pageCount;
    private long size;

    /** Where the last search for a hash ended that has no entry, so that it can be added there; 0 if it can not. */
    private long freePlace;
    private long freeHash;

    /**
     * Empty.
     *
     * @param seed of the hashes; it changes where slots lie and nothing else.
     */
    HashIndex(final long seed)
    {
        seedHigh = mix(seed ^ 0x9E3779B97F4A7C15L);
        seedLow = mix(seedHigh ^ 0xD1B54A32D192ED03L);
        directory = UnsafeApi.allocateMemory(Long.BYTES);
        UnsafeApi.putLong(directory, addPage());
    }

    long size()
    {
        return size;
    }

    long allocatedBytes()
    {
        return pages.allocatedBytes() + ((long)Long.BYTES << directoryDepth);
    }

    /**
     * Before the first entry: make the pages that so many entries fill to a half or more, so that few are split while
     * they are added. There are no more of them than there would be otherwise.
     *
     * @param count of entries that are to come.
     */
    void reserve(final long count)
    {
        assert size == 0 : "there are entries already";
        freePlace = 0;
        while (count >> directoryDepth + 1 >= SLOT_COUNT / 2)
        {
            final long length = 1L << directoryDepth;
            doubleDirectory();
            for (long i = 0; i < length; i++)
            {
                UnsafeApi.putLong(directory + (2 * i + 1) * Long.BYTES, addPage());
            }
        }
    }

    /** Hash of a 128-bit id. */
    long hash(final long high, final long low)
    {
        final long a = high ^ seedHigh;
        final long b = low ^ seedLow;
        return mix(a * b ^ Math.multiplyHigh(a, b) ^ Long.rotateLeft(a, 32) + b);
    }

    /** Hash of a 64-bit key: no two keys have the same. */
    long hash(final long key)
    {
        return mix(key ^ seedHigh);
    }

    /**
     * Look a hash up.
     *
     * @return the place of its first entry, which is good until the index changes; or {@link #NOT_FOUND}.
     */
    long find(final long hash)
    {
        final long home = home(hash);
        long slot = home;
        while (true)
        {
            final long found = UnsafeApi.getLong(slot);
            if (found == hash && value(slot) != NOT_FOUND)
            {
                return slot;
            }
            // A free slot has the hash 0, as a few that are taken may have: mostly one word of a slot is read.
            if (found == 0 && value(slot) == NOT_FOUND)
            {
                break;
            }
            slot += SLOT_LENGTH;
        }
        freePlace = slot < endOf(home) ? slot : 0;
        freeHash = hash;
        return NOT_FOUND;
    }

    /** The next entry with the same hash as that in a place; or {@link #NOT_FOUND}. */
    long next(final long place)
    {
        final long hash = UnsafeApi.getLong(place);
        long slot = place + SLOT_LENGTH;
        while (value(slot) != NOT_FOUND)
        {
            if (UnsafeApi.getLong(slot) == hash)
            {
                return slot;
            }
            slot += SLOT_LENGTH;
        }
        return NOT_FOUND;
    }

    /** The value in a place. */
    static long value(final long place)
    {
        return UnsafeApi.getLong(place + VALUE_OFFSET);
    }

    /** Give what lies in a place another value, which is not zero. */
    static void value(final long place, final long value)
    {
        assert value != NOT_FOUND : "zero is no value";
        UnsafeApi.putLong(place + VALUE_OFFSET, value);
    }

    /** The value of a hash that no two keys have; or {@link #NOT_FOUND}. */
    long get(final long hash)
    {
        final long place = find(hash);
        return place == NOT_FOUND ? NOT_FOUND : value(place);
    }

    /** Read where a hash is looked up, so that it is near when it is asked for. What is returned says nothing. */
    long touch(final long hash)
    {
        final long home = home(hash);
        return UnsafeApi.getLong(home) + UnsafeApi.getLong(home + LINE_LENGTH) +
            UnsafeApi.getLong(home + 2 * LINE_LENGTH);
    }

    /** Likewise its first line only. */
    long touchFirst(final long hash)
    {
        return UnsafeApi.getLong(home(hash));
    }

    /** How many lines are read to find that a hash has no entry. */
    int lineCount(final long hash)
    {
        final long home = home(hash);
        long slot = home;
        while (value(slot) != NOT_FOUND)
        {
            slot += SLOT_LENGTH;
        }
        return (int)((slot - home) / LINE_LENGTH) + 1;
    }

    /** Add an entry; there may be others with the same hash. */
    void add(final long hash, final long value)
    {
        assert value != NOT_FOUND : "zero is no value";
        if (hash == freeHash && freePlace != 0)
        {
            put(freePlace, hash, value);
        }
        else
        {
            while (!insert(home(hash), hash, value))
            {
                split(hash);
            }
        }
        freePlace = 0;
        size++;
    }

    /** Remove what lies in a place. What lies behind it moves up, so that no tombstone is left. */
    void remove(final long place)
    {
        final long page = pageOf(UnsafeApi.getLong(place));
        long hole = place;
        for (long slot = place + SLOT_LENGTH; value(slot) != NOT_FOUND; slot += SLOT_LENGTH)
        {
            if (homeIn(page, UnsafeApi.getLong(slot)) <= hole)
            {
                UnsafeApi.copyMemory(slot, hole, SLOT_LENGTH);
                hole = slot;
            }
        }
        clear(hole);
        freePlace = 0;
        size--;
    }

    @Override
    public void close()
    {
        pages.close();
        UnsafeApi.freeMemory(directory);
        directory = 0;
    }

    static long mix(final long value)
    {
        long z = value;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** Index of the directory's entry for a hash. */
    private long prefix(final long hash)
    {
        // Two shifts, as one by 64 would be one by 0.
        return hash >>> 1 >>> Long.SIZE - 1 - directoryDepth;
    }

    private long pageOf(final long hash)
    {
        return UnsafeApi.getLong(directory + prefix(hash) * Long.BYTES);
    }

    private long home(final long hash)
    {
        return homeIn(pageOf(hash), hash);
    }

    /** Where an entry lies if it can: the beginning of its home line. */
    private static long homeIn(final long page, final long hash)
    {
        return page + (hash & LINE_MASK) * LINE_LENGTH;
    }

    /** Put an entry into the first free slot from its home on; false if that is too far. */
    private static boolean insert(final long home, final long hash, final long value)
    {
        final long end = endOf(home);
        for (long slot = home; slot < end; slot += SLOT_LENGTH)
        {
            if (value(slot) == NOT_FOUND)
            {
                put(slot, hash, value);
                return true;
            }
        }
        return false;
    }

    /** Behind the last slot in which an entry with this home may lie. */
    private static long endOf(final long home)
    {
        return home + (DISTANCE_MAX + 1) * LINE_LENGTH;
    }

    private static void put(final long slot, final long hash, final long value)
    {
        UnsafeApi.putLong(slot, hash);
        UnsafeApi.putLong(slot + VALUE_OFFSET, value);
    }

    private void split(final long hash)
    {
        final long page = pageOf(hash);
        final int depth = depthOf(prefix(hash), page);
        if (depth == directoryDepth)
        {
            doubleDirectory();
        }
        final long sibling = addPage();
        pointUpperHalfAt(prefix(hash), depth, sibling);
        moveUpperHalf(page, sibling, depth);
    }

    /** By how many bits of the hash a page is found: all entries of the directory that share them lead to it. */
    private int depthOf(final long prefix, final long page)
    {
        int depth = directoryDepth;
        while (depth > 0 && leadsTo(page, prefix, depth - 1))
        {
            depth--;
        }
        return depth;
    }

    /** Whether the first and the last of the entries that share so many bits with a prefix lead to a page. */
    private boolean leadsTo(final long page, final long prefix, final int depth)
    {
        final long count = 1L << directoryDepth - depth;
        final long first = prefix & -count;
        return UnsafeApi.getLong(directory + first * Long.BYTES) == page &&
            UnsafeApi.getLong(directory + (first + count - 1) * Long.BYTES) == page;
    }

    /** Of the entries that lead to the page, the half whose next bit is set leads to the sibling. */
    private void pointUpperHalfAt(final long prefix, final int depth, final long sibling)
    {
        final long count = 1L << directoryDepth - depth - 1;
        final long first = (prefix & -(2 * count)) + count;
        for (long i = first; i < first + count; i++)
        {
            UnsafeApi.putLong(directory + i * Long.BYTES, sibling);
        }
    }

    /**
     * Slot by slot, each entry goes to the first free slot from its home on, in its page or in the sibling. There it is
     * never behind where it was: those that went before it lie where they were or before that, so at the latest its own
     * slot is free.
     */
    private static void moveUpperHalf(final long page, final long sibling, final int depth)
    {
        for (long slot = page; slot < page + SLOTS_LENGTH; slot += SLOT_LENGTH)
        {
            final long value = value(slot);
            if (value != NOT_FOUND)
            {
                final long hash = UnsafeApi.getLong(slot);
                final boolean isUpper = (hash >>> Long.SIZE - 1 - depth & 1) != 0;
                clear(slot);
                final boolean isInserted = insert(homeIn(isUpper ? sibling : page, hash), hash, value);
                assert isInserted : "an entry of a page that is split has found no room";
            }
        }
    }

    private void doubleDirectory()
    {
        if (1L << directoryDepth > (long)pageCount << UNEVENNESS_MAX)
        {
            throw new IllegalStateException(
                "index can not grow, too many hashes are alike: size=" + size + ", pages=" + pageCount);
        }
        final long length = 1L << directoryDepth;
        final long doubled = UnsafeApi.allocateMemory(length * 2 * Long.BYTES);
        for (long i = 0; i < length; i++)
        {
            final long page = UnsafeApi.getLong(directory + i * Long.BYTES);
            UnsafeApi.putLong(doubled + i * 2 * Long.BYTES, page);
            UnsafeApi.putLong(doubled + (i * 2 + 1) * Long.BYTES, page);
        }
        UnsafeApi.freeMemory(directory);
        directory = doubled;
        directoryDepth++;
    }

    private long addPage()
    {
        pages.ensure(pageCount);
        return pages.address(pageCount++);
    }

    private static void clear(final long slot)
    {
        UnsafeApi.putLong(slot, 0);
        UnsafeApi.putLong(slot + VALUE_OFFSET, NOT_FOUND);
    }
}
