package io.seriatim.resharding;

import org.agrona.collections.Long2LongHashMap;

/**
 * Where ids were first used to some effect: on which shard of the old books, and on which of the new ones. By a hash of
 * the id, so it is good for finding reasons, not for deciding whether there is one.
 * <p>
 * Shape: two longs an id and their share of free room.<br>
 * Threads: confined to one.
 */
final class UsedIds
{
    /** Nowhere. */
    static final int NONE = -1;

    private static final int SHARD_BITS = 32;

    private final Long2LongHashMap shards = new Long2LongHashMap(NONE);

    void use(final long idHigh, final long idLow, final int fromShard, final int toShard)
    {
        shards.putIfAbsent(hash(idHigh, idLow), (long)fromShard << SHARD_BITS | toShard);
    }

    /** Shard of the old books; {@link #NONE} if it was not used. */
    int fromShard(final long idHigh, final long idLow)
    {
        final long found = shards.get(hash(idHigh, idLow));
        return found == NONE ? NONE : (int)(found >>> SHARD_BITS);
    }

    /** Shard of the new books; {@link #NONE} if it was not used. */
    int toShard(final long idHigh, final long idLow)
    {
        final long found = shards.get(hash(idHigh, idLow));
        return found == NONE ? NONE : (int)found;
    }

    /** MurmurHash3's finaliser over both halves. */
    private static long hash(final long idHigh, final long idLow)
    {
        return mix(idLow ^ mix(idHigh + 0x9E3779B97F4A7C15L));
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
