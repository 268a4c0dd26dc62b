package io.seriatim.totals;

import java.util.SortedMap;
import java.util.UUID;

/**
 * What one shard's entries add up to, from the first one up to a sequence: all of it, so that a later one makes an
 * earlier one superfluous.
 *
 * @param log      of the shard.
 * @param shard    number of the shard.
 * @param sequence of the last entry that is in it.
 * @param sums     of each key.
 */
public record Contribution(UUID log, int shard, long sequence, SortedMap<TotalsKey, Sums> sums)
{
    /** Whose it is. */
    Source source()
    {
        return new Source(log, shard);
    }

    /**
     * A shard of a log.
     *
     * @param log   of the shard.
     * @param shard number of the shard.
     */
    public record Source(UUID log, int shard) implements Comparable<Source>
    {
        @Override
        public int compareTo(final Source other)
        {
            final int byLog = log.compareTo(other.log);
            return byLog != 0 ? byLog : Integer.compare(shard, other.shard);
        }
    }
}
