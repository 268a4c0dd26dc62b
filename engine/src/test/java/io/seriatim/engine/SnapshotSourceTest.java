package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.MemoryJournal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** When a snapshot begins, what it begins with, and that its slices come as long as there are buffers for them. */
class SnapshotSourceTest
{
    private static final int FRAME_LENGTH_MAX = 1_024;
    private static final int WINDOW_LENGTH = 1024 * 1_024;

    private final MemoryJournal journal = MemoryJournal.stepped(FRAME_LENGTH_MAX, WINDOW_LENGTH);
    private final EngineConfig config = new EngineConfig().durability(Durability.FSYNC)
        .batchCountMax(32).windowCapacity(64).clock(() -> 1_000);
    private final SnapshotExchange exchange = new SnapshotExchange(2, SnapshotExchange.SLICE_LENGTH);
    private Shard shard;
    private ShardAgent agent;
    private LedgerSession session;
    private long id = 1;

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
        agent.doWork();
        journal.commit(journal.appendedPosition());
        agent.doWork();
        shard.accept(true);
        session = new LedgerSession(shard, genesis.router(), config, "no read model in this test");
    }

    @AfterEach
    void close()
    {
        shard.release();
        journal.close();
    }

    @Test
    void shouldBeginAfterExactlySoManyEntries()
    {
        // The genesis is the one that the newest snapshot knows of.
        final SnapshotSource source = source(3, 0, 1);
        assertEquals(0, source.doWork());
        createAccounts(2);
        assertEquals(0, source.doWork());
        assertTrue(exchange.isIdle());
        createAccounts(1);
        assertEquals(1, source.doWork());
        final SnapshotExchange.Start start = exchange.start();
        assertEquals(journal.appendedPosition(), start.position());
        assertArrayEquals(new long[]{4}, start.nextSequences());
        assertArrayEquals(new int[]{shard.previousCrc()}, start.previousCrcs());
        assertEquals(0, start.servedCount());

        copyAll(source);
        assertEquals(0, source.doWork(), "one at a time");
        exchange.end(new SnapshotExchange.Result(0, List.of(), null));
        createAccounts(2);
        assertEquals(0, source.doWork());
        createAccounts(1);
        assertEquals(1, source.doWork());
    }

    @Test
    void shouldBeginWhenItIsAskedToAndAfterSoMuchTimeIfThereIsAnythingNew() throws InterruptedException
    {
        final SnapshotSource asked = source(0, 0, 1);
        createAccounts(5);
        assertEquals(0, asked.doWork());
        final long ticket = exchange.ask();
        shard.accept(false);
        assertEquals(0, asked.doWork(), "the shard is being closed");
        shard.accept(true);
        assertEquals(1, asked.doWork());
        assertEquals(ticket, exchange.start().servedCount());
        copyAll(asked);
        exchange.end(new SnapshotExchange.Result(ticket, List.of(), null));
        assertEquals(0, asked.doWork(), "it is served");

        final SnapshotSource timed = source(0, TimeUnit.MILLISECONDS.toNanos(30), 6);
        assertEquals(0, timed.doWork());
        TimeUnit.MILLISECONDS.sleep(40);
        assertEquals(0, timed.doWork(), "nothing is new");
        createAccounts(1);
        assertEquals(1, timed.doWork());
        final SnapshotSource later = source(0, TimeUnit.HOURS.toNanos(1), 1);
        copyAll(timed);
        exchange.end(new SnapshotExchange.Result(ticket, List.of(), null));
        assertEquals(0, later.doWork());
    }

    @Test
    void shouldCopyOnWhenThereIsABufferAgain()
    {
        createAccounts(30);
        final SnapshotSource source = source(1, 0, 1);
        assertEquals(1, source.doWork());
        final SnapshotExchange.Slice first = exchange.takeFree();
        final SnapshotExchange.Slice second = exchange.takeFree();
        assertEquals(0, source.doWork(), "no buffer is free");
        assertNull(exchange.takeFull());
        exchange.giveBack(first);
        assertTrue(source.doWork() > 0);
        assertTrue(exchange.longestSliceNs() > 0);
        final SnapshotExchange.Slice slice = exchange.takeFull();
        assertNotNull(slice);
        assertEquals(0, slice.shardIndex);
        assertTrue(slice.length > 30 * 128 || !slice.isLast);
        exchange.giveBack(second);
        exchange.giveBack(slice);
        copyAll(source);
    }

    private SnapshotSource source(final long entriesBetween, final long intervalNs, final long entryCount)
    {
        return new SnapshotSource(new Shard[]{shard}, exchange, entriesBetween, intervalNs, entryCount);
    }

    /** Take the slices, as the agent that writes them does. */
    private void copyAll(final SnapshotSource source)
    {
        boolean isLast = false;
        for (int pass = 0; !isLast && pass < 1_000; pass++)
        {
            source.doWork();
            SnapshotExchange.Slice slice = exchange.takeFull();
            while (slice != null)
            {
                isLast = slice.isLast;
                exchange.giveBack(slice);
                slice = exchange.takeFull();
            }
        }
        assertTrue(isLast || !shard.stateMachine().stateCopy().isActive());
    }

    private void createAccounts(final int count)
    {
        assertTrue(session.claimAccounts(count) > 0);
        for (int i = 0; i < count; i++)
        {
            session.account(i).idLow(id++).ledger(1).code(1);
        }
        session.publish();
        agent.doWork();
        journal.commit(journal.appendedPosition());
        agent.doWork();
        assertEquals(1, session.poll(reply -> {}, 100));
    }
}
