package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The fast face, stepped by the test: one thread is caller, shard and journal.
 */
class LedgerSessionTest
{
    private static final int BATCH_COUNT_MAX = 8;
    private static final int RING_LENGTH = 16;
    private static final int REPLY_RING_LENGTH = 4096;
    private static final long ACCOUNT_COUNT_MAX = 40;
    private static final long TRANSFER_COUNT_MAX = 20;

    private long clockNs = 1_000;
    private LedgerEngine engine;
    private LedgerSession session;
    private final List<String> replies = new ArrayList<>();

    @BeforeEach
    void launch()
    {
        engine = LedgerEngine.launch(new EngineConfig()
            .durability(Durability.MEMORY)
            .threading(Threading.INVOKER)
            .clock(() -> clockNs)
            .batchCountMax(BATCH_COUNT_MAX)
            .ringLength(RING_LENGTH)
            .replyRingLength(REPLY_RING_LENGTH)
            .accountCountMax(ACCOUNT_COUNT_MAX)
            .transferCountMax(TRANSFER_COUNT_MAX));
        session = engine.openSession(0);
    }

    @AfterEach
    void close()
    {
        engine.close();
    }

    @Test
    void shouldTakeTimeFromTheClockOnceForEachRequest()
    {
        createAccounts(1, 3);
        step();
        assertEquals("[CREATED@1001 CREATED@1002 CREATED@1003]", poll());
        createAccounts(4, 1);
        step();
        assertEquals("[CREATED@1005]", poll());
        clockNs = 5_000;
        createAccounts(5, 1);
        step();
        assertEquals("[CREATED@5001]", poll());
    }

    @Test
    void shouldAdvanceTimeForAReadButWriteNoEntry()
    {
        createAccounts(1, 1);
        lookupAccounts(1, 9);
        createAccounts(2, 1);
        step();
        assertEquals("[CREATED@1001] [found 1 at 1] [CREATED@1004]", poll());
    }

    @Test
    void shouldAnswerNothingBeforeThePass()
    {
        createAccounts(1, 1);
        assertEquals("", poll());
        step();
        assertEquals("[CREATED@1001]", poll());
        assertEquals(0, session.inFlight());
    }

    @Test
    void shouldSayBackPressuredWhenTheRingIsFull()
    {
        createAccounts(1, BATCH_COUNT_MAX);
        createAccounts(11, BATCH_COUNT_MAX);
        assertEquals(LedgerSession.BACK_PRESSURED, session.claimAccounts(1));
        step();
        assertTrue(session.claimAccounts(1) > 0, "there is room again");
        session.abort();
    }

