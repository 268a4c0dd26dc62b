package io.seriatim.ledger;

/**
 * Arithmetic on unsigned 128-bit numbers held as two halves. No sum is formed before it is known to fit: callers ask
 * {@link #sumOverflows} first. One that does not fit is taken modulo 2^128.
 */
public final class Amounts
{
    private Amounts()
    {
    }

    /**
     * Compare two numbers.
     *
     * @param aHigh high half of a.
     * @param aLow  low half of a.
     * @param bHigh high half of b.
     * @param bLow  low half of b.
     * @return below zero if a is less than b, zero if they are equal, else above zero.
     */
    public static int compare(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return aHigh != bHigh ? Long.compareUnsigned(aHigh, bHigh) : Long.compareUnsigned(aLow, bLow);
    }

    /**
     * Whether a number is zero.
     *
     * @param high half.
     * @param low  half.
     * @return true if both halves are.
     */
    public static boolean isZero(final long high, final long low)
    {
        return (high | low) == 0;
    }

    /**
     * Whether a number is 2^128-1.
     *
     * @param high half.
     * @param low  half.
     * @return true if all bits are set.
     */
    public static boolean isMax(final long high, final long low)
    {
        return (high & low) == -1;
    }

    /** Whether an optional number, 0 = left open, is given and another one. */
    static boolean isGivenAndDifferent(
        final long givenHigh, final long givenLow, final long high, final long low)
    {
        return !isZero(givenHigh, givenLow) && (givenHigh != high || givenLow != low);
    }

    /**
     * Low half of a sum.
     *
     * @param aLow low half of a.
     * @param bLow low half of b.
     * @return low half.
     */
    public static long addLow(final long aLow, final long bLow)
    {
        return aLow + bLow;
    }

    /**
     * High half of a sum that is known to fit.
     *
     * @param aHigh high half of a.
     * @param aLow  low half of a.
     * @param bHigh high half of b.
     * @param bLow  low half of b.
     * @return high half.
     */
    public static long addHigh(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return aHigh + bHigh + carry(aLow, bLow);
    }

    /** Whether a + b exceeds 2^128-1: whether a is above the complement of b. */
    static boolean sumOverflows(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return compare(aHigh, aLow, ~bHigh, ~bLow) > 0;
    }

    /**
     * Low half of a difference.
     *
     * @param aLow low half of a.
     * @param bLow low half of b.
     * @return low half.
     */
    public static long subtractLow(final long aLow, final long bLow)
    {
        return aLow - bLow;
    }

    /**
     * High half of a difference that is known not to be negative.
     *
     * @param aHigh high half of a.
     * @param aLow  low half of a.
     * @param bHigh high half of b.
     * @param bLow  low half of b.
     * @return high half.
     */
    public static long subtractHigh(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return aHigh - bHigh - (Long.compareUnsigned(aLow, bLow) < 0 ? 1 : 0);
    }

    private static long carry(final long aLow, final long bLow)
    {
        return Long.compareUnsigned(aLow + bLow, aLow) < 0 ? 1 : 0;
    }
}
