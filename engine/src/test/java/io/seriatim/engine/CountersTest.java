package io.seriatim.engine;

import io.seriatim.journal.CountersDirectory;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the engine counts is what was done, and others can read it while it is counted.
 */
class CountersTest
{
    private static final int LEDGER = 840;
    private static final int TRANSFER_COUNT = 500;
    private static final UUID LOG = new UUID(1, 2);

    @TempDir
    private Path directory;

    @Test
    void shouldFindForEachValueABucketThatHoldsIt()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++)
        {
            final long value = random.nextLong() >>> 22 + random.nextInt(42);
            final int index = ValueBuckets.indexOf(value, StageCounters.LATENCY_BUCKETS);
            assertTrue(
                value >= ValueBuckets.lowest(index) && value <= ValueBuckets.highest(index),
                "value=" + value + ", index=" + index + ", seed=" + seed);
            assertTrue(
                ValueBuckets.highest(index) - ValueBuckets.lowest(index) <= ValueBuckets.lowest(index) / 32,
                "too wide: index=" + index);
        }
    }

    @Test
    void shouldPutWhatIsOutOfRangeIntoTheFirstOrTheLastBucket()
    {
        assertEquals(0, ValueBuckets.indexOf(-1, StageCounters.LATENCY_BUCKETS));
        assertEquals(
            StageCounters.LATENCY_BUCKETS - 1, ValueBuckets.indexOf((1L << 42) - 1, StageCounters.LATENCY_BUCKETS));
        assertEquals(
            StageCounters.LATENCY_BUCKETS - 1, ValueBuckets.indexOf(Long.MAX_VALUE, StageCounters.LATENCY_BUCKETS));
    }

    @Test
    void shouldReadBackWhatWasWritten()
    {
        try (CounterTable table = CounterTable.create(LOG, 2, 0))
        {
            final StageCounters stage = table.newStage(StageKind.APPLY, 7, "a".repeat(60));
            stage.addItems(10, 2);
            stage.addItems(5, 1);
            stage.addBusyNs(300);
            stage.sequence(41);
            stage.standing(3, 4, 1_000);
            stage.width(100, 8, 50);
            stage.addBackPressure();
            stage.recordLatency(20, 3);
            stage.recordShared(20, 2);
            stage.recordBatch(9);

            assertEquals(StageKind.APPLY, stage.kind());
            assertEquals(7, stage.scope());
            assertEquals("a".repeat(52), stage.label());
            assertEquals(17, stage.items());
            assertEquals(3, stage.batches());
            assertEquals(300, stage.busyNs());
            assertEquals(41, stage.sequence());
            assertEquals(List.of(3L, 4L), List.of(stage.depth(), stage.lag()));
            assertEquals(500, stage.oldestAgeNs(1_500));
            assertEquals(List.of(100L, 8L, 50L), List.of(stage.capacity(), stage.workers(), stage.scopes()));
            assertEquals(1, stage.backPressure());
            assertEquals(5, latencies(stage)[20]);
            final long[] batches = new long[StageCounters.BATCH_BUCKETS];
            stage.readBatches(batches);
            assertEquals(1, batches[9]);
            stage.standing(0, 0, 0);
            assertEquals(0, stage.oldestAgeNs(1_500));
        }
    }

    @Test
    void shouldRefuseOneStageMoreThanThereIsRoomFor()
    {
        try (CounterTable table = CounterTable.create(LOG, 1, 0))
        {
            table.newStage(StageKind.RING, 0, "first");
            assertThrows(IllegalStateException.class, () -> table.newStage(StageKind.RING, 1, "second"));
            assertEquals(1, table.stages().size());
        }
    }

    @Test
    void shouldLetAnotherReaderSeeTheFileUntilItIsClosed() throws IOException
    {
        final CounterTable table = CounterTable.create(directory, "feed-x", LOG, 3, 1);
        final StageCounters stage = table.newStage(StageKind.ORDERED_FEED, -1, "feed x");
        final Path file = CountersDirectory.of(directory).resolve("feed-x");
        final CounterTable mapped = CounterTable.map(file);

        stage.addItems(5, 1);
        table.alive(77);
        table.samples().get(0).add(0, 1, 0, 2, 64);

        assertEquals(5, mapped.stages().get(0).items());
        assertEquals("feed x", mapped.stages().get(0).label());
        assertEquals(77, mapped.aliveMs());
        assertEquals(LOG, mapped.logUuid());
        assertEquals(ProcessHandle.current().pid(), mapped.processId());
        assertEquals(1, samplesOf(mapped.samples().get(0), 0).size());
        assertFalse(mapped.isClosed());
        table.close();
        assertTrue(mapped.isClosed());
        assertFalse(Files.exists(CountersDirectory.of(directory)));
    }

    @Test
    void shouldTakeAwayWhatKilledProcessesHaveLeft() throws IOException
    {
        final Path counters = CountersDirectory.create(directory);
        final FileTime old = FileTime.fromMillis(System.currentTimeMillis() - 61_000);
        try (CounterTable living = CounterTable.create(directory, "living", LOG, 1, 0);
            CounterTable dead = CounterTable.create(directory, "dead", LOG, 1, 0))
        {
            dead.alive(System.currentTimeMillis() - 61_000);
            living.alive(System.currentTimeMillis());
            final Path other = Files.createFile(counters.resolve("half-made"));
            final Path young = Files.createFile(counters.resolve("in-the-making"));
            for (final Path file : List.of(counters.resolve("living"), counters.resolve("dead"), other))
            {
                Files.setLastModifiedTime(file, old);
            }
            CounterTable.create(directory, "next", LOG, 1, 0).close();
            assertTrue(Files.exists(counters.resolve("living")), "it is alive, whatever its file's time");
            assertFalse(Files.exists(counters.resolve("dead")));
            assertFalse(Files.exists(other));
            assertTrue(Files.exists(young));
            Files.delete(young);
        }
        assertFalse(Files.exists(counters));
    }

    @Test
    void shouldRefuseAFileThatIsNotOneOfCounters() throws IOException
    {
        final Path file = directory.resolve("other");
        for (final int length : new int[]{0, 127, 128, 100_000})
        {
            Files.write(file, new byte[length]);
            assertThrows(IOException.class, () -> CounterTable.map(file), "length=" + length);
        }
    }

    /** A file that another version has written, one in the making, or one that is cut. */
    @Test
    void shouldRefuseAFileOfCountersThatIsNotAsThisVersionWritesThem() throws IOException
    {
        final CounterTable table = CounterTable.create(directory, "feed-x", LOG, 3, 1);
        final byte[] good = Files.readAllBytes(CountersDirectory.of(directory).resolve("feed-x"));
        table.close();
        final Path file = directory.resolve("copy");
        for (final int offset : new int[]{0, 8, 12, 16, 20})
        {
            final byte[] bad = good.clone();
            bad[offset]++;
            assertRefused(Files.write(file, bad));
        }
        assertRefused(Files.write(file, Arrays.copyOf(good, good.length - 1)));
        assertEquals(LOG, CounterTable.map(Files.write(file, good)).logUuid());
    }

    @Test
    void shouldRefuseAFileThatIsLongerThanCanBeMapped() throws IOException
    {
        final Path file = directory.resolve("long");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw"))
        {
            sparse.setLength(1L << 31);
        }
        assertEquals(
            "not a file of counters, or one in the making: length=2147483648, file=" + file,
            assertThrows(IOException.class, () -> CounterTable.map(file)).getMessage());
    }

    private static void assertRefused(final Path file)
    {
        final String message = assertThrows(IOException.class, () -> CounterTable.map(file)).getMessage();
        assertTrue(message.startsWith("not a file of counters of this version, or one in the making"), message);
        assertTrue(message.endsWith("file=" + file), message);
    }

    @Test
    void shouldKeepTheNewestSamplesOnly()
    {
        try (CounterTable table = CounterTable.create(LOG, 0, 1))
        {
            final AccountSamples samples = table.samples().get(0);
            for (int i = 0; i < AccountSamples.CAPACITY + 10; i++)
            {
                samples.add(0, i, 0, 0, 1);
            }
            final List<Long> seen = samplesOf(samples, 0);
            assertEquals(AccountSamples.CAPACITY - 1, seen.size());
            assertEquals(11, seen.get(0));
            assertEquals(AccountSamples.CAPACITY + 9, seen.get(seen.size() - 1));
            assertEquals(1, samplesOf(samples, AccountSamples.CAPACITY + 9).size());
        }
    }

    @Test
    void shouldTellSinceWhenTheOldestWaits()
    {
        final LagTracker lag = new LagTracker();
        final long stepNs = 10_000_000;
        lag.note(stepNs, 5);
        lag.note(2 * stepNs - 1, 6);
        lag.note(2 * stepNs, 7);
        lag.note(3 * stepNs, 7);

        assertEquals(stepNs, lag.sinceNs(4));
        assertEquals(2 * stepNs, lag.sinceNs(5));
        assertEquals(2 * stepNs, lag.sinceNs(6));
        assertEquals(0, lag.sinceNs(7));
        for (int i = 0; i < 2_000; i++)
        {
            lag.note((10 + i) * stepNs, 10 + i);
        }
        assertEquals(10 * stepNs, lag.sinceNs(9), "as old as the first mark");
        assertEquals((10 + 1_500) * stepNs, lag.sinceNs(1_509));
    }

    @Test
    void shouldCountWhatAShardDoes()
    {
        final EngineConfig config = new EngineConfig().dataDirectory(directory.resolve("books"));
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            engine.ledger(LEDGER).createAccount(1, 1, 0);
            engine.ledger(LEDGER).createAccount(2, 1, 0);
            for (int i = 0; i < TRANSFER_COUNT; i++)
            {
                assertEquals(
                    TransferOutcome.CREATED,
                    engine.ledger(LEDGER).createTransfer(100 + i, 1, 2, 5, 1).outcome());
            }

            final int entryCount = TRANSFER_COUNT + 2;
            final int requestCount = TRANSFER_COUNT + 2;
            assertEquals(requestCount, stage(engine, StageKind.RING).items());
            assertEquals(requestCount, sum(latencies(stage(engine, StageKind.RING))));
            assertEquals(entryCount, stage(engine, StageKind.APPLY).items());
            assertEquals(entryCount, stage(engine, StageKind.APPLY).sequence());
            assertEquals(entryCount, sum(latencies(stage(engine, StageKind.APPLY))));
            assertEquals(requestCount, sum(latencies(stage(engine, StageKind.COMMIT))));
            assertTrue(stage(engine, StageKind.APPLY).busyNs() > 0);
            // The genesis and the mark of the opening are frames too.
            assertTrue(sum(latencies(stage(engine, StageKind.JOURNAL))) >= entryCount);
            assertTrue(stage(engine, StageKind.JOURNAL_THREAD).busyNs() > 0);
            assertTrue(stage(engine, StageKind.REPLY).items() > 0);
            assertEquals(0, stage(engine, StageKind.RING).depth());
            assertTrue(engine.counters().aliveMs() > 0);
            final long[] accounts = new long[1];
            engine.counters().samples().get(0).read(0, (debitHigh, debitLow, creditHigh, creditLow, weight) ->
            {
                assertEquals(List.of(1L, 2L, 0L, 0L), List.of(debitLow, creditLow, debitHigh, creditHigh));
                accounts[0] += weight;
            });
            assertEquals(TRANSFER_COUNT, accounts[0]);
        }
        assertFalse(Files.exists(CountersDirectory.of(directory.resolve("books"))));
    }

    @Test
    void shouldCountRequestsThatFoundNoRoom()
    {
        final EngineConfig config = new EngineConfig()
            .durability(Durability.MEMORY).threading(Threading.INVOKER).batchCountMax(4).ringLength(8);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final LedgerSession session = engine.openSession(0);
            while (session.claimTransfers(4) > 0)
            {
                for (int i = 0; i < 4; i++)
                {
                    session.transfer(i).idLow(1 + i);
                }
                session.publish();
            }
            assertEquals(1, stage(engine, StageKind.RING).backPressure());
            while (session.inFlight() > 0)
            {
                engine.doWork();
                session.poll(reply -> {}, 1);
            }
            final long[] batches = new long[StageCounters.BATCH_BUCKETS];
            stage(engine, StageKind.APPLY).readBatches(batches);
            assertEquals(1, batches[8], "both requests in one pass");
        }
    }

    @Test
    void shouldHaveNoCountersIfTheyAreSwitchedOff()
    {
        try (LedgerEngine engine = LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY).counters(false)))
        {
            assertNull(engine.counters());
            assertEquals(1, engine.ledger(LEDGER).createAccount(1, 1, 0).sequence());
        }
    }

    @Test
    void shouldHaveNoCountersWithMoreShardsThanAreCounted()
    {
        for (final int shardCount : new int[]{EngineConfig.COUNTED_SHARDS_MAX, EngineConfig.COUNTED_SHARDS_MAX + 1})
        {
            try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().durability(Durability.MEMORY)
                .threading(Threading.INVOKER).shardCount(shardCount).batchCountMax(1).windowCapacity(2)
                .ringLength(4).accountCountMax(10).transferCountMax(10)))
            {
                assertEquals(shardCount <= EngineConfig.COUNTED_SHARDS_MAX, engine.counters() != null);
            }
        }
    }

    private static StageCounters stage(final LedgerEngine engine, final StageKind kind)
    {
        return engine.counters().stages().stream().filter(stage -> stage.kind() == kind).findFirst().orElseThrow();
    }

    private static long[] latencies(final StageCounters stage)
    {
        final long[] counts = new long[StageCounters.LATENCY_BUCKETS];
        stage.readLatencies(counts);
        return counts;
    }

    private static long sum(final long[] counts)
    {
        return Arrays.stream(counts).sum();
    }

    private static List<Long> samplesOf(final AccountSamples samples, final long from)
    {
        final List<Long> ids = new ArrayList<>();
        samples.read(from, (debitHigh, debitLow, creditHigh, creditLow, weight) -> ids.add(debitLow));
        return ids;
    }
}
