package io.seriatim.replay;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class IntListsTest
{
    private static final int LIST_COUNT = 2_000;
    private static final int LONG_COUNT = 1_000_000;

    @Test
    void shouldHoldWhatWasAppendedToManyListsInTurn()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] lists = new long[LIST_COUNT];
        final List<List<Integer>> expected = new ArrayList<>();
        for (int i = 0; i < LIST_COUNT; i++)
        {
            expected.add(new ArrayList<>());
        }
        try (IntLists subject = new IntLists())
        {
            for (int i = 0; i < 400_000; i++)
            {
                // The square of a draw: some lists get much, most little.
                final double draw = random.nextDouble();
                final int list = (int)(draw * draw * draw * LIST_COUNT);
                final int value = random.nextInt();
                lists[list] = subject.append(lists[list], value);
                expected.get(list).add(value);
            }
            for (int list = 0; list < LIST_COUNT; list++)
            {
                assertEquals(expected.get(list).size(), IntLists.count(lists[list]), "seed=" + seed);
                for (int i = 0; i < expected.get(list).size(); i++)
                {
                    assertEquals(expected.get(list).get(i), subject.get(lists[list], i), "seed=" + seed);
                }
            }
        }
    }

    @Test
    void shouldHoldOneIntWithoutAList()
    {
        try (IntLists subject = new IntLists())
        {
            final long before = subject.allocatedBytes();
            final long list = subject.append(IntLists.EMPTY, -7);
            assertEquals(1, IntLists.count(list));
            assertEquals(-7, subject.get(list, 0));
            assertEquals(before, subject.allocatedBytes());
        }
    }

    @Test
    void shouldNotReachOutsideOfAList()
    {
        try (IntLists subject = new IntLists())
        {
            final long list = subject.append(subject.append(IntLists.EMPTY, 4), 5);
            for (final int index : new int[] {-1, 2})
            {
                final AssertionError error = assertThrows(AssertionError.class, () -> subject.get(list, index));
                assertEquals("index is outside: index=" + index + ", count=2", error.getMessage());
            }
            assertEquals(5, subject.get(list, 1));
        }
    }

    @Test
    void shouldTakeFourBytesAnIntInALongList()
    {
        try (IntLists subject = new IntLists())
        {
            long list = IntLists.EMPTY;
            for (int i = 0; i < LONG_COUNT; i++)
            {
                list = subject.append(list, i);
            }
            for (int i = 0; i < LONG_COUNT; i += 997)
            {
                assertEquals(i, subject.get(list, i));
            }
            final double bytesPerInt = subject.allocatedBytes() / (double)LONG_COUNT;
            assertTrue(bytesPerInt < 4.5, "bytes per int=" + bytesPerInt);
        }
    }

    @Test
    void shouldUseAgainWhatShortListsHaveGivenBack()
    {
        try (IntLists subject = new IntLists())
        {
            long held = 0;
            for (int round = 0; round < 50_000; round++)
            {
                long list = IntLists.EMPTY;
                for (int i = 0; i < 20; i++)
                {
                    list = subject.append(list, i);
                }
                held += IntLists.count(list);
            }
            // 20 ints lie in a piece of 24; the shorter pieces that they grew out of are those of the next lists.
            final double bytesPerInt = subject.allocatedBytes() / (double)held;
            assertTrue(bytesPerInt < 5.2, "bytes per int=" + bytesPerInt);
        }
    }
}
