package io.seriatim.tools;

import java.nio.charset.StandardCharsets;

/**
 * Unsigned decimals of up to 128 bits as the bytes of a file, read and written without an object for each.
 * <p>
 * Shape: the last number that was read, as a high and a low half.<br>
 * Cost: up to 18 digits one pass over the bytes; up to 39 two multiplications of 64 bits more. Nothing is allocated.
 * <br>
 * Threads: confined to one.
 */
final class Decimal128
{
    /** 2^128-1, which has as many digits as a number can have. */
    static final String MAX = "340282366920938463463374607431768211455";

    /** Bytes that {@link #format} may need. */
    static final int LENGTH_MAX = MAX.length();

    /** So many digits fit a long, whatever they are. */
    private static final int CHUNK_LENGTH = 18;

    private static final long BILLION = 1_000_000_000L;

    private static final int BILLION_LENGTH = 9;

    private static final long LIMB_MASK = 0xFFFF_FFFFL;

    private static final long[] POWERS_OF_TEN = new long[CHUNK_LENGTH + 1];

    static
    {
        POWERS_OF_TEN[0] = 1;
        for (int i = 1; i <= CHUNK_LENGTH; i++)
        {
            POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
        }
    }

    private long high;
    private long low;

    long high()
    {
        return high;
    }

    long low()
    {
        return low;
    }

    void clear()
    {
        high = 0;
        low = 0;
    }

    /**
     * Reads a number: digits only, no sign, no blanks. Leading zeros are allowed and mean nothing.
     *
     * @param buffer holding the digits.
     * @param offset of the first.
     * @param length how many bytes.
     * @return true if it is a number from 0 to 2^128-1; else the last number is undefined.
     */
    boolean parse(final byte[] buffer, final int offset, final int length)
    {
        final int end = offset + length;
        int index = offset;
        while (index < end - 1 && buffer[index] == '0')
        {
            index++;
        }
        if (index == end || end - index > LENGTH_MAX)
        {
            return false;
        }

        clear();
        while (index < end)
        {
            final int chunkEnd = Math.min(end, index + CHUNK_LENGTH);
            final long power = POWERS_OF_TEN[chunkEnd - index];
            long chunk = 0;
            for (; index < chunkEnd; index++)
            {
                final int digit = buffer[index] - '0';
                if (digit < 0 || digit > 9)
                {
                    return false;
                }
                chunk = chunk * 10 + digit;
            }
            if (!multiplyAndAdd(power, chunk))
            {
                return false;
            }
        }
        return true;
    }

    private boolean multiplyAndAdd(final long factor, final long summand)
    {
        if (unsignedMultiplyHigh(high, factor) != 0)
        {
            return false;
        }
        final long product = low * factor;
        final long sum = product + summand;
        final long carry = Long.compareUnsigned(sum, product) < 0 ? 1 : 0;
        // At most 2^60 - 1 for the factor, so the carry has room.
        final long upper = unsignedMultiplyHigh(low, factor) + carry;
        final long shifted = high * factor;

        high = shifted + upper;
        low = sum;
        return Long.compareUnsigned(high, shifted) >= 0;
    }

    /** Of factors of which the second is not negative. */
    private static long unsignedMultiplyHigh(final long a, final long b)
    {
        return Math.multiplyHigh(a, b) + ((a >> 63) & b);
    }

    /**
     * Writes a number without leading zeros.
     *
     * @param high   half.
     * @param low    half.
     * @param buffer with room for {@link #LENGTH_MAX} bytes.
     * @param offset where the first digit goes.
     * @return how many digits were written.
     */
    static int format(final long high, final long low, final byte[] buffer, final int offset)
    {
        if (high == 0 && low >= 0)
        {
            final int length = digitCount(low);
            write(low, buffer, offset, length);
            return length;
        }
        return formatLarge(high, low, buffer, offset);
    }

    /** By long division of four limbs of 32 bits, nine digits at a time: every step fits a long. */
    private static int formatLarge(final long high, final long low, final byte[] buffer, final int offset)
    {
        long limb3 = high >>> 32;
        long limb2 = high & LIMB_MASK;
        long limb1 = low >>> 32;
        long limb0 = low & LIMB_MASK;

        // The lowest digits come first, so they are written towards the front from the end of the room.
        final int end = offset + LENGTH_MAX;
        int start = end;
        while ((limb3 | limb2 | limb1) != 0)
        {
            long remainder = limb3 % BILLION;
            limb3 /= BILLION;
            limb2 |= remainder << 32;
            remainder = limb2 % BILLION;
            limb2 /= BILLION;
            limb1 |= remainder << 32;
            remainder = limb1 % BILLION;
            limb1 /= BILLION;
            limb0 |= remainder << 32;
            remainder = limb0 % BILLION;
            limb0 /= BILLION;
            start -= BILLION_LENGTH;
            write(remainder, buffer, start, BILLION_LENGTH);
        }
        if (limb0 != 0)
        {
            final int length = digitCount(limb0);
            start -= length;
            write(limb0, buffer, start, length);
        }
        else
        {
            while (buffer[start] == '0')
            {
                start++;
            }
        }
        System.arraycopy(buffer, start, buffer, offset, end - start);
        return end - start;
    }

    private static int digitCount(final long value)
    {
        for (int i = 1; i <= CHUNK_LENGTH; i++)
        {
            if (value < POWERS_OF_TEN[i])
            {
                return i;
            }
        }
        return CHUNK_LENGTH + 1;
    }

    private static void write(final long value, final byte[] buffer, final int offset, final int length)
    {
        long rest = value;
        for (int i = offset + length - 1; i >= offset; i--)
        {
            final long quotient = rest / 10;
            buffer[i] = (byte) ('0' + (rest - quotient * 10));
            rest = quotient;
        }
    }

    /** Below, at or above zero as the first number is less than, equal to or greater than the second. */
    static int compare(final long aHigh, final long aLow, final long bHigh, final long bLow)
    {
        final int order = Long.compareUnsigned(aHigh, bHigh);
        return order != 0 ? order : Long.compareUnsigned(aLow, bLow);
    }

    static String toString(final long high, final long low)
    {
        final byte[] digits = new byte[LENGTH_MAX];
        return new String(digits, 0, format(high, low, digits, 0), StandardCharsets.US_ASCII);
    }
}
