package io.seriatim.ledger;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Copies the state of a ledger as it is at one sequence, a slice at a time, while the ledger goes on: what changes
 * before its turn is saved first. What is copied is what only the shard knows: accounts, ledgers, deadlines,
 * definitions. The index of ids is a function of the entries and is made from them elsewhere, see
 * {@link IndexRunBuilder}.
 * <p>
 * Shape: chunks, see {@link Chunks}; beside the tables, only the rows that changed since the beginning.<br>
 * Cost: {@link #begin} copies the definitions; {@link #copy} some 100 ns an account. Nothing is allocated on the heap
 * but by the first beginning, and for definitions.<br>
 * Threads: confined to the thread that owns the state machine.
 */
public final class StateCopy
{
    /** Shortest buffer that {@link #copy} takes, in bytes. */
    public static final int LENGTH_MIN = Chunks.HEADER_LENGTH + Chunks.ACCOUNT_ROW_LENGTH;

    private final LedgerTable ledgers;
    private final AccountTable accounts;
    private final ExpiryQueue expiries;
    private final LedgerDefinitions definitions;
    private final ExpandableArrayBuffer definitionRows = new ExpandableArrayBuffer();
    private final UnsafeBuffer row = new UnsafeBuffer(0, 0);

    private int section;
    private int rowsLeft;
    private int nextRow;
    private long nextSequence;
    private long lastSlotNs;
    private int accountCount;
    private int ledgerCount;
    private int expiryCount;
    private int definitionCount;

    StateCopy(
        final LedgerTable ledgers,
        final AccountTable accounts,
        final ExpiryQueue expiries,
        final LedgerDefinitions definitions)
    {
        this.ledgers = ledgers;
        this.accounts = accounts;
        this.expiries = expiries;
        this.definitions = definitions;
    }

    /** Begin with the state of now. */
    void begin(final long newNextSequence, final long newLastSlotNs)
    {
        nextSequence = newNextSequence;
        lastSlotNs = newLastSlotNs;
        accountCount = accounts.count();
        ledgerCount = ledgers.count();
        expiryCount = (int)expiries.count();
        definitionCount = definitions.count();
        accounts.beginCopy();
        ledgers.copy().begin(ledgerCount);
        expiries.copy().begin(expiryCount);
        for (int i = 0; i < definitionCount; i++)
        {
            definitions.read(i, definitionRows, i * LedgerDefinitions.ROW_LENGTH);
        }
        enter(Chunks.HEAD, 1);
    }

    /**
     * Whether a copy was begun and is not complete.
     *
     * @return true if so.
     */
    public boolean isActive()
    {
        return section != 0;
    }

    /**
     * Sequence of the first entry that the copy knows nothing of.
     *
     * @return a sequence, as of the last beginning.
     */
    public long nextSequence()
    {
        return nextSequence;
    }

    /**
     * Copy the next chunk.
     *
     * @param buffer    to write to.
     * @param offset    in the buffer.
     * @param lengthMax of the chunk, at least {@link #LENGTH_MIN}.
     * @return its length in bytes; 0 if the copy is complete, or none is active.
     */
    public int copy(final MutableDirectBuffer buffer, final int offset, final int lengthMax)
    {
        if (lengthMax < LENGTH_MIN)
        {
            throw new IllegalArgumentException(
                "a chunk has at least " + LENGTH_MIN + " bytes: lengthMax=" + lengthMax);
        }
        if (section == 0)
        {
            return 0;
        }
        final int rowLength = Chunks.rowLength(section);
        final int rowCount = Math.min(rowsLeft, (lengthMax - Chunks.HEADER_LENGTH) / rowLength);
        for (int i = 0; i < rowCount; i++)
        {
            copyRow(buffer, offset + Chunks.HEADER_LENGTH + i * rowLength);
        }
        final int length = Chunks.header(buffer, offset, section, rowCount);
        rowsLeft -= rowCount;
        while (rowsLeft == 0 && section != 0)
        {
            enterNext();
        }
        return length;
    }

    /** Give up; a new copy may begin. */
    public void cancel()
    {
        accounts.copy().cancel();
        ledgers.copy().cancel();
        expiries.copy().cancel();
        section = 0;
    }

    private void enter(final int newSection, final int rowCount)
    {
        section = newSection;
        rowsLeft = rowCount;
        nextRow = 0;
    }

    private void enterNext()
    {
        switch (section)
        {
            case Chunks.HEAD:
                enter(Chunks.ACCOUNT, accountCount);
                break;
            case Chunks.ACCOUNT:
                enter(Chunks.LEDGER, ledgerCount);
                break;
            case Chunks.LEDGER:
                enter(Chunks.EXPIRY, expiryCount);
                break;
            case Chunks.EXPIRY:
                enter(Chunks.DEFINITION, definitionCount);
                break;
            default:
                section = 0;
                break;
        }
    }

    private void copyRow(final MutableDirectBuffer buffer, final int offset)
    {
        switch (section)
        {
            case Chunks.HEAD:
                copyHead(buffer, offset);
                break;
            case Chunks.ACCOUNT:
                accounts.copyNext(buffer, offset);
                break;
            case Chunks.LEDGER:
                copyRow(ledgers.copy().next(), LedgerTable.ROW_LENGTH, buffer, offset);
                break;
            case Chunks.EXPIRY:
                copyRow(expiries.copy().next(), ExpiryQueue.ROW_LENGTH, buffer, offset);
                break;
            default:
                buffer.putBytes(
                    offset, definitionRows, nextRow * LedgerDefinitions.ROW_LENGTH, LedgerDefinitions.ROW_LENGTH);
                break;
        }
        nextRow++;
    }

    private void copyHead(final MutableDirectBuffer buffer, final int offset)
    {
        buffer.putLong(offset, nextSequence);
        buffer.putLong(offset + Long.BYTES, lastSlotNs);
        buffer.putLong(offset + 2 * Long.BYTES, accountCount);
        buffer.putLong(offset + 3 * Long.BYTES, ledgerCount);
        buffer.putLong(offset + 4 * Long.BYTES, expiryCount);
        buffer.putLong(offset + 5 * Long.BYTES, definitionCount);
    }

    private void copyRow(final long address, final int length, final MutableDirectBuffer buffer, final int offset)
    {
        row.wrap(address, length);
        buffer.putBytes(offset, row, 0, length);
    }
}
