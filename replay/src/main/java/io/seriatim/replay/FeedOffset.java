package io.seriatim.replay;

import java.util.List;
import java.util.Map;

/**
 * How far a feed has come: what is below each shard's next sequence is done but for what is left open, and some of what
 * is above it is done already.
 *
 * @param positions by number of the journal: a frame at or before the first entry that is not done.
 * @param shards    by number of the shard.
 */
public record FeedOffset(Map<Integer, Long> positions, Map<Integer, ShardOffset> shards)
{
    /** Nothing is done. */
    public static final FeedOffset BEGINNING = new FeedOffset(Map.of(), Map.of());

    /**
     * How far a feed has come in one shard.
     *
     * @param next      sequence of the first entry that is not done, those left open apart.
     * @param leftOpen  sequences below it that are not done, ascending.
     * @param doneAhead sequences above it that are, ascending.
     */
    public record ShardOffset(long next, List<Long> leftOpen, List<Long> doneAhead)
    {
    }
}
