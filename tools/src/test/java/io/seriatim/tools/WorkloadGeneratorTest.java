package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadGeneratorTest
{
    /** Of the workload with seed 1; another value means that the same command now makes other files. */
    private static final long GOLDEN = -3626944442719529930L;

    @ParameterizedTest
    @CsvSource({
        "1000, 100000, 3, 1", "4, 20000, 1, 2", "40, 20000, 10, 3", "50000, 20000, 2, 4", "1000, 0, 1, 5",
        "1000, 1, 1, 6", "4000, 30000, 1000, 7", "13, 50000, 3, -8" })
    void shouldForetellWhatTheLedgerIsGoingToSay(
        final int accountCount, final long transferCount, final int ledgerCount, final long seed)
    {
        assertForetold(new WorkloadConfig()
            .accountCount(accountCount).transferCount(transferCount).ledgerCount(ledgerCount).seed(seed));
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 50000, 3, 1, 20, 5, 2, false", "4, 20000, 1, 2, 40, 10, 10, false", "40, 20000, 10, 3, 100, 0, 0, false",
        "50000, 20000, 2, 4, 0, 100, 0, false", "1000, 2000, 1, 5, 0, 0, 100, false", "1000, 1, 1, 6, 0, 0, 100, true",
        "1000, 2, 1, 7, 0, 0, 100, true", "1000, 3, 1, 8, 0, 0, 100, true", "1000, 30000, 1, 9, 30, 30, 30, true",
        "13, 50000, 3, -8, 34, 33, 33, true", "1000, 20000, 3, 10, 0, 0, 0, true" })
    void shouldForetellWhatBecomesOfPendingBalancingAndClosingTransfers(
        final int accountCount,
        final long transferCount,
        final int ledgerCount,
        final long seed,
        final int pendingPercent,
        final int balancingPercent,
        final int closingPercent,
        final boolean isImported)
    {
        final NaiveBooks books = assertForetold(new WorkloadConfig()
            .accountCount(accountCount).transferCount(transferCount).ledgerCount(ledgerCount).seed(seed)
            .pendingPercent(pendingPercent).balancingPercent(balancingPercent).closingPercent(closingPercent)
            .isImported(isImported).hasHistory(isImported));
        assertFalse(books.isAnyClosed(), "in the end all accounts are open");
    }

    private static NaiveBooks assertForetold(final WorkloadConfig config)
    {
        final int accountCount = config.accountCount();
        final long transferCount = config.transferCount();
        final WorkloadGenerator workload = new WorkloadGenerator(config);
        final NaiveBooks books = new NaiveBooks();
        final AccountRow account = new AccountRow();
        final RowSource<AccountRow> accounts = workload.accounts();
        long line = 1;
        while (accounts.next(account))
        {
            assertEquals(++line, account.line);
            books.account(account);
        }
        assertEquals(accountCount + 1, line);

        final Map<String, Long> outcomes = new HashMap<>();
        final RowSource<TransferRow> transfers = workload.transfers();
        final TransferRow transfer = new TransferRow();
        line = 1;
        while (transfers.next(transfer))
        {
            assertEquals(++line, transfer.line);
            final TransferRow[] chain = new TransferRow[transfer.isLinked() ? 2 : 1];
            chain[0] = NaiveBooks.copy(transfer);
            if (transfer.isLinked())
            {
                assertTrue(transfers.next(transfer), "the last chain is cut");
                line++;
                chain[1] = NaiveBooks.copy(transfer);
            }
            Arrays.stream(books.apply(chain)).forEach(outcome -> outcomes.merge(outcome, 1L, Long::sum));
        }
        assertEquals(transferCount + 1, line);

        final Map<String, Long> expected = new HashMap<>();
        for (final WorkloadOutcome outcome : WorkloadOutcome.values())
        {
            if (workload.expectedCount(outcome) > 0)
            {
                expected.put(outcome.name(), workload.expectedCount(outcome));
            }
        }
        assertEquals(expected, outcomes);
        for (int i = 0; i < accountCount; i++)
        {
            assertEquals(books.debitsPosted(WorkloadAccounts.id(i)), workload.expectedDebitsPosted(i));
            assertEquals(books.creditsPosted(WorkloadAccounts.id(i)), workload.expectedCreditsPosted(i));
            assertEquals(books.debitsPending(WorkloadAccounts.id(i)), workload.expectedDebitsPending(i));
            assertEquals(books.creditsPending(WorkloadAccounts.id(i)), workload.expectedCreditsPending(i));
        }
        return books;
    }

    @Test
    void shouldMakeEveryKindOfTwoPhaseTransferAndOfRefusal()
    {
        final WorkloadGenerator workload = new WorkloadGenerator(new WorkloadConfig().accountCount(1000)
            .transferCount(100_000).ledgerCount(3).pendingPercent(30).balancingPercent(10).closingPercent(5));
        final Map<Integer, Integer> flags = new HashMap<>();
        long timeoutCount = 0;
        final RowSource<TransferRow> transfers = workload.transfers();
        final TransferRow row = new TransferRow();
        while (transfers.next(row))
        {
            flags.merge(row.flags, 1, Integer::sum);
            assertTrue(row.timeout == 0 || row.timeout >= 86_400 && row.timeout < 30 * 86_400, "" + row.timeout);
            timeoutCount += row.timeout == 0 ? 0 : 1;
        }
        assertEquals(Set.of(0, TransferRow.LINKED, TransferRow.PENDING, TransferRow.POST_PENDING_TRANSFER,
            TransferRow.VOID_PENDING_TRANSFER, TransferRow.BALANCING_DEBIT, TransferRow.BALANCING_CREDIT,
            TransferRow.BALANCING_DEBIT | TransferRow.BALANCING_CREDIT, TransferRow.PENDING | TransferRow.CLOSING_DEBIT,
            TransferRow.PENDING | TransferRow.CLOSING_CREDIT), flags.keySet());
        assertTrue(timeoutCount > 5_000, "timeouts: " + timeoutCount);
        for (final WorkloadOutcome outcome : WorkloadOutcome.values())
        {
            assertTrue(workload.expectedCount(outcome) > 100, outcome + "=" + workload.expectedCount(outcome));
        }
        long pending = 0;
        for (int i = 0; i < 1000; i++)
        {
            pending += workload.expectedDebitsPending(i);
        }
        assertTrue(pending > 1_000_000, "pending=" + pending);
    }

    @Test
    void shouldMakeEveryKindOfTransferAndOfRefusal()
    {
        final WorkloadGenerator workload = workload(11, 100_000);
        final Map<Integer, Integer> flags = new HashMap<>();
        final RowSource<TransferRow> transfers = workload.transfers();
        final TransferRow row = new TransferRow();
        while (transfers.next(row))
        {
            flags.merge(row.flags, 1, Integer::sum);
        }
        assertEquals(Set.of(0, TransferRow.LINKED), flags.keySet());
        for (final WorkloadOutcome outcome : WorkloadOutcome.values())
        {
            final boolean isAlways = outcome.compareTo(WorkloadOutcome.LINKED_EVENT_FAILED) <= 0;
            assertEquals(
                isAlways, workload.expectedCount(outcome) > 100, outcome + "=" + workload.expectedCount(outcome));
            assertTrue(isAlways || workload.expectedCount(outcome) == 0);
        }
        assertTrue(workload.expectedCount(WorkloadOutcome.CREATED) > 97_000);
    }

    @Test
    void shouldMakeTheSameOfTheSameSeedOnEveryMachine()
    {
        assertEquals(digest(1), digest(1));
        assertTrue(digest(1) != digest(2));
        assertEquals(GOLDEN, digest(1));
    }

    @Test
    void shouldGiveIdsThatGrowButForRepeatedOnes()
    {
        final RowSource<TransferRow> transfers = workload(5, 50_000).transfers();
        final TransferRow row = new TransferRow();
        final Set<String> seen = new HashSet<>();
        long high = 0;
        long low = 0;
        while (transfers.next(row))
        {
            if (seen.add(row.idHigh + ":" + row.idLow))
            {
                assertTrue(Decimal128.compare(row.idHigh, row.idLow, high, low) > 0);
                high = row.idHigh;
                low = row.idLow;
            }
        }
        assertTrue(high >>> 16 >= 1_767_225_600_000L, "milliseconds of the last id: " + (high >>> 16));
    }

    @Test
    void shouldMakeSomeAccountsFarBusierThanOthers()
    {
        final RowSource<TransferRow> transfers = workload(3, 100_000).transfers();
        final TransferRow row = new TransferRow();
        final Map<Long, Integer> uses = new HashMap<>();
        while (transfers.next(row))
        {
            uses.merge(row.creditAccountIdLow, 1, Integer::sum);
        }
        final int busiest = uses.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        final int average = 100_000 / uses.size();
        assertTrue(busiest > 10 * average, "busiest=" + busiest + ", average=" + average);
    }

    @Test
    void shouldRefuseSettingsOutOfRange()
    {
        assertEquals("WorkloadConfig.accountCount must be from 12, 4 for each ledger, to 50000000: " +
            "accountCount=11, ledgerCount=3", refusal(new WorkloadConfig().accountCount(11).ledgerCount(3)));
        assertEquals("WorkloadConfig.accountCount must be from 4, 4 for each ledger, to 50000000: " +
            "accountCount=50000001, ledgerCount=1", refusal(new WorkloadConfig().accountCount(50_000_001)));
        assertEquals("WorkloadConfig.ledgerCount must be from 1 to 1000: ledgerCount=0",
            refusal(new WorkloadConfig().ledgerCount(0)));
        assertEquals("WorkloadConfig.ledgerCount must be from 1 to 1000: ledgerCount=1001",
            refusal(new WorkloadConfig().ledgerCount(1001)));
        assertEquals("shares of a workload must be from 0 to 100, and together not above 100: pendingPercent=50, " +
            "balancingPercent=50, closingPercent=1",
            refusal(new WorkloadConfig().pendingPercent(50).balancingPercent(50).closingPercent(1)));
        assertEquals("shares of a workload must be from 0 to 100, and together not above 100: pendingPercent=-1, " +
            "balancingPercent=0, closingPercent=0", refusal(new WorkloadConfig().pendingPercent(-1)));
        assertEquals("WorkloadConfig.transferCount must not be below zero: transferCount=-1",
            refusal(new WorkloadConfig().transferCount(-1)));
    }

    private static String refusal(final WorkloadConfig config)
    {
        return assertThrows(IllegalArgumentException.class, () -> new WorkloadGenerator(config)).getMessage();
    }

    private static long digest(final long seed)
    {
        final RowSource<TransferRow> transfers = workload(seed, 20_000).transfers();
        final TransferRow row = new TransferRow();
        long digest = 1;
        while (transfers.next(row))
        {
            digest = 31 * digest + NaiveBooks.text(row).hashCode();
        }
        return digest;
    }

    private static WorkloadGenerator workload(final long seed, final long transferCount)
    {
        return new WorkloadGenerator(
            new WorkloadConfig().accountCount(1000).transferCount(transferCount).ledgerCount(3).seed(seed));
    }
}
