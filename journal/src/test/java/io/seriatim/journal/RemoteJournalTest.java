package io.seriatim.journal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** An archive that can be reached and has nothing to send yet, or nothing any more. */
@Timeout(60)
class RemoteJournalTest
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final String HOST = "127.0.0.1";

    @TempDir
    private Path directory;
    private Replication replication;
    private ArchiveHost host;
    private Thread hostThread;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicReference<Runnable> task = new AtomicReference<>();
    private volatile boolean isDone;

    @BeforeEach
    void serve() throws IOException
    {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(HOST)))
        {
            replication = new Replication(HOST, free.getLocalPort(), "a secret of followers");
        }

        final JournalConfig config = TestEngine.config(directory.resolve("books"), Durability.OS);
        try (JournalDirectory made = JournalDirectory.open(config))
        {
            made.create(JournalLayout.of(TestEngine.LOG_UUID, 1, 1));
            host = new ArchiveHost(
                made.home(0).layout(), "served", 0, directory.resolve("aeron"), TIMEOUT_NS, replication);
        }

        hostThread = new Thread(this::run);
        hostThread.start();
        onHost(() -> host.launch(Durability.OS));
    }

    @AfterEach
    void close() throws InterruptedException
    {
        isDone = true;
        hostThread.join();
        assertNull(failure.get());
    }

    /** All of the host is confined to one thread. */
    private void run()
    {
        try (ArchiveHost served = host)
        {
            boolean isLaunched = false;
            while (!isDone)
            {
                final Runnable next = task.get();
                if (next != null)
                {
                    next.run();
                    isLaunched = true;
                    task.set(null);
                }

                if (!isLaunched || served.invoke() == 0)
                {
                    Thread.yield();
                }
            }
        }
        catch (final Throwable ex)
        {
            failure.set(ex);
        }
    }

    private void onHost(final Runnable next)
    {
        task.set(next);
        while (task.get() != null && failure.get() == null)
        {
            LockSupport.parkNanos(1_000_000);
        }

        assertNull(failure.get());
    }

    private RemoteJournal follow()
    {
        return new RemoteJournal(replication, 0, HOST, directory.resolve("follower"), TIMEOUT_NS);
    }

    @Test
    void shouldNotFollowAnArchiveWithoutARecording()
    {
        assertEquals(
            "there is no journal to follow: place=" + HOST + ":" + replication.port(),
            assertThrows(JournalException.class, this::follow).getMessage());
        onHost(() -> host.record(true, 0, 1));
        try (RemoteJournal journal = follow())
        {
            assertEquals(128 * 1024, journal.termLength());
            assertEquals(0, journal.committedPosition());
        }
    }

    @Test
    void shouldStayWhereItIsOnceNothingIsRecordedAnyMore()
    {
        onHost(() -> host.record(true, 0, 1));
        try (RemoteJournal journal = follow())
        {
            journal.replay(0);
            assertEquals(0, journal.committedPosition());
            onHost(() -> host.client().stopRecording(host.publication()));
            assertEquals(0, journal.committedPosition(), "the place it has come to");
        }
    }
}
