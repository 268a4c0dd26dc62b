package io.seriatim.journal;

import com.sun.management.ThreadMXBean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AllocationTest
{
    private static final int WARM_UP_FRAMES = 60_000;
    private static final int ROUNDS = 40;
    private static final int FRAMES_PER_ROUND = 2_000;

    /** What Aeron's driver itself allocates for its timers, once a second; nothing of it depends on the load. */
    private static final int AERON_BYTES_PER_SECOND = 64;

    @TempDir
    private Path directory;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[16 * 1024]);

    @Test
    void shouldAllocateNothingOnceWarm()
    {
        final JournalConfig config = new JournalConfig()
            .dataDirectory(directory.resolve("books")).durability(Durability.OS);
        try (TestEngine engine = new TestEngine(config))
        {
            run(engine, WARM_UP_FRAMES);
            idle(engine);
            int silentRounds = 0;
            long bytes = 0;
            final long startNs = System.nanoTime();
            for (int round = 0; round < ROUNDS; round++)
            {
                final long before = allocated();
                run(engine, FRAMES_PER_ROUND);
                final long allocated = allocated() - before;
                bytes += allocated;
                silentRounds += allocated == 0 ? 1 : 0;
            }

            final long seconds = 1 + (System.nanoTime() - startNs) / 1_000_000_000L;
            assertTrue(bytes <= seconds * AERON_BYTES_PER_SECOND, "bytes=" + bytes + ", seconds=" + seconds);
            assertTrue(silentRounds >= ROUNDS - seconds, "silent rounds=" + silentRounds);
            assertTrue(
                engine.journal().committedPosition() < config.segmentLength(), "a roll-over has been measured");
        }
    }

    @Test
    void shouldReadBackWithoutAllocation()
    {
        final JournalConfig config = TestEngine.config(directory.resolve("books"), Durability.OS);
        try (TestEngine engine = new TestEngine(config))
        {
            for (int i = 0; i < 600; i++)
            {
                engine.group(0, 1);
            }

            engine.awaitCommit();
            readAll(engine.journal());
            readAll(engine.journal());
            // What allocates for each frame does so in each round; what the compiler has yet to remove does not last.
            long bytes = Long.MAX_VALUE;
            for (int round = 0; round < 200 && bytes != 0; round++)
            {
                final long before = allocated();
                readAll(engine.journal());
                bytes = allocated() - before;
            }

            assertEquals(0, bytes);
        }
    }

    private void readAll(final ArchiveJournal journal)
    {
        long position = 0;
        while (position < journal.committedPosition())
        {
            position = journal.readFrame(position, frame, 0);
        }
    }

    /** Long enough for everything that Aeron does once a second. */
    private static void idle(final TestEngine engine)
    {
        final long endNs = System.nanoTime() + 2_500_000_000L;
        while (System.nanoTime() < endNs)
        {
            engine.invokers.get(0).invoke();
            Thread.yield();
        }
    }

    private static void run(final TestEngine engine, final int count)
    {
        final FrameWriter writer = engine.writer();
        final ArchiveJournal journal = engine.journal();
        for (int i = 0; i < count; i++)
        {
            while (journal.availableWindow() < writer.roomFor(1, TestEntries.TRANSFER_LENGTH))
            {
                engine.invokers.get(0).invoke();
            }

            writer.appendEntry(engine.entries.buffer(), 0, engine.entries.transfer(writer.nextSequence()));
            writer.endGroup();
            final long position = writer.flush();
            engine.invokers.get(0).invoke();
            if (i % 100 == 0)
            {
                while (journal.committedPosition() < position)
                {
                    engine.invokers.get(0).invoke();
                }
            }
        }
    }

    private long allocated()
    {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
