package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Creates accounts and transfers through whatever comes in between: no room, an engine that has stopped or was killed
 * and is launched anew. A request whose outcome is unknown is sent again as it is, which applies each id once; its
 * caller is given the first answers.
 *
 * <pre>
 *   RetryingLedger usd = new RetryingLedger(() -&gt; currentEngine().ledger(840), 10, TimeUnit.SECONDS);
 *   List&lt;TransferResult&gt; results = usd.createTransfers(transfers);
 * </pre>
 *
 * An id must mean one command: whether an equal command came from this caller or from another can not be told.
 * <p>
 * Threads: any.
 */
public final class RetryingLedger
{
    private static final long PAUSE_MIN_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PAUSE_MAX_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Kind<Account, AccountResult> ACCOUNTS = new Kind<>(
        Ledger::createAccounts,
        Ledger::lookupAccountOutcomes,
        Account::id,
        account -> (account.flags() & AccountFlags.LINKED) != 0,
        result -> result.outcome() == AccountOutcome.EXISTS,
        result -> false,
        first -> new AccountResult(AccountOutcome.of(first.code()), first.timestampNs(), first.sequence(), 0));

    private static final Kind<Transfer, TransferResult> TRANSFERS = new Kind<>(
        Ledger::createTransfers,
        Ledger::lookupTransferOutcomes,
        Transfer::id,
        transfer -> (transfer.flags() & TransferFlags.LINKED) != 0,
        result -> result.outcome() == TransferOutcome.EXISTS,
        result -> result.outcome() == TransferOutcome.ID_ALREADY_FAILED,
        first -> new TransferResult(TransferOutcome.of(first.code()), first.timestampNs(), first.sequence(), 0));

    private final Supplier<Ledger> ledgers;
    private final long timeoutNs;

    /** What accounts and transfers differ in. */
    private record Kind<E, R>(
        BiFunction<Ledger, List<E>, List<R>> create,
        BiFunction<Ledger, List<Uint128>, Found<FirstOutcome>> lookUp,
        Function<E, Uint128> id,
        Function<E, Boolean> isLinked,
        Function<R, Boolean> exists,
        Function<R, Boolean> isSpent,
        Function<FirstOutcome, R> firstResult)
    {
    }

    /**
     * A face that tries until a deadline.
     *
     * @param ledgers gives the face of the engine that runs now; while there is none it gives null, or throws a
     *                {@link LedgerException} or a {@link JournalException}.
     * @param timeout for each request, from when it is asked for.
     * @param unit    of the timeout.
     */
    public RetryingLedger(final Supplier<Ledger> ledgers, final long timeout, final TimeUnit unit)
    {
        this.ledgers = ledgers;
        timeoutNs = unit.toNanos(timeout);
    }

    /**
     * Create accounts, each once.
     *
     * @param accounts at most the engine's batchCountMax.
     * @return one answer for each, in their order: the first that it was given.
     * @throws LedgerException if the time is up, or trying again can not help: no room in the store, an interrupt.
     */
    public List<AccountResult> createAccounts(final List<Account> accounts)
    {
        return create(ACCOUNTS, List.copyOf(accounts));
    }

    /**
     * Create transfers, each once.
     *
     * @param transfers at most the engine's batchCountMax.
     * @return one answer for each, in their order: the first that it was given.
     * @throws LedgerException if the time is up, or trying again can not help: no room in the store, an interrupt.
     */
    public List<TransferResult> createTransfers(final List<Transfer> transfers)
    {
        return create(TRANSFERS, List.copyOf(transfers));
    }

    private <E, R> List<R> create(final Kind<E, R> kind, final List<E> events)
    {
        final long startNs = System.nanoTime();
        boolean isOutcomeUnknown = false;
        for (int attempt = 1;; attempt++)
        {
            try
            {
                final Ledger ledger = ledgers.get();
                if (ledger != null)
                {
                    final List<R> results = kind.create.apply(ledger, events);
                    return isOutcomeUnknown ? firstAnswers(kind, ledger, events, results) : results;
                }
                pause(attempt, startNs, isOutcomeUnknown, null);
            }
            catch (final LedgerException ex)
            {
                if (isFinal(ex.reason()))
                {
                    throw isOutcomeUnknown ? withUnknownOutcome(ex.reason(), ex.getMessage(), ex) : ex;
                }
                isOutcomeUnknown |= ex.isOutcomeUnknown();
                pause(attempt, startNs, isOutcomeUnknown, ex);
            }
            catch (final JournalException ex)
            {
                pause(attempt, startNs, isOutcomeUnknown, ex);
            }
        }
    }

