package io.seriatim.totals;

import java.math.BigInteger;

/**
 * What transfers add up to. All of it only grows; what goes down again is the difference of two sums that grow.
 *
 * @param count         of transfers.
 * @param moved         amount that was posted, in the ledger's smallest unit.
 * @param pendingOpened how many became pending.
 * @param pendingEnded  how many that were pending are posted, voided or expired.
 */
public record Sums(long count, BigInteger moved, long pendingOpened, long pendingEnded)
{
    /** Of nothing. */
    public static final Sums ZERO = new Sums(0, BigInteger.ZERO, 0, 0);

    /**
     * Both together.
     *
     * @param other of other transfers.
     * @return their sums.
     */
    public Sums plus(final Sums other)
    {
        return new Sums(
            count + other.count, moved.add(other.moved), pendingOpened + other.pendingOpened,
            pendingEnded + other.pendingEnded);
    }

    /**
     * How many are pending now.
     *
     * @return opened less ended.
     */
    public long pendingOpen()
    {
        return pendingOpened - pendingEnded;
    }
}
