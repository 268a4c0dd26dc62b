package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests that are sent twice, as the caller of the first attempt waits no time at all and learns nothing. */
class LostAnswerTest
{
    private static final int USD = 840;
    private static final int LINKED = TransferFlags.LINKED;

    private LedgerEngine engine;
    private Ledger ledger;
    private int attemptCount;

    @AfterEach
    void close()
    {
        engine.close();
    }

    @Test
    void shouldAnswerAsTheEngineDoesIfNothingWasAppliedBefore()
    {
        launch(config());
        final RetryingLedger retrying = new RetryingLedger(
            () ->
            {
                if (attemptCount++ == 0)
                {
                    throw new LedgerException(LedgerException.Reason.TIMED_OUT, true, "planted", null);
                }
                return ledger;
            },
            60, TimeUnit.SECONDS);
        assertTrue(retrying.createAccounts(List.of(Account.of(1, 1, 0))).get(0).isCreated());
        assertEquals(2, attemptCount);
    }

    @Test
    void shouldSayThatTheOutcomeIsUnknownIfTryingAgainCanNotHelp()
    {
        launch(config().accountCountMax(1));
        final LedgerException full = assertThrows(
            LedgerException.class, () -> retrying().createAccounts(List.of(Account.of(1, 1, 0))));
        assertEquals(LedgerException.Reason.STORE_FULL, full.reason());
        assertTrue(full.isOutcomeUnknown());
        assertTrue(
            full.getMessage().endsWith(
                "; an attempt before may have been applied: ask by id, or send the same ids again"), full.getMessage());
        assertEquals(Uint128.of(1), ledger.lookupAccount(1).one().id(), "it was");
    }

    @Test
    void shouldNotTryAgainWhereThereIsNoTimestampLeft()
    {
        launch(config().clock(new ManualClock()));
        ledger.setClock(Long.MAX_VALUE);
        final RetryingLedger retrying = new RetryingLedger(() -> ledger, 60, TimeUnit.SECONDS);
        final LedgerException exhausted = assertThrows(
            LedgerException.class, () -> retrying.createAccounts(List.of(Account.of(1, 1, 0))));
        assertEquals(LedgerException.Reason.TIME_EXHAUSTED, exhausted.reason());
        assertFalse(exhausted.isOutcomeUnknown());
    }

    @Test
    void shouldAnswerAChainThatIsLeftOpenAsAtFirst()
    {
        launch(config());
        createAccounts();
        assertEquals(
            List.of(TransferOutcome.CREATED, TransferOutcome.LINKED_EVENT_CHAIN_OPEN),
            retried(List.of(transfer(10, 0), transfer(11, LINKED))));
    }

    /** An event of another chain begins it, so nothing of it was applied, whatever the others have been. */
    @Test
    void shouldNotTakeAChainForAppliedThatIsNotTheOneOfBefore()
    {
        launch(config());
        createAccounts();
        ledger.createTransfers(List.of(transfer(1, LINKED), transfer(2, 0), transfer(3, 0), transfer(4, 0)));
        assertEquals(
            TransferOutcome.EXCEEDS_CREDITS,
            ledger.createTransfer(Transfer.of(5, 3, 1, 101, 1)).outcome());
        assertEquals(
            List.of(TransferOutcome.CREATED, TransferOutcome.CREATED),
            retried(List.of(transfer(1, LINKED), transfer(2, 0))), "the chain of before");
        for (final Transfer second : List.of(
            transfer(3, 0), transfer(4, 0), Transfer.of(5, 3, 1, 101, 1), transfer(99, 0)))
        {
            assertEquals(
                List.of(TransferOutcome.EXISTS, TransferOutcome.LINKED_EVENT_FAILED),
                retried(List.of(transfer(1, LINKED), second)), second::toString);
        }
    }

    @Test
    void shouldNotTakeAChainForAppliedWhoseAccountsAreNotAllThere()
    {
        launch(config());
        ledger.createAccounts(List.of(Account.of(1, 1, AccountFlags.LINKED), Account.of(2, 1, 0)));
        final List<AccountResult> results = retrying().createAccounts(
            List.of(Account.of(1, 1, AccountFlags.LINKED), Account.of(99, 1, 0)));
        assertEquals(
            List.of(AccountOutcome.EXISTS, AccountOutcome.LINKED_EVENT_FAILED),
            results.stream().map(AccountResult::outcome).toList());
        assertTrue(ledger.lookupAccount(99).values().isEmpty());
    }

    private List<TransferOutcome> retried(final List<Transfer> request)
    {
        attemptCount = 0;
        final List<TransferOutcome> outcomes =
            retrying().createTransfers(request).stream().map(TransferResult::outcome).toList();
        assertEquals(2, attemptCount);
        return outcomes;
    }

    private RetryingLedger retrying()
    {
        return new RetryingLedger(() -> attemptCount++ == 0 ? ledgerThatDoesNotWait() : ledger, 60, TimeUnit.SECONDS);
    }

    private Ledger ledgerThatDoesNotWait()
    {
        final ShardClient client = new ShardClient(
            engine.shards().get(0), engine.openSession(0), Runnable::run, engine::doWork, () -> {}, () -> false,
            new SealingWatermarks(null), 1);
        return new Ledger(USD, 0, true, client, Acknowledgement.COMMITTED);
    }

    private void createAccounts()
    {
        ledger.createAccounts(List.of(
            Account.of(1, 1, 0), Account.of(2, 1, 0), Account.of(3, 1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)));
    }

    private static Transfer transfer(final long id, final int flags)
    {
        return Transfer.of(id, 1, 2, 5, 1).withFlags(flags);
    }

    private void launch(final EngineConfig config)
    {
        engine = LedgerEngine.launch(config);
        ledger = engine.ledger(USD);
    }

    private static EngineConfig config()
    {
        return new EngineConfig().durability(Durability.MEMORY).threading(Threading.INVOKER).batchCountMax(16);
    }
}
