package io.seriatim.replay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;

/**
 * What is done of one shard: before the feed was opened, and since.
 * <p>
 * Threads: confined to the feed's.
 */
final class FeedShard
{
    private static final long NONE = -1;

    private final int shard;
    private final int journal;
    private final long startPosition;

    /** Below this sequence everything is done but for what is open. */
    private final long nextBefore;
    private final Set<Long> doneBefore;
    private final TreeSet<Long> open;
    private long openPosition = Long.MAX_VALUE;
    private long nextRead = NONE;

    // The offset that is being made.
    private long next;
    private long position;
    private List<Long> doneAhead;

    FeedShard(final int shard, final int journal, final FeedOffset.ShardOffset before, final long startPosition)
    {
        this.shard = shard;
        this.journal = journal;
        this.startPosition = before == null ? 0 : startPosition;
        nextBefore = before == null ? 0 : before.next();
        doneBefore = new HashSet<>(before == null ? List.of() : before.doneAhead());
        open = new TreeSet<>(before == null ? List.of() : before.leftOpen());
    }

    /** Where in its journal reading has to begin. */
    long startPosition()
    {
        return startPosition;
    }

    /** Whether an entry was done before the feed was opened. */
    boolean isDone(final long sequence)
    {
        return sequence < nextBefore ? !open.contains(sequence) : doneBefore.contains(sequence);
    }

    /** An entry is read; they come in their order, and none may be missing. */
    void read(final long sequence)
    {
        if (nextRead == NONE)
        {
            final long needed = open.isEmpty() ? nextBefore : Math.min(nextBefore, open.first());
            if (sequence > needed)
            {
                throw new FeedException(
                    "the journal does not go on where the offset stands: shard=" + shard + ", needed sequence=" +
                    needed + ", found=" + sequence + ", position=" + startPosition, null);
            }
        }
        nextRead = sequence + 1;
    }

    void finish(final long sequence)
    {
        if (sequence < nextBefore)
        {
            open.remove(sequence);
        }
    }

    void leaveOpen(final long sequence, final long groupPosition)
    {
        open.add(sequence);
        openPosition = Math.min(openPosition, groupPosition);
    }

    void beginOffset()
    {
        next = NONE;
        position = openPosition;
        doneAhead = new ArrayList<>();
    }

    /** Take an entry in flight; they come in the order in which they were read. */
    void addToOffset(final FeedEntry entry)
    {
        if (entry.isFinished)
        {
            if (next != NONE)
            {
                doneAhead.add(entry.sequence());
            }
        }
        else if (next == NONE && !entry.isLeftOpen)
        {
            next = entry.sequence();
            position = Math.min(position, entry.groupPosition());
        }
    }

    /** The offset that was made. */
    static FeedOffset offsetOf(final Collection<FeedShard> shards, final IntToLongFunction readPosition)
    {
        final Map<Integer, Long> positions = new TreeMap<>();
        final Map<Integer, FeedOffset.ShardOffset> offsets = new TreeMap<>();
        for (final FeedShard each : shards)
        {
            offsets.put(each.shard, each.offset());
            positions.merge(
                each.journal, Math.min(each.position, readPosition.applyAsLong(each.journal)), Math::min);
        }
        return new FeedOffset(positions, offsets);
    }

    private FeedOffset.ShardOffset offset()
    {
        final long first = Math.max(nextBefore, next == NONE ? nextRead : next);
        final TreeSet<Long> ahead = new TreeSet<>(doneAhead);
        ahead.addAll(doneBefore);
        return new FeedOffset.ShardOffset(
            first, List.copyOf(open.headSet(first)), List.copyOf(ahead.tailSet(first, false)));
    }
}