    @Test
    void shouldSayBackPressuredWhenItsOwnRepliesAreNotTakenAndHinderNobodyElse()
    {
        int count = 0;
        while (session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1) > 0)
        {
            session.id(0, 0, 1);
            session.publish();
            step();
            count++;
        }
        assertTrue(count >= REPLY_RING_LENGTH / (ReplyRing.HEAD_LENGTH + RequestRing.EVENT_LENGTH) - 1);
        final LedgerSession other = engine.openSession(0);
        assertTrue(other.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1) > 0);
        other.publish();
        step();
        assertEquals(1, other.poll(reply -> assertEquals(0, reply.count()), 10));
        poll();
        assertTrue(session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1) > 0, "there is room again");
        session.abort();
    }

    @Test
    void shouldSayStoreFullAtTheExactBound()
    {
        createAccounts(1, 2);
        step();
        createTransfers(1, 8);
        step();
        createTransfers(9, 8);
        step();
        assertEquals(LedgerSession.STORE_FULL, session.claimTransfers(5));
        step();
        createTransfers(17, 4);
        step();
        assertEquals(LedgerSession.STORE_FULL, session.claimTransfers(1));
        step();
        assertTrue(session.claimAccounts(1) > 0, "accounts have room of their own");
        session.abort();
        step();
        for (int id = 3; id <= ACCOUNT_COUNT_MAX; id++)
        {
            createAccounts(id, 1);
            step();
            poll();
        }
        assertEquals(LedgerSession.STORE_FULL, session.claimAccounts(1));
        assertTrue(session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1) > 0, "reads always have room");
        session.abort();
    }

    @Test
    void shouldCountRequestsInFlightAgainstTheStore()
    {
        createAccounts(1, 2);
        step();
        createTransfers(1, 8);
        createTransfers(9, 8);
        step();
        createTransfers(17, 4);
        assertEquals(LedgerSession.BACK_PRESSURED, session.claimTransfers(1), "may be full, may be not");
        step();
        assertEquals(LedgerSession.STORE_FULL, session.claimTransfers(1));
    }

    @Test
    void shouldAdmitAccountsWhateverTransfersAreInFlight()
    {
        createAccounts(1, 8);
        step();
        for (int id = 9; id < ACCOUNT_COUNT_MAX; id += 8)
        {
            createAccounts(id, 8 - (id + 8 > ACCOUNT_COUNT_MAX ? 1 : 0));
            step();
        }
        createTransfers(1, 8);
        assertTrue(session.claimAccounts(1) > 0, "there is room for one account, and transfers take none of it");
        session.abort();
        assertTrue(session.claimAccounts(1) > 0, "what was given back has room again");
        session.abort();
    }

    @Test
    void shouldGiveAnAbortedRequestBackWithoutATrace()
    {
        assertTrue(session.claimAccounts(3) > 0);
        session.abort();
        step();
        assertEquals("", poll());
        createAccounts(1, 1);
        step();
        assertEquals("[CREATED@1001]", poll());
        assertEquals(1, engine.shard(0).createAccount(2, 1, 0).sequence() - 1);
    }

    @Test
    void shouldRefuseUseWithoutAClaim()
    {
        assertThrows(IllegalStateException.class, session::publish);
        assertThrows(IllegalStateException.class, session::abort);
        assertThrows(IllegalStateException.class, () -> session.account(0));
        assertTrue(session.claimAccounts(2) > 0);
        assertThrows(IllegalStateException.class, () -> session.claimAccounts(1));
        assertThrows(IllegalStateException.class, () -> session.transfer(0));
        assertThrows(IndexOutOfBoundsException.class, () -> session.account(2));
        session.abort();
        assertThrows(IllegalArgumentException.class, () -> session.claimAccounts(BATCH_COUNT_MAX + 1));
        assertThrows(IllegalArgumentException.class, () -> session.claimAccounts(-1));
    }

    @Test
    void shouldRefuseAClaimThatCanNotBe()
    {
        assertRefused(
            "not the kind of a look-up: CREATE_ACCOUNTS",
            () -> session.claimLookup(RequestKind.CREATE_ACCOUNTS, 1));
        assertRefused(
            "a clock is set or advanced by 0 to 2^63-1 ns: kind=LOOKUP_ACCOUNTS, value=1",
            () -> session.claimClock(RequestKind.LOOKUP_ACCOUNTS, 1));
        assertRefused(
            "a clock is set or advanced by 0 to 2^63-1 ns: kind=SET_CLOCK, value=18446744073709551615",
            () -> session.claimClock(RequestKind.SET_CLOCK, -1));
        assertRefused(
            "not a query, or a number of rows below zero: kind=LOOKUP_ACCOUNTS, rowCountMax=1",
            () -> session.claimQuery(RequestKind.LOOKUP_ACCOUNTS, 1));
        assertRefused(
            "not a query, or a number of rows below zero: kind=QUERY_TRANSFERS, rowCountMax=-1",
            () -> session.claimQuery(RequestKind.QUERY_TRANSFERS, -1));
        createAccounts(1, 1);
        step();
        assertEquals("[CREATED@1001]", poll(), "nothing was claimed");
    }

    @Test
    void shouldRefuseFieldsOfAnotherKindThanWasClaimed()
    {
        assertTrue(session.claimAccounts(2) > 0);
        assertEquals(
            "the claimed request is one to CREATE_ACCOUNTS, not to LOOKUP_TRANSFERS",
            assertThrows(IllegalStateException.class, () -> session.id(0, 0, 1)).getMessage());
        assertEquals(
            "the claimed request is one to CREATE_ACCOUNTS, not to QUERY_TRANSFERS",
            assertThrows(IllegalStateException.class, session::filter).getMessage());
        assertEquals(
            "index=-1, count=2",
            assertThrows(IndexOutOfBoundsException.class, () -> session.account(-1)).getMessage());
        session.abort();
    }

    @Test
    void shouldSayBackPressuredToAReadToo()
    {
        createAccounts(1, BATCH_COUNT_MAX);
        createAccounts(11, BATCH_COUNT_MAX);
        assertEquals(LedgerSession.BACK_PRESSURED, session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1));
        step();
        poll();
        lookupAccounts(1, 18);
        step();
        assertEquals("[found 2 at 16]", poll());
    }

    @Test
    void shouldRefuseRowsThatAReplyDoesNotHave()
    {
        createAccounts(1, 1);
        step();
        assertEquals(1, session.poll(reply ->
        {
            assertEquals(
                "row 0 of a reply to CREATE_ACCOUNTS is not of this sort: expected=ACCOUNT, actual=RESULT",
                assertThrows(IllegalStateException.class, () -> reply.account(0)).getMessage());
            assertEquals(
                "index=-1, count=1",
                assertThrows(IndexOutOfBoundsException.class, () -> reply.outcome(-1)).getMessage());
            assertEquals(
                "index=1, count=1",
                assertThrows(IndexOutOfBoundsException.class, () -> reply.outcome(1)).getMessage());
            assertEquals(AccountOutcome.CREATED.code(), reply.outcome(0));
        }, 1));
    }

    /** What was in the way when a claim was refused may be gone when its caller asks why. */
    @Test
    void shouldSayWhyAClaimWasRefusedThoughItIsOver()
    {
        for (final long code : new long[]{LedgerSession.DISK_RESERVED, LedgerSession.CLOCK_JUMPED})
        {
            final LedgerException refusal = session.refusal(code);
            assertEquals(
                code == LedgerSession.DISK_RESERVED ? LedgerException.Reason.DISK_RESERVED :
                LedgerException.Reason.CLOCK_JUMPED, refusal.reason());
            assertFalse(refusal.isOutcomeUnknown());
            assertEquals(
                "what was in the way of shard 0 a moment ago is over: send the request again; nothing of it was " +
                "applied", refusal.getMessage());
        }
        assertEquals(LedgerException.Reason.STORE_FULL, session.refusal(LedgerSession.STORE_FULL).reason());
        assertRefused(
            "not what a claim returns that is refused: -1", () -> session.refusal(LedgerSession.BACK_PRESSURED));
    }

    private static void assertRefused(final String message, final Executable use)
    {
        assertEquals(message, assertThrows(IllegalArgumentException.class, use).getMessage());
    }

    @Test
    void shouldFindNewFieldsZeroInEveryClaim()
    {
        for (int round = 0; round < 3; round++)
        {
            assertTrue(session.claimTransfers(BATCH_COUNT_MAX) > 0);
            for (int i = 0; i < BATCH_COUNT_MAX; i++)
            {
                session.transfer(i).idLow(1_000 + i).userData128High(-1).timeout(0);
                session.transferTimestampNs(i, 0);
            }
            session.publish();
            step();
        }
        assertTrue(session.claimTransfers(BATCH_COUNT_MAX) > 0);
        for (int i = 0; i < BATCH_COUNT_MAX; i++)
        {
            final int offset = session.transfer(i).offset();
            for (int k = 0; k < RequestRing.EVENT_LENGTH; k++)
            {
                assertEquals(0, session.transfer(i).buffer().getByte(offset + k));
            }
        }
        session.abort();
    }

    @Test
    void shouldWrapItsReplyRingManyTimes()
    {
        createAccounts(1, 2);
        step();
        poll();
        for (int i = 0; i < 1_000; i++)
        {
            final int count = 1 + i % BATCH_COUNT_MAX;
            assertTrue(session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, count) > 0);
            for (int k = 0; k < count; k++)
            {
                session.id(k, 0, 1 + k % 2);
            }
            session.publish();
            step();
            assertEquals("[found " + count + " at 2]", poll());
        }
    }

    @Test
    void shouldAnswerEverythingPublishedBeforeTheClose()
    {
        createAccounts(1, 2);
        createAccounts(3, 2);
        engine.close();
        assertEquals("[CREATED@1001 CREATED@1002] [CREATED@1004 CREATED@1005]", poll());
        final LedgerException refused = assertThrows(LedgerException.class, () -> session.claimAccounts(1));
        assertEquals(LedgerException.Reason.CLOSED, refused.reason());
        assertFalse(refused.isOutcomeUnknown());
    }

    @Test
    void shouldCountAReplyAsTakenWhenItsHandlerThrows()
    {
        createAccounts(1, 1);
        createAccounts(2, 1);
        step();
        assertThrows(IllegalStateException.class, () -> session.poll(
            reply ->
            {
                throw new IllegalStateException("the handler's own");
            },
            10));
        assertEquals(1, session.inFlight());
        assertEquals("[CREATED@1003]", poll(), "the other one is still there");
        assertEquals(0, session.inFlight());
    }

    @Test
    void shouldKeepTheOrderOfRequestsAmongSessions()
    {
        final LedgerSession other = engine.openSession(0);
        createAccounts(1, 1);
        assertTrue(other.claimAccounts(1) > 0);
        other.account(0).idLow(1).ledger(1).code(1);
        other.publish();
        step();
        assertEquals("[CREATED@1001]", poll());
        other.poll(reply ->
        {
            assertEquals(AccountOutcome.EXISTS.code(), reply.outcome(0));
            assertEquals(1, reply.firstSequence(0));
            assertEquals(2, reply.sequence(0));
        }, 1);
    }

    private void createAccounts(final long firstId, final int count)
    {
        assertTrue(session.claimAccounts(count) > 0);
        for (int i = 0; i < count; i++)
        {
            session.account(i).idLow(firstId + i).ledger(1).code(1);
        }
        session.publish();
    }

    private void createTransfers(final long firstId, final int count)
    {
        assertTrue(session.claimTransfers(count) > 0);
        for (int i = 0; i < count; i++)
        {
            session.transfer(i).idLow(firstId + i).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1)
                .ledger(1).code(1);
        }
        session.publish();
    }

    private void lookupAccounts(final long... ids)
    {
        assertTrue(session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, ids.length) > 0);
        for (int i = 0; i < ids.length; i++)
        {
            session.id(i, 0, ids[i]);
        }
        session.publish();
    }

    private void step()
    {
        for (int i = 0; i < 3; i++)
        {
            engine.doWork();
        }
    }

    private String poll()
    {
        replies.clear();
        session.poll(reply ->
        {
            final List<String> rows = new ArrayList<>();
            for (int i = 0; i < reply.count() && reply.kind().isCreate(); i++)
            {
                rows.add(
                    (reply.kind() == RequestKind.CREATE_ACCOUNTS ? AccountOutcome.of(reply.outcome(i)) :
                    TransferOutcome.of(reply.outcome(i))) + "@" + reply.timestampNs(i));
            }
            replies.add(reply.kind().isCreate() ? "[" + String.join(" ", rows) + "]" :
                "[found " + reply.count() + " at " + reply.validAtSequence() + "]");
        }, 1_000);
        return String.join(" ", replies);
    }
}
