package io.seriatim.replay;

import io.seriatim.ledger.Segments;
import org.agrona.UnsafeApi;

/**
 * Finds rows by a number of 64 bits that rises with them.
 */
final class RowSearch
{
    private RowSearch()
    {
    }

    /**
     * How many rows there are up to a bound, inclusive: the number of the first row behind it. Costs O(log n).
     *
     * @param rows   to search.
     * @param count  of the rows.
     * @param offset of the number in a row.
     * @param bound  of the number.
     * @return 0 to count.
     */
    static int end(final Segments rows, final int count, final int offset, final long bound)
    {
        int from = 0;
        int to = count;
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (UnsafeApi.getLong(rows.address(middle) + offset) <= bound)
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
