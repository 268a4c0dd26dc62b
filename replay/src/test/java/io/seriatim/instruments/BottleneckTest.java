package io.seriatim.instruments;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.StageKind;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.SimDisk;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.JournalFeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Situations of each kind, with real engines and feeds: the verdict has to name each.
 */
@Timeout(180)
class BottleneckTest
{
    private static final int LEDGER = 840;
    private static final int ACCOUNT_COUNT = 64;
    private static final long SAMPLE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long HANDLER_NS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long LAG_AGE_NS = TimeUnit.MILLISECONDS.toNanos(300);

    @TempDir
    private Path directory;
    private long nextId = 1_000;

    @Test
    void shouldNameASlowConsumer()
    {
        try (LedgerEngine engine = launch(memory()); JournalFeed feed = feed(engine, FeedOrdering.TOTAL, 1))
        {
            final Verdict verdict = drive(engine, 4, 2_000, Bottleneck.CONSUMERS);
            assertTrue(verdict.evidence().startsWith("feed slow: "), verdict.evidence());
            assertTrue(feed.progress().doneCount() > 0);
        }
    }

    @Test
    void shouldNameTooFewPartitions()
    {
        try (LedgerEngine engine = launch(memory()); JournalFeed feed = feed(engine, FeedOrdering.BY_KEY, 8))
        {
            // All transfers move the same two accounts.
            final Verdict verdict = drive(engine, 1, 2_000, Bottleneck.PARTITIONS);
            assertTrue(verdict.evidence().contains("orders"), verdict.evidence());
            assertTrue(feed.progress().doneCount() > 0);
        }
    }

    @Test
    void shouldNameSlowProcessing()
    {
        try (LedgerEngine engine = launch(memory()))
        {
            drive(engine, ACCOUNT_COUNT / 2, Integer.MAX_VALUE, Bottleneck.PROCESSING);
        }
    }

    @Test
    void shouldNameASlowDisk()
    {
        final SimDisk disk = new SimDisk(new SplittableRandom(1));
        disk.forceSpanNs(TimeUnit.MILLISECONDS.toNanos(5));
        final JournalConfig journal = new JournalConfig().termLength(1 << 20).segmentLength(1 << 20).mtu(16 * 1024);
        try (LedgerEngine engine = launch(new EngineConfig()
            .dataDirectory(directory.resolve("books")).durability(Durability.FSYNC).batchCountMax(64)
            .journal(disk.install(journal))))
        {
            final Verdict verdict = drive(engine, 4, 2_000, Bottleneck.JOURNAL);
            assertTrue(verdict.evidence().contains("journal 0"), verdict.evidence());
        }
    }

    @Test
    void shouldFindNothingAtItsLimit()
    {
        try (LedgerEngine engine = launch(memory()); JournalFeed feed = feed(engine, FeedOrdering.NONE, 8))
        {
            final Instruments instruments = Instruments.of(engine.counters());
            final LedgerSession session = engine.openSession(0);
            for (int i = 0; i < 20; i++)
            {
                post(session, 4, 100);
                final Interval interval = instruments.sample();
                assertEquals(Bottleneck.BALANCED, instruments.verdict().bottleneck(), interval::toString);
            }
            assertTrue(instruments.hour().over(LIMIT_NS).stage("feed slow").items() > 0);
            assertFalse(instruments.hotAccounts().top(10).isEmpty());
            assertTrue(feed.progress().doneCount() > 0);
        }
    }

    @Test
    void shouldTellWhatTheFeedIsLimitedTo()
    {
        try (LedgerEngine engine = launch(memory()); JournalFeed feed = feed(engine, FeedOrdering.BY_KEY, 8))
        {
            final Instruments instruments = Instruments.of(engine.counters());
            final LedgerSession session = engine.openSession(0);
            for (int i = 0; i < 20; i++)
            {
                post(session, 4, 4_000);
                instruments.sample();
            }
            final StageFigures figures = instruments.hour().over(LIMIT_NS).stage("feed slow");
            assertEquals(8, figures.workers());
            assertEquals(StageKind.PARALLEL_FEED, figures.kind());
            assertTrue(figures.latencies().at(0.5) >= HANDLER_NS, figures::toString);
            // Eight accounts in four pairs: no more than four at a time, of 4 ms at least.
            assertTrue(figures.busyWorkers() <= 5, figures::toString);
            assertTrue(figures.throughput() <= 1_100, figures::toString);
            assertTrue(figures.lag() > 0 && figures.oldestAgeNs() > 0, figures::toString);
            assertTrue(feed.progress().doneCount() > 0);
        }
    }

    private static EngineConfig memory()
    {
        return new EngineConfig().durability(Durability.MEMORY).readModel(false);
    }

    private static LedgerEngine launch(final EngineConfig config)
    {
        final LedgerEngine engine = LedgerEngine.launch(config);
        for (int i = 1; i <= ACCOUNT_COUNT; i++)
        {
            engine.ledger(LEDGER).createAccount(i, 1, 0);
        }
        return engine;
    }

    private static JournalFeed feed(final LedgerEngine engine, final FeedOrdering ordering, final int workerCount)
    {
        return JournalFeed.open(engine.journals(), new FeedConfig()
            .name("slow").ordering(ordering).workerCount(workerCount).capacity(512).counters(engine.counters())
            .handler(entry -> LockSupport.parkNanos(HANDLER_NS)).closeTimeoutNs(1));
    }

    /** Load the engine until the verdict is there. */
    private Verdict drive(
        final LedgerEngine engine, final int pairCount, final int ratePerSecond, final Bottleneck expected)
    {
        final Instruments instruments =
            Instruments.of(engine.counters(), new Thresholds().lagAgeNs(LAG_AGE_NS).intervalCount(3));
        final LedgerSession session = engine.openSession(0);
        final long startNs = System.nanoTime();
        Interval interval = Interval.NONE;
        while (instruments.verdict().bottleneck() != expected)
        {
            assertTrue(
                System.nanoTime() - startNs < LIMIT_NS, instruments.verdict() + ", last interval: " + interval);
            post(session, pairCount, ratePerSecond);
            interval = instruments.sample();
        }
        return instruments.verdict();
    }

    /** Transfers among so many pairs of accounts for the length of a sample. */
    private void post(final LedgerSession session, final int pairCount, final int ratePerSecond)
    {
        final long startNs = System.nanoTime();
        final int batchCount = ratePerSecond == Integer.MAX_VALUE ? 64 : 1;
        long sent = 0;
        while (System.nanoTime() - startNs < SAMPLE_NS)
        {
            final double due = (double)(System.nanoTime() - startNs) / TimeUnit.SECONDS.toNanos(1) * ratePerSecond;
            if (sent < due && session.claimTransfers(batchCount) > 0)
            {
                for (int i = 0; i < batchCount; i++)
                {
                    final long pair = nextId % pairCount;
                    session.transfer(i).idLow(nextId++).debitAccountIdLow(1 + 2 * pair)
                        .creditAccountIdLow(2 + 2 * pair).amountLow(1).ledger(LEDGER).code(1);
                }
                session.publish();
                sent += batchCount;
            }
            else if (session.poll(reply -> {}, 1_000) == 0)
            {
                Thread.yield();
            }
        }
    }
}
