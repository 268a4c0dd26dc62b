package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Time of a shard: what is due is released before a request, in order, and never between its events; a clock that is
 * moved by hand goes as the specification says.
 */
class ShardTimeTest
{
    private static final long SECOND_NS = 1_000_000_000L;

    private LedgerEngine engine;
    private Ledger ledger;

    @BeforeEach
    void launch()
    {
        launch(new EngineConfig().clock(new ManualClock()));
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
    }

    @AfterEach
    void close()
    {
        engine.close();
    }

    @Test
    void shouldGiveTheFirstEventOfAFreshLedgerTheTimestamp2()
    {
        assertEquals(2, ledger.lookupAccount(1).one().timestampNs());
        assertEquals(3, ledger.lookupAccount(2).one().timestampNs());
    }

    @Test
    void shouldTakeATimestampForEachReadButWriteNoEntry()
    {
        ledger.lookupAccount(1);
        ledger.lookupAccount(1);
        final AccountResult next = ledger.createAccount(3, 1, 0);
        assertEquals(7, next.timestampNs());
        assertEquals(3, next.sequence());
    }

    @Test
    void shouldAdvanceFromTheClockOrTheLastTimestampWhicheverIsLater()
    {
        assertEquals(new ClockResult(3 + 10, 0), ledger.advanceClock(10));
        assertEquals(new ClockResult(13 + 5, 0), ledger.advanceClock(5));
        assertEquals(new ClockResult(18, 0), ledger.advanceClock(0), "a clock operation takes no timestamp");
        assertEquals(19, ledger.createAccount(3, 1, 0).timestampNs());
    }

    @Test
    void shouldRefuseToSetTheClockBackAndNotMoveIt()
    {
        assertEquals(new ClockResult(1_000, 0), ledger.setClock(1_000));
        assertEquals(new ClockResult(1_000, 0), ledger.setClock(1_000));
        assertEquals(
            LedgerException.Reason.CLOCK_REFUSED,
            assertThrows(LedgerException.class, () -> ledger.setClock(999)).reason());
        ledger.createAccount(3, 1, 0);
        assertEquals(
            LedgerException.Reason.CLOCK_REFUSED,
            assertThrows(LedgerException.class, () -> ledger.setClock(1_000)).reason(), "the timestamp 1001 is given");
        assertEquals(new ClockResult(1_001, 0), ledger.setClock(1_001));
        assertEquals(new ClockResult(Long.MAX_VALUE - 1, 0), ledger.setClock(Long.MAX_VALUE - 1));
        assertThrows(LedgerException.class, () -> ledger.advanceClock(2));
        assertEquals(new ClockResult(Long.MAX_VALUE, 0), ledger.advanceClock(1));
    }

    @Test
    void shouldRefuseWhatHasNoTimestampLeftAndStillAnswerReads()
    {
        ledger.setClock(Long.MAX_VALUE - 2);
        final LedgerException refused = assertThrows(
            LedgerException.class,
            () -> ledger.createAccounts(List.of(Account.of(3, 1, 0), Account.of(4, 1, 0), Account.of(5, 1, 0))));
        assertEquals(LedgerException.Reason.TIME_EXHAUSTED, refused.reason());
        assertFalse(refused.isOutcomeUnknown());
        assertEquals(Long.MAX_VALUE, ledger.createAccounts(List.of(Account.of(3, 1, 0), Account.of(4, 1, 0)))
            .get(1).timestampNs());
        assertEquals(4, ledger.lookupAccount(4).validAtSequence());
        assertThrows(LedgerException.class, () -> ledger.createAccount(5, 1, 0));
        assertEquals(1, ledger.lookupAccount(4).values().size());
    }

    @Test
    void shouldReleaseAtTheDeadlineAndNotBefore()
    {
        final long pendingNs = pend(10, 1).timestampNs();
        assertEquals(0, ledger.setClock(pendingNs + SECOND_NS - 1).expiredCount());
        assertEquals(Uint128.of(5), ledger.lookupAccount(1).one().debitsPending());
        assertEquals(Uint128.ZERO, ledger.lookupAccount(1).one().debitsPending(), "the next read's time is due");
    }

