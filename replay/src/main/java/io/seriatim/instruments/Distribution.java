package io.seriatim.instruments;

import io.seriatim.engine.ValueBuckets;

/**
 * How values are distributed, in buckets at most 3.2 % wide. Distributions are added, never averaged.
 * <p>
 * Shape: only buckets that hold something, two arrays of the same length.<br>
 * Threads: immutable.
 */
public final class Distribution
{
    /** Of no values. */
    public static final Distribution EMPTY = new Distribution(new int[0], new long[0]);

    private final int[] indexes;
    private final long[] counts;
    private final long count;

    private Distribution(final int[] indexes, final long[] counts)
    {
        this.indexes = indexes;
        this.counts = counts;
        long sum = 0;
        for (final long each : counts)
        {
            sum += each;
        }
        count = sum;
    }

    /**
     * What came between two readings of the same buckets.
     *
     * @param before counts of the first reading.
     * @param after  counts of the second, of the same length.
     * @return what was recorded in between.
     */
    public static Distribution between(final long[] before, final long[] after)
    {
        int size = 0;
        for (int i = 0; i < after.length; i++)
        {
            size += after[i] > before[i] ? 1 : 0;
        }
        final int[] indexes = new int[size];
        final long[] counts = new long[size];
        int next = 0;
        for (int i = 0; i < after.length; i++)
        {
            if (after[i] > before[i])
            {
                indexes[next] = i;
                counts[next++] = after[i] - before[i];
            }
        }
        return size == 0 ? EMPTY : new Distribution(indexes, counts);
    }

    /**
     * Both together.
     *
     * @param other to add.
     * @return a new distribution.
     */
    public Distribution plus(final Distribution other)
    {
        if (other.count == 0)
        {
            return this;
        }
        final int length = Math.max(lengthOf(indexes), lengthOf(other.indexes));
        final long[] sums = new long[length];
        addTo(sums);
        other.addTo(sums);
        return between(new long[length], sums);
    }

    private static int lengthOf(final int[] indexes)
    {
        return indexes.length == 0 ? 0 : indexes[indexes.length - 1] + 1;
    }

    private void addTo(final long[] sums)
    {
        for (int i = 0; i < indexes.length; i++)
        {
            sums[indexes[i]] += counts[i];
        }
    }

    /**
     * How many values there are.
     *
     * @return a count.
     */
    public long count()
    {
        return count;
    }

    /**
     * The value that so many are not above.
     *
     * @param quantile from 0 to 1.
     * @return greatest value of the bucket in which it lies; 0 if there are none.
     */
    public long at(final double quantile)
    {
        final long rank = Math.max(1, (long)Math.ceil(quantile * count));
        long seen = 0;
        for (int i = 0; i < indexes.length; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                return ValueBuckets.highest(indexes[i]);
            }
        }
        return 0;
    }

    /**
     * The greatest value.
     *
     * @return greatest value of its bucket; 0 if there are none.
     */
    public long max()
    {
        return indexes.length == 0 ? 0 : ValueBuckets.highest(indexes[indexes.length - 1]);
    }

    /**
     * The mean.
     *
     * @return of the middles of the buckets; 0 if there are none.
     */
    public double mean()
    {
        double sum = 0;
        for (int i = 0; i < indexes.length; i++)
        {
            sum += 0.5 * (ValueBuckets.lowest(indexes[i]) + ValueBuckets.highest(indexes[i])) * counts[i];
        }
        return count == 0 ? 0 : sum / count;
    }
}
