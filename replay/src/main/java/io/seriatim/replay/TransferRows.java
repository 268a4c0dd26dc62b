package io.seriatim.replay;

import org.agrona.UnsafeApi;

/**
 * What queries need of each transfer that was created, in the order of the journal: sequences and timestamps rise with
 * the row numbers. All else of a transfer is read back from its entry.
 * <p>
 * Shape: rows of {@value #ROW_LENGTH} bytes off-heap
 *
 * <pre>
 *    0  sequence
 *    8  timestamp
 *   16  amount moved, high half
 *   24  amount moved, low half
 *   32  slot of the debit account     int32
 *   36  slot of the credit account    int32
 *   40  flags                         uint16, then 2 zero bytes
 *   44  number of the pending row that it creates or resolves, int32; 0 if it does neither
 * </pre>
 *
 * Cost: a search by sequence or timestamp is a binary one. Nothing is allocated on the heap.<br>
 * Threads: confined to one.
 */
final class TransferRows implements AutoCloseable
{
    static final int ROW_LENGTH = 48;

    private static final int TIMESTAMP_OFFSET = 8;
    private static final int AMOUNT_HIGH_OFFSET = 16;
    private static final int AMOUNT_LOW_OFFSET = 24;
    private static final int DEBIT_SLOT_OFFSET = 32;
    private static final int CREDIT_SLOT_OFFSET = 36;
    private static final int FLAGS_OFFSET = 40;
    private static final int PENDING_OFFSET = 44;

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
    int add(
        final long sequence,
        final long timestampNs,
        final long amountHigh,
        final long amountLow,
        final int debitSlot,
        final int creditSlot,
        final int flags,
        final int pending)
    {
        if (rows.count() == Integer.MAX_VALUE - 1)
        {
            throw new IllegalStateException(
                "the read model of one shard holds no more transfers: count=" + rows.count());
        }
        final int row = rows.add();
        final long address = rows.address(row);
        UnsafeApi.putLong(address, sequence);
        UnsafeApi.putLong(address + TIMESTAMP_OFFSET, timestampNs);
        UnsafeApi.putLong(address + AMOUNT_HIGH_OFFSET, amountHigh);
        UnsafeApi.putLong(address + AMOUNT_LOW_OFFSET, amountLow);
        UnsafeApi.putInt(address + DEBIT_SLOT_OFFSET, debitSlot);
        UnsafeApi.putInt(address + CREDIT_SLOT_OFFSET, creditSlot);
        UnsafeApi.putInt(address + FLAGS_OFFSET, flags);
        UnsafeApi.putInt(address + PENDING_OFFSET, pending);
        return row;
    }

    long sequence(final int row)
    {
        return UnsafeApi.getLong(rows.address(row));
    }

    long timestampNs(final int row)
    {
        return UnsafeApi.getLong(rows.address(row) + TIMESTAMP_OFFSET);
    }

    long amountHigh(final int row)
    {
        return UnsafeApi.getLong(rows.address(row) + AMOUNT_HIGH_OFFSET);
    }

    long amountLow(final int row)
    {
        return UnsafeApi.getLong(rows.address(row) + AMOUNT_LOW_OFFSET);
    }

    int debitSlot(final int row)
    {
        return UnsafeApi.getInt(rows.address(row) + DEBIT_SLOT_OFFSET);
    }

    int creditSlot(final int row)
    {
        return UnsafeApi.getInt(rows.address(row) + CREDIT_SLOT_OFFSET);
    }

    int flags(final int row)
    {
        return UnsafeApi.getInt(rows.address(row) + FLAGS_OFFSET);
    }

    /** Number of the pending row that a transfer creates or resolves. */
    int pending(final int row)
    {
        return UnsafeApi.getInt(rows.address(row) + PENDING_OFFSET);
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
