package io.seriatim.replay;

import java.math.BigInteger;

/**
 * Sum of unsigned numbers of 128 bits, 192 bits wide, so that no ledger overflows it.
 * <p>
 * Threads: confined to one.
 */
final class WideSum
{
    private long top;
    private long high;
    private long low;

    void add(final long addHigh, final long addLow)
    {
        final long newLow = low + addLow;
        final long carry = Long.compareUnsigned(newLow, low) < 0 ? 1 : 0;
        final long partHigh = high + addHigh;
        final long newHigh = partHigh + carry;
        top += (Long.compareUnsigned(partHigh, high) < 0 ? 1 : 0) +
            (Long.compareUnsigned(newHigh, partHigh) < 0 ? 1 : 0);
        high = newHigh;
        low = newLow;
    }

    BigInteger value()
    {
        return unsigned(top).shiftLeft(Long.SIZE).or(unsigned(high)).shiftLeft(Long.SIZE).or(unsigned(low));
    }

    private static BigInteger unsigned(final long value)
    {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
