package io.seriatim.ledger;

import java.math.BigInteger;

/**
 * An unsigned number of 128 bits: an id or an amount. The hot path works on the two halves and {@link Amounts}; this
 * value is for everybody else.
 *
 * @param high the upper 64 bits.
 * @param low  the lower 64 bits.
 */
public record Uint128(long high, long low) implements Comparable<Uint128>
{
    /** 0. */
    public static final Uint128 ZERO = new Uint128(0, 0);

    /** 2^128-1: reserved as an id. */
    public static final Uint128 MAX = new Uint128(-1, -1);

    private static final int DIGITS_MAX = 39;
    private static final int DIGITS_OF_A_LONG = 18;
    private static final BigInteger BIG_MAX = BigInteger.ONE.shiftLeft(Long.SIZE * 2).subtract(BigInteger.ONE);

    /**
     * A small number.
     *
     * @param value zero or above.
     * @return the same number.
     * @throws IllegalArgumentException if the value is negative.
     */
    public static Uint128 of(final long value)
    {
        if (value < 0)
        {
            throw new IllegalArgumentException("must be zero or above: " + value);
        }
        return new Uint128(0, value);
    }

    /**
     * A number of any size up to 2^128-1.
     *
     * @param value zero or above.
     * @return the same number.
     * @throws IllegalArgumentException if the value is out of range.
     */
    public static Uint128 of(final BigInteger value)
    {
        if (value.signum() < 0 || value.compareTo(BIG_MAX) > 0)
        {
            throw new IllegalArgumentException("must be from 0 to 2^128-1: " + value);
        }
        return new Uint128(value.shiftRight(Long.SIZE).longValue(), value.longValue());
    }

    /**
     * Read a decimal number.
     *
     * @param text one or more digits and nothing else.
     * @return the number.
     * @throws IllegalArgumentException if the text is anything else or above 2^128-1.
     */
    public static Uint128 parse(final CharSequence text)
    {
        final int length = text.length();
        long value = 0;
        for (int i = 0; i < length; i++)
        {
            final char c = text.charAt(i);
            if (c < '0' || c > '9')
            {
                throw notANumber(text);
            }
            value = value * 10 + (c - '0');
        }
        if (length == 0)
        {
            throw notANumber(text);
        }
        if (length <= DIGITS_OF_A_LONG)
        {
            return new Uint128(0, value);
        }
        final BigInteger big = new BigInteger(text.toString());
        if (big.compareTo(BIG_MAX) > 0)
        {
            throw notANumber(text);
        }
        return of(big);
    }

    private static IllegalArgumentException notANumber(final CharSequence text)
    {
        final CharSequence shown = text.length() <= DIGITS_MAX * 2 ? text : text.subSequence(0, DIGITS_MAX * 2) + "...";
        return new IllegalArgumentException(
            "not a decimal number from 0 to 340282366920938463463374607431768211455: '" + shown + "'");
    }

    /**
     * The same number as a {@link BigInteger}.
     *
     * @return zero or above.
     */
    public BigInteger toBigInteger()
    {
        return new BigInteger(Long.toUnsignedString(high)).shiftLeft(Long.SIZE)
            .or(new BigInteger(Long.toUnsignedString(low)));
    }

    @Override
    public int compareTo(final Uint128 other)
    {
        return Amounts.compare(high, low, other.high, other.low);
    }

    /**
     * The number in decimal.
     *
     * @return digits only.
     */
    @Override
    public String toString()
    {
        return high == 0 ? Long.toUnsignedString(low) : toBigInteger().toString();
    }
}
