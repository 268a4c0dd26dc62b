package io.seriatim.journal;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A journal on the disk: frames go through an Aeron publication into a recording of Aeron Archive, and what the archive
 * has written (and forced, under {@link Durability#FSYNC}) is committed.
 * <p>
 * Shape: driver, archive and client without threads of their own, in {@link ArchiveHost}.<br>
 * Cost: one copy for each frame; one write, and one force, for what has gathered while the last one ran. Nothing is
 * allocated between two roll-overs of the segment file.<br>
 * Threads: {@link #append}, {@link #availableWindow()} and {@link #readFrame} belong to the one thread that writes;
 * {@link #agent()} is to be run by one thread, the same from its start to its close, which may be the one that writes;
 * all else may be called by any.
 */
public final class ArchiveJournal implements Journal
{
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int ERROR_POLL_MASK = 63;

    private enum State
    {
        NEW, OPEN, CLOSED
    }

    private final JournalConfig config;
    private final JournalHome home;
    private final RecoveredJournal recovered;
    private final RecordingLayout layout;
    private final Path aeronDirectory;
    private final long incarnation;
    private final int frameLengthMax;
    private final int frameSpanMax;
    private final JournalAgent agent = new JournalAgent();
    private final PaddedPositions positions = new PaddedPositions();
    private final AtomicReference<JournalException> failure = new AtomicReference<>();

    private volatile State state = State.NEW;
    private volatile boolean isCloseRequested;
    private volatile List<ShardMark> closeMarks;
    private ArchiveHost host;
    private ExclusivePublication publication;
    private SegmentReader reader;

    ArchiveJournal(
        final JournalConfig config,
        final JournalHome home,
        final RecoveredJournal recovered,
        final Path aeronDirectory)
    {
        this.config = config;
        this.home = home;
        this.recovered = recovered;
        this.aeronDirectory = aeronDirectory;
        layout = home.layout();
        incarnation = recovered.manifest().incarnation() + 1;
        frameLengthMax = Frames.lengthMax(layout.mtu());
        frameSpanMax = Frames.positionsOf(frameLengthMax);
        positions.appended(recovered.position());
        positions.committed(recovered.position());
    }

    /**
     * What drives the journal. Its start opens the journal and its close closes it; both must be called by the thread
     * that calls {@code doWork}.
     *
     * @return the agent, always the same.
     */
    public Agent agent()
    {
        return agent;
    }

    /**
     * Wait until the journal is open; not for the thread that runs its agent.
     *
     * @throws JournalException if it could not be opened.
     */
    public void awaitOpen()
    {
        final long deadlineNs = System.nanoTime() + 4 * config.openTimeoutNs();
        while (state == State.NEW && failure.get() == null)
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                fail(new JournalException(
                    "the journal was not opened in time: timeoutNs=" + 4 * config.openTimeoutNs() + ", directory=" +
                    home.directory() + "; is its agent running?"));
            }

            LockSupport.parkNanos(POLL_NS);
        }

        checkOpen();
    }

    /**
     * Whether the journal is open and has not failed.
     *
     * @return true if so.
     */
    public boolean isOpen()
    {
        return state == State.OPEN && failure.get() == null;
    }

    /**
     * How often the journal has been opened, this time included: what the frames of this process carry.
     *
     * @return a count from 1.
     */
    public long incarnation()
    {
        return incarnation;
    }

    /**
     * The policy that the journal runs under.
     *
     * @return the policy.
     */
    public Durability durability()
    {
        return config.durability();
    }

    /**
     * The manifest, as last written.
     *
     * @return the manifest.
     */
    public Manifest manifest()
    {
        return home.manifest();
    }

    /**
     * The directory of the journal, for a {@link SegmentReader} of another thread.
     *
     * @return {@code journal-J} in the data directory.
     */
    public Path directory()
    {
        return home.directory();
    }

    /**
     * Position after the last frame appended.
     *
     * @return a position in bytes.
     */
    public long appendedPosition()
    {
        return positions.appended();
    }

    @Override
    public int frameLengthMax()
    {
        return frameLengthMax;
    }

    @Override
    public long availableWindow()
    {
        final ExclusivePublication stream = publication;
        return stream == null ? 0 : roomIn(stream.availableWindow(), stream.termOffset());
    }

    @Override
    public long windowMax()
    {
        return Math.max(0, (ArchiveHost.windowMin(layout.termLength()) / frameSpanMax - 1) * frameLengthMax);
    }

    /** Room for frames of the greatest length: the end of the term may be too short for the last one before it. */
    private long roomIn(final long window, final int termOffset)
    {
        if (window <= 0)
        {
            return 0;
        }

        final int termRest = layout.termLength() - termOffset;
        final int padding = window > termRest ? Math.min(termRest, frameSpanMax) : 0;
        return (window - padding) / frameSpanMax * frameLengthMax;
    }

    @Override
    public long append(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < 1 || length > frameLengthMax)
        {
            throw new IllegalArgumentException(
                "frame length is out of range: length=" + length + ", allowed=1 to " + frameLengthMax);
        }

        checkOpen();
        long position;
        do
        {
            position = publication.offer(buffer, offset, length);
        }
        while (position == Publication.ADMIN_ACTION);

        if (position > 0)
        {
            positions.appended(position);
            return position;
        }

        if (position == Publication.BACK_PRESSURED)
        {
            return BACK_PRESSURED;
        }

        throw fail(new JournalException(
            "the recording has stopped: " + Publication.errorString(position) + ", appended=" + positions.appended() +
            ", committed=" + positions.committed() + ", directory=" + home.directory() +
            "; what was committed is safe, what was not may be found again or not", hostError()));
    }

    @Override
    public long committedPosition()
    {
        return positions.committed();
    }

    @Override
    public JournalException failure()
    {
        return failure.get();
    }

    @Override
    public long readFrame(final long position, final MutableDirectBuffer buffer, final int offset)
    {
        final long committedPosition = positions.committed();
        if (position >= committedPosition)
        {
            throw new JournalException(
                "no committed frame begins here: position=" + position + ", committedPosition=" + committedPosition +
                ", directory=" + home.directory());
        }

        if (reader == null)
        {
            reader = new SegmentReader(layout);
        }

        return reader.readFrame(position, buffer, offset);
    }

    /**
     * Store how far the journal is safe: forces the files up to there, whatever the policy, then writes the manifest.
     *
     * @param position      end of a group, committed, not before the last watermark.
     * @param nextSequences for each shard of this journal, the sequence of its first entry behind that position.
     * @throws IllegalArgumentException if the position is out of range, or a sequence is missing; nothing was changed.
     * @throws JournalException         if a file can not be forced or written; that can not be made good in this
     *                                  process.
     */
    public void storeWatermark(final long position, final Map<Integer, Long> nextSequences)
    {
        final Manifest manifest = home.manifest();
        final long from = manifest.watermark().position();
        if (position < from || position > positions.committed())
        {
            throw new IllegalArgumentException(
                "a watermark lies from the last one to the committed position: position=" + position + ", last=" +
                from + ", committed=" + positions.committed());
        }

        final Watermark watermark = JournalDirectory.watermarkOf(manifest, position, nextSequences);
        try
        {
            home.force(from, position);
            home.update((current) -> current.with(watermark));
        }
        catch (final JournalException ex)
        {
            throw fail(ex);
        }
    }

    /**
     * Say that the close to come is a clean one: every shard's last frame is appended. The close then waits for the
     * commit, forces the files and writes the marks.
     *
     * @param marks one for each shard of this journal.
     */
    public void closeCleanly(final List<ShardMark> marks)
    {
        if (!marks.stream().map(ShardMark::shard).sorted().toList().equals(home.manifest().shards()))
        {
            throw new IllegalArgumentException(
                "a clean close has one mark for each shard: marks=" + marks + ", shards=" + home.manifest().shards());
        }

        closeMarks = List.copyOf(marks);
    }

    /**
     * Closes the journal, on the thread of its agent. From another thread this asks for it and waits; an agent that was
     * closed before has done it already.
     */
    @Override
    public void close()
    {
        isCloseRequested = true;
        if (agent.isOwnThread())
        {
            agent.onClose();
        }

        final long deadlineNs = System.nanoTime() + CLOSE_TIMEOUT_NS;
        while (state != State.CLOSED && System.nanoTime() - deadlineNs < 0)
        {
            LockSupport.parkNanos(POLL_NS);
        }

        PosixFiles.closeQuietly(reader);
        reader = null;
    }

    /** Note why the journal has stopped; only the first reason counts. */
    JournalException fail(final JournalException reason)
    {
        return failure.compareAndSet(null, reason) ? reason : failure.get();
    }

    long heartbeatNs()
    {
        return positions.heartbeatNs();
    }

    long commitTimeoutNs()
    {
        return config.commitTimeoutNs();
    }

    ArchiveHost host()
    {
        return host;
    }

    private Throwable hostError()
    {
        return host == null ? null : host.firstError();
    }

    private void checkOpen()
    {
        final JournalException reason = failure.get();
        if (reason != null)
        {
            throw new JournalException(reason.getMessage(), reason);
        }

        if (state != State.OPEN)
        {
            throw new JournalException("the journal is not open: state=" + state + ", directory=" + home.directory());
        }
    }

    private void open()
    {
        final boolean isNew = recovered.verdict() == RecoveredJournal.Verdict.NEW;
        checkSpace();
        if (!isNew)
        {
            home.force(home.manifest().watermark().position(), recovered.position());
        }

        home.update((manifest) -> manifest
            .with(Map.of(
                Manifest.INCARNATION, Long.toString(incarnation),
                Manifest.POLICY, config.durability().name(),
                Manifest.BOOT_ID, JournalHome.bootId()))
            .with(List.<ShardMark>of())
            .with(recovered.watermark()));

        host = new ArchiveHost(
            layout, home.manifest().alias(), home.manifest().journalIndex(), aeronDirectory, config.openTimeoutNs());
        host.launch(config.durability());
        host.record(isNew, recovered.position(), incarnation);
        publication = host.publication();
        positions.heartbeatNs(System.nanoTime());
        state = State.OPEN;
    }

    private void checkSpace()
    {
        try
        {
            final long usable = Files.getFileStore(home.directory()).getUsableSpace();
            if (usable < layout.segmentLength())
            {
                throw new JournalException(
                    "the disk is nearly full: usable=" + usable + ", needed=" + layout.segmentLength() +
                    " (one segment), directory=" + home.directory() + "; nothing was changed; the journal can be " +
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
            fail(new JournalException(
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

    /** The body of the journal thread. */
    private final class JournalAgent implements Agent
    {
        private volatile Thread thread;
        private int turn;

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
                final JournalException reason = fail(ex instanceof JournalException journalException ?
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

            if (state != State.OPEN || failure.get() != null)
            {
                return 0;
            }

            positions.heartbeatNs(System.nanoTime());
            return drive();
        }

        private int drive()
        {
            final int workCount = host.invoke();
            readCommitted();
            if ((++turn & ERROR_POLL_MASK) == 0 && failure.get() == null)
            {
                final String error = host.pollError();
                if (error != null)
                {
                    fail(new JournalException(
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
                fail(ex);
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
            while (failure.get() == null && positions.committed() < positions.appended())
            {
                if (System.nanoTime() - deadlineNs > 0)
                {
                    fail(new JournalException(
                        "the journal could not be closed cleanly, its last frames were not committed in time: " +
                        "timeoutNs=" + config.commitTimeoutNs() + ", appended=" + positions.appended() +
                        ", committed=" + positions.committed() + ", directory=" + home.directory()));
                }

                if (drive() == 0)
                {
                    Thread.yield();
                }
            }

            return failure.get() == null;
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

        private boolean isOwnThread()
        {
            return thread == null || thread == Thread.currentThread();
        }
    }
}
