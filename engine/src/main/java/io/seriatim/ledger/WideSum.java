package io.seriatim.ledger;

import java.math.BigInteger;

/**
 * Sum of unsigned numbers of 128 bits, 192 bits wide, so that no ledger overflows it.
 * <p>
 * Threads: confined to one.
 */
public final class WideSum
{
    private long top;
    private long high;
    private long low;

    /**
     * Add a number.
     *
     * @param addHigh high half of it.
     * @param addLow  low half of it.
     */
    public void add(final long addHigh, final long addLow)
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

    /**
     * Bits 128 to 191.
     *
     * @return as an unsigned number.
     */
    public long top()
    {
        return top;
    }

    /**
     * Bits 64 to 127.
     *
     * @return as an unsigned number.
     */
    public long high()
    {
        return high;
    }

    /**
     * Bits 0 to 63.
     *
     * @return as an unsigned number.
     */
    public long low()
    {
        return low;
    }

    /**
     * The sum.
     *
     * @return a number of at most 192 bits.
     */
    public BigInteger value()
    {
        return unsigned(top).shiftLeft(Long.SIZE).or(unsigned(high)).shiftLeft(Long.SIZE).or(unsigned(low));
    }

    private static BigInteger unsigned(final long value)
    {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
