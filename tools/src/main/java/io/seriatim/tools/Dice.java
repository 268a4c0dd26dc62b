package io.seriatim.tools;

/**
 * Random numbers that are the same on every machine and in every version of Java: integer arithmetic only.
 * <p>
 * Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014 (SplitMix64).<br>
 * Threads: confined to one.
 */
final class Dice
{
    private long state;

    Dice(final long seed)
    {
        state = seed;
    }

    long next()
    {
        state += 0x9E37_79B9_7F4A_7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    /**
     * An even draw; the bias of at most bound / 2^32 does no harm here.
     *
     * @param bound above zero.
     * @return from 0 to below the bound.
     */
    int below(final int bound)
    {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    /**
     * A skewed draw, of which each doubling of the rank is as likely as the one before it: close to Zipf's law with
     * exponent 1, without its floating point.
     *
     * @param bound above zero.
     * @return a rank from 0 to below the bound; 0 is the most frequent.
     */
    int skewedBelow(final int bound)
    {
        final int octaves = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
        while (true)
        {
            final int octave = below(octaves);
            final int rank = (1 << octave) - 1 + below(1 << octave);
            if (rank < bound)
            {
                return rank;
            }
        }
    }

    /** A money amount: small ones are as frequent, octave for octave, as large ones. From 16 to 131,071. */
    int amount()
    {
        final int octave = 4 + below(13);
        return (1 << octave) + below(1 << octave);
    }
}
