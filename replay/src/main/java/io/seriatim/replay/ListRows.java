package io.seriatim.replay;

/**
 * Rows that a list holds in ascending order. It remembers where it was last, and searches from there in steps that
 * double: a search near the last one costs O(1), any other O(log n).
 */
abstract class ListRows implements RowSet
{
    private int count;
    private int last;

    /** The row at an index of the list. */
    abstract int get(int index);

    /** A new list with so many rows, whose first search begins at an index. */
    final void restart(final int newCount, final int start)
    {
        count = newCount;
        last = start;
    }

    final boolean isEmpty()
    {
        return count == 0;
    }

    @Override
    public final int ceiling(final int row)
    {
        final int index = indexOf(row);
        return index == count ? NONE : get(index);
    }

    @Override
    public final int floor(final int row)
    {
        final int index = indexOf(row);
        if (index < count && get(index) == row)
        {
            return row;
        }
        return index == 0 ? NONE : get(index - 1);
    }

    /** Index of the first row that is not below this one; or how many there are. */
    final int indexOf(final int row)
    {
        if (count == 0)
        {
            return 0;
        }
        final int start = Math.min(last, count - 1);
        last = get(start) < row ? searchUp(start + 1, row) : searchDown(start, row);
        return last;
    }

    private int searchUp(final int start, final int row)
    {
        int from = start;
        int to = start;
        for (int step = 1; to < count && get(to) < row; step = Math.min(step * 2, 1 << 30))
        {
            from = to + 1;
            to = step > count - to ? count : to + step;
        }
        return search(from, Math.min(to, count), row);
    }

    private int searchDown(final int start, final int row)
    {
        int to = start;
        int from = start - 1;
        for (int step = 1; from >= 0 && get(from) >= row; step = Math.min(step * 2, 1 << 30))
        {
            to = from;
            from = step > from ? -1 : from - step;
        }
        return search(from + 1, to, row);
    }

    private int search(final int start, final int end, final int row)
    {
        int from = start;
        int to = end;
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (get(middle) < row)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from;
    }
}
