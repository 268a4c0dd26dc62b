package io.seriatim.ledger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class IdIndexTest
{
    private record Id(long high, long low)
    {
    }

    private final IdIndex index = new IdIndex(42);

    @AfterEach
    void close()
    {
        index.close();
    }

    @Test
    void shouldAgreeWithAMapOverRandomAddsAndRemoves()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Map<Id, Long> expected = new HashMap<>();
        final List<Id> present = new ArrayList<>();
        for (int i = 1; i <= 300_000; i++)
        {
            if (present.isEmpty() || random.nextInt(10) < 7)
            {
                // Ids as generators make them: alike in the high half, counting in the low one; and any.
                final Id id = random.nextBoolean() ?
                    new Id(1, i) : new Id(random.nextLong(), random.nextLong());
                if (expected.putIfAbsent(id, (long)i) == null)
                {
                    index.add(id.high(), id.low(), i);
                    present.add(id);
                }
            }
            else
            {
                final int last = present.size() - 1;
                final int drawn = random.nextInt(present.size());
                final Id id = present.get(drawn);
                present.set(drawn, present.get(last));
                present.remove(last);
                expected.remove(id);
                index.remove(id.high(), id.low());
                assertEquals(IdIndex.NOT_FOUND, index.get(id.high(), id.low()), "seed=" + seed);
            }
        }
        assertEquals(expected.size(), index.size(), "seed=" + seed);
        expected.forEach((id, value) -> assertEquals(value, index.get(id.high(), id.low()), "seed=" + seed));
        assertEquals(IdIndex.NOT_FOUND, index.get(2, 1), "seed=" + seed);
    }

    @Test
    void shouldHoldTheExtremeIds()
    {
        index.add(-1, -1, 1);
        index.add(0, 1, -2);
        index.add(1, 0, Long.MIN_VALUE);
        assertEquals(1, index.get(-1, -1));
        assertEquals(-2, index.get(0, 1));
        assertEquals(Long.MIN_VALUE, index.get(1, 0));
        assertEquals(IdIndex.NOT_FOUND, index.get(0, 0));
    }

    @Test
    void shouldSumTheSameContentsAlikeHoweverTheyLie()
    {
        try (IdIndex other = new IdIndex(4711))
        {
            for (int i = 1; i <= 20_000; i++)
            {
                index.add(7, i, i);
                other.add(7, 20_001 - i, 20_001 - i);
            }
            other.add(9, 9, 9);
            assertNotEquals(index.contentSum(1), other.contentSum(1));
            other.remove(9, 9);
            assertEquals(index.contentSum(1), other.contentSum(1));
            assertNotEquals(index.contentSum(1), index.contentSum(2));
        }
    }

    @Test
    void shouldTake30To60BytesAnId()
    {
        final int count = 2_000_000;
        long nextLook = 100_000;
        for (int i = 1; i <= count; i++)
        {
            index.add(i >> 10, i, i);
            if (i == nextLook)
            {
                final double bytesPerId = (double)index.allocatedBytes() / i;
                assertTrue(bytesPerId >= 28 && bytesPerId <= 63, "ids=" + i + ", bytes per id=" + bytesPerId);
                nextLook += nextLook / 8;
            }
        }
    }
}
