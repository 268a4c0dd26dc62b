package io.seriatim.journal;

import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The body of the journal thread: opens the journal, drives Aeron, reads how far the recording is and closes.
 * <p>
 * Threads: {@code onStart}, {@code doWork} and {@code onClose} belong to the journal thread; the questions and the
 * requests may come from any.
 */
final class JournalAgent implements Agent
{
    private static final int ERROR_POLL_MASK = 63;

    /** Room for the manifest, the first frames and the marks of a close; a segment's file takes up what is written. */
    private static final long OPENING_SPACE = 1024 * 1024;

    private enum State
    {
        NEW, OPEN, CLOSED
    }

    private final ArchiveJournal journal;
    private final JournalConfig config;
    private final JournalHome home;
    private final RecoveredJournal recovered;
    private final RecordingLayout layout;
    private final Path aeronDirectory;
    private final PaddedPositions positions;

    private volatile State state = State.NEW;
    private volatile boolean isCloseRequested;
    private volatile List<ShardMark> closeMarks;
    private volatile Thread thread;
    private RecordingHost host;
    private RecordedStream stream;
    private int turnCount;

    JournalAgent(
        final ArchiveJournal journal,
        final JournalConfig config,
        final JournalHome home,
        final RecoveredJournal recovered,
        final Path aeronDirectory,
        final PaddedPositions positions)
    {
        this.journal = journal;
        this.config = config;
        this.home = home;
        this.recovered = recovered;
        this.aeronDirectory = aeronDirectory;
        this.positions = positions;
        layout = home.layout();
    }

    boolean isNew()
    {
        return state == State.NEW;
    }

    boolean isOpen()
    {
        return state == State.OPEN;
    }

    boolean isClosed()
    {
        return state == State.CLOSED;
    }

    /** What to append to; null before the journal is open. */
    RecordedStream stream()
    {
        return stream;
    }

    RecordingHost host()
    {
        return host;
    }

    /** What Aeron first complained of; null if of nothing. */
    Throwable firstError()
    {
        return host == null ? null : host.firstError();
    }

    /** The close to come is a clean one. */
    void closeCleanly(final List<ShardMark> marks)
    {
        closeMarks = marks;
    }

    /** Close now if this is the journal thread, or there is none; else at its next turn. */
    void requestClose()
    {
        isCloseRequested = true;
        if (thread == null || thread == Thread.currentThread())
        {
            onClose();
        }
    }

    @Override
    public String roleName()
    {
        return "seriatim-" + JournalHome.PREFIX + home.manifest().journalIndex();
    }

    @Override
    public void onStart()
    {
        thread = Thread.currentThread();
        try
        {
            open();
        }
        catch (final Throwable ex)
        {
            final JournalException reason = journal.fail(ex instanceof JournalException journalException ?
                journalException :
                new JournalException(
                    "the journal can not be opened: " + ex.getMessage() + ", directory=" + home.directory() +
                    ", transport directory=" + aeronDirectory + "; what was committed before is intact", ex));
            onClose();
            throw reason;
        }
    }

    @Override
    public int doWork()
    {
        if (isCloseRequested)
        {
            onClose();
            return 0;
        }

        if (state != State.OPEN || journal.failure() != null)
        {
            return 0;
        }

        positions.heartbeatNs(System.nanoTime());
        return drive();
    }

    /** One turn. Whatever goes wrong in it stops the journal: nothing is ever tried again. */
    private int drive()
    {
        try
        {
            return turn();
        }
        catch (final Throwable ex)
        {
            journal.fail(new JournalException(
                "the journal thread has met an error: " + ex + ", appended=" + positions.appended() + ", committed=" +
                positions.committed() + ", directory=" + home.directory() +
                "; what was committed is safe, what was not may be found again or not", ex));
            return 0;
        }
    }

