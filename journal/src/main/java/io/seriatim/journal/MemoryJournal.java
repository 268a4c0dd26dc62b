package io.seriatim.journal;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/**
 * A journal in the memory of this process, for {@link Durability#MEMORY}: frames are committed as soon as they are
 * appended, or step by step when a test wants to stand in between. Nothing survives.
 * <p>
 * Shape: segments off heap, each holding whole frames at positions that count 32 bytes for the header that a transport
 * would put in front.<br>
 * Cost: one copy for each frame; nothing is allocated but a new segment when the last one is full.<br>
 * Threads: as {@link Journal} has it.
 */
public final class MemoryJournal implements Journal
{
    /** Length of the longest frame unless told otherwise, in bytes: that of a transport with an mtu of 16 KiB. */
    public static final int FRAME_LENGTH_MAX_DEFAULT = Frames.lengthMax(16 * 1024);

    private static final int SEGMENT_LENGTH = 4 * 1024 * 1024;
    private static final long NO_WINDOW = Long.MAX_VALUE / 2;

    private final MemoryReader ownReader = new MemoryReader();
    private final PaddedPositions positions = new PaddedPositions();
    private final int frameLengthMax;
    private final long window;
    private final boolean isStepped;
    private long appendedPosition;
    private volatile JournalException failure;
    private volatile boolean isClosed;

    /** Replaced as a whole by the thread that writes, before anything in a new segment is committed. */
    private volatile UnsafeBuffer[] segments = new UnsafeBuffer[0];

    /**
     * A journal that commits at once and has always room.
     */
    public MemoryJournal()
    {
        this(FRAME_LENGTH_MAX_DEFAULT, NO_WINDOW, false);
    }

    private MemoryJournal(final int frameLengthMax, final long window, final boolean isStepped)
    {
        if (frameLengthMax < Frames.LENGTH_MIN || frameLengthMax > SEGMENT_LENGTH / 2 ||
            (frameLengthMax & (Frames.ALIGNMENT - 1)) != 0)
        {
            throw new IllegalArgumentException(
                "frameLengthMax must be a multiple of " + Frames.ALIGNMENT + " from " + Frames.LENGTH_MIN + " to " +
                SEGMENT_LENGTH / 2 + ": frameLengthMax=" + frameLengthMax);
        }

        if (window != NO_WINDOW && (window < 2L * Frames.positionsOf(frameLengthMax) || window > SEGMENT_LENGTH))
        {
            throw new IllegalArgumentException(
                "window must have room for two frames, and not more than " + SEGMENT_LENGTH + " bytes: window=" +
                window + ", frameLengthMax=" + frameLengthMax);
        }

        this.frameLengthMax = frameLengthMax;
        this.window = window;
        this.isStepped = isStepped;
    }

    /**
     * A journal that commits only when {@link #commit} says so, and has room for a bounded number of bytes in flight.
     *
     * @param frameLengthMax length of the longest frame in bytes.
     * @param window         how many bytes may be appended and not yet committed.
     * @return the journal.
     */
    public static MemoryJournal stepped(final int frameLengthMax, final long window)
    {
        return new MemoryJournal(frameLengthMax, window, true);
    }

    @Override
    public int logTag()
    {
        return 0;
    }

    @Override
    public int frameLengthMax()
    {
        return frameLengthMax;
    }

    @Override
    public long availableWindow()
    {
        return roomIn(window - (appendedPosition - positions.committed()));
    }

