package io.seriatim.journal;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a journal with our own eyes, before Aeron sees it: one pass over the files that checks every byte, hands the
 * frames of complete groups to a handler as it goes, and stops at the first thing that is not right. It decides nothing
 * and writes nothing.
 * <p>
 * Shape: a cursor, the progress of each shard, and the frames of the group that is open.<br>
 * Cost: one read and one checksum of every byte; frames of single-frame groups are not copied.<br>
 * Threads: confined to one.
 */
final class RecoveryScan
{
    private final RecordingLayout layout;
    private final long incarnationMax;
    private final long limit;
    private final FrameHandler handler;
    private final SortedMap<Integer, ShardProgress> shards = new TreeMap<>();
    private final ShardProgress[] shardByNumber;

    private final ExpandableArrayBuffer groupBytes = new ExpandableArrayBuffer();
    private final UnsafeBuffer groupView = new UnsafeBuffer(0, 0);
    private final LongArrayList groupPositions = new LongArrayList();
    private final IntArrayList groupLengths = new IntArrayList();
    private int groupLength;
    private ShardProgress groupShard;

    private long incarnation;
    private long endPosition;
    private long stopPosition;
    private String stopReason;

    /**
     * A scan that has not begun.
     *
     * @param layout   of the recording.
     * @param manifest of the journal.
     * @param start    where to begin.
     * @param limit    position that is never read at or beyond.
     * @param handler  of the frames.
     */
    RecoveryScan(
        final RecordingLayout layout,
        final Manifest manifest,
        final ScanStart start,
        final long limit,
        final FrameHandler handler)
    {
        this.layout = layout;
        this.limit = limit;
        this.handler = handler;
        incarnationMax = manifest.incarnation();
        endPosition = start.position();
        stopPosition = start.position();
        shardByNumber = new ShardProgress[manifest.shardCount()];
        for (final int shard : manifest.shards())
        {
            final ShardProgress progress = new ShardProgress(
                shard,
                start.nextSequences().getOrDefault(shard, 0L),
                start.previousCrcs().getOrDefault(shard, 0),
                manifest.watermark().nextSequence(shard) - 1);
            shards.put(shard, progress);
            shardByNumber[shard] = progress;
        }
    }

    /** Walk to the first thing that is not right. */
    RecoveryScan run()
    {
        try (FrameCursor cursor = new FrameCursor(layout, FrameCursor.WALK_LENGTH, limit))
        {
            cursor.seek(endPosition);
            while (true)
            {
                final FrameCursor.Step step = cursor.next();
                if (step != FrameCursor.Step.FRAME)
                {
                    stopPosition = cursor.position();
                    stopReason = cursor.problem();
                    break;
                }

                stopReason = accept(cursor);
                if (stopReason != null)
                {
                    stopPosition = cursor.framePosition();
                    break;
                }
            }
        }

        return this;
    }

    private String accept(final FrameCursor cursor)
    {
        final UnsafeBuffer buffer = cursor.buffer();
        final int offset = cursor.frameOffset();
        final int number = Frames.shard(buffer, offset);
        final ShardProgress shard = number < shardByNumber.length ? shardByNumber[number] : null;
        if (shard == null)
        {
            return "frame is of a shard that this journal does not carry: shard=" + number + ", carried=" +
                shards.keySet();
        }

        if (groupShard != null && groupShard != shard)
        {
            return "group is interrupted by another shard: expected=" + groupShard.shard() + ", actual=" + number;
        }

        final long frameIncarnation = Frames.incarnation(buffer, offset);
        if (frameIncarnation < incarnation || frameIncarnation > incarnationMax)
        {
            return "incarnation is out of order: found=" + frameIncarnation + ", before=" + incarnation +
                ", newest in the manifest=" + incarnationMax;
        }

        final String problem = shard.accept(buffer, offset);
        if (problem != null)
        {
            return problem;
        }

        incarnation = frameIncarnation;
        return deliver(cursor, shard, Frames.flags(buffer, offset) == Frames.MORE);
    }

    private String deliver(final FrameCursor cursor, final ShardProgress shard, final boolean isGoingOn)
    {
        if (isGoingOn || groupShard != null)
        {
            if (groupLength > layout.termLength())
            {
                return "group is longer than a term: shard=" + shard.shard() + ", termLength=" + layout.termLength();
            }

            groupShard = shard;
            groupBytes.putBytes(groupLength, cursor.buffer(), cursor.frameOffset(), cursor.frameLength());
            groupPositions.addLong(cursor.framePosition());
            groupLengths.addInt(cursor.frameLength());
            groupLength += cursor.frameLength();
        }

        if (isGoingOn)
        {
            return null;
        }

        shard.endGroup();
        endPosition = cursor.position();
        if (groupShard == null)
        {
            handler.onFrame(cursor.framePosition(), cursor.buffer(), cursor.frameOffset(), cursor.frameLength());
        }
        else
        {
            deliverGroup();
        }

        return null;
    }

    private void deliverGroup()
    {
        groupView.wrap(groupBytes.byteArray());
        int offset = 0;
        for (int i = 0; i < groupLengths.size(); i++)
        {
            final int length = groupLengths.getInt(i);
            handler.onFrame(groupPositions.getLong(i), groupView, offset, length);
            offset += length;
        }

        groupPositions.clear();
        groupLengths.clear();
        groupLength = 0;
        groupShard = null;
    }

    /** End of the last complete group. */
    long endPosition()
    {
        return endPosition;
    }

    /** Where the walk stopped: the first position that is not the start of a good frame. */
    long stopPosition()
    {
        return stopPosition;
    }

    /** What was wrong there; null if there were zeros, or the limit. */
    String stopReason()
    {
        return stopReason;
    }

    /** Sequence of a shard's next entry as of {@link #endPosition()}; -1 for a shard that is not the journal's. */
    long nextSequence(final int shard)
    {
        return shard < shardByNumber.length && shardByNumber[shard] != null ? shardByNumber[shard].nextSequence() : -1;
    }

    Collection<ShardProgress> shards()
    {
        return shards.values();
    }
}
