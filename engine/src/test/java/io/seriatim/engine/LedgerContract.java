package io.seriatim.engine;

import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static java.math.BigInteger.ZERO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What every {@link Ledger} does, whatever the engine stands on and whichever threads run it.
 */
abstract class LedgerContract
{
    private static final int USD = 840;

    private LedgerEngine engine;
    private Ledger ledger;

    /** Launch an engine with two shards, on which ledger 840 lives on one and 978 on the other. */
    abstract LedgerEngine launch();

    @BeforeEach
    void launchEngine()
    {
        engine = launch();
        ledger = engine.ledger(USD);
    }

    @AfterEach
    void closeEngine()
    {
        engine.close();
    }

    @Test
    void shouldMoveMoneyAndRefuseWhatOverdraws()
    {
        assertEquals(AccountOutcome.CREATED, ledger.createAccount(1, 10, 0).outcome());
        assertEquals(
            AccountOutcome.CREATED,
            ledger.createAccount(2, 20, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS).outcome());
        assertEquals(TransferOutcome.CREATED, ledger.createTransfer(100, 1, 2, 500, 1).outcome());
        assertEquals(TransferOutcome.EXCEEDS_CREDITS, ledger.createTransfer(101, 2, 1, 501, 1).outcome());
        assertEquals(TransferOutcome.CREATED, ledger.createTransfer(102, 2, 1, 500, 1).outcome());
        final Found<Account> found = ledger.lookupAccount(2);
        assertEquals(Uint128.of(500), found.one().creditsPosted());
        assertEquals(Uint128.of(500), found.one().debitsPosted());
        assertEquals(5, found.validAtSequence());
    }

    @Test
    void shouldAnswerARepeatedCommandWithTheFirstSequence()
    {
        ledger.createAccount(1, 10, 0);
        ledger.createAccount(2, 10, 0);
        final TransferResult first = ledger.createTransfer(7, 1, 2, 5, 1);
        final TransferResult again = ledger.createTransfer(7, 1, 2, 5, 1);
        assertEquals(TransferOutcome.EXISTS, again.outcome());
        assertEquals(first.sequence(), again.firstSequence());
        assertEquals(first.timestampNs(), again.timestampNs());
        assertEquals(first.sequence() + 1, again.sequence());
    }

    @Test
    void shouldGiveTimestampsThatRise()
    {
        long previousNs = 0;
        for (int i = 1; i <= 50; i++)
        {
            final AccountResult result = ledger.createAccount(i, 10, 0);
            assertTrue(result.timestampNs() > previousNs, "timestamps must rise");
            assertEquals(i, result.sequence());
            previousNs = result.timestampNs();
        }
    }

    @Test
    void shouldApplyAChainWholeOrNotAtAll()
    {
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final List<TransferResult> broken = ledger.createTransfers(List.of(
            Transfer.of(10, 1, 2, 5, 1).withFlags(TransferFlags.LINKED),
            Transfer.of(11, 1, 3, 5, 1)));
        assertEquals(TransferOutcome.LINKED_EVENT_FAILED, broken.get(0).outcome());
        assertEquals(TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND, broken.get(1).outcome());
        assertEquals(Uint128.ZERO, ledger.lookupAccount(1).one().debitsPosted());
        assertEquals(0, ledger.lookupTransfer(10).values().size());

        final List<TransferResult> whole = ledger.createTransfers(List.of(
            Transfer.of(10, 1, 2, 5, 1).withFlags(TransferFlags.LINKED),
            Transfer.of(12, 1, 2, 6, 1)));
        assertTrue(whole.stream().allMatch(TransferResult::isCreated));
        assertEquals(Uint128.of(11), ledger.lookupAccount(1).one().debitsPosted());
    }

    @Test
    void shouldTakeTheLargestRequestAndRefuseOneMore()
    {
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final List<Transfer> transfers = new ArrayList<>();
        for (int i = 0; i < engine.batchCountMax(); i++)
        {
            transfers.add(Transfer.of(1_000 + i, 1, 2, 1, 1));
        }
        assertTrue(ledger.createTransfers(transfers).stream().allMatch(TransferResult::isCreated));
        transfers.add(Transfer.of(999, 1, 2, 1, 1));
        final IllegalArgumentException refused =
            assertThrows(IllegalArgumentException.class, () -> ledger.createTransfers(transfers));
        assertTrue(refused.getMessage().contains(String.valueOf(engine.batchCountMax())), refused.getMessage());
        assertEquals(Uint128.of(engine.batchCountMax()), ledger.lookupAccount(1).one().debitsPosted());
    }

