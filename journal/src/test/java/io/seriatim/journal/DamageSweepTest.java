package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Every bit, every byte and many edits of a journal of some hundred frames; {@code scripts/crash-test} does the same to
 * ten thousand entries of a real engine.
 */
class DamageSweepTest
{
    private static final int SEGMENT_LENGTH = 64 * 1024;
    private static final int SAMPLES = 300;
    private static final int EDITS = 300;
    private static final int CUTS = 40;

    @TempDir
    private Path directory;

    @Test
    void shouldSeeEveryDamage() throws IOException
    {
        final long seed = System.nanoTime();
        final Path books = directory.resolve("books");
        makeJournal(books, 1);
        final Path others = directory.resolve("others");
        makeJournal(others, 2);
        final byte[] other = Files.readAllBytes(others.resolve("journal-0/archive/0-0.rec"));
        try (DamageSweep sweep = new DamageSweep(books, directory))
        {
            assertTrue(sweep.end() > 2 * SEGMENT_LENGTH, "more than two segments: end=" + sweep.end());
            sweep.flipBits(23, position -> {});
            sweep.sample(SAMPLES, seed);
            sweep.cut(7, position -> {});
            sweep.cutInside(CUTS, seed);
            sweep.edit(EDITS, seed, other, position -> {});
            System.out.println("damage: " + sweep.counts() + ", seed=" + seed);
            assertEquals(
                sweep.counts().recoveries,
                sweep.counts().refusals + sweep.counts().prefixes + sweep.counts().whole);
            assertTrue(sweep.counts().unanchored > 0, sweep.counts()::toString);
            assertTrue(sweep.counts().whole > 0, sweep.counts()::toString);
            assertTrue(sweep.counts().clean > 0, sweep.counts()::toString);
            assertTrue(sweep.counts().torn > 0, sweep.counts()::toString);
            assertTrue(sweep.counts().belowWatermark > 0, sweep.counts()::toString);
            assertTrue(sweep.counts().sameBoot > 0, sweep.counts()::toString);
            assertEquals(sweep.counts().prefixes, sweep.counts().torn + sweep.counts().clean);
            assertEquals(
                sweep.counts().refusals,
                sweep.counts().belowWatermark + sweep.counts().anchored + sweep.counts().sameBoot);
        }
    }

    /** Two shards, single frames and groups of several, reopened twice, with padding between terms. */
    private static void makeJournal(final Path books, final int offset)
    {
        final JournalConfig config = TestEngine.config(books, Durability.OS)
            .termLength(SEGMENT_LENGTH).segmentLength(SEGMENT_LENGTH).mtu(2048);
        for (int launch = 0; launch < 3; launch++)
        {
            try (TestEngine engine = new TestEngine(config, 2, 1))
            {
                for (int i = 0; i < 31; i++)
                {
                    engine.group(i % 2, 1 + (i + offset) % 3);
                    engine.group((i + 1) % 2, 14 + i % 20);
                    if (i % 5 == 0)
                    {
                        engine.awaitCommit();
                    }
                }

                engine.awaitCommit();
            }
        }
    }
}
