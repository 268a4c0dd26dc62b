package io.seriatim.replay;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ValueIndexTest
{
    private static final int KEY_COUNT = 500_000;

    @Test
    void shouldFindTheRowsOfEveryKey()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Map<Long, List<Integer>> expected = new HashMap<>();
        try (IntLists lists = new IntLists(); ValueIndex subject = new ValueIndex(lists, seed))
        {
            for (int row = 0; row < 300_000; row++)
            {
                // Small numbers, as codes are; numbers that rise; and any, of which some come again and again.
                final long key = switch (random.nextInt(3))
                {
                    case 0 -> random.nextInt(50);
                    case 1 -> row;
                    default -> new SplittableRandom(random.nextInt(60_000)).nextLong();
                };
                subject.add(key, row);
                expected.computeIfAbsent(key, any -> new ArrayList<>()).add(row);
            }
            expected.forEach((key, rows) ->
            {
                final long list = subject.find(key);
                assertEquals(rows.size(), IntLists.count(list), "seed=" + seed + ", key=" + key);
                for (int i = 0; i < rows.size(); i++)
                {
                    assertEquals(rows.get(i), lists.get(list, i), "seed=" + seed + ", key=" + key);
                }
            });
            for (int i = 0; i < 10_000; i++)
            {
                final long key = random.nextLong();
                assertEquals(expected.containsKey(key), subject.find(key) != IntLists.EMPTY, "seed=" + seed);
            }
        }
    }

    @Test
    void shouldTakeLessThanThirtyBytesForAKeyOfOneRow()
    {
        try (IntLists lists = new IntLists(); ValueIndex subject = new ValueIndex(lists, 3))
        {
            for (int row = 0; row < KEY_COUNT; row++)
            {
                subject.add(row * 31L, row);
            }
            final double bytesPerKey = (subject.allocatedBytes() + lists.allocatedBytes()) / (double)KEY_COUNT;
            assertTrue(bytesPerKey < 30, "bytes per key=" + bytesPerKey);
        }
    }
}
