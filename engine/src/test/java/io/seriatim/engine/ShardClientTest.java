package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.MemoryJournal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Queries on their way through a session, a shard and a client, with the test as journal and as read model.
 */
class ShardClientTest
{
    private static final int FRAME_LENGTH_MAX = 1_024;
    private static final long TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private long clockNs = 1_000;
    private final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, 64 * 1_024);
    private final EngineConfig config = new EngineConfig().durability(Durability.FSYNC)
        .batchCountMax(32).windowCapacity(64).clock(() -> clockNs);
    private Shard shard;
    private ShardAgent agent;
    private LedgerSession session;
    private boolean isReadModelBehind;
    private int sentCount;

    @BeforeEach
    void open()
    {
        final Genesis genesis = config.genesis(new UUID(1, 2), 0);
        final ShardRecovery recovery = new ShardRecovery(0, config, journal, FRAME_LENGTH_MAX, found -> {});
        recovery.create(genesis);
        shard = recovery.toShard();
        agent = new ShardAgent(
            journal, () -> true, () -> 1, new Shard[]{shard},
            new ShardAgent.Opening[]{new ShardAgent.Opening(true, 0)}, null);
        agent.doWork();
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(ShardAgent.Phase.RUNNING, agent.phase());
        shard.accept(true);
        session = new LedgerSession(shard, genesis.router(), config, null);
    }

    @Test
    void shouldTakeAnAnswerThatComesAfterItsCallerWasToldThatThereIsNone()
    {
        final ShardClient client = client(null);
        final CompletableFuture<Integer> future =
            client.send(ShardClientTest::encodeQuery, Reply::count, Acknowledgement.COMMITTED);
        agent.doWork();
        journal.fail(new JournalException("no disk"));
        agent.doWork();
        client.poll();
        assertTrue(future.isCompletedExceptionally());
        answer();
        assertEquals(1, client.poll());
        assertEquals(0, session.inFlight());
    }

    @Test
    void shouldBeAwaitedFromTheRequestToItsAnswer()
    {
        final ShardClient client = client(null);
        final ClientAgent clientAgent = new ClientAgent(List.of(shard));
        clientAgent.add(client);
        assertFalse(clientAgent.isAwaited());
        final CompletableFuture<Integer> future =
            client.send(ShardClientTest::encodeQuery, Reply::count, Acknowledgement.COMMITTED);
        assertEquals(1, sentCount);
        assertTrue(clientAgent.isAwaited());
        clientAgent.park();
        agent.doWork();
        answer();
        assertTrue(clientAgent.isAwaited());
        assertEquals(1, clientAgent.doWork());
        assertTrue(future.isDone());
        assertFalse(clientAgent.isAwaited());
    }

    @Test
    void shouldTellTheCallerOfAReplyThatCanNotBeDecoded()
    {
        final ShardClient client = client(null);
        final CompletableFuture<Object> future = client.send(
            ShardClientTest::encodeQuery,
            reply ->
            {
                throw new IllegalArgumentException("not known to this version");
            },
            Acknowledgement.COMMITTED);
        agent.doWork();
        answer();
        assertEquals(1, client.poll());
        assertTrue(future.isCompletedExceptionally());
    }

    @Test
    void shouldGiveRepliesOfBothSortsTheirTurn()
    {
        encodeQuery(session);
        session.publish();
        agent.doWork();
        answer();
        int passes = 0;
        final boolean[] isAnswered = new boolean[1];
        while (!isAnswered[0] && passes < 100)
        {
            for (int i = 0; i < 2; i++)
            {
                assertTrue(session.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1) > 0);
                session.id(0, 0, 1);
                session.publish();
            }
            agent.doWork();
            agent.doWork();
            session.poll(reply -> isAnswered[0] |= reply.kind().isQuery(), 1);
            passes++;
        }
        assertTrue(isAnswered[0], "a session that is never idle has its answers to queries too");
    }

    @Test
    void shouldWaitOnlyForQueriesThatAreOnTheirWayToTheReadModel()
    {
        assertTrue(shard.queries().isIdle());
        encodeQuery(session);
        assertTrue(shard.queries().isIdle(), "what is only claimed waits for its session");
        session.publish();
        agent.doWork();
        assertFalse(shard.queries().isIdle());
        answer();
        assertTrue(shard.queries().isIdle());
    }

    @Test
    void shouldWaitForRoomAsLongAsTheReadModelIsBehind() throws InterruptedException
    {
        isReadModelBehind = true;
        final ShardClient client = client(agent::doWork);
        while (encodeQuery(session) > 0)
        {
            session.publish();
            agent.doWork();
        }
        final Thread caller = new Thread(
            () -> client.query(ShardClientTest::encodeQuery, Reply::count, Acknowledgement.COMMITTED));
        final Throwable[] thrown = new Throwable[1];
        caller.setUncaughtExceptionHandler((thread, cause) -> thrown[0] = cause);
        caller.start();
        caller.join(TimeUnit.NANOSECONDS.toMillis(2 * TIMEOUT_NS));
        final boolean isWaiting = caller.isAlive();
        caller.interrupt();
        caller.join();
        assertTrue(isWaiting, "thrown: " + thrown[0]);
        assertEquals(
            LedgerException.Reason.INTERRUPTED, ((LedgerException)thrown[0]).reason());
    }

    @Test
    void shouldWaitForRoomNoLongerThanTheTimeoutOtherwise()
    {
        while (encodeQuery(session) > 0)
        {
            session.publish();
            agent.doWork();
        }
        assertEquals(
            LedgerException.Reason.TIMED_OUT,
            assertThrows(
                LedgerException.class,
                () -> client(null).query(
                    ShardClientTest::encodeQuery, Reply::count, Acknowledgement.COMMITTED)).reason());
    }

    @Test
    void shouldWaitForRoomNoLongerThanTheTimeoutForWhatTheReadModelDoesNotAnswer()
    {
        isReadModelBehind = true;
        final LedgerSession other = new LedgerSession(shard, config.genesis(new UUID(1, 2), 0).router(), config, null);
        while (encodeLookup(other) > 0)
        {
            other.publish();
        }
        final LedgerException refused = assertThrows(
            LedgerException.class,
            () -> client(null).call(ShardClientTest::encodeLookup, Reply::count, Acknowledgement.COMMITTED));
        assertEquals(LedgerException.Reason.TIMED_OUT, refused.reason());
        assertFalse(refused.isOutcomeUnknown());
        assertEquals(
            "shard 0 had no room for the request within " + TIMEOUT_NS + " ns; nothing of it was applied",
            refused.getMessage());
    }

    @Test
    void shouldTakeAnAnswerWhileTheReadModelIsStillBehind()
    {
        isReadModelBehind = true;
        final ShardClient[] clients = new ShardClient[1];
        clients[0] = client(() ->
        {
            agent.doWork();
            if (!shard.queries().isIdle())
            {
                answer();
            }
            clients[0].poll();
        });
        assertEquals(0, clients[0].query(ShardClientTest::encodeQuery, Reply::count, Acknowledgement.COMMITTED));
        assertTrue(isReadModelBehind);
    }

    @Test
    void shouldTellAnInterruptedCallerThatTheOutcomeIsUnknown()
    {
        isReadModelBehind = true;
        final ShardClient client = client(null);
        Thread.currentThread().interrupt();
        final LedgerException interrupted = assertThrows(
            LedgerException.class,
            () -> client.query(ShardClientTest::encodeQuery, Reply::count, Acknowledgement.COMMITTED));
        assertTrue(Thread.interrupted(), "it is still set");
        assertEquals(LedgerException.Reason.INTERRUPTED, interrupted.reason());
        assertTrue(interrupted.isOutcomeUnknown());
    }

    @Test
    void shouldTellACallerThatStepsTheEngineWhenTheTimeIsUp()
    {
        final LedgerException late = assertThrows(
            LedgerException.class,
            () -> client(agent::doWork).call(
                ShardClientTest::encodeLookup, Reply::count, Acknowledgement.COMMITTED));
        assertEquals(LedgerException.Reason.TIMED_OUT, late.reason());
        assertTrue(late.isOutcomeUnknown());
    }

    @Test
    void shouldTellAWaitingCallerOfAReplyThatCanNotBeDecoded()
    {
        final ShardClient[] clients = new ShardClient[1];
        clients[0] = client(() ->
        {
            agent.doWork();
            clients[0].poll();
        });
        final IllegalStateException failure = assertThrows(
            IllegalStateException.class,
            () -> clients[0].call(
                ShardClientTest::encodeLookup,
                reply ->
                {
                    throw new IllegalArgumentException("not known to this version");
                },
                Acknowledgement.COMMITTED));
        assertEquals("a reply could not be decoded", failure.getMessage());
        assertEquals("not known to this version", failure.getCause().getCause().getMessage());
    }

    @Test
    void shouldGiveBackWhatWasClaimedIfItCanNotBeEncoded()
    {
        final ShardClient client = client(agent::doWork);
        assertThrows(IllegalStateException.class, () -> client.send(
            to ->
            {
                encodeLookup(to);
                throw new IllegalStateException("the caller's own");
            },
            Reply::count, Acknowledgement.COMMITTED));
        final CompletableFuture<Integer> next =
            client.send(ShardClientTest::encodeLookup, Reply::count, Acknowledgement.COMMITTED);
        agent.doWork();
        agent.doWork();
        assertEquals(1, client.poll());
        assertEquals(0, next.join());
    }

    /** What is refused will never be sealed. */
    @Test
    void shouldTellOfARefusalAtOnceAtWhateverLevelItWasAskedFor()
    {
        clockNs = Long.MAX_VALUE;
        final ShardClient client = client(null);
        final CompletableFuture<Integer> future = client.send(
            to -> to.claimAccounts(2), Reply::count, Acknowledgement.CHECKPOINTED);
        agent.doWork();
        agent.doWork();
        assertEquals(1, client.poll());
        assertEquals(
            LedgerException.Reason.TIME_EXHAUSTED,
            ((LedgerException)assertThrows(CompletionException.class, future::join).getCause()).reason());
        assertFalse(client.isAwaited());
    }

    @Test
    void shouldRefuseALevelThatNothingWouldEverReach()
    {
        final ShardClient client = client(null);
        client.requireLevel(Acknowledgement.COMMITTED);
        assertEquals(
            "nothing is sealed, so no request would ever be CHECKPOINTED: set EngineConfig.sealing",
            assertThrows(
                IllegalStateException.class, () -> client.requireLevel(Acknowledgement.CHECKPOINTED)).getMessage());
    }

    @Test
    void shouldClaimNoMoreQueriesThanCanWait()
    {
        final LedgerSession other = new LedgerSession(shard, config.genesis(new UUID(1, 2), 0).router(), config, null);
        for (int i = 0; i < 2 * QueryQueue.CAPACITY; i++)
        {
            assertTrue(session.claimQuery(RequestKind.QUERY_TRANSFERS, 1) > 0, "what is given back has room again");
            session.abort();
            agent.doWork();
        }
        for (int i = 0; i < QueryQueue.CAPACITY; i++)
        {
            assertTrue(session.claimQuery(RequestKind.QUERY_TRANSFERS, 1) > 0, "query " + i);
            session.filter().limit(1);
            session.publish();
            agent.doWork();
        }
        assertEquals(LedgerSession.BACK_PRESSURED, session.claimQuery(RequestKind.QUERY_TRANSFERS, 1));
        assertEquals(LedgerSession.BACK_PRESSURED, other.claimQuery(RequestKind.QUERY_TRANSFERS, 1));
        answer();
        assertTrue(other.claimQuery(RequestKind.QUERY_TRANSFERS, 1) > 0, "one was answered");
        other.abort();
    }

    @Test
    void shouldHandOutEachRowOfAnAccountWithItsTransfersAsWhatItIs()
    {
        assertTrue(session.claimQuery(RequestKind.GET_ACCOUNT_WITH_PENDING, 2) > 0);
        session.publish();
        agent.doWork();
        shard.queries().answer((kind, filter, rowCountMax, rows, offset) -> 2);
        assertEquals(1, session.poll(
            reply ->
            {
                assertEquals(reply.rowOffset(0), reply.account(0).offset());
                assertEquals(reply.rowOffset(1), reply.transfer(1).offset());
                assertEquals(
                    "row 1 of a reply to GET_ACCOUNT_WITH_PENDING is not of this sort: expected=ACCOUNT, " +
                    "actual=ACCOUNT_THEN_TRANSFERS",
                    assertThrows(IllegalStateException.class, () -> reply.account(1)).getMessage());
                assertEquals(
                    "row 0 of a reply to GET_ACCOUNT_WITH_PENDING is not of this sort: expected=TRANSFER, " +
                    "actual=ACCOUNT_THEN_TRANSFERS",
                    assertThrows(IllegalStateException.class, () -> reply.transfer(0)).getMessage());
            }, 1));
    }

    private ShardClient client(final Runnable stepper)
    {
        return new ShardClient(
            shard, session, Runnable::run, stepper, () -> sentCount++, () -> isReadModelBehind,
            new SealingWatermarks(null), TIMEOUT_NS);
    }

    private void answer()
    {
        shard.queries().answer((kind, filter, rowCountMax, rows, offset) -> 0);
    }

    private static long encodeLookup(final LedgerSession to)
    {
        final long requestId = to.claimLookup(RequestKind.LOOKUP_ACCOUNTS, 1);
        if (requestId > 0)
        {
            to.id(0, 0, 1);
        }
        return requestId;
    }

    private static long encodeQuery(final LedgerSession to)
    {
        final long requestId = to.claimQuery(RequestKind.QUERY_TRANSFERS, QueryRows.ROW_COUNT_MAX);
        if (requestId > 0)
        {
            to.filter().limit(1);
        }
        return requestId;
    }
}
