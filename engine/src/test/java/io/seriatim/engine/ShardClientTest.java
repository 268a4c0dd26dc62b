package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.MemoryJournal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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

    private final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, 64 * 1_024);
    private final EngineConfig config = new EngineConfig().durability(Durability.FSYNC)
        .batchCountMax(32).windowCapacity(64).clock(() -> 1_000);
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
