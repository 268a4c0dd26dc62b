package io.seriatim.replay;

import io.seriatim.ledger.PendingState;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;

class PendingSetsTest
{
    @Test
    void shouldFindNeighboursAsASortedSetDoes()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (final int bound : new int[] {1, 64, 65, 4_096, 4_097, 262_144, 300_000, 20_000_000})
        {
            compare(random, bound, "seed=" + seed + ", bound=" + bound);
        }
    }

    private static void compare(final SplittableRandom random, final int bound, final String text)
    {
        final List<TreeSet<Integer>> expected = new ArrayList<>();
        for (int i = 0; i <= PendingState.values().length; i++)
        {
            expected.add(new TreeSet<>());
        }
        try (PendingSets subject = new PendingSets())
        {
            for (int i = 0; i < 20_000; i++)
            {
                final PendingState state = PendingState.of(1 + random.nextInt(4));
                final TreeSet<Integer> set = expected.get(state.code());
                // Rows come in rising order at first, as they do in life; so levels are added on the way.
                final int row = random.nextInt(1 + (int)((long)bound * Math.min(i + 1, 10_000) / 10_001));
                if (random.nextInt(3) > 0)
                {
                    subject.add(state, row);
                    set.add(row);
                }
                else if (!set.isEmpty())
                {
                    final Integer near = set.floor(row);
                    final int removed = near == null ? set.first() : near;
                    subject.remove(state, removed);
                    set.remove(removed);
                }
                final int asked = random.nextInt(bound) + random.nextInt(100);
                final Integer ceiling = set.ceiling(asked);
                final Integer floor = set.floor(asked);
                assertEquals(ceiling == null ? RowSet.NONE : ceiling, subject.ceiling(state, asked), text);
                assertEquals(floor == null ? RowSet.NONE : floor, subject.floor(state, asked), text);
            }
        }
    }

    @Test
    void shouldFindNothingInAnEmptySet()
    {
        try (PendingSets subject = new PendingSets())
        {
            assertEquals(RowSet.NONE, subject.ceiling(PendingState.POSTED, 0));
            assertEquals(RowSet.NONE, subject.floor(PendingState.POSTED, Integer.MAX_VALUE));
            subject.add(PendingState.PENDING, 1_000_000);
            assertEquals(RowSet.NONE, subject.ceiling(PendingState.POSTED, 0));
            assertEquals(1_000_000, subject.ceiling(PendingState.PENDING, 0));
            assertEquals(1_000_000, subject.floor(PendingState.PENDING, Integer.MAX_VALUE));
            subject.remove(PendingState.PENDING, 1_000_000);
            assertEquals(RowSet.NONE, subject.ceiling(PendingState.PENDING, 0));
            assertEquals(RowSet.NONE, subject.floor(PendingState.PENDING, Integer.MAX_VALUE));
        }
    }

    @Test
    void shouldHoldRowsUpToTheGreatestInt()
    {
        try (PendingSets subject = new PendingSets())
        {
            subject.add(PendingState.PENDING, 5);
            // Its words are in the tens of millions; what lies between costs half a byte a row.
            subject.add(PendingState.PENDING, 1 << 26);
            assertEquals(1 << 26, subject.ceiling(PendingState.PENDING, 6));
            assertEquals(5, subject.floor(PendingState.PENDING, (1 << 26) - 1));
            assertEquals(1 << 26, subject.floor(PendingState.PENDING, Integer.MAX_VALUE));
        }
    }
}
