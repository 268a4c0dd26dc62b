package io.seriatim.ledger;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostileWorkloadTest
{
    private static final int SEED_COUNT = 50;
    private static final int EVENT_COUNT = 4_000;
    private static final int BATCH_COUNT_MAX = 200;

    /** What needs pending, closing or balancing transfers; and what an earlier rule always hides without them. */
    private static final Set<TransferStatus> OUT_OF_REACH = EnumSet.of(
        TransferStatus.CLOSING_TRANSFER_MUST_BE_PENDING,
        TransferStatus.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO,
        TransferStatus.OVERFLOWS_DEBITS_PENDING,
        TransferStatus.OVERFLOWS_CREDITS_PENDING,
        TransferStatus.OVERFLOWS_DEBITS,
        TransferStatus.OVERFLOWS_CREDITS,
        TransferStatus.OVERFLOWS_TIMEOUT,
        TransferStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE,
        TransferStatus.PENDING_ID_MUST_NOT_BE_ZERO,
        TransferStatus.PENDING_ID_MUST_NOT_BE_INT_MAX,
        TransferStatus.PENDING_ID_MUST_BE_DIFFERENT,
        TransferStatus.PENDING_TRANSFER_NOT_FOUND,
        TransferStatus.PENDING_TRANSFER_NOT_PENDING,
        TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID,
        TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID,
        TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER,
        TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_CODE,
        TransferStatus.EXCEEDS_PENDING_TRANSFER_AMOUNT,
        TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT,
        TransferStatus.PENDING_TRANSFER_ALREADY_POSTED,
        TransferStatus.PENDING_TRANSFER_ALREADY_VOIDED,
        TransferStatus.PENDING_TRANSFER_EXPIRED);

    @Test
    void shouldReachEveryStatus()
    {
        final Map<AccountStatus, Integer> accountCounts = new EnumMap<>(AccountStatus.class);
        final Map<TransferStatus, Integer> transferCounts = new EnumMap<>(TransferStatus.class);
        for (long seed = 1; seed <= SEED_COUNT; seed++)
        {
            run(seed, accountCounts, transferCounts);
        }

        final Set<AccountStatus> missingAccountStatuses = EnumSet.allOf(AccountStatus.class);
        missingAccountStatuses.removeAll(accountCounts.keySet());
        assertEquals(Set.of(), missingAccountStatuses, () -> "never seen; seen: " + accountCounts);

        final Set<TransferStatus> missingTransferStatuses = EnumSet.complementOf(EnumSet.copyOf(OUT_OF_REACH));
        missingTransferStatuses.removeAll(transferCounts.keySet());
        assertEquals(Set.of(), missingTransferStatuses, () -> "never seen; seen: " + transferCounts);
    }

    /** Invariants that hold whatever is thrown at the ledger. */
    private static void run(
        final long seed,
        final Map<AccountStatus, Integer> accountCounts,
        final Map<TransferStatus, Integer> transferCounts)
    {
        final ReferenceLedger ledger = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(seed, ledger, BATCH_COUNT_MAX);
        final Map<Integer, Long> ledgerSequences = new HashMap<>();
        long sequence = 0;
        while (sequence < EVENT_COUNT)
        {
            final String where = "seed=" + seed + ", sequence=" + sequence;
            final HostileWorkload.Request request = workload.next();
            final List<Result> results = request.applyTo(ledger);
            assertEquals(request.count(), results.size(), where);
            for (int i = 0; i < results.size(); i++)
            {
                final Result result = results.get(i);
                final Event event = request.isAccounts() ? request.accounts().get(i) : request.transfers().get(i);
                assertEquals(++sequence, result.sequence(), where);
                assertTrue(result.firstSequence() < sequence, where);
                if (ledger.accountCount(event.ledger()) == 0)
                {
                    assertEquals(0, result.ledgerSequence(), where);
                }
                if (result.ledgerSequence() != 0)
                {
                    assertEquals(
                        ledgerSequences.merge(event.ledger(), 1L, Long::sum), result.ledgerSequence(), where);
                }
                if (workload.validPercent() == 100)
                {
                    assertTrue(result.status().isCreated(), () -> where + ", " + result + ", " + event);
                }
                if (request.isAccounts())
                {
                    accountCounts.merge((AccountStatus) result.status(), 1, Integer::sum);
                }
                else
                {
                    transferCounts.merge((TransferStatus) result.status(), 1, Integer::sum);
                }
            }
            assertEquals(sequence + 1, ledger.nextSequence(), where);
        }

        final String where = "seed=" + seed;
        assertTrue(ledger.isBalanced(), where);
        long previousAccountTimestamp = 0;
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            assertTrue(account.timestamp() > previousAccountTimestamp, where);
            previousAccountTimestamp = account.timestamp();
        }
        long previousTransferTimestamp = 0;
        for (final ReferenceLedger.Transfer transfer : ledger.transfers())
        {
            assertTrue(transfer.timestamp() > previousTransferTimestamp, where);
            assertTrue(!ledger.isAccountTimestamp(transfer.timestamp()), where);
            assertTrue(!ledger.failedIds().containsKey(transfer.stored().id()), where);
            previousTransferTimestamp = transfer.timestamp();
        }
        assertEquals(balancesFromTransfers(ledger), balances(ledger), where);
    }

    private static Map<BigInteger, ReferenceLedger.Balances> balances(final ReferenceLedger ledger)
    {
        final Map<BigInteger, ReferenceLedger.Balances> balances = new HashMap<>();
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            balances.put(account.given().id(), account.balances());
        }
        return balances;
    }

    /** The balances once more, from nothing but the transfers that are left. */
    private static Map<BigInteger, ReferenceLedger.Balances> balancesFromTransfers(final ReferenceLedger ledger)
    {
        final Map<BigInteger, ReferenceLedger.Balances> balances = new HashMap<>();
        for (final ReferenceLedger.Account account : ledger.accounts())
        {
            balances.put(account.given().id(), ReferenceLedger.Balances.ZERO);
        }
        for (final ReferenceLedger.Transfer transfer : ledger.transfers())
        {
            final TransferEvent stored = transfer.stored();
            final BigInteger zero = BigInteger.ZERO;
            balances.merge(
                stored.debitAccountId(),
                new ReferenceLedger.Balances(zero, stored.amount(), zero, zero),
                ReferenceLedger.Balances::plus);
            balances.merge(
                stored.creditAccountId(),
                new ReferenceLedger.Balances(zero, zero, zero, stored.amount()),
                ReferenceLedger.Balances::plus);
        }
        return balances;
    }

    @Test
    void shouldMakeTheSameRequestsFromTheSameSeed()
    {
        for (long seed = 1; seed <= 5; seed++)
        {
            assertEquals(requests(seed), requests(seed), "seed=" + seed);
        }
        assertNotEquals(requests(1), requests(2));
    }

    @Test
    void shouldDrawEveryShareOfValidEventsAndEverySizeOfABatch()
    {
        final Set<Integer> validPercents = new TreeSet<>();
        final Set<Integer> counts = new TreeSet<>();
        for (long seed = 1; seed <= SEED_COUNT; seed++)
        {
            validPercents.add(new HostileWorkload(seed, new ReferenceLedger(), BATCH_COUNT_MAX).validPercent());
            requests(seed).forEach((request) -> counts.add(request.count()));
        }
        assertEquals(Set.of(0, 5, 50, 95, 100), validPercents);
        assertTrue(counts.containsAll(List.of(0, 1, 2, BATCH_COUNT_MAX)), () -> "counts=" + counts);
    }

    private static List<HostileWorkload.Request> requests(final long seed)
    {
        final ReferenceLedger ledger = new ReferenceLedger();
        final HostileWorkload workload = new HostileWorkload(seed, ledger, BATCH_COUNT_MAX);
        final List<HostileWorkload.Request> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++)
        {
            final HostileWorkload.Request request = workload.next();
            request.applyTo(ledger);
            requests.add(request);
        }
        return requests;
    }
}
