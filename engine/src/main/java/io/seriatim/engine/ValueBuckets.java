package io.seriatim.engine;

/**
 * How a value finds its bucket in a histogram that lies in shared memory: values below 32 have a bucket each; above,
 * every power of two has 32 of them, so that a bucket is at most 3.2 % wide.
 * <p>
 * Threads: static, any.
 */
public final class ValueBuckets
{
    private static final int SUB_BITS = 5;
    private static final int SUB_COUNT = 1 << SUB_BITS;

    private ValueBuckets()
    {
    }

    /**
     * How many buckets values of so many bits need.
     *
     * @param bits of the greatest value, from 5 to 63.
     * @return a count.
     */
    public static int countFor(final int bits)
    {
        return (bits - SUB_BITS + 1) * SUB_COUNT;
    }

    /**
     * The bucket of a value.
     *
     * @param value       counted as 0 if it is below.
     * @param bucketCount of the histogram: what is above belongs to the last.
     * @return index of the bucket.
     */
    public static int indexOf(final long value, final int bucketCount)
    {
        if (value < SUB_COUNT)
        {
            return (int)Math.max(0, value);
        }
        final int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        final int index = (exponent - SUB_BITS) * SUB_COUNT + (int)(value >>> exponent - SUB_BITS);
        return Math.min(index, bucketCount - 1);
    }

    /**
     * Least value of a bucket.
     *
     * @param index of the bucket.
     * @return a value.
     */
    public static long lowest(final int index)
    {
        if (index < 2 * SUB_COUNT)
        {
            return index;
        }
        final int shift = index / SUB_COUNT - 1;
        return (long)(SUB_COUNT + index % SUB_COUNT) << shift;
    }

    /**
     * Greatest value of a bucket.
     *
     * @param index of the bucket.
     * @return a value.
     */
    public static long highest(final int index)
    {
        return lowest(index + 1) - 1;
    }
}
