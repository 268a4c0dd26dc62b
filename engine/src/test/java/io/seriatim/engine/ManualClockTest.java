package io.seriatim.engine;

import io.seriatim.journal.Durability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One clock that the shards of several journals move, each from its own thread. */
class ManualClockTest
{
    private static final int JOURNAL_COUNT = 2;
    private static final int MOVE_COUNT = 20_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(120)
    void shouldLoseNoMoveOfShardsThatMoveItAtOnce() throws InterruptedException
    {
        final ManualClock clock = new ManualClock();
        final EngineConfig config = new EngineConfig().dataDirectory(directory.resolve("books"))
            .durability(Durability.OS).shardCount(JOURNAL_COUNT).journalCount(JOURNAL_COUNT).clock(clock);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final long startNs = clock.nanoTime();
            final List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < JOURNAL_COUNT; i++)
            {
                final LedgerSession session = engine.openSession(i);
                callers.add(new Thread(() -> move(session)));
            }
            callers.forEach(Thread::start);
            for (final Thread caller : callers)
            {
                caller.join();
            }
            assertEquals(startNs + JOURNAL_COUNT * MOVE_COUNT, clock.nanoTime());
        }
    }

    @Test
    void shouldNotBeMovedBackNorPastTheEnd()
    {
        final ManualClock clock = new ManualClock();
        clock.set(100);
        assertFalse(clock.tryAdvance(0, -1));
        assertFalse(clock.tryAdvance(200, Long.MAX_VALUE - 199));
        assertFalse(clock.trySet(0, 99));
        assertFalse(clock.trySet(200, 199));
        assertEquals(100, clock.nanoTime(), "what is refused moves nothing");
        assertTrue(clock.tryAdvance(200, Long.MAX_VALUE - 200));
        assertEquals(Long.MAX_VALUE, clock.nanoTime());
    }

    private static void move(final LedgerSession session)
    {
        int answeredCount = 0;
        int sentCount = 0;
        while (answeredCount < MOVE_COUNT)
        {
            if (sentCount < MOVE_COUNT && session.claimClock(RequestKind.ADVANCE_CLOCK, 1) > 0)
            {
                session.publish();
                sentCount++;
            }
            answeredCount += session.poll(reply -> assertEquals(1, reply.count()), 256);
        }
    }
}
