package io.seriatim.journal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a process was told is committed is there after its death. */
class KillTest
{
    private static final int KILL_COUNT = 6;

    @TempDir
    private Path directory;

    @AfterEach
    void deleteSharedMemory() throws IOException
    {
        PosixFiles.deleteTree(
            AeronDirectories.SHARED_MEMORY.resolve(AeronDirectories.nameOf(directory.resolve("books"))));
    }

    @ParameterizedTest
    @EnumSource(value = Durability.class, names = {"FSYNC", "OS"})
    void shouldRecoverEverythingCommittedAfterAKill(final Durability durability)
        throws IOException, InterruptedException
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Path books = directory.resolve("books");
        long committed = -1;
        for (int i = 0; i < KILL_COUNT; i++)
        {
            committed = Math.max(committed, runAndKill(books, durability, random.nextInt(60), "seed=" + seed));
            final RecoveredJournal found =
                JournalFiles.open(books).scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
            assertTrue(
                found.nextSequence(0) > committed, "seed=" + seed + ", committed=" + committed + ", " + found);
        }

        final JournalConfig config = TestEngine.config(books, durability);
        try (TestEngine engine = new TestEngine(config))
        {
            assertTrue(engine.recoveredCount(0) > committed);
            for (int i = 0; i < engine.recoveredCount(0); i++)
            {
                assertEquals(i, engine.recoveredSequences.get(0).get(i));
            }

            assertEquals(KILL_COUNT + 1, engine.journal().incarnation());
            engine.awaitCommit();
            engine.closeCleanly();
        }
    }

    private static long runAndKill(
        final Path books, final Durability durability, final int lineCount, final String seed)
        throws IOException, InterruptedException
    {
        long committed = -1;
        try (TestProcess process = new TestProcess(KillWorker.class, books.toString(), durability.name()))
        {
            String line = process.readLine();
            for (int i = 0; i < 3 + lineCount && line != null; i++)
            {
                if (line.startsWith("committed "))
                {
                    committed = Long.parseLong(line.substring("committed ".length()));
                }
                else
                {
                    assertTrue(line.startsWith("recovered "), seed + ": " + line);
                    final DirectoryInUseException refusal = assertThrows(
                        DirectoryInUseException.class,
                        () -> JournalDirectory.open(TestEngine.config(books, durability)));
                    assertEquals(process.pid(), refusal.pid());
                    assertTrue(JournalFiles.open(books).isLive());
                }

                line = process.readLine();
            }

            process.kill();
        }

        return committed;
    }
}
