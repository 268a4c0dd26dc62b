package io.seriatim.ledger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HashIndexTest
{
    private static final long SEED = 42;

    private final HashIndex index = new HashIndex(SEED);

    @AfterEach
    void close()
    {
        index.close();
    }

    @Test
    void shouldBeNoLargerWhenRoomWasMadeBefore()
    {
        for (final int count : new int[] {0, 1, 2_047, 2_048, 5_000, 50_000, 300_000, 450_000})
        {
            final SplittableRandom random = new SplittableRandom(SEED + count);
            try (HashIndex grown = new HashIndex(SEED); HashIndex reserved = new HashIndex(SEED))
            {
                reserved.find(random.nextLong());
                reserved.reserve(count);
                for (long value = 1; value <= count; value++)
                {
                    final long hash = random.nextLong();
                    grown.add(hash, value);
                    reserved.add(hash, value);
                    assertEquals(value, HashIndex.value(reserved.find(hash)));
                }
                assertEquals(count, reserved.size());
                assertTrue(
                    reserved.allocatedBytes() <= grown.allocatedBytes(),
                    "count=" + count + ", grown=" + grown.allocatedBytes() + ", reserved=" + reserved.allocatedBytes());
            }
        }
    }

    /** Hashes of their own, some of them shared by several values, and some in lines and pages that are crowded. */
    @Test
    void shouldAgreeWithAMapOverRandomAddsAndRemoves()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Map<Long, Set<Long>> expected = new HashMap<>();
        final List<long[]> present = new ArrayList<>();
        long lookedUp = 0;
        index.reserve(random.nextInt(2) * random.nextInt(400_000));
        for (long value = 1; value <= 400_000; value++)
        {
            if (present.isEmpty() || random.nextInt(10) < 7)
            {
                final long hash = switch (random.nextInt(8))
                {
                    case 0 -> present.isEmpty() ? 0 : present.get(random.nextInt(present.size()))[0];
                    case 1 -> random.nextLong() & ~7L;
                    case 2 -> lookedUp;
                    default -> random.nextLong();
                };
                if (expected.computeIfAbsent(hash, key -> new HashSet<>()).size() < 20)
                {
                    if (random.nextBoolean())
                    {
                        // Where this ends, an entry can be added at once.
                        index.find(hash);
                    }
                    expected.get(hash).add(value);
                    index.add(hash, value);
                    present.add(new long[]{hash, value});
                }
            }
            else
            {
                final int drawn = random.nextInt(present.size());
                final long[] entry = present.get(drawn);
                present.set(drawn, present.get(present.size() - 1));
                present.remove(present.size() - 1);
                expected.get(entry[0]).remove(entry[1]);
                index.remove(placeOf(entry[0], entry[1]));
                assertEquals(expected.get(entry[0]), valuesOf(entry[0]), "seed=" + seed);
                // And where that ends not any more, once something else was removed or added.
                lookedUp = random.nextBoolean() ? random.nextLong() & ~7L : entry[0] ^ 1L << 60;
                index.find(lookedUp);
            }
        }
        assertEquals(present.size(), index.size(), "seed=" + seed);
        expected.forEach((hash, values) -> assertEquals(values, valuesOf(hash), "seed=" + seed));
        assertEquals(Set.of(), valuesOf(random.nextLong()), "seed=" + seed);
    }

    @Test
    void shouldHoldTheExtremesAndGiveThemOtherValues()
    {
        index.add(-1, -1);
        index.add(0, Long.MIN_VALUE);
        index.add(1, Long.MAX_VALUE);
        assertEquals(-1, index.get(-1));
        assertEquals(Long.MIN_VALUE, index.get(0));
        assertEquals(Long.MAX_VALUE, index.get(1));
        assertEquals(HashIndex.NOT_FOUND, index.get(2));
        HashIndex.value(index.find(0), 7);
        assertEquals(7, index.get(0));
        index.touch(2);
        assertEquals(3, index.size());
    }

    /** The last line of a page has room behind it, and a page is split when that is full, too. */
    @Test
    void shouldSplitAPageWhenItsLastLineHasNoMoreRoom()
    {
        final int roomFor = 4 * (HashIndex.DISTANCE_MAX + 1);
        final long line = HashIndex.LINE_COUNT - 1;
        for (int i = 0; i < roomFor; i++)
        {
            index.add((long)i << 57 | line, i + 1);
        }
        final long before = index.allocatedBytes();
        for (int i = 0; i < roomFor; i++)
        {
            assertEquals(i + 1, index.get((long)i << 57 | line));
        }
        index.add(127L << 57 | line, 1_000);
        assertTrue(index.allocatedBytes() > before, "no page was added");
        assertEquals(1_000, index.get(127L << 57 | line));
        for (int i = 0; i < roomFor; i++)
        {
            assertEquals(i + 1, index.get((long)i << 57 | line));
        }
    }

    /** What no split can part can not be held; keyed hashes never come to that. */
    @Test
    void shouldRefuseMoreOfOneHashThanAPageHasRoomFor()
    {
        final int roomFor = 4 * (HashIndex.DISTANCE_MAX + 1);
        for (int i = 1; i <= roomFor; i++)
        {
            index.add(7L << 60, i);
        }
        assertEquals(roomFor, valuesOf(7L << 60).size());
        assertThrows(IllegalStateException.class, () -> index.add(7L << 60, roomFor + 1));
        assertTrue(index.allocatedBytes() < 1L << 20, "it grew to " + index.allocatedBytes() + " bytes in vain");
    }

    @Test
    void shouldGiveNumbersHashesOfTheirOwnAndIdsHashesBySeed()
    {
        final Set<Long> hashes = new HashSet<>();
        for (long key = -50_000; key < 50_000; key++)
        {
            hashes.add(index.hash(key));
        }
        assertEquals(100_000, hashes.size());
        try (HashIndex other = new HashIndex(SEED + 1); HashIndex same = new HashIndex(SEED))
        {
            assertEquals(same.hash(1, 2), index.hash(1, 2));
            assertNotEquals(other.hash(1, 2), index.hash(1, 2));
            assertNotEquals(index.hash(2, 1), index.hash(1, 2));
        }
        final CollidingIds ids = new CollidingIds(SEED);
        assertEquals(
            index.hash(ids.firstHigh(), ids.firstLow(3)), index.hash(ids.secondHigh(3), ids.secondLow()));
    }

    @Test
    void shouldCountTheLinesThatASearchReads()
    {
        final long hash = 9;
        assertEquals(1, index.lineCount(hash));
        for (int i = 1; i <= 3; i++)
        {
            index.add(hash, i);
        }
        assertEquals(1, index.lineCount(hash));
        index.add(hash, 4);
        assertEquals(2, index.lineCount(hash));
        assertEquals(1, index.lineCount(hash + 1));
    }

    @Test
    void shouldTake20To40BytesAnEntry()
    {
        final int count = 3_000_000;
        double most = 0;
        long nextLook = 200_000;
        for (int i = 1; i <= count; i++)
        {
            index.add(index.hash(i >> 10, i), i);
            if (i == nextLook)
            {
                final double bytes = (double)index.allocatedBytes() / i;
                most = Math.max(most, bytes);
                assertTrue(bytes >= 18 && bytes <= 40, "entries=" + i + ", bytes an entry=" + bytes);
                nextLook += nextLook / 16;
            }
        }
        assertTrue(most > 24, "looked at the wrong moments: most=" + most);
    }

    private long placeOf(final long hash, final long value)
    {
        long place = index.find(hash);
        while (HashIndex.value(place) != value)
        {
            place = index.next(place);
        }
        return place;
    }

    private Set<Long> valuesOf(final long hash)
    {
        final Set<Long> values = new HashSet<>();
        for (long place = index.find(hash); place != HashIndex.NOT_FOUND; place = index.next(place))
        {
            assertTrue(values.add(HashIndex.value(place)), "a value comes twice");
        }
        return values;
    }
}
