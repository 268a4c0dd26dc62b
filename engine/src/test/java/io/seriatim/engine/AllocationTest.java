package io.seriatim.engine;

import com.sun.management.ThreadMXBean;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Once warm, the threads of the engine allocate nothing: counted, not believed. What counts is the round with the
 * fewest bytes, as now and then a segment file is rolled over or code is compiled anew; a byte for each transfer, or
 * for each frame, would be in every round.
 */
class AllocationTest
{
    private static final int LEDGER = 840;
    private static final int WARM_UP_COUNT = 150_000;
    /** In four rounds of five a journal in memory takes a new segment, which is an object. */
    private static final int ROUND_COUNT = 16;
    private static final int ROUND_LENGTH = 20_000;
    private static final int BATCH_COUNT = 50;
    private static final int IN_FLIGHT_MAX = 20;
    private static final int SNAPSHOT_ACCOUNT_COUNT = 50_000;
    private static final int SNAPSHOT_ROUND_COUNT = 20;
    private static final int SNAPSHOT_BYTES_MAX = 1_024;
    private static final int ACCOUNT_ROW_LENGTH = 136;

    /**
     * Aeron's driver iterates over two empty lists in each of its passes. Mostly the compiler removes the iterators,
     * sometimes it does not; nothing else is allocated on that thread, which a profile has shown.
     */
    private static final int TRANSPORT_BYTES_MAX = 8;

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();

    @TempDir
    private Path directory;

    private final ReplyHandler handler = this::onReply;
    private long createdCount;
    private long existsCount;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void shouldAllocateNothingOnceWarm(final Durability durability)
    {
        final EngineConfig config = new EngineConfig().durability(durability);
        if (durability != Durability.MEMORY)
        {
            config.dataDirectory(directory.resolve("books"));
        }
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            engine.ledger(LEDGER).createAccount(1, 1, 0);
            engine.ledger(LEDGER).createAccount(2, 1, 0);
            final LedgerSession session = engine.openSession(0);
            post(session, 1, WARM_UP_COUNT);

            final long shardThread = threadId("seriatim-shards-0");
            final long journalThread = threadId(durability == Durability.MEMORY ? "seriatim-client" : "journal");
            long shardLeast = Long.MAX_VALUE;
            long journalLeast = Long.MAX_VALUE;
            for (int round = 0; round < ROUND_COUNT; round++)
            {
                final long shardBefore = threads.getThreadAllocatedBytes(shardThread);
                final long journalBefore = threads.getThreadAllocatedBytes(journalThread);
                post(session, 1 + WARM_UP_COUNT + round * ROUND_LENGTH, ROUND_LENGTH);
                journalLeast = Math.min(journalLeast, threads.getThreadAllocatedBytes(journalThread) - journalBefore);
                shardLeast = Math.min(shardLeast, threads.getThreadAllocatedBytes(shardThread) - shardBefore);
            }

            System.out.println(
                "allocated: policy=" + durability + ", transfers a round=" + ROUND_LENGTH + ", shard thread=" +
                shardLeast + " B, journal thread=" + journalLeast + " B");
            final int count = WARM_UP_COUNT + ROUND_COUNT * ROUND_LENGTH;
            assertEquals(0, shardLeast, "bytes on the shard thread");
            assertTrue(
                journalLeast <= (long)ROUND_LENGTH * TRANSPORT_BYTES_MAX,
                "bytes on the journal thread: " + journalLeast);
            assertEquals(count, createdCount);
            assertEquals(count / BATCH_COUNT, existsCount);
        }
    }

    /** Slices go round in buffers and rows are saved off-heap: a snapshot costs the few objects that begin it. */
    @Test
    void shouldAllocateNothingForTheSlicesOfASnapshot()
    {
        final EngineConfig config = new EngineConfig()
            .durability(Durability.OS).dataDirectory(directory.resolve("books")).snapshotEntries(0)
            .readModel(false);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            createAccounts(engine, SNAPSHOT_ACCOUNT_COUNT);
            final LedgerSession session = engine.openSession(0);
            post(session, 1, WARM_UP_COUNT);
            final long shardThread = threadId("seriatim-shards-0");
            long least = Long.MAX_VALUE;
            for (int round = 0; round < SNAPSHOT_ROUND_COUNT; round++)
            {
                final long before = threads.getThreadAllocatedBytes(shardThread);
                engine.snapshot();
                least = Math.min(least, threads.getThreadAllocatedBytes(shardThread) - before);
                post(session, 1 + WARM_UP_COUNT + round * BATCH_COUNT, BATCH_COUNT);
            }

            final int sliceCount = SNAPSHOT_ACCOUNT_COUNT * ACCOUNT_ROW_LENGTH / SnapshotExchange.SLICE_LENGTH;
            System.out.println("allocated: for a snapshot of " + sliceCount + " slices " + least + " B");
            assertTrue(least < SNAPSHOT_BYTES_MAX, "bytes on the shard thread: " + least);
            assertTrue(sliceCount > SNAPSHOT_BYTES_MAX / Long.BYTES, "too few slices: " + sliceCount);
        }
    }

    private static void createAccounts(final LedgerEngine engine, final int count)
    {
        for (int from = 1; from <= count; from += BATCH_COUNT)
        {
            final int first = from;
            engine.ledger(LEDGER).createAccounts(
                IntStream.range(0, BATCH_COUNT).mapToObj(i -> Account.of(first + i, 1, 0)).toList());
        }
    }

    /** Each request ends in a transfer that was sent long before, so that entries are read back from the files too. */
    private void post(final LedgerSession session, final long firstId, final int count)
    {
        long id = firstId;
        while (id < firstId + count || session.inFlight() > 0)
        {
            if (id < firstId + count && session.inFlight() < IN_FLIGHT_MAX &&
                session.claimTransfers(BATCH_COUNT + 1) > 0)
            {
                for (int i = 0; i < BATCH_COUNT; i++)
                {
                    encode(session, i, id++);
                }
                encode(session, BATCH_COUNT, Math.max(1, id - 100_000));
                session.publish();
            }
            session.poll(handler, IN_FLIGHT_MAX);
        }
    }

    private static void encode(final LedgerSession session, final int index, final long id)
    {
        session.transfer(index).idLow(id).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1).ledger(LEDGER)
            .code(1);
    }

    private void onReply(final Reply reply)
    {
        for (int i = 0; i < reply.count(); i++)
        {
            if (reply.outcome(i) == TransferOutcome.CREATED.code())
            {
                createdCount++;
            }
            else if (reply.outcome(i) == TransferOutcome.EXISTS.code())
            {
                existsCount++;
            }
        }
    }

    private long threadId(final String namePart)
    {
        for (final long id : threads.getAllThreadIds())
        {
            final java.lang.management.ThreadInfo info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().contains(namePart))
            {
                return id;
            }
        }
        throw new AssertionError("no such thread: " + namePart);
    }
}
