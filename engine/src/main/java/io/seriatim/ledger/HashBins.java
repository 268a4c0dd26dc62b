package io.seriatim.ledger;

import org.agrona.UnsafeApi;

import java.util.Arrays;

/**
 * Brings entries that are to go into a {@link HashIndex} into the order of where they will lie in it: those whose
 * hashes begin with the same bits wait in a bin, and go into the index together once it is full. So a thousand entries
 * that come one behind the other write to one small part of a large index, most of which is near by then, and not to a
 * thousand places all over it.
 * <p>
 * Shape: up to {@link #BIN_COUNT_MAX} bins of {@link #BIN_CAPACITY} entries, 16 bytes each, and as many more as a
 * worker may have on its way: 33 MiB at most. Entries with the same hash keep their order.<br>
 * Cost: an entry is written once more, into its bin.<br>
 * Threads: confined to one; the handler is called by the worker.
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
         * A bin is full, or there is nothing more to come. Called one after the other.
         *
         * @param bin   good until this returns; see {@link #hash} and {@link #value}.
         * @param count of its entries, above zero.
         */
        void onBin(long bin, int count);
    }

    private static final int SPARE_COUNT = OrderedWorker.UNFINISHED_MAX + 1;

    private final Handler handler;
    private final OrderedWorker worker;
    private final int[] counts;
    private final long[] bins;

    /** Those that were handed out, in turn: when one comes round, its handler has returned. */
    private final long[] spareBins = new long[SPARE_COUNT];
    private final int prefixLength;
    private int nextSpare;
    private long memory;

    /**
     * Empty.
     *
     * @param expectedCount of entries, which decides how many bins there are: such as will be filled.
     * @param handler       of what is in them.
     * @param worker        that calls the handler.
     */
    HashBins(final long expectedCount, final Handler handler, final OrderedWorker worker)
    {
        this.handler = handler;
        this.worker = worker;
        final long filledCount = Math.max(1, Math.min(BIN_COUNT_MAX, expectedCount / BIN_CAPACITY));
        prefixLength = Long.SIZE - 1 - Long.numberOfLeadingZeros(filledCount);
        counts = new int[1 << prefixLength];
        bins = new long[counts.length];
        memory = UnsafeApi.allocateMemory((long)(bins.length + SPARE_COUNT) * BIN_LENGTH);
        Arrays.setAll(bins, i -> memory + (long)i * BIN_LENGTH);
        Arrays.setAll(spareBins, i -> memory + (long)(bins.length + i) * BIN_LENGTH);
    }

    /** How many bins there are. */
    int count()
    {
        return bins.length;
    }

    /** Take an entry; whatever waits in its bin may be handed out. Throws what a handler has thrown before. */
    void add(final long hash, final long value)
    {
        // Two shifts, as one by 64 would be one by 0.
        final int index = (int)(hash >>> 1 >>> Long.SIZE - 1 - prefixLength);
        final long entry = bins[index] + (long)counts[index] * ENTRY_LENGTH;
        UnsafeApi.putLong(entry, hash);
        UnsafeApi.putLong(entry + Long.BYTES, value);
        counts[index]++;
        if (counts[index] == BIN_CAPACITY)
        {
            handOut(index);
        }
    }

    /** Hand out all that waits, and wait for the handler. Throws what it has thrown. */
    void flush()
    {
        for (int index = 0; index < counts.length; index++)
        {
            if (counts[index] > 0)
            {
                handOut(index);
            }
        }
        worker.await();
    }

    static long hash(final long bin, final int index)
    {
        return UnsafeApi.getLong(bin + (long)index * ENTRY_LENGTH);
    }

    static long value(final long bin, final int index)
    {
        return UnsafeApi.getLong(bin + (long)index * ENTRY_LENGTH + Long.BYTES);
    }

    /** To be called when the worker has nothing on its way any more. */
    @Override
    public void close()
    {
        UnsafeApi.freeMemory(memory);
        memory = 0;
    }

    private void handOut(final int index)
    {
        final long bin = bins[index];
        final int count = counts[index];
        bins[index] = spareBins[nextSpare];
        counts[index] = 0;
        spareBins[nextSpare] = bin;
        nextSpare = (nextSpare + 1) % SPARE_COUNT;
        worker.execute(() -> handler.onBin(bin, count));
    }
}
