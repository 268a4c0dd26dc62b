package io.seriatim.journal;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;

/**
 * Walks the frames of a recording in its files and checks every byte that it passes: the transport's headers, padding
 * and the frames. Whether a frame is the right one at its place in its shard is for the caller to say.
 * <p>
 * Shape: one buffer off heap; the frame found last lies in it.<br>
 * Cost: one system call a buffer and one pass over the bytes; nothing is allocated once warm.<br>
 * Threads: confined to one.
 */
final class FrameCursor implements AutoCloseable
{
    /** Length of the reads of a walk. */
    static final int WALK_LENGTH = 1024 * 1024;

    /** What {@link #next()} found. */
    enum Step
    {
        /** A valid frame. */
        FRAME,

        /** Zeros where a frame could begin, or the end of what is to be read. */
        END,

        /** Something else, see {@link FrameCursor#problem()}. */
        BAD
    }

    private final RecordingLayout layout;
    private final SegmentFiles files;
    private final FrameChecker checker = new FrameChecker();
    private final ByteBuffer bytes;
    private final UnsafeBuffer buffer;
    private final long limit;

    private long readEnd = Long.MAX_VALUE;
    private long bufferPosition;
    private int bufferLength;
    private long position;
    private long framePosition;
    private int frameOffset;
    private int frameLength;
    private boolean isAfterPadding;
    private int paddingSessionId;
    private String problem;

    /**
     * A cursor at the start of a recording.
     *
     * @param layout     of the recording.
     * @param readLength length of a read in bytes, at least the recording's mtu.
     * @param limit      position that is never read at or beyond.
     */
    FrameCursor(final RecordingLayout layout, final int readLength, final long limit)
    {
        this.layout = layout;
        this.limit = limit;
        files = new SegmentFiles(layout);
        final int length = Math.max(Math.min(readLength, layout.segmentLength()), layout.mtu());
        bytes = BufferUtil.allocateDirectAligned(length, Long.SIZE);
        buffer = new UnsafeBuffer(bytes);
    }

    /** Go to a position; everything from there on is read anew. */
    void seek(final long newPosition)
    {
        seek(newPosition, Long.MAX_VALUE);
    }

    /**
     * Go to a position; everything from there on is read anew. No frame is looked for that begins at another position
     * or behind it: what lies there may be in the making.
     */
    void seek(final long newPosition, final long end)
    {
        position = newPosition;
        readEnd = end;
        bufferLength = 0;
        isAfterPadding = false;
        problem = null;
    }

    /** Find the next frame, skipping padding. */
    Step next()
    {
        while (true)
        {
            if (position >= limit || position >= readEnd)
            {
                return Step.END;
            }

            int offset = fill(Frames.TRANSPORT_HEADER_LENGTH);
            if (isZero(offset, offset + Frames.TRANSPORT_HEADER_LENGTH))
            {
                return Step.END;
            }

            problem = layout.checkHeader(buffer, offset, position);
            if (problem != null)
            {
                return Step.BAD;
            }

            final int length = RecordingLayout.frameLength(buffer, offset);
            offset = fill(length);
            if (RecordingLayout.type(buffer, offset) == RecordingLayout.TYPE_DATA)
            {
                return frame(offset, length);
            }

            if (!isZero(offset + Frames.TRANSPORT_HEADER_LENGTH, offset + length))
            {
                problem = "padding is not zero";
                return Step.BAD;
            }

            isAfterPadding = true;
            paddingSessionId = RecordingLayout.sessionId(buffer, offset);
            position += length;
        }
    }

    private Step frame(final int offset, final int length)
    {
        final int start = offset + Frames.TRANSPORT_HEADER_LENGTH;
        final int available = length - Frames.TRANSPORT_HEADER_LENGTH;
        problem = checker.check(buffer, start, available);
        if (problem == null)
        {
            problem = checkSession(offset, start, available);
        }

        if (problem != null)
        {
            return Step.BAD;
        }

        framePosition = position;
        frameOffset = start;
        frameLength = available;
        position += length;
        isAfterPadding = false;
        return Step.FRAME;
    }

    private String checkSession(final int offset, final int start, final int available)
    {
        if (Frames.length(buffer, start) != available)
        {
            return "frame does not fill its message: frame=" + Frames.length(buffer, start) + ", message=" + available;
        }

        if (Frames.logTag(buffer, start) != layout.logTag())
        {
            return "frame is of another log: tag=0x" + Integer.toHexString(Frames.logTag(buffer, start)) +
                ", expected=0x" + Integer.toHexString(layout.logTag());
        }

        final int sessionId = RecordingLayout.sessionId(buffer, offset);
        final int expected = RecordingLayout.sessionIdOf(Frames.incarnation(buffer, start));
        if (sessionId != expected || isAfterPadding && paddingSessionId != expected)
        {
            return "message was sent by another incarnation than its frame: session=" + sessionId + ", expected=" +
                expected + (isAfterPadding ? ", padding before it has session=" + paddingSessionId : "");
        }

        return null;
    }

    /** Make bytes from the current position on available, and say where in the buffer they are. */
    private int fill(final int length)
    {
        final long offset = position - bufferPosition;
        if (bufferLength > 0 && offset >= 0 && offset + length <= bufferLength)
        {
            return (int) offset;
        }

        final long segmentEnd = layout.segmentBase(position) + layout.segmentLength();
        bufferPosition = position;
        bufferLength = (int) Math.min(bytes.capacity(), segmentEnd - position);
        if (readEnd - position < bufferLength)
        {
            bufferLength = Math.max(length, (int) (readEnd - position));
        }

        files.read(position, bytes, bufferLength);
        return 0;
    }

    private boolean isZero(final int from, final int to)
    {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES)
        {
            if (buffer.getLong(i) != 0)
            {
                return false;
            }
        }

        for (; i < to; i++)
        {
            if (buffer.getByte(i) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /** Where the walk stands: behind the last frame or padding that was good. */
    long position()
    {
        return position;
    }

    /** Where the frame found last begins, with its transport header. */
    long framePosition()
    {
        return framePosition;
    }

    /** Where the frame found last lies, behind its transport header. */
    UnsafeBuffer buffer()
    {
        return buffer;
    }

    int frameOffset()
    {
        return frameOffset;
    }

    int frameLength()
    {
        return frameLength;
    }

    /** What was wrong at {@link #position()}. */
    String problem()
    {
        return problem;
    }

    @Override
    public void close()
    {
        files.close();
    }
}
