package io.seriatim.journal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Where the frames and groups of a journal lie, made from its undamaged files; and what recovery has to make of it when
 * some of them are damaged.
 */
final class FrameTable
{
    /** A stretch of the journal: a frame with what is before it in the padding's case. */
    record Unit(long from, long to, boolean isPadding, int shard, long committedSequence, int group)
    {
    }

    /** The state after a group. */
    record GroupEnd(long position, long[] nextSequences)
    {
    }

    /** Requires each frame to be the one that was there, byte for byte, at its place in its turn. */
    final class Original implements FrameHandler
    {
        private final UnsafeBuffer expected = new UnsafeBuffer();
        private int index;

        @Override
        public void onFrame(final long position, final DirectBuffer buffer, final int offset, final int length)
        {
            while (units.get(index).isPadding)
            {
                index++;
            }

            final Unit unit = units.get(index++);
            final long base = layout.segmentBase(unit.from);
            expected.wrap(
                files.segments().get(base), (int) (unit.from - base) + Frames.TRANSPORT_HEADER_LENGTH,
                (int) (unit.to - unit.from) - Frames.TRANSPORT_HEADER_LENGTH);
            if (position != unit.from || length != expected.capacity() ||
                expected.compareTo(new UnsafeBuffer(buffer, offset, length)) != 0)
            {
                throw new AssertionError("not the frame that was there: position=" + position + ", " + unit);
            }
        }

        /** Where the frames end that came. */
        long end()
        {
            return index == 0 ? 0 : units.get(index - 1).to;
        }
    }

    private final RecordingLayout layout;
    private final SweptFiles files;
    private final int shardCount;
    private final List<Unit> units = new ArrayList<>();
    private final List<GroupEnd> groups = new ArrayList<>();
    private final long end;

    FrameTable(final RecordingLayout layout, final SweptFiles files, final int shardCount)
    {
        this.layout = layout;
        this.files = files;
        this.shardCount = shardCount;
        end = read();
    }

    /** Frames and paddings in order, without a gap. */
    List<Unit> units()
    {
        return units;
    }

    List<GroupEnd> groups()
    {
        return groups;
    }

    /** End of the last group, in bytes. */
    long end()
    {
        return end;
    }

    /** Of all shards. */
    long entryCount()
    {
        return Arrays.stream(groups.get(groups.size() - 1).nextSequences).sum();
    }

    /** The first group behind which every shard has its genesis, as after the creation. */
    int firstWholeGroup()
    {
        int group = 0;
        while (Arrays.stream(groups.get(group).nextSequences).anyMatch(next -> next == 0))
        {
            group++;
        }

        return group;
    }

    /** The unit that a position lies in; one behind the last if that is behind the end. */
    int unitAt(final long position)
    {
        for (int i = 0; i < units.size(); i++)
        {
            if (position < units.get(i).to)
            {
                return i;
            }
        }

        return units.size();
    }

    /** The last whole group before a unit; null if there is none. */
    GroupEnd leftBefore(final int damaged)
    {
        final int groupCount = damaged < units.size() ? units.get(damaged).group : groups.size();
        return groupCount == 0 ? null : groups.get(groupCount - 1);
    }

    /** Whether a recovery in a situation has to refuse what is left: the watermark says so, or frames behind it. */
    boolean isRefused(final Manifest situation, final GroupEnd left, final IntPredicate isLeft)
    {
        final Watermark watermark = situation.watermark();
        if (left.position < watermark.position())
        {
            return true;
        }

        for (int shard = 0; shard < shardCount; shard++)
        {
            if (left.nextSequences[shard] < watermark.nextSequence(shard))
            {
                return true;
            }
        }

        // A group that began before the damage has good frames of its own behind it, or before it.
        for (int i = 0; i < units.size(); i++)
        {
            final Unit later = units.get(i);
            if (!later.isPadding && (situation.bootId().equals(JournalHome.bootId()) ||
                later.committedSequence >= left.nextSequences[later.shard]) && isLeft.test(i))
            {
                return true;
            }
        }

        return false;
    }

    private long read()
    {
        final long[] nextSequences = new long[shardCount];
        long last = 0;
        try (FrameCursor walk = new FrameCursor(layout, layout.mtu(), Long.MAX_VALUE))
        {
            walk.seek(0);
            while (walk.next() == FrameCursor.Step.FRAME)
            {
                final UnsafeBuffer buffer = walk.buffer();
                final int offset = walk.frameOffset();
                if (walk.framePosition() > last)
                {
                    units.add(new Unit(last, walk.framePosition(), true, -1, -1, groups.size()));
                }

                final int shard = Frames.shard(buffer, offset);
                units.add(new Unit(
                    walk.framePosition(), walk.position(), false, shard, Frames.committedSequence(buffer, offset),
                    groups.size()));
                nextSequences[shard] += Frames.entryCount(buffer, offset);
                last = walk.position();
                if (Frames.flags(buffer, offset) != Frames.MORE)
                {
                    groups.add(new GroupEnd(last, nextSequences.clone()));
                }
            }
        }

        if (groups.isEmpty() || groups.get(groups.size() - 1).position != last)
        {
            throw new IllegalArgumentException(
                "the journal does not end at the end of a group: directory=" + layout.directory());
        }

        return last;
    }
}
