package io.seriatim.instruments;

import java.util.concurrent.TimeUnit;

/**
 * From where on a figure is concerning. Every setter returns the thresholds.
 * <p>
 * Threads: confined to one.
 */
public final class Thresholds
{
    private double orderedShare = 0.8;
    private double utilisationVariance = 0.5;
    private double utilisation = 0.8;
    private long lagAgeNs = TimeUnit.SECONDS.toNanos(1);
    private double hotAccountShare = 0.25;
    private int intervalCount = 3;
    private static final double HYSTERESIS = 0.85;

    /**
     * Sets the share of busy time that stages may take which hold an order; the default is 0.8.
     *
     * @param orderedShare 0 to 1.
     * @return this.
     */
    public Thresholds orderedShare(final double orderedShare)
    {
        this.orderedShare = share("orderedShare", orderedShare);
        return this;
    }

    /**
     * The share of busy time that stages may take which hold an order.
     *
     * @return 0 to 1.
     */
    public double orderedShare()
    {
        return orderedShare;
    }

    /**
     * Sets how unevenly shards may be at work: the coefficient of variation of their busy times; the default is 0.5.
     *
     * @param utilisationVariance 0 or more.
     * @return this.
     */
    public Thresholds utilisationVariance(final double utilisationVariance)
    {
        if (!(utilisationVariance >= 0))
        {
            throw new IllegalArgumentException(
                "Thresholds.utilisationVariance is 0 or more: utilisationVariance=" + utilisationVariance);
        }
        this.utilisationVariance = utilisationVariance;
        return this;
    }

    /**
     * How unevenly shards may be at work.
     *
     * @return a coefficient of variation.
     */
    public double utilisationVariance()
    {
        return utilisationVariance;
    }

    /**
     * Sets the share of the time that a stage may be at work before it counts as at its limit; the default is 0.8.
     *
     * @param utilisation 0 to 1.
     * @return this.
     */
    public Thresholds utilisation(final double utilisation)
    {
        this.utilisation = share("utilisation", utilisation);
        return this;
    }

    /**
     * The share of the time that a stage may be at work before it counts as at its limit.
     *
     * @return 0 to 1.
     */
    public double utilisation()
    {
        return utilisation;
    }

    /**
     * Sets how long an entry may wait for a feed or the read model before that counts as behind; the default is 1 s.
     *
     * @param lagAgeNs above zero, in nanoseconds.
     * @return this.
     */
    public Thresholds lagAgeNs(final long lagAgeNs)
    {
        if (lagAgeNs <= 0)
        {
            throw new IllegalArgumentException("Thresholds.lagAgeNs is above zero: lagAgeNs=" + lagAgeNs);
        }
        this.lagAgeNs = lagAgeNs;
        return this;
    }

    /**
     * How long an entry may wait for a feed or the read model before that counts as behind.
     *
     * @return nanoseconds.
     */
    public long lagAgeNs()
    {
        return lagAgeNs;
    }

    /**
     * Sets the share of all moves that one account may have before it counts as hot; the default is 0.25. An account
     * that is on one side of every transfer has 0.5.
     *
     * @param hotAccountShare 0 to 1.
     * @return this.
     */
    public Thresholds hotAccountShare(final double hotAccountShare)
    {
        this.hotAccountShare = share("hotAccountShare", hotAccountShare);
        return this;
    }

    /**
     * The share of all moves that one account may have before it counts as hot.
     *
     * @return 0 to 1.
     */
    public double hotAccountShare()
    {
        return hotAccountShare;
    }

    /**
     * Sets how many intervals in a row have to say the same before the verdict changes; the default is 3.
     *
     * @param intervalCount above zero.
     * @return this.
     */
    public Thresholds intervalCount(final int intervalCount)
    {
        if (intervalCount < 1)
        {
            throw new IllegalArgumentException(
                "Thresholds.intervalCount is above zero: intervalCount=" + intervalCount);
        }
        this.intervalCount = intervalCount;
        return this;
    }

    /**
     * How many intervals in a row have to say the same before the verdict changes.
     *
     * @return a count.
     */
    public int intervalCount()
    {
        return intervalCount;
    }

    /**
     * By how much a limit is lower for a verdict that stands already, so that it does not flicker.
     *
     * @return a factor, 0.85.
     */
    public double hysteresis()
    {
        return HYSTERESIS;
    }

    private static double share(final String name, final double value)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new IllegalArgumentException("Thresholds." + name + " is 0 to 1: " + name + "=" + value);
        }
        return value;
    }
}