    @Test
    void shouldGiveBackTheRoomOfWhatHadNoTimestampLeft()
    {
        close();
        launch(new EngineConfig().clock(new ManualClock()).accountCountMax(2));
        ledger.setClock(Long.MAX_VALUE - 1);
        for (int i = 0; i < 5; i++)
        {
            assertEquals(
                LedgerException.Reason.TIME_EXHAUSTED,
                assertThrows(
                    LedgerException.class,
                    () -> ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)))).reason());
        }
        assertTrue(ledger.createAccount(1, 1, 0).isCreated(), "the room that was claimed is there again");
    }

    @Test
    void shouldReleaseExactlyAtTheDeadline()
    {
        final long pendingNs = pend(10, 1).timestampNs();
        assertEquals(new ClockResult(pendingNs + SECOND_NS, 1), ledger.setClock(pendingNs + SECOND_NS));
        assertEquals(Uint128.ZERO, ledger.lookupAccount(1).one().debitsPending());
        assertEquals(4, ledger.lookupAccount(1).validAtSequence(), "the release is an entry");
        assertEquals(
            TransferOutcome.PENDING_TRANSFER_EXPIRED, ledger.createTransfer(Transfer.post(11, 10)).outcome());
    }

    @Test
    void shouldReleaseBeforeARead()
    {
        final AtomicLong nowNs = new AtomicLong(1_000);
        close();
        launch(new EngineConfig().clock(nowNs::get));
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        pend(10, 1);
        nowNs.addAndGet(2 * SECOND_NS);
        assertEquals(Uint128.ZERO, ledger.lookupAccount(1).one().debitsPending());
    }

    @Test
    void shouldReleaseWhileNobodyAsks()
    {
        final AtomicLong nowNs = new AtomicLong(1_000);
        close();
        launch(new EngineConfig().clock(nowNs::get));
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        pend(10, 1);
        final long before = engine.stateMachine(0).nextSequence();
        step();
        assertEquals(before, engine.stateMachine(0).nextSequence(), "nothing is due");
        nowNs.addAndGet(SECOND_NS + 100);
        step();
        assertEquals(before + 1, engine.stateMachine(0).nextSequence());
        step();
        assertEquals(before + 1, engine.stateMachine(0).nextSequence());
    }

    @Test
    void shouldGiveReleasesTheTimestampsAfterTheTimeOfTheRequest()
    {
        final long first = pend(10, 2).timestampNs();
        pend(11, 1);
        pend(12, 2);
        final long bound = first + 10 * SECOND_NS;
        assertEquals(new ClockResult(bound, 3), ledger.setClock(bound));
        assertEquals(
            bound + 3 + 1 + 1, ledger.createAccount(3, 1, 0).timestampNs(), "t, t+1 to t+3, and one for the account");
    }

    @Test
    void shouldReleaseMoreThanThereIsRoomForAtOnce()
    {
        close();
        launch(new EngineConfig().clock(new ManualClock()).batchCountMax(8).windowCapacity(16));
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final int count = 5_000;
        long lastNs = 0;
        for (int i = 0; i < count; i += 8)
        {
            final List<Transfer> transfers = new ArrayList<>();
            for (int j = 0; j < 8; j++)
            {
                transfers.add(Transfer.of(100 + i + j, 1, 2, 1, 1).pending(1_000));
            }
            lastNs = ledger.createTransfers(transfers).get(7).timestampNs();
        }
        final long bound = lastNs + 2_000 * SECOND_NS;
        final long before = engine.stateMachine(0).nextSequence();
        assertEquals(new ClockResult(bound, count), ledger.setClock(bound));
        assertEquals(before + count, engine.stateMachine(0).nextSequence());
        assertEquals(bound + count + 2, ledger.createAccount(3, 1, 0).timestampNs(), "no timestamp was left out");
        assertTrue(engine.stateMachine(0).isBalanced());
    }

    @Test
    void shouldReleaseWhileNobodyAsksMoreThanThereIsRoomForAtOnce()
    {
        final AtomicLong nowNs = new AtomicLong(1_000);
        close();
        launch(new EngineConfig().clock(nowNs::get).batchCountMax(8).windowCapacity(16));
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final int count = 100;
        for (int i = 0; i < count; i++)
        {
            pend(10 + i, 1);
        }
        nowNs.addAndGet(2 * SECOND_NS);
        final long before = engine.stateMachine(0).nextSequence();
        engine.doWork();
        final long afterOnePass = engine.stateMachine(0).nextSequence();
        assertTrue(afterOnePass < before + count, "a window holds 16: " + (afterOnePass - before));
        for (int i = 0; i < count; i++)
        {
            engine.doWork();
        }
        assertEquals(before + count, engine.stateMachine(0).nextSequence());
        assertEquals(Uint128.ZERO, ledger.lookupAccount(1).one().debitsPending());
    }

    /** Other shards of the thread have their turn in between, however much is due at once. */
    @Test
    void shouldReleaseNoMoreInAPassThanOneMayWrite()
    {
        final AtomicLong nowNs = new AtomicLong(1_000);
        close();
        launch(new EngineConfig().clock(nowNs::get).batchCountMax(1_000).windowCapacity(8_192));
        ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
        final int count = 5_000;
        for (int i = 0; i < count; i += 1_000)
        {
            final List<Transfer> transfers = new ArrayList<>();
            for (int j = 0; j < 1_000; j++)
            {
                transfers.add(Transfer.of(100 + i + j, 1, 2, 1, 1).pending(1));
            }
            assertTrue(ledger.createTransfers(transfers).stream().allMatch(
                result -> result.outcome() == TransferOutcome.CREATED));
        }
        nowNs.addAndGet(2 * SECOND_NS);
        final long before = engine.stateMachine(0).nextSequence();
        for (final int released : new int[]{2_048, 4_096, count, count})
        {
            engine.doWork();
            assertEquals(before + released, engine.stateMachine(0).nextSequence());
        }
        assertEquals(Uint128.ZERO, ledger.lookupAccount(1).one().debitsPending());
    }

    /** A release takes a timestamp; where there are none left, what is due stays pending. */
    @Test
    void shouldReleaseNoMoreThanThereAreTimestampsLeft()
    {
        pend(10, 1);
        pend(11, 1);
        assertEquals(new ClockResult(Long.MAX_VALUE - 1, 1), ledger.setClock(Long.MAX_VALUE - 1));
        assertEquals(Uint128.of(5), ledger.lookupAccount(1).one().debitsPending());
        assertEquals(new ClockResult(Long.MAX_VALUE, 0), ledger.setClock(Long.MAX_VALUE));
        assertEquals(Uint128.of(5), ledger.lookupAccount(1).one().debitsPending());
        assertEquals(5, ledger.lookupAccount(1).validAtSequence());
    }

    @Test
    void shouldReleaseNothingAtTheLastTimestamp()
    {
        pend(10, 1);
        assertEquals(new ClockResult(Long.MAX_VALUE, 0), ledger.setClock(Long.MAX_VALUE));
        assertEquals(Uint128.of(5), ledger.lookupAccount(1).one().debitsPending());
    }

    @Test
    void shouldRefuseDefinitionsThatHaveNoTimestampLeft()
    {
        ledger.setClock(Long.MAX_VALUE - 3);
        final LedgerDefinition usd = new LedgerDefinition(840, "USD", 2);
        assertEquals(
            LedgerException.Reason.TIME_EXHAUSTED,
            assertThrows(LedgerException.class, () -> ledger.defineLedgers(List.of(usd, usd, usd, usd))).reason());
        assertEquals(List.of(), ledger.lookupLedgers(840).values());
        assertEquals(List.of(), ledger.defineLedgers(List.of()), "none needs no timestamp");
        assertEquals(1, ledger.defineLedgers(List.of(usd)).size());
        assertEquals(List.of(usd), ledger.lookupLedgers(840).values());
    }

    @Test
    void shouldSayBackPressuredToAMoveOfTheClockAndMakeEachThatWasClaimed()
    {
        final LedgerSession session = engine.openSession(0);
        final long startNs = ledger.advanceClock(0).clockNs();
        int moveCount = 0;
        while (session.claimClock(RequestKind.ADVANCE_CLOCK, 10) > 0)
        {
            session.publish();
            moveCount++;
        }
        while (session.inFlight() > 0)
        {
            engine.doWork();
            session.poll(reply -> assertEquals(1, reply.count()), 256);
        }
        assertEquals(startNs + 10L * moveCount, ledger.advanceClock(0).clockNs());
    }

    @Test
    void shouldMoveOnlyAManualClock()
    {
        close();
        launch(new EngineConfig());
        assertThrows(IllegalStateException.class, () -> ledger.advanceClock(1));
        assertThrows(IllegalStateException.class, () -> ledger.setClock(1));
    }

    private TransferResult pend(final long id, final int timeout)
    {
        final TransferResult result = ledger.createTransfer(Transfer.of(id, 1, 2, 5, 1).pending(timeout));
        assertEquals(TransferOutcome.CREATED, result.outcome());
        return result;
    }

    private void launch(final EngineConfig config)
    {
        engine = LedgerEngine.launch(config.durability(Durability.MEMORY).threading(Threading.INVOKER));
        ledger = engine.ledger(840);
    }

    private void step()
    {
        for (int i = 0; i < 3; i++)
        {
            engine.doWork();
        }
    }
}
