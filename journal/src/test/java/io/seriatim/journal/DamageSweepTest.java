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
    private static final int SAMPLES = 300;
    private static final int EDITS = 400;

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
            assertTrue(sweep.end() > 128 * 1024, "more than one segment: end=" + sweep.end());
            sweep.flipBits(23, position -> {});
            sweep.sample(SAMPLES, seed);
            sweep.cut(7, position -> {});
            sweep.edit(EDITS, seed, other, position -> {});
            System.out.println("damage: " + sweep.counts() + ", seed=" + seed);
            assertEquals(
                sweep.counts().recoveries,
                sweep.counts().refusals + sweep.counts().prefixes + sweep.counts().whole);
            assertTrue(sweep.counts().unanchored > 0, sweep.counts()::toString);
        }
    }

    /** Two shards, single frames and groups of several, reopened twice, with padding between terms. */
    private static void makeJournal(final Path books, final int offset)
    {
        final JournalConfig config = TestEngine.config(books, Durability.OS).mtu(2048);
        for (int launch = 0; launch < 3; launch++)
        {
            try (TestEngine engine = new TestEngine(config, 2, 1))
            {
                for (int i = 0; i < 30; i++)
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
