package io.seriatim.ledger;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Bins hand out what they were given: all of it, once, and entries with the same hash in the order of coming. */
class HashBinsTest
{
    private static final long SEED = 11;

    private final List<Integer> counts = new ArrayList<>();
    private final Map<Long, List<Long>> handedOut = new HashMap<>();

    @Test
    void shouldHandOutABinWhenItIsFullAndTheRestAtTheEnd()
    {
        try (HashBins bins = new HashBins(0, this::onBin))
        {
            for (int i = 1; i < HashBins.BIN_CAPACITY; i++)
            {
                bins.add(-1L << i, i);
            }
            assertEquals(List.of(), counts);
            bins.add(0, HashBins.BIN_CAPACITY);
            assertEquals(List.of(HashBins.BIN_CAPACITY), counts);
            bins.flush();
            assertEquals(List.of(HashBins.BIN_CAPACITY), counts);
            bins.add(5, 7);
            bins.flush();
            assertEquals(List.of(HashBins.BIN_CAPACITY, 1), counts);
            assertEquals(List.of(7L), handedOut.get(5L));
        }
    }

    @Test
    void shouldKeepTheOrderOfEntriesWithTheSameHash()
    {
        final int count = 300_000;
        for (final long expectedCount : new long[]{0, count, 100L * count, Long.MAX_VALUE})
        {
            counts.clear();
            handedOut.clear();
            final Random random = new Random(SEED);
            final Map<Long, List<Long>> expected = new HashMap<>();
            try (HashBins bins = new HashBins(expectedCount, this::onBin))
            {
                for (long value = 1; value <= count; value++)
                {
                    final long hash = random.nextInt(count / 3) * 0x9E3779B97F4A7C15L;
                    expected.computeIfAbsent(hash, key -> new ArrayList<>()).add(value);
                    bins.add(hash, value);
                }
                bins.flush();
            }
            assertEquals(expected, handedOut, "seed=" + SEED + ", expected count=" + expectedCount);
        }
    }

    /** As many bins as will be filled, so that each is full when it is handed out, but for the last time. */
    @Test
    void shouldHaveAsManyBinsAsWillBeFilled()
    {
        assertEquals(1, binCount(HashBins.BIN_CAPACITY * 2 - 1));
        assertEquals(2, binCount(HashBins.BIN_CAPACITY * 2));
        assertEquals(512, binCount(1_000_000));
        assertEquals(HashBins.BIN_COUNT_MAX, binCount((long)HashBins.BIN_CAPACITY * HashBins.BIN_COUNT_MAX));
        assertEquals(HashBins.BIN_COUNT_MAX, binCount(Long.MAX_VALUE));
    }

    private int binCount(final long expectedCount)
    {
        try (HashBins bins = new HashBins(expectedCount, this::onBin))
        {
            return bins.count();
        }
    }

    private void onBin(final long bin, final int count)
    {
        assertTrue(count > 0 && count <= HashBins.BIN_CAPACITY, "count=" + count);
        counts.add(count);
        for (int i = 0; i < count; i++)
        {
            handedOut.computeIfAbsent(HashBins.hash(bin, i), key -> new ArrayList<>()).add(HashBins.value(bin, i));
        }
    }
}
