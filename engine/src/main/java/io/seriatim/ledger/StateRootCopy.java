package io.seriatim.ledger;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Copies what a state root is made of, the accounts and the ledgers as they are at one sequence, a slice at a time,
 * while the ledger goes on.
 * <p>
 * Shape: chunks, see {@link Chunks}: accounts, then ledgers; beside the tables, only the rows that changed
 * meanwhile.<br>
 * Cost: some 100 ns an account; nothing is allocated on the heap but by the first beginning.<br>
 * Threads: confined to the thread that owns the state machine.
 */
public final class StateRootCopy
{
    /** Shortest buffer that {@link #copy} takes, in bytes. */
    public static final int LENGTH_MIN = Chunks.HEADER_LENGTH + Chunks.ACCOUNT_ROW_LENGTH;

    private final AccountTable accounts;
    private final LedgerTable ledgers;
    private final UnsafeBuffer row = new UnsafeBuffer(0, 0);
    private int accountsLeft;
    private int ledgersLeft;

    StateRootCopy(final AccountTable accounts, final LedgerTable ledgers)
    {
        this.accounts = accounts;
        this.ledgers = ledgers;
    }

    /** Begin with the state of now. */
    void begin()
    {
        accountsLeft = accounts.count();
        ledgersLeft = ledgers.count();
        accounts.rootCopy().begin(accountsLeft);
        ledgers.rootCopy().begin(ledgersLeft);
    }

    /**
     * Whether a copy was begun and is not complete.
     *
     * @return true if so.
     */
    public boolean isActive()
    {
        return ledgersLeft > 0;
    }

    /** Give up; a new copy may begin. */
    public void cancel()
    {
        accounts.rootCopy().cancel();
        ledgers.rootCopy().cancel();
        accountsLeft = 0;
        ledgersLeft = 0;
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
        if (accountsLeft > 0)
        {
            final int count = Math.min(accountsLeft, (lengthMax - Chunks.HEADER_LENGTH) / Chunks.ACCOUNT_ROW_LENGTH);
            for (int i = 0; i < count; i++)
            {
                accounts.copyNext(
                    accounts.rootCopy(), buffer, offset + Chunks.HEADER_LENGTH + i * Chunks.ACCOUNT_ROW_LENGTH);
            }
            accountsLeft -= count;
            return Chunks.header(buffer, offset, Chunks.ACCOUNT, count);
        }
        if (ledgersLeft > 0)
        {
            final int count = Math.min(ledgersLeft, (lengthMax - Chunks.HEADER_LENGTH) / LedgerTable.ROW_LENGTH);
            for (int i = 0; i < count; i++)
            {
                row.wrap(ledgers.rootCopy().next(), LedgerTable.ROW_LENGTH);
                buffer.putBytes(
                    offset + Chunks.HEADER_LENGTH + i * LedgerTable.ROW_LENGTH, row, 0, LedgerTable.ROW_LENGTH);
            }
            ledgersLeft -= count;
            return Chunks.header(buffer, offset, Chunks.LEDGER, count);
        }
        return 0;
    }
}
