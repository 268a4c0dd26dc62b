package io.seriatim.tools;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Rows that go to the engine together: all to one shard, all imported or none, no chain cut in two.
 * <p>
 * Shape: rows that are used again, as many as were ever in it at once.<br>
 * Threads: confined to one.
 *
 * @param <R> kind of row.
 */
final class Request<R extends Row>
{
    private final Supplier<R> rowSupplier;
    private Row[] rows = new Row[64];
    private int madeCount;
    private int count;
    private int shard;

    Request(final Supplier<R> rowSupplier, final int shard)
    {
        this.rowSupplier = rowSupplier;
        this.shard = shard;
    }

    /** Shard to which all the rows go. */
    int shard()
    {
        return shard;
    }

    /** How many rows there are; 1 at least once it is handed out. */
    int count()
    {
        return count;
    }

    /**
     * One of the rows.
     *
     * @param index from 0.
     * @return valid until the next request is asked for.
     */
    @SuppressWarnings("unchecked")
    R row(final int index)
    {
        return (R) rows[index];
    }

    /** Line of the first row in its file. */
    long firstLine()
    {
        return rows[0].line;
    }

    /** Line of the last row in its file. */
    long lastLine()
    {
        return rows[count - 1].line;
    }

    /** Does the first row, and so the request, bring its own timestamps? */
    boolean isImported()
    {
        return rows[0].isImported();
    }

    void clear(final int newShard)
    {
        shard = newShard;
        count = 0;
    }

    /**
     * Takes a row in by exchange.
     *
     * @param row that is now part of the request.
     * @return another one that the caller may fill.
     */
    R add(final R row)
    {
        if (count == rows.length)
        {
            rows = Arrays.copyOf(rows, count * 2);
        }
        final R spare = count < madeCount ? row(count) : rowSupplier.get();
        madeCount = Math.max(madeCount, count + 1);
        rows[count++] = row;
        return spare;
    }

    /** Moves the rows from an index on to the end of another request. */
    void moveTo(final Request<R> other, final int fromIndex)
    {
        for (int i = fromIndex; i < count; i++)
        {
            rows[i] = other.add(row(i));
        }
        count = fromIndex;
    }
}
