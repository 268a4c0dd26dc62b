package io.seriatim.journal;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * Looks at everything behind the place where a scan stopped, to tell what a crash leaves there from what no crash can.
 * <p>
 * A journal that acknowledged nothing behind its last good group may be cut there. Three things say that it may have:
 * the watermark lies behind the cut; a valid later frame says that an entry behind the cut had been forced when it was
 * written; or the machine has not been started anew, so that the page cache is the one that was written to, and a
 * process that is killed leaves no hole in it.
 * <p>
 * Cost: one read of the rest of the files.<br>
 * Threads: confined to one.
 */
final class TailInspection
{
    private final RecordingLayout layout;
    private final RecoveryScan scan;
    private final FrameHandler handler;
    private final int stepLength;
    private final ByteBuffer bytes;
    private final ByteBuffer zeros;
    private final UnsafeBuffer buffer;

    private long contentEnd;
    private int laterFrameCount;
    private long laterFramePosition = -1;
    private long anchoredFramePosition = -1;
    private String anchoredFrame;

    TailInspection(final RecordingLayout layout, final RecoveryScan scan)
    {
        this(layout, scan, (position, buffer, offset, length) -> {});
    }

    /** An inspection that hands on each good frame behind the place where the scan stopped. */
    TailInspection(final RecordingLayout layout, final RecoveryScan scan, final FrameHandler handler)
    {
        this.layout = layout;
        this.scan = scan;
        this.handler = handler;
        contentEnd = scan.stopPosition();
        stepLength = Math.min(FrameCursor.WALK_LENGTH, layout.segmentLength());
        bytes = BufferUtil.allocateDirectAligned(stepLength, Long.SIZE);
        zeros = BufferUtil.allocateDirectAligned(stepLength, Long.SIZE);
        buffer = new UnsafeBuffer(bytes);
    }

    /** Look at every byte from where the scan stopped to the end of the last file. */
    TailInspection run(final SortedMap<Long, Path> segmentFiles)
    {
        if (segmentFiles.isEmpty())
        {
            return this;
        }

        final long end = segmentFiles.lastKey() + layout.segmentLength();
        try (SegmentFiles files = new SegmentFiles(layout);
            FrameCursor cursor = new FrameCursor(layout, layout.mtu(), Long.MAX_VALUE))
        {
            long position = scan.stopPosition();
            long skipTo = position;
            while (position < end)
            {
                final long segmentEnd = layout.segmentBase(position) + layout.segmentLength();
                final int length = (int) Math.min(stepLength, segmentEnd - position);
                files.read(position, bytes, length);
                if (!isZero(length))
                {
                    skipTo = inspect(position, length, skipTo, cursor);
                }

                position += length;
            }
        }

        return this;
    }

    private boolean isZero(final int length)
    {
        return bytes.limit(length).position(0).mismatch(zeros.limit(length).position(0)) < 0;
    }

    private long inspect(final long position, final int length, final long skipTo, final FrameCursor cursor)
    {
        long next = skipTo;
        for (int i = 0; i < length; i += Frames.ALIGNMENT)
        {
            if (!isZeroUnit(i))
            {
                contentEnd = position + i + Frames.ALIGNMENT;
            }

            final long candidate = position + i - Frames.TRANSPORT_HEADER_LENGTH;
            if (candidate >= next && candidate >= scan.stopPosition() &&
                buffer.getInt(i + Frames.MAGIC_OFFSET, ByteOrder.LITTLE_ENDIAN) == Frames.MAGIC)
            {
                next = tryFrame(candidate, cursor);
            }
        }

        return next;
    }

    private boolean isZeroUnit(final int offset)
    {
        return (buffer.getLong(offset) | buffer.getLong(offset + Long.BYTES) |
            buffer.getLong(offset + 2 * Long.BYTES) | buffer.getLong(offset + 3 * Long.BYTES)) == 0;
    }

    private long tryFrame(final long candidate, final FrameCursor cursor)
    {
        cursor.seek(candidate);
        if (cursor.next() != FrameCursor.Step.FRAME || cursor.framePosition() != candidate)
        {
            return candidate + Frames.ALIGNMENT;
        }

        laterFrameCount++;
        handler.onFrame(candidate, cursor.buffer(), cursor.frameOffset(), cursor.frameLength());
        if (laterFramePosition < 0)
        {
            laterFramePosition = candidate;
        }

        final int shard = Frames.shard(cursor.buffer(), cursor.frameOffset());
        final long committedSequence = Frames.committedSequence(cursor.buffer(), cursor.frameOffset());
        final long nextSequence = scan.nextSequence(shard);
        if (nextSequence >= 0 && committedSequence >= nextSequence && anchoredFramePosition < 0)
        {
            anchoredFramePosition = candidate;
            anchoredFrame = "shard=" + shard + ", committedSequence=" + committedSequence + ", next sequence read=" +
                nextSequence;
        }

        return cursor.position();
    }

    /** Good frames behind the place where the scan stopped. */
    int laterFrameCount()
    {
        return laterFrameCount;
    }

    /** Where the first of them begins; -1 if there is none. */
    long laterFramePosition()
    {
        return laterFramePosition;
    }

    /** Whether there is anything but zeros behind the last complete group. */
    boolean hasContent()
    {
        return contentEnd > scan.endPosition();
    }

    /** Behind the last byte that is not zero, rounded up; or where the scan stopped. */
    long contentEnd()
    {
        return contentEnd;
    }

    /**
     * Why the journal must not be cut at the end of its last complete group.
     *
     * @param watermark        of the manifest.
     * @param isBootUnchanged  whether the machine is known to run since the journal was last opened.
     * @return null if it may be cut; else the reason.
     */
    String refusal(final Watermark watermark, final boolean isBootUnchanged)
    {
        final long end = scan.endPosition();
        if (end < watermark.position())
        {
            return "it ends below its watermark, so that acknowledged entries are damaged or missing: last good " +
                "position=" + end + ", watermark=" + watermark.position();
        }

        for (final ShardProgress shard : scan.shards())
        {
            if (shard.nextSequence() < watermark.nextSequence(shard.shard()))
            {
                return "it has fewer entries than its watermark: shard=" + shard.shard() + ", next sequence=" +
                    shard.nextSequence() + ", watermark=" + watermark.nextSequence(shard.shard());
            }
        }

        if (anchoredFramePosition >= 0)
        {
            return "a later frame says that an entry behind the damage had been forced to the disk: position of " +
                "that frame=" + anchoredFramePosition + ", " + anchoredFrame;
        }

        if (isBootUnchanged && laterFrameCount > 0)
        {
            return "valid frames follow the damage and the machine has not been restarted, so that no crash explains " +
                "it: first of them at=" + laterFramePosition + ", count=" + laterFrameCount;
        }

        return null;
    }
}