    @Test
    void shouldTakeAnEmptyRequest()
    {
        assertEquals(List.of(), ledger.createTransfers(List.of()));
        assertEquals(List.of(), ledger.lookupAccounts(List.of()).values());
    }

    @Test
    void shouldSkipWhatIsNotThereAndRepeatWhatIsAskedTwice()
    {
        ledger.createAccount(1, 10, 0);
        final Found<Account> found = ledger.lookupAccounts(List.of(Uint128.of(1), Uint128.of(5), Uint128.of(1)));
        assertEquals(2, found.values().size());
        assertEquals(found.values().get(0), found.values().get(1));
    }

    @Test
    void shouldRefuseALedgerOfAnotherShardWhole()
    {
        final IllegalArgumentException refused = assertThrows(
            IllegalArgumentException.class,
            () -> ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0).withLedger(978))));
        assertTrue(refused.getMessage().contains("978") && refused.getMessage().contains("shard 0"));
        assertEquals(0, ledger.lookupAccount(1).validAtSequence(), "nothing was journaled");
        assertThrows(IllegalArgumentException.class, () -> engine.scope(USD, 978));
        assertEquals(0, engine.scope(USD).shard());
    }

    @Test
    void shouldReserveThenPostAPartAndReleaseTheRest()
    {
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        assertEquals(
            TransferOutcome.CREATED, ledger.createTransfer(Transfer.of(10, 1, 2, 100, 1).pending(0)).outcome());
        assertEquals(Uint128.of(100), ledger.lookupAccount(2).one().creditsPending());
        assertEquals(TransferOutcome.CREATED, ledger.createTransfer(Transfer.post(11, 10, 60)).outcome());
        final Account account = ledger.lookupAccount(2).one();
        assertEquals(Uint128.ZERO, account.creditsPending());
        assertEquals(Uint128.of(60), account.creditsPosted());
        assertEquals(
            TransferOutcome.PENDING_TRANSFER_ALREADY_POSTED,
            ledger.createTransfer(Transfer.voiding(12, 10)).outcome());
    }

    @Test
    void shouldBalanceAndClose()
    {
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        ledger.createTransfer(10, 1, 2, 70, 1);
        ledger.createTransfer(Transfer.of(11, 2, 1, 1_000, 1).withFlags(TransferFlags.BALANCING_DEBIT));
        assertEquals(Uint128.of(70), ledger.lookupTransfer(11).one().amount());
        ledger.createTransfer(
            Transfer.of(12, 2, 1, 0, 1).withFlags(TransferFlags.CLOSING_DEBIT).pending(0));
        assertEquals(
            TransferOutcome.CREDIT_ACCOUNT_ALREADY_CLOSED, ledger.createTransfer(13, 1, 2, 1, 1).outcome());
        ledger.createTransfer(Transfer.voiding(14, 12));
        assertEquals(TransferOutcome.CREATED, ledger.createTransfer(15, 1, 2, 1, 1).outcome());
    }

    @Test
    void shouldTellTheFirstAnswerToAnId()
    {
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final TransferResult created = ledger.createTransfer(10, 1, 2, 5, 1);
        final TransferResult refused = ledger.createTransfer(11, 1, 3, 5, 1);
        ledger.createTransfer(11, 1, 2, 5, 1);
        ledger.createTransfer(12, 1, 1, 5, 1);
        final Found<FirstOutcome> found = ledger.lookupTransferOutcomes(
            List.of(Uint128.of(12), Uint128.of(11), Uint128.of(10)));
        assertEquals(
            List.of(
                new FirstOutcome(
                    Uint128.of(11), "credit_account_not_found", TransferOutcome.CREDIT_ACCOUNT_NOT_FOUND.code(),
                    refused.timestampNs(), refused.sequence()),
                new FirstOutcome(
                    Uint128.of(10), "created", TransferOutcome.CREATED.code(), created.timestampNs(),
                    created.sequence())),
            found.values());
        assertEquals(
            List.of(2L),
            ledger.lookupAccountOutcomes(List.of(Uint128.of(9), Uint128.of(2))).values().stream()
                .map(FirstOutcome::sequence).toList());
    }

    @Test
    void shouldKeepTheNewestDefinitionOfALedger()
    {
        final long first = ledger.defineLedgers(List.of(new LedgerDefinition(USD, "USD", 2))).get(0).sequence();
        ledger.defineLedgers(List.of(new LedgerDefinition(USD, "USDOLLAR", 4)));
        assertEquals(1, first);
        final Found<LedgerDefinition> found = ledger.lookupLedgers(978, USD);
        assertEquals(List.of(new LedgerDefinition(USD, "USDOLLAR", 4)), found.values());
        assertEquals(2, found.validAtSequence());
        assertThrows(
            IllegalArgumentException.class, () -> ledger.defineLedgers(List.of(new LedgerDefinition(978, "EUR", 2))),
            "it lives on another shard");
    }

    @Test
    void shouldRefuseAQueryWithoutAReadModelAndGoOn()
    {
        final LedgerException refused =
            assertThrows(LedgerException.class, () -> ledger.queryAccounts(QueryFilter.ALL));
        assertEquals(LedgerException.Reason.NO_QUERIES, refused.reason());
        assertTrue(refused.getMessage().contains("seriatim-replay"), refused.getMessage());
        assertEquals(AccountOutcome.CREATED, ledger.createAccount(1, 10, 0).outcome());
    }

    @Test
    void shouldKeepImportedTimestamps()
    {
        ledger.createAccounts(List.of(Account.of(1, 1, 0).imported(100), Account.of(2, 1, 0).imported(101)));
        final TransferResult result = ledger.createTransfer(Transfer.of(5, 1, 2, 9, 1).imported(200));
        assertEquals(TransferOutcome.CREATED, result.outcome());
        assertEquals(200, result.timestampNs());
        assertEquals(200, ledger.lookupTransfer(5).one().timestampNs());
        assertEquals(100, ledger.lookupAccount(1).one().timestampNs());
    }

    @Test
    void shouldAnswerManyRequestsInFlight() throws Exception
    {
        final Ledger other = engine.ledger(978);
        other.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final List<CompletableFuture<List<TransferResult>>> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++)
        {
            futures.add((i % 2 == 0 ? ledger : other).createTransfersAsync(List.of(Transfer.of(i + 1, 1, 2, 1, 1))));
        }
        for (final CompletableFuture<List<TransferResult>> future : futures)
        {
            while (!future.isDone() && isStepped())
            {
                engine.doWork();
            }
            assertTrue(future.get(30, TimeUnit.SECONDS).get(0).isCreated());
        }
        assertEquals(Uint128.of(250), other.lookupAccount(1).one().debitsPosted());
        assertEquals(Uint128.of(250), ledger.lookupAccount(1).one().debitsPosted());
    }

    @Test
    void shouldRefuseAfterClose()
    {
        engine.close();
        final LedgerException refused =
            assertThrows(LedgerException.class, () -> ledger.createAccount(1, 1, 0));
        assertEquals(LedgerException.Reason.CLOSED, refused.reason());
        engine.close();
    }

    boolean isStepped()
    {
        return false;
    }

    @Test
    void shouldAddUpAllAccountsOfEveryLedger()
    {
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0), Account.of(3, 1, 0)));
        engine.ledger(978).createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        ledger.createTransfers(List.of(Transfer.of(10, 1, 2, 5, 1), Transfer.of(11, 2, 3, 2, 1)));
        final Uint128 half = new Uint128(Long.MIN_VALUE, 0);
        engine.ledger(978).createTransfers(List.of(
            Transfer.of(Uint128.of(10), Uint128.of(1), Uint128.of(2), half, 1),
            Transfer.of(Uint128.of(11), Uint128.of(2), Uint128.of(1), half, 1)));

        final BigInteger both = BigInteger.ONE.shiftLeft(128);
        assertEquals(
            List.of(
                new LedgerTotals(USD, 0, 3, BigInteger.valueOf(7), BigInteger.valueOf(7), ZERO, ZERO),
                new LedgerTotals(978, 1, 2, both, both, ZERO, ZERO)),
            engine.trialBalance());
        assertTrue(engine.trialBalance().stream().allMatch(LedgerTotals::isEqual));
    }
}