    private int turn()
    {
        final int workCount = host.invoke();
        readCommitted();
        if ((++turnCount & ERROR_POLL_MASK) == 0 && journal.failure() == null)
        {
            final String error = host.pollError();
            if (error != null)
            {
                journal.fail(new JournalException(
                    "the archive reports: " + error + ", appended=" + positions.appended() + ", committed=" +
                    positions.committed() + ", directory=" + home.directory(), host.firstError()));
            }
        }

        return workCount;
    }

    @Override
    public void onClose()
    {
        if (state == State.CLOSED)
        {
            return;
        }

        try
        {
            final boolean isClean = closeMarks != null && state == State.OPEN && awaitCommit();
            PosixFiles.closeQuietly(host);
            if (isClean)
            {
                writeMarks();
            }
        }
        catch (final JournalException ex)
        {
            journal.fail(ex);
        }
        finally
        {
            deleteAeronDirectory();
            state = State.CLOSED;
        }
    }

    private boolean awaitCommit()
    {
        final long deadlineNs = System.nanoTime() + config.commitTimeoutNs();
        while (journal.failure() == null && positions.committed() < positions.appended())
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                journal.fail(new JournalException(
                    "the journal could not be closed cleanly, its last frames were not committed in time: " +
                    "timeoutNs=" + config.commitTimeoutNs() + ", appended=" + positions.appended() +
                    ", committed=" + positions.committed() + ", directory=" + home.directory()));
            }

            if (drive() == 0)
            {
                Thread.yield();
            }
        }

        return journal.failure() == null;
    }

    private void writeMarks()
    {
        final TreeMap<Integer, Long> nextSequences = new TreeMap<>();
        closeMarks.forEach((mark) -> nextSequences.put(mark.shard(), mark.nextSequence()));
        final Watermark watermark = new Watermark(positions.committed(), nextSequences);
        home.force(home.manifest().watermark().position(), watermark.position());
        home.update((manifest) -> manifest.with(watermark).with(closeMarks));
    }

    private void deleteAeronDirectory()
    {
        try
        {
            PosixFiles.deleteTree(aeronDirectory);
        }
        catch (final IOException ignored)
        {
            // The next start deletes it.
        }
    }

    private void open()
    {
        final boolean isNew = recovered.verdict() == RecoveredJournal.Verdict.NEW;
        checkSpace();
        if (!isNew)
        {
            home.rewrite(home.manifest().watermark().position(), recovered.position());
            home.force(home.manifest().watermark().position(), recovered.position());
        }

        home.update((manifest) -> manifest
            .with(Map.of(
                Manifest.INCARNATION, Long.toString(journal.incarnation()),
                Manifest.POLICY, config.durability().name(),
                Manifest.BOOT_ID, JournalHome.bootId()))
            .with(List.<ShardMark>of())
            .with(recovered.watermark()));

        host = config.platform().newHost(
            layout, home.manifest().alias(), home.manifest().journalIndex(), aeronDirectory, config.openTimeoutNs(),
            config.replication());
        host.launch(config.durability());
        host.record(isNew, recovered.position(), journal.incarnation());
        stream = host.stream();
        positions.heartbeatNs(System.nanoTime());
        state = State.OPEN;
    }

    private void checkSpace()
    {
        try
        {
            final long usable = Files.getFileStore(home.directory()).getUsableSpace();
            if (usable < OPENING_SPACE)
            {
                throw new JournalException(
                    "the disk is full: usable=" + usable + ", needed to open a journal=" + OPENING_SPACE +
                    ", directory=" + home.directory() + "; nothing was changed; the journal can be " +
                    "read, and opened once there is room");
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not tell the free space: directory=" + home.directory(), ex);
        }
    }

    private void readCommitted()
    {
        final long position = host.recordedPosition();
        if (position < 0)
        {
            journal.fail(new JournalException(
                "the recording has stopped: " + (host.isAlive() ? "its position counter is gone" : "Aeron is closed") +
                ", appended=" + positions.appended() + ", committed=" + positions.committed() + ", directory=" +
                home.directory() + "; what was committed is safe, what was not may be found again or not",
                host.firstError()));
        }
        else if (position > positions.committed())
        {
            positions.committed(position);
        }
    }
}
