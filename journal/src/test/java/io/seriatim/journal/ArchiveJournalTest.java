package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ArchiveJournalTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldRecoverWhatWasClosedCleanly()
    {
        final JournalConfig config = TestEngine.config(directory.resolve("books"), Durability.FSYNC);
        try (TestEngine engine = new TestEngine(config))
        {
            engine.transfers(0, 5000);
            engine.awaitCommit();
            engine.closeCleanly();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(RecoveredJournal.Verdict.CLOSED, engine.recovered.get(0).verdict());
            assertEquals(5001, engine.recoveredCount(0));
            engine.transfers(0, 1000);
            engine.awaitCommit();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(RecoveredJournal.Verdict.CLEAN_END, engine.recovered.get(0).verdict());
            assertEquals(6001, engine.recoveredCount(0));
        }
    }
}
