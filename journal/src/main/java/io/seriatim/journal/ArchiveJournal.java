package io.seriatim.journal;

import io.aeron.Publication;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A journal on the disk: frames go through an Aeron publication into a recording of Aeron Archive, and what the archive
 * has written (and forced, under {@link Durability#FSYNC}) is committed.
 * <p>
 * Shape: driver, archive and client without threads of their own, in {@link ArchiveHost}.<br>
 * Cost: one copy for each frame; one write, and one force, for what has gathered while the last one ran. Nothing is
 * allocated between two roll-overs of the segment file, but 64 bytes a second by the driver's own timers.<br>
 * Threads: {@link #append}, {@link #availableWindow()} and {@link #readFrame} belong to the one thread that writes;
 * {@link #agent()} is to be run by one thread, the same from its start to its close, which may be the one that writes;
 * all else may be called by any.
 */
public final class ArchiveJournal implements Journal
{
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final JournalConfig config;
    private final JournalHome home;
    private final RecordingLayout layout;
    private final long incarnation;
    private final int frameLengthMax;
    private final int frameSpanMax;
    private final JournalAgent agent;
    private final PaddedPositions positions = new PaddedPositions();
    private final AtomicReference<JournalException> failure = new AtomicReference<>();

    private SegmentReader reader;

    ArchiveJournal(
        final JournalConfig config,
        final JournalHome home,
        final RecoveredJournal recovered,
        final Path aeronDirectory)
    {
        this.config = config;
        this.home = home;
        layout = home.layout();
        incarnation = recovered.manifest().incarnation() + 1;
        frameLengthMax = Frames.lengthMax(layout.mtu());
        frameSpanMax = Frames.positionsOf(frameLengthMax);
        positions.appended(recovered.position());
        positions.committed(recovered.position());
        agent = new JournalAgent(this, config, home, recovered, aeronDirectory, positions);
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
        while (agent.isNew() && failure.get() == null)
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
        return agent.isOpen() && failure.get() == null;
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
    public int logTag()
    {
        return layout.logTag();
    }

    @Override
    public int frameLengthMax()
    {
        return frameLengthMax;
    }

    @Override
    public long availableWindow()
    {
        final RecordedStream stream = agent.stream();
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
        final RecordedStream stream = agent.stream();
        long position;
        do
        {
            position = stream.offer(buffer, offset, length);
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
            "; what was committed is safe, what was not may be found again or not", agent.firstError()));
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
     * Store how far the journal is safe: makes sure that the files are forced up to there, then writes the manifest.
     * What is committed under {@link Durability#FSYNC} was forced by the archive, and is not forced once more: if the
     * archive's next force has just failed, without anybody knowing of it yet, one from here would seem to succeed.
     *
     * @param position      end of a group, committed, not before the last watermark.
     * @param nextSequences for each shard of this journal, the sequence of its first entry behind that position.
     * @throws IllegalArgumentException if the position is out of range, or a sequence is missing; nothing was changed.
     * @throws IllegalStateException    if the journal was closed cleanly meanwhile; nothing was changed.
     * @throws JournalException         if the journal has failed before, and nothing was changed; or if a file can not
     *                                  be forced or written, which can not be made good in this process.
     */
    public void storeWatermark(final long position, final Map<Integer, Long> nextSequences)
    {
        final JournalException reason = failure.get();
        if (reason != null)
        {
            // A file whose force has failed is not forced again in this process.
            throw new JournalException(reason.getMessage(), reason);
        }

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
            if (config.durability() == Durability.FSYNC)
            {
                home.forceDirectory();
            }
            else
            {
                home.force(from, position);
            }

            home.update((current) -> requireNotClosed(current).with(watermark));
        }
        catch (final JournalException ex)
        {
            throw fail(ex);
        }
    }

    /**
     * Make what is committed durable, whatever that means under the journal's policy. Any thread but the journal's own
     * may call it.
     *
     * @param from position up to which that was done.
     * @param to   position that is committed.
     * @throws JournalException if the journal has failed before, or a file can not be forced, which can not be made
     *                          good in this process.
     */
    public void force(final long from, final long to)
    {
        if (config.durability() == Durability.FSYNC)
        {
            return;
        }

        final JournalException reason = failure.get();
        if (reason != null)
        {
            throw new JournalException(reason.getMessage(), reason);
        }

        try
        {
            home.force(from, to);
        }
        catch (final JournalException ex)
        {
            throw fail(ex);
        }
    }

    /** A clean close that came in between has stored a later watermark, which its marks belong to. */
    private Manifest requireNotClosed(final Manifest current)
    {
        if (!current.closeMarks().isEmpty())
        {
            throw new IllegalStateException(
                "the journal was closed meanwhile: watermark=" + current.watermark().position() + ", directory=" +
                home.directory());
        }

        return current;
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

        agent.closeCleanly(List.copyOf(marks));
    }

    /**
     * Closes the journal, on the thread of its agent. From another thread this asks for it and waits; an agent that was
     * closed before has done it already.
     */
    @Override
    public void close()
    {
        agent.requestClose();
        final long deadlineNs = System.nanoTime() + CLOSE_TIMEOUT_NS;
        while (!agent.isClosed() && System.nanoTime() - deadlineNs < 0)
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

    /**
     * Stop the journal if the segment file that holds the last committed byte is gone, or another one has its name. The
     * archive goes on to write to the file that it has opened, and never looks whether that can still be found.
     *
     * @param known what was returned before; null at first.
     * @return what to hand over the next time.
     */
    SegmentIdentity checkSegment(final SegmentIdentity known)
    {
        final long committedPosition = positions.committed();
        if (committedPosition == 0)
        {
            return known;
        }

        final long base = layout.segmentBase(committedPosition - 1);
        final SegmentIdentity found;
        try
        {
            found = SegmentIdentity.of(base, SegmentFiles.locate(layout, base));
        }
        catch (final IOException | JournalException ex)
        {
            // Whoever can not look has seen nothing: the next look will tell.
            return known;
        }

        if (found == null || known != null && known.base() == base && !known.equals(found))
        {
            fail(new JournalException(
                "the segment file that is being recorded was " + (found == null ? "deleted" : "replaced") + ": file=" +
                layout.segmentFile(base) + ", appended=" + positions.appended() + ", committed=" + committedPosition +
                "; what was recorded in it is lost when this process ends: copy it before, from /proc/" +
                ProcessHandle.current().pid() + "/fd"));
        }

        return found;
    }

    long heartbeatNs()
    {
        return positions.heartbeatNs();
    }

    long commitTimeoutNs()
    {
        return config.commitTimeoutNs();
    }

    RecordingHost host()
    {
        return agent.host();
    }

    private void checkOpen()
    {
        final JournalException reason = failure.get();
        if (reason != null)
        {
            throw new JournalException(reason.getMessage(), reason);
        }

        if (!agent.isOpen())
        {
            throw new JournalException(
                "the journal is " + (agent.isClosed() ? "closed" : "not open yet") + ": directory=" + home.directory());
        }
    }
}
