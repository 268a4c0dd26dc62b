package io.seriatim.resharding;

import org.agrona.collections.Long2LongHashMap;

/**
 * Where ids were used to some effect: those of a shard of the old books on which of the new ones, and who was the first
 * there. By a hash of the id, so it is good for finding reasons, not for deciding whether there is one.
 * <p>
 * Shape: four longs an id and their share of free room.<br>
 * Threads: confined to one.
 */
final class UsedIds
{
    /** Nowhere. */
    static final int NONE = -1;

    private final Long2LongHashMap toShards = new Long2LongHashMap(NONE);
    private final Long2LongHashMap fromShards = new Long2LongHashMap(NONE);

    void use(final long idHigh, final long idLow, final int fromShard, final int toShard)
    {
        toShards.putIfAbsent(hash(idHigh, idLow, fromShard), toShard);
        fromShards.putIfAbsent(hash(idHigh, idLow, toShard), fromShard);
    }

    /** Shard of the new books where an id of a shard of the old ones was used first; {@link #NONE} if it was not. */
    int toShard(final long idHigh, final long idLow, final int fromShard)
    {
        return (int)toShards.get(hash(idHigh, idLow, fromShard));
    }

    /** Shard of the old books that used an id first on one of the new ones; {@link #NONE} if none did. */
    int fromShard(final long idHigh, final long idLow, final int toShard)
    {
        return (int)fromShards.get(hash(idHigh, idLow, toShard));
    }

    /** MurmurHash3's finaliser over both halves and the shard. */
    private static long hash(final long idHigh, final long idLow, final int shard)
    {
        return mix(idLow ^ mix(idHigh + 0x9E3779B97F4A7C15L ^ mix(shard + 1L)));
    }

    private static long mix(final long value)
    {
        long h = value;
        h ^= h >>> 33;
        h *= 0xFF51AFD7ED558CCDL;
        h ^= h >>> 33;
        h *= 0xC4CEB9FE1A85EC53L;
        return h ^ h >>> 33;
    }
}
