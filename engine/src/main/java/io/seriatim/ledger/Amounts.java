package io.seriatim.ledger;

/**
 * Arithmetic on unsigned 128-bit numbers held as two halves. No sum is formed before it is known to fit: callers ask
 * {@link #sumOverflows} first.
 */
final class Amounts
{
    private Amounts()
    {
    }

    static int compare(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return aHigh != bHigh ? Long.compareUnsigned(aHigh, bHigh) : Long.compareUnsigned(aLow, bLow);
    }

    static boolean isZero(final long high, final long low)
    {
        return (high | low) == 0;
    }

    static boolean isMax(final long high, final long low)
    {
        return (high & low) == -1;
    }

    /** Whether an optional number, 0 = left open, is given and another one. */
    static boolean isGivenAndDifferent(
        final long givenHigh, final long givenLow, final long high, final long low)
    {
        return !isZero(givenHigh, givenLow) && (givenHigh != high || givenLow != low);
    }

    /** Low half of a sum. */
    static long addLow(final long aLow, final long bLow)
    {
        return aLow + bLow;
    }

    /** High half of a sum that is known to fit. */
    static long addHigh(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return aHigh + bHigh + carry(aLow, bLow);
    }

    /** Whether a + b exceeds 2^128-1: whether a is above the complement of b. */
    static boolean sumOverflows(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return compare(aHigh, aLow, ~bHigh, ~bLow) > 0;
    }

    /** Low half of a difference. */
    static long subtractLow(final long aLow, final long bLow)
    {
        return aLow - bLow;
    }

    /** High half of a difference that is known not to be negative. */
    static long subtractHigh(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        return aHigh - bHigh - (Long.compareUnsigned(aLow, bLow) < 0 ? 1 : 0);
    }

    private static long carry(final long aLow, final long bLow)
    {
        return Long.compareUnsigned(aLow + bLow, aLow) < 0 ? 1 : 0;
    }
}
