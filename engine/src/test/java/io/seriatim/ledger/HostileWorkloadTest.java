package io.seriatim.ledger;

import io.seriatim.ledger.HostileWorkload.Features;
import io.seriatim.ledger.ReferenceLedger.Balances;
import io.seriatim.ledger.ReferenceLedger.Expiry;
import io.seriatim.ledger.ReferenceLedger.PendingState;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostileWorkloadTest
{
    private static final int SEED_COUNT = 50;
    private static final int EVENT_COUNT = 4_000;
    private static final int BATCH_COUNT_MAX = 200;

    private final Map<AccountStatus, Integer> accountCounts = new EnumMap<>(AccountStatus.class);
    private final Map<TransferStatus, Integer> transferCounts = new EnumMap<>(TransferStatus.class);
    private final Map<String, Integer> askedCounts = new TreeMap<>();
    private final Map<String, Integer> answeredCounts = new TreeMap<>();
    private final Map<PendingState, Integer> pendingCounts = new EnumMap<>(PendingState.class);
    private final Map<String, Integer> edgeCounts = new TreeMap<>();

    @Test
    void shouldReachEveryStatusEveryReadAndEveryEdge()
    {
        for (long seed = 1; seed <= SEED_COUNT; seed++)
        {
            run(seed);
        }

        final Set<AccountStatus> missingAccountStatuses = EnumSet.allOf(AccountStatus.class);
        missingAccountStatuses.removeAll(accountCounts.keySet());
        assertEquals(Set.of(), missingAccountStatuses, () -> "never seen; seen: " + accountCounts);

        final Set<TransferStatus> missingTransferStatuses = EnumSet.allOf(TransferStatus.class);
        missingTransferStatuses.removeAll(transferCounts.keySet());
        assertEquals(Set.of(), missingTransferStatuses, () -> "never seen; seen: " + transferCounts);

        System.out.println("hostile workload: edges=" + edgeCounts + ", asked=" + askedCounts +
            ", answered=" + answeredCounts + ", pending=" + pendingCounts);
        assertEquals(12, askedCounts.size(), () -> "reads: " + askedCounts);
        askedCounts.forEach((name, asked) ->
        {
            final int answered = answeredCounts.getOrDefault(name, 0);
            assertTrue(answered * 4 > asked, () -> name + " is too often empty: " + answered + " of " + asked);
        });
        assertEquals(
            EnumSet.complementOf(EnumSet.of(PendingState.NONE)), pendingCounts.keySet(), pendingCounts::toString);
        for (final String edge : List.of(
            "expiry", "expiries at one instant", "reopened by expiry", "expiry at its deadline", "late expiry",
            "expiry at TS_MAX is set", "judged at the deadline", "judged before the deadline", "definition"))
        {
            assertTrue(edgeCounts.getOrDefault(edge, 0) >= 3, () -> "too seldom: " + edge + ": " + edgeCounts);
        }
    }

    /** Invariants that hold whatever is thrown at the ledger. */
    private void run(final long seed)
    {
        final ReferenceLedger ledger = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(seed, ledger, BATCH_COUNT_MAX, Features.ALL);
        long numberedCount = 0;
        long sequence = 0;
        long clock = 0;
        long timestamp = 0;
        while (sequence < EVENT_COUNT)
        {
            final String where = "seed=" + seed + ", sequence=" + sequence;
            final HostileRequest request = workload.next();
            assertTrue(request.clock() >= clock, where);
            clock = request.clock();

            final HostileRequest.Applied applied = request.applyTo(ledger);
            Expiry before = null;
            for (final Expiry expiry : applied.releases())
            {
                assertEquals(++sequence, expiry.sequence(), where);
                assertTrue(expiry.timestamp() > timestamp, where);
                timestamp = expiry.timestamp();
                assertEquals(PendingState.EXPIRED, ledger.pendingState(expiry.pendingId()), where);
                assertTrue(expiry.ledgerSequence() > 0, where);
                numberedCount++;
                noteEdges(ledger, expiry, before);
                before = expiry;
            }
            assertTrue(ledger.nextExpiry() == 0 || ledger.nextExpiry() > clock, where);

            final List<Result> results = applied.results();
            assertEquals(request.count(), results.size(), where);
            if (request.kind() != HostileRequest.Kind.TICK)
            {
                assertTrue(applied.batchTimestamp() - request.count() > timestamp, where);
                timestamp = applied.batchTimestamp();
            }
            assertEquals(timestamp, ledger.previousTimestamp(), where);
            for (int i = 0; i < results.size(); i++)
            {
                final Result result = results.get(i);
                assertEquals(++sequence, result.sequence(), where);
                assertTrue(result.firstSequence() < sequence, where);
                numberedCount += result.ledgerSequence() != 0 ? 1 : 0;
                noteOutcome(workload, ledger, request, i, result, where);
            }
            assertEquals(sequence + 1, ledger.nextSequence(), where);
            assertEquals(sequence, applied.sequence(), where);
            if (request.kind() == HostileRequest.Kind.READ)
            {
                final String name = request.read().getClass().getSimpleName();
                askedCounts.merge(name, 1, Integer::sum);
                answeredCounts.merge(name, applied.answer().isEmpty() ? 0 : 1, Integer::sum);
                assertTrue(applied.answer().size() <= ReferenceRead.LIMIT_MAX, where);
            }
        }
        final Set<Integer> ledgers = new TreeSet<>();
        ledger.accounts().forEach((account) -> ledgers.add(account.given().ledger()));
        assertEquals(numberedCount, ledgers.stream().mapToLong(ledger::ledgerSequence).sum(), "seed=" + seed);
        assertInvariants(ledger, "seed=" + seed);
    }

    private void noteEdges(final ReferenceLedger ledger, final Expiry expiry, final Expiry before)
    {
        final long deadline = ReferenceState.expiry(ledger.lookupTransfer(expiry.pendingId()));
        assertTrue(deadline < expiry.timestamp(), "released early");
        edgeCounts.merge("expiry", 1, Integer::sum);
        final boolean isPrompt = expiry.timestamp() == deadline + 1;
        edgeCounts.merge(isPrompt ? "expiry at its deadline" : "late expiry", 1, Integer::sum);
        if (before != null)
        {
            final long deadlineBefore = ReferenceState.expiry(ledger.lookupTransfer(before.pendingId()));
            assertTrue(deadlineBefore <= deadline || expiry.timestamp() > before.timestamp() + 1, "out of order");
            edgeCounts.merge("expiries at one instant", deadlineBefore == deadline ? 1 : 0, Integer::sum);
        }
        edgeCounts.merge(
            "reopened by expiry", expiry.isDebitReopened() || expiry.isCreditReopened() ? 1 : 0, Integer::sum);
    }

    private void noteOutcome(
        final HostileWorkload workload,
        final ReferenceLedger ledger,
        final HostileRequest request,
        final int index,
        final Result result,
        final String where)
    {
        if (workload.validPercent() == 100)
        {
            assertTrue(result.status().isCreated(), () -> where + ", " + result + ", " + request);
        }
        switch (request.kind())
        {
            case ACCOUNTS -> accountCounts.merge((AccountStatus)result.status(), 1, Integer::sum);
            case TRANSFERS ->
            {
                transferCounts.merge((TransferStatus)result.status(), 1, Integer::sum);
                final TransferEvent event = request.transfers().get(index);
                final ReferenceLedger.Transfer pending = ledger.lookupTransfer(event.pendingId());
                if (pending != null && pending.stored().timeout() != 0)
                {
                    final long left = ReferenceState.expiry(pending) - result.timestamp();
                    edgeCounts.merge(
                        "judged at the deadline",
                        left == 0 && result.status() == TransferStatus.PENDING_TRANSFER_EXPIRED ? 1 : 0,
                        Integer::sum);
                    edgeCounts.merge(
                        "judged before the deadline", left == 1 && result.status().isCreated() ? 1 : 0, Integer::sum);
                }
                final ReferenceLedger.Transfer stored = ledger.lookupTransfer(event.id());
                if (result.status().isCreated() && stored.stored().timeout() != 0 &&
                    ReferenceState.expiry(stored) == ReferenceLedger.TS_MAX)
                {
                    edgeCounts.merge("expiry at TS_MAX is set", 1, Integer::sum);
                }
            }
            default ->
            {
                assertEquals(HostileRequest.Kind.DEFINITIONS, request.kind());
                edgeCounts.merge("definition", 1, Integer::sum);
            }
        }
    }

    private void assertInvariants(final ReferenceLedger ledger, final String where)
    {
        assertTrue(ledger.isBalanced(), where);
        final Set<Long> timestamps = new TreeSet<>();
        long previousAccountTimestamp = 0;
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            assertTrue(account.timestamp() > previousAccountTimestamp, where);
            assertTrue(timestamps.add(account.timestamp()), where);
            previousAccountTimestamp = account.timestamp();
        }
        long previousTransferTimestamp = 0;
        for (final ReferenceLedger.Transfer transfer : ledger.transfers())
        {
            assertTrue(transfer.timestamp() > previousTransferTimestamp, where);
            assertTrue(timestamps.add(transfer.timestamp()), where);
            assertFalse(ledger.failedIds().containsKey(transfer.stored().id()), where);
            previousTransferTimestamp = transfer.timestamp();
        }
        for (final Expiry expiry : ledger.expiries())
        {
            assertTrue(timestamps.add(expiry.timestamp()), where);
        }
        ledger.pendingStates().forEach((id, state) -> pendingCounts.merge(state, 1, Integer::sum));
        assertEquals(balancesFromTransfers(ledger), balances(ledger), where);
        assertEquals(closedFromTransfers(ledger), closed(ledger), where);
    }

    private static Map<BigInteger, Balances> balances(final ReferenceLedger ledger)
    {
        final Map<BigInteger, Balances> balances = new HashMap<>();
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            balances.put(account.given().id(), account.balances());
        }
        return balances;
    }

    /** The balances once more, from nothing but the transfers that are left and the states of the pending ones. */
    private static Map<BigInteger, Balances> balancesFromTransfers(final ReferenceLedger ledger)
    {
        final Map<BigInteger, Balances> balances = new HashMap<>();
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            balances.put(account.given().id(), Balances.ZERO);
        }
        for (final ReferenceLedger.Transfer transfer : ledger.transfers())
        {
            final TransferEvent stored = transfer.stored();
            final boolean isOpen = ledger.pendingState(stored.id()) == PendingState.PENDING;
            final boolean isMoved =
                !stored.has(TransferEvent.PENDING) && !stored.has(TransferEvent.VOID_PENDING_TRANSFER);
            final BigInteger pending = isOpen ? stored.amount() : BigInteger.ZERO;
            final BigInteger posted = isMoved ? stored.amount() : BigInteger.ZERO;
            balances.compute(stored.debitAccountId(), (id, before) -> before.plusDebits(pending, posted));
            balances.compute(stored.creditAccountId(), (id, before) -> before.plusCredits(pending, posted));
        }
        return balances;
    }

    private static Set<BigInteger> closed(final ReferenceLedger ledger)
    {
        final Set<BigInteger> closed = new TreeSet<>();
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            if (account.asEvent().has(AccountEvent.CLOSED))
            {
                closed.add(account.given().id());
            }
        }
        return closed;
    }

    /** Closed accounts once more: those created so, and those of open closing transfers. */
    private static Set<BigInteger> closedFromTransfers(final ReferenceLedger ledger)
    {
        final Set<BigInteger> closed = new TreeSet<>();
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            if ((account.flagsAtFirst() & AccountEvent.CLOSED) != 0)
            {
                closed.add(account.given().id());
            }
        }
        ledger.pendingStates().forEach((id, state) ->
        {
            final TransferEvent stored = ledger.lookupTransfer(id).stored();
            if (state == PendingState.PENDING && stored.has(TransferEvent.CLOSING_DEBIT))
            {
                closed.add(stored.debitAccountId());
            }
            if (state == PendingState.PENDING && stored.has(TransferEvent.CLOSING_CREDIT))
            {
                closed.add(stored.creditAccountId());
            }
        });
        return closed;
    }

    @Test
    void shouldMakeTheSameRequestsAndAnswersFromTheSameSeed()
    {
        for (long seed = 1; seed <= 5; seed++)
        {
            assertEquals(requests(seed, Features.ALL), requests(seed, Features.ALL), "seed=" + seed);
            assertEquals(answers(requests(seed, Features.ALL)), answers(requests(seed, Features.ALL)), "seed=" + seed);
        }
        assertNotEquals(requests(1, Features.ALL), requests(2, Features.ALL));
    }

    @Test
    void shouldDrawEveryShareOfValidEventsAndEverySizeOfABatch()
    {
        final Set<Integer> validPercents = new TreeSet<>();
        final Set<Integer> counts = new TreeSet<>();
        for (long seed = 1; seed <= SEED_COUNT; seed++)
        {
            validPercents.add(new HostileWorkload(seed, new ReferenceLedger(), BATCH_COUNT_MAX).validPercent());
            requests(seed, Features.CREATES).forEach((request) -> counts.add(request.count()));
        }
        assertEquals(Set.of(0, 5, 50, 95, 100), validPercents);
        assertTrue(counts.containsAll(List.of(0, 1, 2, BATCH_COUNT_MAX)), () -> "counts=" + counts);
    }

    @Test
    void shouldKeepToItsFeatures()
    {
        for (long seed = 1; seed <= SEED_COUNT; seed++)
        {
            for (final HostileRequest request : requests(seed, Features.SINGLE_PHASE))
            {
                assertTrue(
                    request.kind() == HostileRequest.Kind.ACCOUNTS ||
                    request.kind() == HostileRequest.Kind.TRANSFERS);
                request.transfers().forEach((event) -> assertFalse(event.has(0xFE), event::toString));
            }
            for (final HostileRequest request : requests(seed, Features.CREATES))
            {
                assertTrue(
                    request.kind() != HostileRequest.Kind.READ &&
                    request.kind() != HostileRequest.Kind.DEFINITIONS);
            }
        }
    }

    private static List<HostileRequest> requests(final long seed, final Features features)
    {
        final ReferenceLedger ledger = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(seed, ledger, BATCH_COUNT_MAX, features);
        final List<HostileRequest> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++)
        {
            final HostileRequest request = workload.next();
            request.applyTo(ledger);
            requests.add(request);
        }
        return requests;
    }

    /** Requests are values: another ledger gives the same answers to them. */
    private static List<HostileRequest.Applied> answers(final List<HostileRequest> requests)
    {
        final ReferenceLedger ledger = new ReferenceLedger();
        return requests.stream().map((request) -> request.applyTo(ledger)).toList();
    }
}
