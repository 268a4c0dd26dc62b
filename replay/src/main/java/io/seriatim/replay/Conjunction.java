package io.seriatim.replay;

import io.seriatim.ledger.Amounts;
import io.seriatim.engine.Filter;

/**
 * The rows that meet all conditions of a query, one after the other in either direction. Without a condition that is
 * every row of the range.
 * <p>
 * Cost: for one condition O(1) a row. For several each set is searched from where it stands for the row that another
 * one has come to, so between two matches at most the shortest set is walked, in steps of O(log n). Nothing is
 * allocated.<br>
 * Threads: confined to one.<br>
 * Source: T. L. Veldhuizen, "Leapfrog Triejoin", 2014, section 3.1.
 */
final class Conjunction
{
    private static final int SET_COUNT_MAX = 8;

    private final PostedRows[] posted = new PostedRows[Postings.Field.values().length];
    private final RowSet[] sets = new RowSet[SET_COUNT_MAX];
    private final Postings postings;
    private int setCount;
    private boolean isImpossible;
    private int first;
    private int last;

    Conjunction(final IntLists lists, final Postings postings)
    {
        this.postings = postings;
        for (int i = 0; i < posted.length; i++)
        {
            posted[i] = new PostedRows(lists);
        }
    }

    /** No condition yet: every row from the first to the last one. */
    Conjunction restart(final int newFirst, final int newLast)
    {
        first = newFirst;
        last = newLast;
        setCount = 0;
        isImpossible = false;
        return this;
    }

    Conjunction and(final RowSet set)
    {
        sets[setCount++] = set;
        return this;
    }

    /** The user data and the code that a filter asks for. */
    Conjunction andFieldsOf(final Filter filter)
    {
        andField(Postings.Field.USER_DATA_128, filter.userData128High(), filter.userData128Low());
        andField(Postings.Field.USER_DATA_64, 0, filter.userData64());
        andField(Postings.Field.USER_DATA_32, 0, filter.userData32());
        andField(Postings.Field.CODE, 0, filter.code());
        return this;
    }

    /** The ledger that a filter asks for. */
    Conjunction andLedgerOf(final Filter filter)
    {
        andField(Postings.Field.LEDGER, 0, filter.ledger());
        return this;
    }

    /** The first row in a direction; or {@link RowSet#NONE}. */
    int begin(final boolean isReversed)
    {
        return isReversed ? previous(last) : next(first);
    }

    /** The row behind one in a direction; or {@link RowSet#NONE}. */
    int goOn(final boolean isReversed, final int row)
    {
        return isReversed ? previous(row - 1) : next(row + 1);
    }

    private void andField(final Postings.Field field, final long high, final long low)
    {
        if (!Amounts.isZero(high, low))
        {
            final PostedRows rows = posted[field.ordinal()].of(postings.find(field, high, low));
            isImpossible |= rows.isEmpty();
            and(rows);
        }
    }

    private int next(final int from)
    {
        int row = from;
        int agreedCount = 0;
        for (int i = 0; agreedCount < setCount && row <= last && !isImpossible; i = i + 1 == setCount ? 0 : i + 1)
        {
            final int found = sets[i].ceiling(row);
            if (found == RowSet.NONE)
            {
                return RowSet.NONE;
            }
            agreedCount = found == row ? agreedCount + 1 : 1;
            row = found;
        }
        return row <= last && !isImpossible ? row : RowSet.NONE;
    }

    private int previous(final int from)
    {
        int row = from;
        int agreedCount = 0;
        for (int i = 0; agreedCount < setCount && row >= first && !isImpossible; i = i + 1 == setCount ? 0 : i + 1)
        {
            final int found = sets[i].floor(row);
            if (found == RowSet.NONE)
            {
                return RowSet.NONE;
            }
            agreedCount = found == row ? agreedCount + 1 : 1;
            row = found;
        }
        return row >= first && !isImpossible ? row : RowSet.NONE;
    }
}
