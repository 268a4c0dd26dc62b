package io.seriatim.replay;

import org.agrona.UnsafeApi;

/**
 * The releases of pending transfers whose time was over, in the order of the journal: sequences and timestamps rise
 * with the row numbers. An imported transfer may have a timestamp below that of a release before it.
 * <p>
 * Shape: rows of {@value #ROW_LENGTH} bytes off-heap
 *
 * <pre>
 *    0  sequence
 *    8  timestamp of the release
 *   16  number of the pending row that it resolves     int32
 *   20  how many transfers there are before it         int32
 * </pre>
 *
 * Threads: confined to one.
 */
final class ExpiryRows implements AutoCloseable
{
    private static final int ROW_LENGTH = 24;
    private static final int TIMESTAMP_OFFSET = 8;
    private static final int PENDING_OFFSET = 16;
    private static final int TRANSFER_END_OFFSET = 20;

    private final ModelRows rows = new ModelRows(ROW_LENGTH);

    int count()
    {
        return rows.count();
    }

    /** The part that a snapshot has. */
    ModelTable table()
    {
        return rows;
    }

    /** Add a row and return its number. */
    int add(final long sequence, final long timestampNs, final int pending, final int transferEnd)
    {
        final int row = rows.add();
        final long address = rows.address(row);
        UnsafeApi.putLong(address, sequence);
        UnsafeApi.putLong(address + TIMESTAMP_OFFSET, timestampNs);
        UnsafeApi.putInt(address + PENDING_OFFSET, pending);
        UnsafeApi.putInt(address + TRANSFER_END_OFFSET, transferEnd);
        return row;
    }

    long timestampNs(final int row)
    {
        return UnsafeApi.getLong(rows.address(row) + TIMESTAMP_OFFSET);
    }

    int pending(final int row)
    {
        return UnsafeApi.getInt(rows.address(row) + PENDING_OFFSET);
    }

    int transferEnd(final int row)
    {
        return UnsafeApi.getInt(rows.address(row) + TRANSFER_END_OFFSET);
    }

    /** How many rows there are with a sequence up to this one: the number of the first row behind it. */
    int endOfSequence(final long sequence)
    {
        return rows.end(0, sequence);
    }

    /** How many rows there are with a timestamp up to this one: the number of the first row behind it. */
    int endOfTimestamp(final long timestampNs)
    {
        return rows.end(TIMESTAMP_OFFSET, timestampNs);
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
}
