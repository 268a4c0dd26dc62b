package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The simulated disk is what it says: the same files as Aeron's, and after a cut only what was forced for certain. */
class SimDiskTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldWriteTheSameFilesAsAeron() throws IOException
    {
        final Path real = directory.resolve("real");
        final Path simulated = directory.resolve("simulated");
        write(TestEngine.config(real, Durability.OS).mtu(2048));
        write(new SimDisk(new SplittableRandom(1)).install(
            TestEngine.config(simulated, Durability.OS).mtu(2048)));
        final SortedMap<Long, Path> realFiles = SegmentFiles.list(layout(real));
        final SortedMap<Long, Path> simulatedFiles = SegmentFiles.list(layout(simulated));
        assertEquals(realFiles.keySet(), simulatedFiles.keySet());
        assertTrue(realFiles.size() > 1);
        for (final long base : realFiles.keySet())
        {
            assertArrayEquals(
                Files.readAllBytes(realFiles.get(base)), Files.readAllBytes(simulatedFiles.get(base)), "base=" + base);
        }
    }

    @Test
    void shouldLeaveWhatWasForcedWhateverACutLeaves() throws IOException
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        int differentCount = 0;
        for (int i = 0; i < 100; i++)
        {
            final SimDisk.Leaves leaves = SimDisk.Leaves.values()[i % SimDisk.Leaves.values().length];
            final Path books = directory.resolve("books-" + i);
            final Path after = directory.resolve("after-" + i);
            final SimDisk disk = new SimDisk(random.split());
            final long committedCount;
            try (TestEngine engine = new TestEngine(disk.install(TestEngine.config(books, Durability.FSYNC)), 2, 1))
            {
                engine.group(0, 1 + random.nextInt(50));
                engine.group(1, 1 + random.nextInt(50));
                engine.awaitCommit();
                committedCount = engine.writers.get(0).nextSequence() + engine.writers.get(1).nextSequence();
                engine.group(0, 1 + random.nextInt(50));
                engine.writers.get(0).flush();
                for (int step = random.nextInt(3); step > 0; step--)
                {
                    engine.step();
                }

                copy(books, after);
                disk.die();
            }

            final SimDisk next = disk.cutPower(books, after, leaves);
            restarted(after);
            try (TestEngine engine = new TestEngine(next.install(TestEngine.config(after, Durability.FSYNC)), 2, 1))
            {
                final long recoveredCount = engine.recoveredCount(0) + engine.recoveredCount(1);
                assertTrue(recoveredCount >= committedCount, leaves + ", seed=" + seed + ", i=" + i);
                differentCount += recoveredCount > committedCount ? 1 : 0;
            }
        }

        assertTrue(differentCount > 0 && differentCount < 100, "a cut leaves this or that: " + differentCount);
    }

    @Test
    void shouldWriteAgainWhatAFailedForceMayHaveDropped() throws IOException
    {
        final Path books = directory.resolve("books");
        final Path killed = directory.resolve("killed");
        final Path after = directory.resolve("after");
        final SimDisk disk = new SimDisk(new SplittableRandom(5));
        final long inFlight;
        try (TestEngine engine = new TestEngine(disk.install(TestEngine.config(books, Durability.FSYNC)), 1, 1))
        {
            engine.group(0, 5);
            engine.awaitCommit();
            disk.failForceAfter(1, true);
            engine.group(0, 40);
            engine.writers.get(0).flush();
            inFlight = engine.writers.get(0).nextSequence();
            for (int i = 0; i < 10; i++)
            {
                engine.step();
            }

            assertNotNull(engine.journal().failure());
            copy(books, killed);
            disk.die();
        }

        // The machine goes on, so the next process sees in the cache what is not on the disk, and goes on behind it.
        final SimDisk cache = disk.kill(books, killed);
        assertTrue(cache.pendingPageCount() > 0);
        final long committed;
        try (TestEngine engine = new TestEngine(cache.install(TestEngine.config(killed, Durability.FSYNC)), 1, 1))
        {
            assertEquals(inFlight, engine.recoveredCount(0));
            engine.group(0, 3);
            engine.awaitCommit();
            committed = engine.writers.get(0).nextSequence();
            copy(killed, after);
            cache.die();
        }

        final SimDisk next = cache.cutPower(killed, after, SimDisk.Leaves.NOTHING);
        restarted(after);
        try (TestEngine engine = new TestEngine(next.install(TestEngine.config(after, Durability.FSYNC)), 1, 1))
        {
            assertTrue(engine.recoveredCount(0) >= committed, "recovered=" + engine.recoveredCount(0));
        }
    }

    @Test
    void shouldStopTheJournalAtTheFirstErrorOfTheDisk()
    {
        for (final boolean isWrite : List.of(true, false))
        {
            final SimDisk disk = new SimDisk(new SplittableRandom(1));
            try (TestEngine engine = new TestEngine(
                disk.install(TestEngine.config(directory.resolve("books-" + isWrite), Durability.FSYNC)), 1, 1))
            {
                engine.awaitCommit();
                final long committed = engine.journal().committedPosition();
                if (isWrite)
                {
                    disk.failWriteAfter(1);
                }
                else
                {
                    disk.failForceAfter(1, false);
                }

                engine.group(0, 1);
                engine.writers.get(0).flush();
                for (int i = 0; i < 10; i++)
                {
                    engine.step();
                }

                assertEquals(committed, engine.journal().committedPosition());
                assertThrows(JournalException.class, () -> engine.group(0, 1));
            }
        }
    }

    @Test
    void shouldForceNothingAgainAfterAForceHasFailed()
    {
        final SimDisk disk = new SimDisk(new SplittableRandom(1));
        try (TestEngine engine = new TestEngine(
            disk.install(TestEngine.config(directory.resolve("books"), Durability.FSYNC)), 1, 1))
        {
            engine.awaitCommit();
            final long committed = engine.journal().committedPosition();
            final long nextSequence = engine.writers.get(0).nextSequence();
            disk.failForceAfter(1, false);
            engine.group(0, 1);
            engine.writers.get(0).flush();
            for (int i = 0; i < 10; i++)
            {
                engine.step();
            }

            final Manifest before = engine.journal().manifest();
            final long forceCount = disk.forceCount();
            assertThrows(
                JournalException.class, () -> engine.journal().storeWatermark(committed, Map.of(0, nextSequence)));
            assertEquals(forceCount, disk.forceCount());
            assertEquals(before.format(), engine.journal().manifest().format());
        }
    }

    /** The archive may have met an error in the meantime that nobody knows of yet. */
    @Test
    void shouldNotForceForAWatermarkWhatTheArchiveHasForced()
    {
        final SimDisk disk = new SimDisk(new SplittableRandom(1));
        try (TestEngine engine = new TestEngine(
            disk.install(TestEngine.config(directory.resolve("books"), Durability.FSYNC)), 1, 1))
        {
            engine.group(0, 1);
            engine.awaitCommit();
            final long committed = engine.journal().committedPosition();
            final long forceCount = disk.forceCount();
            engine.journal().storeWatermark(committed, Map.of(0, engine.writers.get(0).nextSequence()));
            assertEquals(committed, engine.journal().manifest().watermark().position());
            assertEquals(forceCount, disk.forceCount());
        }
    }

    private static void write(final JournalConfig config)
    {
        for (int launch = 0; launch < 2; launch++)
        {
            try (TestEngine engine = new TestEngine(config, 2, 1))
            {
                for (int i = 0; i < 60; i++)
                {
                    engine.group(i % 2, 1 + i % 17);
                    engine.awaitCommit();
                }
            }
        }
    }

    private static RecordingLayout layout(final Path books)
    {
        final Path home = JournalHome.directoryOf(books, 0);
        return RecordingLayout.of(Manifest.read(home), home.resolve(JournalHome.ARCHIVE));
    }

    private static void restarted(final Path books)
    {
        final Path home = JournalHome.directoryOf(books, 0);
        Manifest.read(home).with(Map.of(Manifest.BOOT_ID, "another")).write(home);
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : files.toList())
            {
                Files.copy(
                    file, to.resolve(from.relativize(file).toString()),
                    StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
