package io.seriatim.replay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Simulated lives of an engine; {@code scripts/simulate --long} has ten thousand. */
class SimulationTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.simulation.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.simulation.seeds", 200);

    /** In so many lives everything that is drawn comes up. */
    private static final int SEEDS_FOR_ALL = 100;
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @TempDir
    private Path temporary;

    /** A life is lived by one thread, and there is one for each core. */
    @Test
    @Timeout(900)
    void shouldKeepEveryPromiseInEveryLife() throws Exception
    {
        final Map<String, Long> counts = new TreeMap<>();
        final ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try
        {
            final List<Future<Map<String, Long>>> lives = LongStream.range(FIRST_SEED, FIRST_SEED + SEED_COUNT)
                .mapToObj(seed -> threads.submit(() -> new Simulation(seed, root("seed-" + seed)).run())).toList();
            for (final Future<Map<String, Long>> life : lives)
            {
                life.get().forEach((name, count) -> counts.merge(name, count, Long::sum));
            }
        }
        finally
        {
            threads.shutdownNow();
        }
        System.out.println(
            "simulation: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", " + counts +
            ", differences=0");
        assertTrue(counts.get("requests") >= 2_000L * SEED_COUNT, counts::toString);
        assertTrue(counts.get("launches") >= 4L * SEED_COUNT, counts::toString);
        // Some lives take no snapshot before they end, and not every launch uses the disk as far as it is to fail.
        assertTrue(counts.get("launches from a snapshot") >= SEED_COUNT, counts::toString);
        assertTrue(counts.get("launches broken off") >= SEED_COUNT / 2, counts::toString);
        for (int shardCount = 1; shardCount <= Simulation.SHARDS_MAX; shardCount++)
        {
            final String lives = "lives with " + shardCount + (shardCount == 1 ? " shard" : " shards");
            assertTrue(counts.getOrDefault(lives, 0L) > 0 || SEED_COUNT < SEEDS_FOR_ALL, counts::toString);
        }
        for (final String lives : List.of(
            "lives with shards that share a journal", "lives with a journal for each shard"))
        {
            assertTrue(counts.getOrDefault(lives, 0L) > 0 || SEED_COUNT < SEEDS_FOR_ALL, counts::toString);
        }
    }

    /** Four shards on four journals, one on one, and four on two. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3, 4})
    void shouldLiveTheSameLifeAgain(final long seed) throws IOException
    {
        final Simulation first = new Simulation(seed, root("first"));
        final Simulation second = new Simulation(seed, root("second"));
        assertEquals(first.run(), second.run());
        assertEquals(first.trace(), second.trace());
    }

    private Path root(final String name) throws IOException
    {
        return Files.isWritable(SHARED_MEMORY) ?
            Files.createTempDirectory(SHARED_MEMORY, "seriatim-simulation-" + name + "-") : temporary.resolve(name);
    }
}
