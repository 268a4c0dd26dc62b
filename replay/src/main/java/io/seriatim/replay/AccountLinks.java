package io.seriatim.replay;

import org.agrona.UnsafeApi;

/**
 * What hangs on each account: the lists of what has moved it, and its open pending transfers.
 * <p>
 * Shape: rows of {@value #ROW_LENGTH} bytes off-heap, by the account's slot
 *
 * <pre>
 *    0  transfers on the debit side, on the credit side: headers of lists, see {@link Movements}
 *   16  releases on the debit side, on the credit side: likewise
 *   32  header of the list of its closings and reopenings in turn: the row number of a transfer, or that of a release
 *       with all bits inverted
 *   40  oldest open pending row, int32; 0 if there is none
 *   44  newest open pending row, int32
 * </pre>
 *
 * Threads: confined to one.
 */
final class AccountLinks implements AutoCloseable
{
    private static final int ROW_LENGTH = 48;
    private static final int RELEASES_OFFSET = 16;
    private static final int FLIPS_OFFSET = 32;
    private static final int OLDEST_OFFSET = 40;
    private static final int NEWEST_OFFSET = 44;

    private final ModelRows rows = new ModelRows(ROW_LENGTH);

    /** The part that a snapshot has. */
    ModelTable table()
    {
        return rows;
    }

    /** Make the row of a new account. */
    void add(final int slot)
    {
        rows.ensure(slot);
    }

    long transfers(final int slot, final Side side)
    {
        return UnsafeApi.getLong(transfersAddress(slot, side));
    }

    void transfers(final int slot, final Side side, final long list)
    {
        UnsafeApi.putLong(changing(slot, side), list);
    }

    long releases(final int slot, final Side side)
    {
        return UnsafeApi.getLong(transfersAddress(slot, side) + RELEASES_OFFSET);
    }

    void releases(final int slot, final Side side, final long list)
    {
        UnsafeApi.putLong(changing(slot, side) + RELEASES_OFFSET, list);
    }

    long flips(final int slot)
    {
        return UnsafeApi.getLong(rows.address(slot) + FLIPS_OFFSET);
    }

    void flips(final int slot, final long list)
    {
        UnsafeApi.putLong(rows.changing(slot) + FLIPS_OFFSET, list);
    }

    int oldestPending(final int slot)
    {
        return UnsafeApi.getInt(rows.address(slot) + OLDEST_OFFSET);
    }

    void oldestPending(final int slot, final int pending)
    {
        UnsafeApi.putInt(rows.changing(slot) + OLDEST_OFFSET, pending);
    }

    int newestPending(final int slot)
    {
        return UnsafeApi.getInt(rows.address(slot) + NEWEST_OFFSET);
    }

    void newestPending(final int slot, final int pending)
    {
        UnsafeApi.putInt(rows.changing(slot) + NEWEST_OFFSET, pending);
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

    private long transfersAddress(final int slot, final Side side)
    {
        return rows.address(slot) + (long)side.ordinal() * Long.BYTES;
    }

    private long changing(final int slot, final Side side)
    {
        return rows.changing(slot) + (long)side.ordinal() * Long.BYTES;
    }
}
