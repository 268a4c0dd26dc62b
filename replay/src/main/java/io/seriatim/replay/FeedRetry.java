package io.seriatim.replay;

/**
 * How often a feed tries an entry again, and when: each time it waits twice as long as before.
 *
 * @param countMax     how often, after the first time; 0 = never.
 * @param firstDelayNs before the first one, in nanoseconds.
 * @param delayMaxNs   longest one.
 */
public record FeedRetry(int countMax, long firstDelayNs, long delayMaxNs)
{
    /** Ten times, from 100 ms to 10 s apart: half a minute and more in all. */
    public static final FeedRetry DEFAULT = new FeedRetry(10, 100_000_000L, 10_000_000_000L);

    /** Never. */
    public static final FeedRetry NEVER = new FeedRetry(0, 0, 0);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is negative.
     */
    public FeedRetry
    {
        if (countMax < 0 || firstDelayNs < 0 || delayMaxNs < firstDelayNs)
        {
            throw new IllegalArgumentException(
                "no number is negative, and the longest delay is not below the first: countMax=" + countMax +
                ", firstDelayNs=" + firstDelayNs + ", delayMaxNs=" + delayMaxNs);
        }
    }

    /** How long to wait behind an attempt, which count from 1. */
    long delayNs(final int attempt)
    {
        final int doublings = Math.min(attempt - 1, Long.numberOfLeadingZeros(Math.max(1, firstDelayNs)) - 1);
        return Math.max(1, Math.min(delayMaxNs, firstDelayNs << doublings));
    }
}
