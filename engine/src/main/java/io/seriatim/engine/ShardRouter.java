package io.seriatim.engine;

import org.agrona.collections.Int2IntHashMap;

import java.util.Map;

/**
 * Which shard a ledger lives on: the one that the genesis places it on, else the one that its number hashes to. Fixed
 * for the life of the journal.
 */
public final class ShardRouter
{
    private static final int NOT_PLACED = -1;

    private final int shardCount;
    private final Int2IntHashMap placement = new Int2IntHashMap(NOT_PLACED);

    /**
     * A router.
     *
     * @param shardCount how many shards there are, above zero.
     * @param placement  shard by ledger, for ledgers that are placed by hand.
     */
    public ShardRouter(final int shardCount, final Map<Integer, Integer> placement)
    {
        this.shardCount = shardCount;
        placement.forEach((ledger, shard) ->
        {
            if (shard < 0 || shard >= shardCount)
            {
                throw new IllegalArgumentException(
                    "ledger " + Integer.toUnsignedString(ledger) + " is placed on shard " + shard +
                    ", but shards are 0 to " + (shardCount - 1));
            }
            this.placement.put(ledger.intValue(), shard.intValue());
        });
    }

    /**
     * The home of a ledger.
     *
     * @param ledger number of the ledger, unsigned 32 bit.
     * @return number of its shard.
     */
    public int shardOf(final int ledger)
    {
        if (shardCount == 1)
        {
            return 0;
        }
        final int placed = placement.get(ledger);
        return placed != NOT_PLACED ? placed : (fmix32(ledger) >>> 1) % shardCount;
    }

    /**
     * How many shards there are.
     *
     * @return a count.
     */
    public int shardCount()
    {
        return shardCount;
    }

    void requireOnShard(final int ledger, final int shard, final int index)
    {
        if (shardCount > 1 && ledger != 0 && shardOf(ledger) != shard)
        {
            throw new IllegalArgumentException(
                "ledger " + Integer.toUnsignedString(ledger) + " lives on shard " + shardOf(ledger) +
                ", and this request goes to shard " + shard + ": index=" + index +
                "; nothing of the request is applied");
        }
    }

    /** MurmurHash3's finaliser. */
    private static int fmix32(final int value)
    {
        int h = value;
        h ^= h >>> 16;
        h *= 0x85EBCA6B;
        h ^= h >>> 13;
        h *= 0xC2B2AE35;
        return h ^ h >>> 16;
    }
}