    private static boolean isFinal(final LedgerException.Reason reason)
    {
        return reason == LedgerException.Reason.STORE_FULL || reason == LedgerException.Reason.INTERRUPTED ||
            reason == LedgerException.Reason.TIME_EXHAUSTED;
    }

    /** Longer each time, and not beyond the deadline. */
    private void pause(
        final int attempt, final long startNs, final boolean isOutcomeUnknown, final RuntimeException cause)
    {
        final long leftNs = timeoutNs - (System.nanoTime() - startNs);
        if (leftNs <= 0)
        {
            final String message = "given up after " + attempt + " attempts in " +
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs) + " ms: " +
                (cause == null ? "there is no engine" : cause.getMessage());
            throw isOutcomeUnknown ? withUnknownOutcome(LedgerException.Reason.TIMED_OUT, message, cause) :
                new LedgerException(
                LedgerException.Reason.TIMED_OUT, false, message + "; nothing of the request was applied", cause);
        }
        LockSupport.parkNanos(Math.min(leftNs, Math.min(PAUSE_MAX_NS, PAUSE_MIN_NS << Math.min(attempt, 10))));
        if (Thread.currentThread().isInterrupted())
        {
            throw new LedgerException(
                LedgerException.Reason.INTERRUPTED, isOutcomeUnknown, "interrupted between two attempts", cause);
        }
    }

    private static LedgerException withUnknownOutcome(
        final LedgerException.Reason reason, final String message, final RuntimeException cause)
    {
        return new LedgerException(
            reason, true,
            message + "; an attempt before may have been applied: ask by id, or send the same ids again", cause);
    }

    /** What an earlier attempt was answered, where this one was told that it has been there. */
    private static <E, R> List<R> firstAnswers(
        final Kind<E, R> kind, final Ledger ledger, final List<E> events, final List<R> results)
    {
        if (results.stream().noneMatch(result -> kind.exists.apply(result) || kind.isSpent.apply(result)))
        {
            return results;
        }
        final Map<Uint128, FirstOutcome> firsts = new HashMap<>();
        final List<Uint128> ids = events.stream().map(kind.id).collect(Collectors.toList());
        kind.lookUp.apply(ledger, ids).values().forEach(first -> firsts.put(first.id(), first));
        final List<R> answers = new ArrayList<>(results);
        final Set<Uint128> seen = new HashSet<>();
        int from = 0;
        for (int i = 0; i < events.size(); i++)
        {
            if (!kind.isLinked.apply(events.get(i)) || i == events.size() - 1)
            {
                answerGroup(kind, ids, firsts, seen, answers, from, i + 1);
                from = i + 1;
            }
        }
        return answers;
    }

    private static <E, R> void answerGroup(
        final Kind<E, R> kind,
        final List<Uint128> ids,
        final Map<Uint128, FirstOutcome> firsts,
        final Set<Uint128> seen,
        final List<R> answers,
        final int from,
        final int to)
    {
        final boolean isApplied = kind.exists.apply(answers.get(from)) && isOneGroup(ids, firsts, from, to);
        for (int i = from; i < to; i++)
        {
            // The second event of an id in one request was answered by the first one, whatever came in between.
            final boolean isFirst = seen.add(ids.get(i));
            if (isFirst && (isApplied || kind.isSpent.apply(answers.get(i))))
            {
                answers.set(i, kind.firstResult.apply(firsts.get(ids.get(i))));
            }
        }
    }

    /** A chain that was applied lies together: its events were created one after the other. */
    private static boolean isOneGroup(
        final List<Uint128> ids, final Map<Uint128, FirstOutcome> firsts, final int from, final int to)
    {
        final FirstOutcome first = firsts.get(ids.get(from));
        for (int i = from; i < to; i++)
        {
            final FirstOutcome next = firsts.get(ids.get(i));
            if (next == null || next.code() != first.code() || next.sequence() != first.sequence() + i - from)
            {
                return false;
            }
        }
        return true;
    }
}
