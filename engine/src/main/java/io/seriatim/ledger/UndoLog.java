package io.seriatim.ledger;

import org.agrona.UnsafeApi;

/**
 * What an open chain has changed, so that a refusal can put it back: before-images of account balances, and the
 * objects added. Undone last first. It costs a chain only; events outside chains do not come here.
 * <p>
 * Shape: rows of 80 bytes
 *
 * <pre>
 *   0  kind of change   int32
 *   4  slot             int32
 *   8  flags            int16, then 6 bytes free
 *  16  balances         64 bytes; or the id of a transfer, high then low
 *  32                   and the sequence of its entry
 *  40                   and, of a pending one, its expiry; 0 = never
 * </pre>
 *
 * Threads: confined to the thread that owns the state machine.
 */
final class UndoLog implements AutoCloseable
{
    private static final int ACCOUNT_CHANGED = 1;
    private static final int ACCOUNT_ADDED = 2;
    private static final int TRANSFER_ADDED = 3;
    private static final int EXPIRY_ADDED = 4;
    private static final int PENDING_RESOLVED = 5;

    private static final int ROW_LENGTH = 80;
    private static final int SLOT_OFFSET = 4;
    private static final int FLAGS_OFFSET = 8;
    private static final int IMAGE_OFFSET = 16;
    private static final int ID_LOW_OFFSET = IMAGE_OFFSET + Long.BYTES;
    private static final int SEQUENCE_OFFSET = IMAGE_OFFSET + 2 * Long.BYTES;
    private static final int EXPIRY_OFFSET = IMAGE_OFFSET + 3 * Long.BYTES;

    private final AccountTable accounts;
    private final LedgerTable ledgers;
    private final TransferIndex transfers;
    private final ExpiryQueue expiries;
    private final Segments rows = new Segments(ROW_LENGTH);
    private boolean isOpen;
    private int count;
    private long transferTimestampMaxNs;
    private int transferMarkCount;

    UndoLog(
        final AccountTable accounts,
        final LedgerTable ledgers,
        final TransferIndex transfers,
        final ExpiryQueue expiries)
    {
        this.expiries = expiries;
        this.accounts = accounts;
        this.ledgers = ledgers;
        this.transfers = transfers;
    }

    /** A chain begins. */
    void open()
    {
        isOpen = true;
        count = 0;
        transferTimestampMaxNs = transfers.timestampMaxNs();
        transferMarkCount = transfers.markCount();
    }

    /** The chain is over; nothing is noted any more until the next one. */
    void end(final boolean isKept)
    {
        if (!isKept)
        {
            rollBack();
        }
        isOpen = false;
    }

    /** An account is about to change. */
    void beforeAccountChange(final int slot)
    {
        if (isOpen)
        {
            final long row = newRow(ACCOUNT_CHANGED);
            UnsafeApi.putInt(row + SLOT_OFFSET, slot);
            UnsafeApi.copyMemory(accounts.flagsAddress(slot), row + FLAGS_OFFSET, Short.BYTES);
            UnsafeApi.copyMemory(accounts.balancesAddress(slot), row + IMAGE_OFFSET, AccountTable.BALANCES_LENGTH);
        }
    }

    /** An account was added. */
    void accountAdded()
    {
        if (isOpen)
        {
            newRow(ACCOUNT_ADDED);
        }
    }

    /** A transfer was added. */
    void transferAdded(final long idHigh, final long idLow, final long sequence)
    {
        if (isOpen)
        {
            final long row = newRow(TRANSFER_ADDED);
            UnsafeApi.putLong(row + IMAGE_OFFSET, idHigh);
            UnsafeApi.putLong(row + ID_LOW_OFFSET, idLow);
            UnsafeApi.putLong(row + SEQUENCE_OFFSET, sequence);
        }
    }

    /** A pending transfer was put into the queue of those that expire. */
    void expiryAdded(final long sequence)
    {
        if (isOpen)
        {
            UnsafeApi.putLong(newRow(EXPIRY_ADDED) + SEQUENCE_OFFSET, sequence);
        }
    }

    /** A pending transfer was posted or voided. */
    void pendingResolved(final long idHigh, final long idLow, final long sequence, final long expiryNs)
    {
        if (isOpen)
        {
            final long row = newRow(PENDING_RESOLVED);
            UnsafeApi.putLong(row + IMAGE_OFFSET, idHigh);
            UnsafeApi.putLong(row + ID_LOW_OFFSET, idLow);
            UnsafeApi.putLong(row + SEQUENCE_OFFSET, sequence);
            UnsafeApi.putLong(row + EXPIRY_OFFSET, expiryNs);
        }
    }

    @Override
    public void close()
    {
        rows.close();
    }

    private void rollBack()
    {
        while (count > 0)
        {
            count--;
            undo(rows.address(count));
        }
        transfers.restoreTimestamps(transferTimestampMaxNs, transferMarkCount);
    }

    private void undo(final long row)
    {
        final int kind = UnsafeApi.getInt(row);
        if (kind == ACCOUNT_CHANGED)
        {
            final int slot = UnsafeApi.getInt(row + SLOT_OFFSET);
            UnsafeApi.copyMemory(row + FLAGS_OFFSET, accounts.flagsAddress(slot), Short.BYTES);
            UnsafeApi.copyMemory(row + IMAGE_OFFSET, accounts.balancesAddress(slot), AccountTable.BALANCES_LENGTH);
        }
        else if (kind == ACCOUNT_ADDED)
        {
            ledgers.removeAccount(accounts.ledger(accounts.count() - 1));
            accounts.removeLast();
        }
        else if (kind == TRANSFER_ADDED)
        {
            transfers.remove(
                UnsafeApi.getLong(row + IMAGE_OFFSET), UnsafeApi.getLong(row + ID_LOW_OFFSET),
                UnsafeApi.getLong(row + SEQUENCE_OFFSET));
        }
        else if (kind == EXPIRY_ADDED)
        {
            expiries.remove(UnsafeApi.getLong(row + SEQUENCE_OFFSET));
        }
        else
        {
            transfers.state(
                UnsafeApi.getLong(row + IMAGE_OFFSET), UnsafeApi.getLong(row + ID_LOW_OFFSET),
                UnsafeApi.getLong(row + SEQUENCE_OFFSET), PendingState.PENDING);
            final long expiryNs = UnsafeApi.getLong(row + EXPIRY_OFFSET);
            if (expiryNs != 0)
            {
                expiries.add(expiryNs, UnsafeApi.getLong(row + SEQUENCE_OFFSET));
            }
        }
    }

    private long newRow(final int kind)
    {
        rows.ensure(count);
        final long row = rows.address(count++);
        UnsafeApi.putInt(row, kind);
        return row;
    }
}
