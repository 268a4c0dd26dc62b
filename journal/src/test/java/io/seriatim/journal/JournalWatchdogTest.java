package io.seriatim.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class JournalWatchdogTest
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100);

    @TempDir
    private Path directory;

    @Test
    void shouldStopAJournalThatDoesNotCommit()
    {
        try (TestEngine engine = engine())
        {
            final JournalWatchdog watchdog = new JournalWatchdog(engine.journals);
            final long startNs = System.nanoTime();
            engine.group(0, 1);
            long nowNs = startNs;
            while (nowNs - startNs <= TIMEOUT_NS)
            {
                watchdog.check(nowNs);
                assertNull(engine.journal().failure());
                nowNs += STEP_NS;
            }

            watchdog.check(nowNs);
            final JournalException failure = engine.journal().failure();
            assertNotNull(failure);
            assertTrue(failure.getMessage().contains("stalled"), failure.getMessage());
            assertThrows(JournalException.class, () -> engine.group(0, 1));
            final long committed = engine.journal().committedPosition();
            engine.step();
            assertEquals(committed, engine.journal().committedPosition(), "a failed journal commits nothing more");
        }
    }

    @Test
    void shouldStopAJournalWhoseThreadIsSilent()
    {
        try (TestEngine engine = engine())
        {
            engine.awaitCommit();
            final JournalWatchdog watchdog = new JournalWatchdog(engine.journals);
            long nowNs = System.nanoTime();
            final long endNs = nowNs + TIMEOUT_NS + 2 * STEP_NS;
            while (nowNs < endNs)
            {
                watchdog.check(nowNs);
                nowNs += STEP_NS;
            }

            assertNotNull(engine.journal().failure());
        }
    }

    @Test
    void shouldLetAJournalBeThatWorks()
    {
        try (TestEngine engine = engine())
        {
            final JournalWatchdog watchdog = new JournalWatchdog(engine.journals);
            for (int i = 0; i < 100; i++)
            {
                engine.group(0, 1);
                engine.awaitCommit();
                watchdog.check(System.nanoTime() + i * 1000L);
            }

            assertNull(engine.journal().failure());
        }
    }

    @Test
    void shouldNotHoldItsOwnPauseAgainstAJournal()
    {
        try (TestEngine engine = engine())
        {
            final JournalWatchdog watchdog = new JournalWatchdog(engine.journals);
            engine.group(0, 1);
            final long nowNs = System.nanoTime();
            watchdog.check(nowNs);
            watchdog.check(nowNs + 100 * TIMEOUT_NS);
            assertNull(engine.journal().failure());
            engine.awaitCommit();
        }
    }

    @Test
    void shouldWatchFromItsOwnThread() throws InterruptedException
    {
        try (TestEngine engine = engine();
            JournalWatchdog watchdog = new JournalWatchdog(List.of(engine.journal())).start())
        {
            assertNotNull(watchdog);
            engine.group(0, 1);
            final long deadlineNs = System.nanoTime() + 10 * TIMEOUT_NS;
            while (engine.journal().failure() == null && System.nanoTime() - deadlineNs < 0)
            {
                Thread.sleep(20);
            }

            assertNotNull(engine.journal().failure());
        }
    }

    private TestEngine engine()
    {
        final TestEngine engine = new TestEngine(
            TestEngine.config(directory.resolve("books"), Durability.OS).commitTimeoutNs(TIMEOUT_NS));
        engine.awaitCommit();
        return engine;
    }
}
