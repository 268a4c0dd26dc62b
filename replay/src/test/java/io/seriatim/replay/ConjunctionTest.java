package io.seriatim.replay;

import io.seriatim.engine.Filter;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConjunctionTest
{
    private static final int ROW_COUNT = 5_000;

    private final UnsafeBuffer filterBuffer = new UnsafeBuffer(new byte[Filter.LENGTH]);
    private final Filter filter = new Filter().wrap(filterBuffer, 0);

    @Test
    void shouldFindTheRowsThatAScanFinds()
    {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final long[] userData64 = random.longs(ROW_COUNT, 0, 40).toArray();
        final int[] userData32 = random.ints(ROW_COUNT, 0, 6).toArray();
        final int[] codes = random.ints(ROW_COUNT, 1, 3).toArray();
        final int[] ledgers = random.ints(ROW_COUNT, 1, 4).toArray();
        try (IntLists lists = new IntLists(); Postings postings = new Postings(lists, seed, -1))
        {
            for (int row = 0; row < ROW_COUNT; row++)
            {
                postings.add(Postings.Field.USER_DATA_64, userData64[row], row);
                postings.add(Postings.Field.USER_DATA_32, userData32[row], row);
                postings.add(Postings.Field.CODE, codes[row], row);
                postings.add(Postings.Field.LEDGER, ledgers[row], row);
            }
            final Conjunction subject = new Conjunction(lists, postings);
            for (int i = 0; i < 3_000; i++)
            {
                final int first = random.nextInt(ROW_COUNT);
                final int last = random.nextInt(ROW_COUNT);
                filterBuffer.setMemory(0, Filter.LENGTH, (byte)0);
                filter.userData64(random.nextInt(4) == 0 ? random.nextLong(42) : 0)
                    .userData32(random.nextInt(3) == 0 ? random.nextInt(7) : 0)
                    .code(random.nextInt(3)).ledger(random.nextInt(5));
                final List<Integer> expected = IntStream.rangeClosed(first, last)
                    .filter(row -> filter.userData64() == 0 || filter.userData64() == userData64[row])
                    .filter(row -> filter.userData32() == 0 || filter.userData32() == userData32[row])
                    .filter(row -> filter.code() == 0 || filter.code() == codes[row])
                    .filter(row -> filter.ledger() == 0 || filter.ledger() == ledgers[row])
                    .boxed().toList();
                subject.restart(first, last).andFieldsOf(filter).andLedgerOf(filter);
                assertEquals(expected, all(subject, false), "seed=" + seed);
                subject.restart(first, last).andFieldsOf(filter).andLedgerOf(filter);
                final List<Integer> reversed = new ArrayList<>(expected);
                Collections.reverse(reversed);
                assertEquals(reversed, all(subject, true), "seed=" + seed);
            }
        }
    }

    @Test
    void shouldWalkNoMoreThanTheShortestSetBetweenMatches()
    {
        // Two sets without a common row but the last: one with 50 rows, one with half a million.
        final Counted rare = new Counted(20_000);
        final Counted frequent = new Counted(2);
        try (IntLists lists = new IntLists(); Postings postings = new Postings(lists, 1, -1))
        {
            final Conjunction subject = new Conjunction(lists, postings)
                .restart(1, 1_000_000).and(rare).and(frequent);
            assertEquals(RowSet.NONE, subject.begin(false));
            assertTrue(rare.askedCount + frequent.askedCount < 4 * 50 + 4, () ->
                "asked=" + rare.askedCount + " and " + frequent.askedCount);
        }
    }

    /** Rows one before each multiple of a number if that is even, so that they meet no other such set. */
    private static final class Counted implements RowSet
    {
        private final int distance;
        private int askedCount;

        Counted(final int distance)
        {
            this.distance = distance;
        }

        @Override
        public int ceiling(final int row)
        {
            askedCount++;
            final int offset = distance == 2 ? 0 : 1;
            return (row + offset + distance - 1) / distance * distance - offset;
        }

        @Override
        public int floor(final int row)
        {
            throw new UnsupportedOperationException();
        }
    }

    private static List<Integer> all(final Conjunction subject, final boolean isReversed)
    {
        final List<Integer> rows = new ArrayList<>();
        for (int row = subject.begin(isReversed); row != RowSet.NONE; row = subject.goOn(isReversed, row))
        {
            rows.add(row);
        }
        return rows;
    }
}
