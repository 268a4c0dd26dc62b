package io.seriatim.journal;

import org.agrona.MutableDirectBuffer;

import java.nio.file.Path;

/**
 * Reads the frames of a journal from its files, with no Aeron running, beside a live engine or without one. It never
 * writes.
 * <p>
 * Shape: two buffers off heap, one for single frames and one for walks.<br>
 * Cost: one system call a frame, or one a MiB of a walk; nothing is allocated once warm.<br>
 * Threads: confined to one.
 */
public final class SegmentReader implements JournalReader
{
    private final RecordingLayout layout;
    private final FrameCursor random;
    private FrameCursor walk;

    /**
     * A reader of the journal in a directory.
     *
     * @param journalDirectory {@code journal-J} of a data directory.
     * @throws JournalException if there is no journal, or its manifest is damaged.
     */
    public SegmentReader(final Path journalDirectory)
    {
        this(RecordingLayout.of(manifestOf(journalDirectory), JournalDirectory.archiveOf(journalDirectory)));
    }

    SegmentReader(final RecordingLayout layout)
    {
        this.layout = layout;
        random = new FrameCursor(layout, layout.mtu(), Long.MAX_VALUE);
    }

    @Override
    public int frameLengthMax()
    {
        return Frames.lengthMax(layout.mtu());
    }

    @Override
    public long readFrame(final long position, final MutableDirectBuffer buffer, final int offset)
    {
        checkPosition(position);
        random.seek(position);
        if (random.next() != FrameCursor.Step.FRAME)
        {
            throw unreadable(random);
        }

        buffer.putBytes(offset, random.buffer(), random.frameOffset(), random.frameLength());
        return random.position();
    }

    @Override
    public long read(final long from, final long to, final FrameHandler handler)
    {
        checkPosition(from);
        if (walk == null)
        {
            walk = new FrameCursor(layout, FrameCursor.WALK_LENGTH, Long.MAX_VALUE);
        }

        walk.seek(from, to);
        while (walk.position() < to)
        {
            final FrameCursor.Step step = walk.next();
            if (step == FrameCursor.Step.BAD)
            {
                throw unreadable(walk);
            }

            if (step == FrameCursor.Step.END)
            {
                break;
            }

            handler.onFrame(walk.framePosition(), walk.buffer(), walk.frameOffset(), walk.frameLength());
        }

        return walk.position();
    }

    @Override
    public void close()
    {
        random.close();
        PosixFiles.closeQuietly(walk);
    }

    private void checkPosition(final long position)
    {
        if (position < 0 || (position & (Frames.ALIGNMENT - 1)) != 0)
        {
            throw new JournalException(
                "frames begin at multiples of " + Frames.ALIGNMENT + " from 0: position=" + position + ", directory=" +
                layout.directory());
        }
    }

    private JournalException unreadable(final FrameCursor cursor)
    {
        final String problem = cursor.problem() == null ? "no frame begins here, only zeros" : cursor.problem();
        return new JournalException(
            problem + ", position=" + cursor.position() + ", file=" + SegmentFiles.locate(layout, cursor.position()));
    }

    private static Manifest manifestOf(final Path journalDirectory)
    {
        final Manifest manifest = Manifest.read(journalDirectory);
        if (manifest == null)
        {
            throw new JournalException(
                "no journal here: directory=" + journalDirectory + ", missing=" + Manifest.FILE_NAME);
        }

        return manifest;
    }
}
