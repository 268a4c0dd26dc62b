package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.LedgerSums;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The trial balance of one shard, asked by any thread: the shard's thread adds all accounts up between two requests,
 * and answers once everything that it has seen is committed.
 * <p>
 * Cost: visits every account, some 50 ns each, during which the shard does nothing else.<br>
 * Threads: {@link #add} and {@link #release} are confined to the shard's thread; {@link #totals} may be asked by any.
 */
final class TotalsQuery
{
    private static final long NOT_ADDED = -1;

    private final Map<Integer, LedgerSums> sumsByLedger = new TreeMap<>(Integer::compareUnsigned);
    private long validAtSequence = NOT_ADDED;
    private volatile List<LedgerTotals> totals;

    boolean isAdded()
    {
        return validAtSequence != NOT_ADDED;
    }

    /** Add every account up. */
    void add(final LedgerStateMachine stateMachine)
    {
        validAtSequence = stateMachine.nextSequence() - 1;
        final UnsafeBuffer row = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordDecoder account = new AccountRecordDecoder();
        for (int slot = 0; slot < stateMachine.accountCount(); slot++)
        {
            stateMachine.readAccount(slot, row, 0);
            account.wrap(row, 0);
            sumsByLedger.computeIfAbsent((int)account.ledger(), ledger -> new LedgerSums()).add(account);
        }
    }

    /** Let the answer out if everything it has seen is committed. */
    boolean release(final int shard, final long committedSequence)
    {
        if (committedSequence < validAtSequence)
        {
            return false;
        }
        final List<LedgerTotals> answer = new ArrayList<>();
        sumsByLedger.forEach((ledger, sums) -> answer.add(new LedgerTotals(
            ledger, shard, sums.accountCount(), sums.debitsPosted().value(), sums.creditsPosted().value(),
            sums.debitsPending().value(), sums.creditsPending().value())));
        totals = answer;
        return true;
    }

    /** The answer, a line for each ledger by its number; null while there is none. */
    List<LedgerTotals> totals()
    {
        return totals;
    }
}
