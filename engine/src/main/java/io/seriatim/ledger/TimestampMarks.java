package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * Where to look for the entry of a thing, a stored transfer or a release, by its timestamp without keeping all of
 * them: a mark (timestamp, sequence) for the first one and then for the first one that lies {@link #DISTANCE} or more
 * sequences behind the last mark. A thing is therefore always within {@link #DISTANCE} sequences of the mark before it.
 * <p>
 * Shape: rows of 16 bytes; at most a quarter of a byte for each entry.<br>
 * Threads: confined to the thread that owns the state machine.
 */
final class TimestampMarks implements AutoCloseable
{
    static final int DISTANCE = 64;
    static final int NOT_FOUND = -1;

    private static final int ROW_LENGTH = 16;
    private static final int SEQUENCE_OFFSET = 8;

    private final Segments rows = new Segments(ROW_LENGTH);
    private int count;

    /** Note one more; timestamps and sequences rise. */
    void add(final long timestampNs, final long sequence)
    {
        if (count == 0 || sequence - sequence(count - 1) >= DISTANCE)
        {
            rows.ensure(count);
            UnsafeApi.putLong(rows.address(count), timestampNs);
            UnsafeApi.putLong(rows.address(count) + SEQUENCE_OFFSET, sequence);
            count++;
        }
    }

    int count()
    {
        return count;
    }

    /** Take a mark of a copy; they come in their order. */
    void load(final long timestampNs, final long sequence)
    {
        if (count > 0 && (sequence - sequence(count - 1) < DISTANCE || timestampNs <= timestampNs(count - 1)))
        {
            throw new IllegalStateException(
                "marks do not rise: sequence=" + sequence + ", timestampNs=" + timestampNs);
        }
        add(timestampNs, sequence);
    }

    /** Forget all marks but the first ones. */
    void truncate(final int newCount)
    {
        count = newCount;
    }

    /** Last mark at or before a timestamp; or {@link #NOT_FOUND}. */
    int floor(final long timestampNs)
    {
        int from = 0;
        int to = count;
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (timestampNs(middle) <= timestampNs)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from - 1;
    }

    long sequence(final int mark)
    {
        return UnsafeApi.getLong(rows.address(mark) + SEQUENCE_OFFSET);
    }

    long allocatedBytes()
    {
        return rows.allocatedBytes();
    }

    @Override
    public void close()
    {
        rows.close();
    }

    private long timestampNs(final int mark)
    {
        return UnsafeApi.getLong(rows.address(mark));
    }
}
