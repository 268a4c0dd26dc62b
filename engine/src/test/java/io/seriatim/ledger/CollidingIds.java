package io.seriatim.ledger;

/** Pairs of different ids that have the same hash, which only who knows the seed can make. */
final class CollidingIds
{
    private final long seedHigh;
    private final long seedLow;

    CollidingIds(final long seed)
    {
        seedHigh = HashIndex.mix(seed ^ 0x9E3779B97F4A7C15L);
        seedLow = HashIndex.mix(seedHigh ^ 0xD1B54A32D192ED03L);
    }

    long firstHigh()
    {
        return seedHigh;
    }

    long firstLow(final long number)
    {
        return number ^ seedLow;
    }

    long secondHigh(final long number)
    {
        return Long.rotateLeft(number, 32) ^ seedHigh;
    }

    long secondLow()
    {
        return seedLow;
    }
}
