package io.seriatim.bench;

/** Numbers drawn at so little cost that it does not count. Source: Marsaglia, "Xorshift RNGs", 2003. */
final class XorShift
{
    private long state = 0x9E3779B97F4A7C15L;

    long next()
    {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return state;
    }

    /** From 0 to less than a bound. */
    int next(final int bound)
    {
        return (int)((next() >>> 33) * bound >>> 31);
    }
}