    @Override
    public long windowMax()
    {
        return roomIn(window);
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
        final int span = Frames.positionsOf(length);
        if (appendedPosition + span - positions.committed() > window)
        {
            return BACK_PRESSURED;
        }

        int segmentOffset = (int) (appendedPosition % SEGMENT_LENGTH);
        if (segmentOffset + span > SEGMENT_LENGTH)
        {
            appendedPosition += SEGMENT_LENGTH - segmentOffset;
            segmentOffset = 0;
        }

        final int index = (int) (appendedPosition / SEGMENT_LENGTH);
        if (index == segments.length)
        {
            final UnsafeBuffer[] more = Arrays.copyOf(segments, index + 1);
            more[index] = new UnsafeBuffer(BufferUtil.allocateDirectAligned(SEGMENT_LENGTH, Long.SIZE));
            segments = more;
        }

        final UnsafeBuffer segment = segments[index];
        segment.putBytes(segmentOffset + Frames.TRANSPORT_HEADER_LENGTH, buffer, offset, length);
        segment.putInt(segmentOffset, length);
        appendedPosition += span;
        positions.appended(appendedPosition);
        if (!isStepped)
        {
            positions.committed(appendedPosition);
        }

        return appendedPosition;
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

    /**
     * Commit frames, in a journal that is stepped.
     *
     * @param position that {@link #append} has returned, not before the last one committed.
     */
    public void commit(final long position)
    {
        if (position < positions.committed() || position > positions.appended())
        {
            throw new IllegalArgumentException(
                "commit position is out of range: position=" + position + ", allowed=" + positions.committed() +
                " to " + positions.appended());
        }

        positions.committed(position);
    }

    /**
     * Stop the journal as if its disk had failed.
     *
     * @param cause to be found as {@link #failure()}.
     */
    public void fail(final JournalException cause)
    {
        if (failure == null)
        {
            failure = cause;
        }
    }

    @Override
    public long committedPosition()
    {
        return positions.committed();
    }

    @Override
    public JournalException failure()
    {
        return failure;
    }

    @Override
    public long readFrame(final long position, final MutableDirectBuffer buffer, final int offset)
    {
        return ownReader.readFrame(position, buffer, offset);
    }

    /**
     * Open a reader for another thread.
     *
     * @return a reader, which sees what is committed.
     */
    public JournalReader openReader()
    {
        return new MemoryReader();
    }

    @Override
    public void close()
    {
        isClosed = true;
        segments = new UnsafeBuffer[0];
    }

    /** One frame less than fits: the end of a segment may be left empty. */
    private long roomIn(final long free)
    {
        final int span = Frames.positionsOf(frameLengthMax);
        return free <= span ? 0 : (free / span - 1) * frameLengthMax;
    }

    private void checkOpen()
    {
        if (failure != null)
        {
            throw failure;
        }

        if (isClosed)
        {
            throw new JournalException("the journal is closed: journal=memory");
        }
    }

    /** Reads what is committed; each thread has its own. */
    private final class MemoryReader implements JournalReader
    {
        private final FrameChecker checker = new FrameChecker();
        private long framePosition;

        @Override
        public int frameLengthMax()
        {
            return frameLengthMax;
        }

        @Override
        public long readFrame(final long position, final MutableDirectBuffer buffer, final int offset)
        {
            final UnsafeBuffer segment = seek(position);
            final int length = checkedLength(segment);
            buffer.putBytes(offset, segment, frameOffset(), length);
            return framePosition + Frames.positionsOf(length);
        }

        @Override
        public long read(final long from, final long to, final FrameHandler handler)
        {
            long position = from;
            while (position < to)
            {
                final UnsafeBuffer segment = seek(position);
                final int length = checkedLength(segment);
                position = framePosition + Frames.positionsOf(length);
                handler.onFrame(framePosition, segment, frameOffset(), length);
            }

            return position;
        }

        @Override
        public void close()
        {
        }

        /** Find the frame that begins at a position, or after the padding there. */
        private UnsafeBuffer seek(final long position)
        {
            checkOpen();
            final long committed = positions.committed();
            framePosition = position;
            if (position >= 0 && position < committed && isPadding(position))
            {
                framePosition += SEGMENT_LENGTH - position % SEGMENT_LENGTH;
            }

            if (position < 0 || (position & (Frames.ALIGNMENT - 1)) != 0 || framePosition >= committed)
            {
                throw new JournalException(
                    "no committed frame begins here: position=" + position + ", committedPosition=" + committed +
                    ", alignment=" + Frames.ALIGNMENT);
            }

            return segments[(int) (framePosition / SEGMENT_LENGTH)];
        }

        private boolean isPadding(final long position)
        {
            final int segmentOffset = (int) (position % SEGMENT_LENGTH);
            final int index = (int) (position / SEGMENT_LENGTH);
            final UnsafeBuffer[] seen = segments;
            return segmentOffset > 0 && index < seen.length - 1 && seen[index].getInt(segmentOffset) == 0;
        }

        private int checkedLength(final UnsafeBuffer segment)
        {
            final int length = segment.getInt((int) (framePosition % SEGMENT_LENGTH));
            final String problem = length < 1 || length > frameLengthMax ? "no length stands here: found=" + length :
                checker.check(segment, frameOffset(), length);
            if (problem != null)
            {
                throw new JournalException(problem + ", position=" + framePosition + ", journal=memory");
            }

            return length;
        }

        private int frameOffset()
        {
            return (int) (framePosition % SEGMENT_LENGTH) + Frames.TRANSPORT_HEADER_LENGTH;
        }
    }
}
