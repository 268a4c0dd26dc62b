package io.seriatim.replay;

import io.seriatim.ledger.PendingState;
import org.agrona.UnsafeApi;

/**
 * What has become of each pending transfer, and for each account the list of those that are open, oldest first.
 * <p>
 * Shape: rows of {@value #ROW_LENGTH} bytes off-heap, numbered from 1 in the order of the journal
 *
 * <pre>
 *    0  row number of the transfer                                         int32
 *    4  code of its {@link PendingState}                                   int32
 *    8  sequence of the entry that resolved it; 0 while it is open
 *   16  the open one before and the one behind it, of its debit account    2 int32; 0 = none
 *   24  likewise of its credit account                                     2 int32
 * </pre>
 *
 * Cost: O(1) to add and to resolve one. Nothing is allocated on the heap.<br>
 * Threads: confined to one.
 */
final class PendingRows implements AutoCloseable
{
    static final int NONE = 0;

    private static final int ROW_LENGTH = 32;
    private static final int STATE_OFFSET = 4;
    private static final int RESOLVED_SEQUENCE_OFFSET = 8;
    private static final int BEFORE_OFFSET = 16;
    private static final int BEHIND_OFFSET = 20;
    private static final int LINKS_LENGTH = 8;

    private final ModelRows rows = new ModelRows(ROW_LENGTH);
    private final TransferRows transfers;
    private final AccountLinks accounts;

    PendingRows(final TransferRows transfers, final AccountLinks accounts)
    {
        this.transfers = transfers;
        this.accounts = accounts;
    }

    int count()
    {
        return Math.max(0, rows.count() - 1);
    }

    /** The part that a snapshot has. */
    ModelTable table()
    {
        return rows;
    }

    /** Add an open one and return its number. Its transfer gets its row just behind. */
    int add(final int transferRow, final int debitSlot, final int creditSlot)
    {
        final int pending = count() + 1;
        rows.ensure(pending);
        UnsafeApi.putInt(rows.address(pending), transferRow);
        UnsafeApi.putInt(rows.address(pending) + STATE_OFFSET, PendingState.PENDING.code());
        append(pending, debitSlot, Side.DEBIT);
        append(pending, creditSlot, Side.CREDIT);
        return pending;
    }

    /** An open one is open no more. */
    void resolve(final int pending, final PendingState state, final long sequence)
    {
        final long address = rows.changing(pending);
        if (UnsafeApi.getLong(address + RESOLVED_SEQUENCE_OFFSET) != 0)
        {
            throw new IllegalStateException(
                "a pending transfer is resolved twice: sequence=" + sequence + ", first=" + resolvedSequence(pending));
        }
        UnsafeApi.putInt(address + STATE_OFFSET, state.code());
        UnsafeApi.putLong(address + RESOLVED_SEQUENCE_OFFSET, sequence);
        final int transferRow = transferRow(pending);
        unlink(pending, transfers.debitSlot(transferRow), Side.DEBIT);
        unlink(pending, transfers.creditSlot(transferRow), Side.CREDIT);
    }

    int transferRow(final int pending)
    {
        return UnsafeApi.getInt(rows.address(pending));
    }

    PendingState state(final int pending)
    {
        return PendingState.of(UnsafeApi.getInt(rows.address(pending) + STATE_OFFSET));
    }

    long resolvedSequence(final int pending)
    {
        return UnsafeApi.getLong(rows.address(pending) + RESOLVED_SEQUENCE_OFFSET);
    }

    /** The oldest open one of an account; or {@link #NONE}. */
    int oldest(final int slot)
    {
        return accounts.oldestPending(slot);
    }

    /** The next open one of an account; or {@link #NONE}. */
    int behind(final int pending, final int slot)
    {
        return UnsafeApi.getInt(linksAddress(pending, sideOf(pending, slot)) + BEHIND_OFFSET);
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

    private void append(final int pending, final int slot, final Side side)
    {
        final int newest = accounts.newestPending(slot);
        UnsafeApi.putInt(changingLinks(pending, side) + BEFORE_OFFSET, newest);
        if (newest == NONE)
        {
            accounts.oldestPending(slot, pending);
        }
        else
        {
            UnsafeApi.putInt(changingLinks(newest, sideOf(newest, slot)) + BEHIND_OFFSET, pending);
        }
        accounts.newestPending(slot, pending);
    }

    private void unlink(final int pending, final int slot, final Side side)
    {
        final int before = UnsafeApi.getInt(linksAddress(pending, side) + BEFORE_OFFSET);
        final int behind = UnsafeApi.getInt(linksAddress(pending, side) + BEHIND_OFFSET);
        if (before == NONE)
        {
            accounts.oldestPending(slot, behind);
        }
        else
        {
            UnsafeApi.putInt(changingLinks(before, sideOf(before, slot)) + BEHIND_OFFSET, behind);
        }
        if (behind == NONE)
        {
            accounts.newestPending(slot, before);
        }
        else
        {
            UnsafeApi.putInt(changingLinks(behind, sideOf(behind, slot)) + BEFORE_OFFSET, before);
        }
    }

    /** A list goes through the links of the side that the account has in each. */
    private Side sideOf(final int pending, final int slot)
    {
        return transfers.debitSlot(transferRow(pending)) == slot ? Side.DEBIT : Side.CREDIT;
    }

    private long linksAddress(final int pending, final Side side)
    {
        return rows.address(pending) + (long)side.ordinal() * LINKS_LENGTH;
    }

    private long changingLinks(final int pending, final Side side)
    {
        return rows.changing(pending) + (long)side.ordinal() * LINKS_LENGTH;
    }
}
