package io.seriatim.replay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Simulated lives of an engine; {@code scripts/simulate --long} has ten thousand. */
class SimulationTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.simulation.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.simulation.seeds", 200);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @TempDir
    private Path temporary;

    @Test
    @Timeout(900)
    void shouldKeepEveryPromiseInEveryLife() throws IOException
    {
        final Map<String, Long> counts = new TreeMap<>();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            new Simulation(seed, root("seed-" + seed)).run()
                .forEach((name, count) -> counts.merge(name, count, Long::sum));
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
            assertTrue(counts.getOrDefault(lives, 0L) >= SEED_COUNT / 20, counts::toString);
        }
    }

    @Test
    void shouldLiveTheSameLifeAgain() throws IOException
    {
        final Simulation first = new Simulation(FIRST_SEED, root("first"));
        final Simulation second = new Simulation(FIRST_SEED, root("second"));
        assertEquals(first.run(), second.run());
        assertEquals(first.trace(), second.trace());
    }

    private Path root(final String name) throws IOException
    {
        return Files.isWritable(SHARED_MEMORY) ?
            Files.createTempDirectory(SHARED_MEMORY, "seriatim-simulation-" + name + "-") : temporary.resolve(name);
    }
}
