package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * One row for each ledger that has an account, in the order of their first accounts.
 * <p>
 * Shape: rows of 32 bytes
 *
 * <pre>
 *   0  ledger            uint32, then 4 bytes free
 *   8  last ledgerSequence
 *  16  number of accounts
 *  24  free
 * </pre>
 *
 * Threads: confined to the thread that owns the state machine.
 */
final class LedgerTable implements AutoCloseable
{
    static final int NOT_FOUND = -1;

    static final int ROW_LENGTH = 32;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int ACCOUNT_COUNT_OFFSET = 16;

    private final Segments rows = new Segments(ROW_LENGTH);
    private final RowCopy copy = new RowCopy(rows, ROW_LENGTH);
    private final RowCopy rootCopy = new RowCopy(rows, ROW_LENGTH);
    private final HashIndex slots;
    private int count;
    private int lastLedger;
    private int lastSlot = NOT_FOUND;

    LedgerTable(final long seed)
    {
        slots = new HashIndex(seed);
    }

    int count()
    {
        return count;
    }

    int slotOf(final int ledger)
    {
        if (lastSlot == NOT_FOUND || ledger != lastLedger)
        {
            lastSlot = (int)slots.get(slots.hash(ledger)) - 1;
            lastLedger = ledger;
        }
        return lastSlot;
    }

    int ledger(final int slot)
    {
        return UnsafeApi.getInt(rows.address(slot));
    }

    long ledgerSequence(final int slot)
    {
        return UnsafeApi.getLong(rows.address(slot) + SEQUENCE_OFFSET);
    }

    long nextLedgerSequence(final int slot)
    {
        copy.beforeChange(slot);
        rootCopy.beforeChange(slot);
        final long address = rows.address(slot) + SEQUENCE_OFFSET;
        final long next = UnsafeApi.getLong(address) + 1;
        UnsafeApi.putLong(address, next);
        return next;
    }

    long accountCount(final int slot)
    {
        return UnsafeApi.getLong(rows.address(slot) + ACCOUNT_COUNT_OFFSET);
    }

    /** Count an account of a ledger in, which may be the ledger's first. */
    void addAccount(final int ledger)
    {
        int slot = slotOf(ledger);
        if (slot == NOT_FOUND)
        {
            slot = count++;
            rows.ensure(slot);
            UnsafeApi.setMemory(rows.address(slot), ROW_LENGTH, (byte)0);
            UnsafeApi.putInt(rows.address(slot), ledger);
            slots.add(slots.hash(ledger), slot + 1L);
            lastSlot = slot;
        }
        addToAccountCount(slot, 1);
    }

    /** Undo {@link #addAccount}; accounts are removed last first. */
    void removeAccount(final int ledger)
    {
        final int slot = slotOf(ledger);
        addToAccountCount(slot, -1);
        if (accountCount(slot) == 0)
        {
            assert slot == count - 1 : "ledgers are removed last first";
            slots.remove(slots.find(slots.hash(ledger)));
            count--;
            lastSlot = NOT_FOUND;
        }
    }

    /** The rows as they are now, while the table goes on. */
    RowCopy copy()
    {
        return copy;
    }

    /** Another copy of the rows, for a state root. */
    RowCopy rootCopy()
    {
        return rootCopy;
    }

    /** Ledger of a row of a copy. */
    static int ledgerOf(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset);
    }

    /** Last ledgerSequence of a row of a copy. */
    static long ledgerSequenceOf(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + SEQUENCE_OFFSET);
    }

    /** Number of accounts of a row of a copy. */
    static long accountCountOf(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + ACCOUNT_COUNT_OFFSET);
    }

    /** Take a row of a copy; they come in their order. */
    void load(final DirectBuffer buffer, final int offset)
    {
        final int ledger = ledgerOf(buffer, offset);
        if (slots.get(slots.hash(ledger)) != HashIndex.NOT_FOUND)
        {
            throw new IllegalStateException("a ledger comes twice: ledger=" + Integer.toUnsignedString(ledger));
        }
        rows.ensure(count);
        final long row = rows.address(count);
        UnsafeApi.putInt(row, ledger);
        UnsafeApi.putLong(row + SEQUENCE_OFFSET, ledgerSequenceOf(buffer, offset));
        UnsafeApi.putLong(row + ACCOUNT_COUNT_OFFSET, accountCountOf(buffer, offset));
        slots.add(slots.hash(ledger), count + 1L);
        count++;
        lastSlot = NOT_FOUND;
    }

    long allocatedBytes()
    {
        return rows.allocatedBytes() + copy.allocatedBytes() + rootCopy.allocatedBytes() + slots.allocatedBytes();
    }

    @Override
    public void close()
    {
        rows.close();
        copy.close();
        rootCopy.close();
        slots.close();
    }

    private void addToAccountCount(final int slot, final int delta)
    {
        copy.beforeChange(slot);
        rootCopy.beforeChange(slot);
        final long address = rows.address(slot) + ACCOUNT_COUNT_OFFSET;
        UnsafeApi.putLong(address, UnsafeApi.getLong(address) + delta);
    }
}
