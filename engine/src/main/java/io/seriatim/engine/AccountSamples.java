package io.seriatim.engine;

import org.agrona.concurrent.AtomicBuffer;

/**
 * Which accounts the transfers of a shard move, as a sample: the last {@link #CAPACITY} that were taken, each standing
 * for as many transfers as its weight says. Whoever wants to know the hottest accounts reads it often and counts.
 * <p>
 * Shape: {@link #LENGTH} bytes of a {@link CounterTable}: the number of samples ever taken, int64, then at 64 a ring of
 * debit account, credit account (two int64 each, high half first) and weight, int64.<br>
 * Threads: the shard's writes; any number reads, also of other processes.
 */
public final class AccountSamples
{
    /** How many samples are kept. */
    public static final int CAPACITY = 1_024;

    /** Takes a sample. */
    @FunctionalInterface
    public interface Consumer
    {
        /**
         * A transfer was seen.
         *
         * @param debitHigh  high half of the debit account's id.
         * @param debitLow   low half.
         * @param creditHigh high half of the credit account's id.
         * @param creditLow  low half.
         * @param weight     how many transfers it stands for.
         */
        void accept(long debitHigh, long debitLow, long creditHigh, long creditLow, long weight);
    }

    private static final int SAMPLES = 64;
    private static final int SAMPLE_LENGTH = 5 * Long.BYTES;

    static final int LENGTH = SAMPLES + CAPACITY * SAMPLE_LENGTH;

    private final AtomicBuffer buffer;
    private final int offset;

    AccountSamples(final AtomicBuffer buffer, final int offset)
    {
        this.buffer = buffer;
        this.offset = offset;
    }

    void add(
        final long debitHigh, final long debitLow, final long creditHigh, final long creditLow, final long weight)
    {
        final long number = buffer.getLong(offset);
        final int place = offsetOf(number);
        buffer.putLongOrdered(place, debitHigh);
        buffer.putLongOrdered(place + 8, debitLow);
        buffer.putLongOrdered(place + 16, creditHigh);
        buffer.putLongOrdered(place + 24, creditLow);
        buffer.putLongOrdered(place + 32, weight);
        buffer.putLongOrdered(offset, number + 1);
    }

    /**
     * Read what was taken since.
     *
     * @param fromNumber what the last call returned; 0 at first.
     * @param consumer   gets each sample that is still there.
     * @return where to go on.
     */
    public long read(final long fromNumber, final Consumer consumer)
    {
        final long endNumber = buffer.getLongVolatile(offset);
        for (long number = Math.max(fromNumber, endNumber - CAPACITY + 1); number < endNumber; number++)
        {
            final int place = offsetOf(number);
            final long debitHigh = buffer.getLongVolatile(place);
            final long debitLow = buffer.getLongVolatile(place + 8);
            final long creditHigh = buffer.getLongVolatile(place + 16);
            final long creditLow = buffer.getLongVolatile(place + 24);
            final long weight = buffer.getLongVolatile(place + 32);
            // The place of the sample to come may be half written: one that came around meanwhile does not count.
            if (buffer.getLongVolatile(offset) < number + CAPACITY)
            {
                consumer.accept(debitHigh, debitLow, creditHigh, creditLow, weight);
            }
        }
        return endNumber;
    }

    private int offsetOf(final long number)
    {
        return offset + SAMPLES + (int)(number & CAPACITY - 1) * SAMPLE_LENGTH;
    }
}
