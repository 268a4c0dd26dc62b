package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * Brings entries that are to go into a {@link HashIndex} into the order of where they will lie in it: those whose
 * hashes begin with the same bits wait in a bin, and go into the index together once it is full. So a thousand entries
 * that come one behind the other write to one small part of a large index, most of which is near by then, and not to a
 * thousand places all over it.
 * <p>
 * Shape: up to {@link #BIN_COUNT_MAX} bins of {@link #BIN_CAPACITY} entries, 16 bytes each: 32 MiB at most. Entries
 * with the same hash keep their order.<br>
 * Cost: an entry is written once more, into its bin.<br>
 * Threads: confined to one.
 */
final class HashBins implements AutoCloseable
{
    static final int BIN_CAPACITY = 1_024;
    static final int BIN_COUNT_MAX = 2_048;

    private static final int ENTRY_LENGTH = 2 * Long.BYTES;
    private static final int BIN_LENGTH = BIN_CAPACITY * ENTRY_LENGTH;

    /** Takes what was in a bin. */
    interface Handler
    {
        /**
         * A bin is full, or there is nothing more to come.
         *
         * @param bin   good until this returns; see {@link #hash} and {@link #value}.
         * @param count of its entries, above zero.
         */
        void onBin(long bin, int count);
    }

    private final Handler handler;
    private final int[] counts;
    private final int prefixLength;
    private long bins;

    /**
     * Empty.
     *
     * @param expectedCount of entries, which decides how many bins there are: such as will be filled.
     * @param handler       of what is in them.
     */
    HashBins(final long expectedCount, final Handler handler)
    {
        this.handler = handler;
        final long filledCount = Math.max(1, Math.min(BIN_COUNT_MAX, expectedCount / BIN_CAPACITY));
        prefixLength = Long.SIZE - 1 - Long.numberOfLeadingZeros(filledCount);
        counts = new int[1 << prefixLength];
        bins = UnsafeApi.allocateMemory((long)counts.length * BIN_LENGTH);
    }

    /** How many bins there are. */
    int count()
    {
        return counts.length;
    }

    /** Take an entry; whatever waits in its bin may be handed out. */
    void add(final long hash, final long value)
    {
        // Two shifts, as one by 64 would be one by 0.
        final int index = (int)(hash >>> 1 >>> Long.SIZE - 1 - prefixLength);
        final long entry = bin(index) + (long)counts[index] * ENTRY_LENGTH;
        UnsafeApi.putLong(entry, hash);
        UnsafeApi.putLong(entry + Long.BYTES, value);
        counts[index]++;
        if (counts[index] == BIN_CAPACITY)
        {
            flush(index);
        }
    }

    /** Hand out all that waits. */
    void flush()
    {
        for (int index = 0; index < counts.length; index++)
        {
            if (counts[index] > 0)
            {
                flush(index);
            }
        }
    }

    static long hash(final long bin, final int index)
    {
        return UnsafeApi.getLong(bin + (long)index * ENTRY_LENGTH);
    }

    static long value(final long bin, final int index)
    {
        return UnsafeApi.getLong(bin + (long)index * ENTRY_LENGTH + Long.BYTES);
    }

    @Override
    public void close()
    {
        UnsafeApi.freeMemory(bins);
        bins = 0;
    }

    private void flush(final int index)
    {
        handler.onBin(bin(index), counts[index]);
        counts[index] = 0;
    }

    private long bin(final int index)
    {
        return bins + (long)index * BIN_LENGTH;
    }
}
