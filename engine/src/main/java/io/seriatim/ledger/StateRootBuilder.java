package io.seriatim.ledger;

import io.seriatim.merkle.MerkleFrontier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes a state root out of the chunks of a {@link StateRootCopy}.
 * <p>
 * Cost: some 2 µs an account.<br>
 * Threads: confined to one, which need not be that of the copy.
 */
public final class StateRootBuilder implements ChunkHandler
{
    private static final int CHUNK_LENGTH = 32 * 1024;

    private final boolean hasKey;
    private final long asOfSequence;
    private long accountCount;
    private final StateRows rows;
    private final StateRowHandler handler;
    private final MerkleFrontier accounts = new MerkleFrontier();
    private final MerkleFrontier ledgers = new MerkleFrontier();

    /**
     * Begin.
     *
     * @param key          that salts the rows of accounts; null if there is none: then their root is not made.
     * @param asOfSequence sequence of the entry whose state it is of.
     * @param handler      is told of each row.
     */
    public StateRootBuilder(final StateRootKey key, final long asOfSequence, final StateRowHandler handler)
    {
        hasKey = key != null;
        this.asOfSequence = asOfSequence;
        this.handler = handler;
        rows = new StateRows(key, asOfSequence);
    }

    /**
     * What makes roots at once, on the thread that asks.
     *
     * @param key that salts the rows; null if there is none: then only the roots of ledgers are made.
     * @return the maker.
     */
    public static StateRoots.Maker maker(final StateRootKey key)
    {
        return (stateMachine, task) -> task.complete(build(stateMachine, key, StateRowHandler.NONE));
    }

    /**
     * Make the root of the state as it is.
     *
     * @param stateMachine that holds it, between two groups.
     * @param key          that salts the rows; null if there is none.
     * @param handler      is told of each row.
     * @return the root as of the newest entry.
     */
    public static StateRoot build(
        final LedgerStateMachine stateMachine, final StateRootKey key, final StateRowHandler handler)
    {
        final StateRootBuilder builder = new StateRootBuilder(key, stateMachine.nextSequence() - 1, handler);
        final UnsafeBuffer chunk = new UnsafeBuffer(new byte[CHUNK_LENGTH]);
        final StateRootCopy copy = stateMachine.beginRootCopy();
        while (copy.isActive())
        {
            builder.onChunk(chunk, 0, copy.copy(chunk, 0, CHUNK_LENGTH));
        }
        return builder.end();
    }

    @Override
    public void onChunk(final DirectBuffer buffer, final int offset, final int length)
    {
        Chunks.validate(buffer, offset, length);
        final int section = Chunks.section(buffer, offset);
        final int rowLength = Chunks.rowLength(section);
        for (int row = offset + Chunks.HEADER_LENGTH; row < offset + length; row += rowLength)
        {
            if (section == Chunks.ACCOUNT)
            {
                rows.account(buffer, row);
                accountCount++;
                if (hasKey)
                {
                    accounts.append(rows.row(), 0, StateRows.ACCOUNT_LENGTH);
                }
                handler.onAccount(rows.row(), StateRows.ACCOUNT_LENGTH);
            }
            else
            {
                rows.ledger(LedgerTable.ledgerOf(buffer, row), LedgerTable.ledgerSequenceOf(buffer, row));
                ledgers.append(rows.row(), 0, StateRows.LEDGER_LENGTH);
                handler.onLedger(rows.row(), StateRows.LEDGER_LENGTH);
            }
        }
    }

    /**
     * All chunks have come.
     *
     * @return the root; without a key it has none over the accounts.
     */
    public StateRoot end()
    {
        return new StateRoot(
            asOfSequence, accountCount, hasKey ? accounts.root() : null, ledgers.size(), ledgers.root());
    }
}
