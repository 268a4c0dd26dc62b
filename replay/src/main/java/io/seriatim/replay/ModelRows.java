package io.seriatim.replay;

import io.seriatim.ledger.RowCopy;
import io.seriatim.ledger.Segments;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Rows of one length off-heap, most parts of a read model stand on. A row that is there already is changed where
 * {@link #changing} says, so that a copy has it as it was.
 * <p>
 * Shape: {@link Segments}; beside them, while they are copied, the rows that changed meanwhile.<br>
 * Threads: confined to one.
 */
final class ModelRows implements ModelTable, AutoCloseable
{
    private final int rowLength;
    private final Segments rows;
    private final RowCopy copy;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int count;

    /**
     * Empty.
     *
     * @param rowLength in bytes, a multiple of 8.
     */
    ModelRows(final int rowLength)
    {
        this.rowLength = rowLength;
        rows = new Segments(rowLength);
        copy = new RowCopy(rows, rowLength);
    }

    /** How many rows there are. */
    int count()
    {
        return count;
    }

    /** Make sure that the rows up to and including one exist; new ones are zero. */
    void ensure(final int row)
    {
        if (row >= count)
        {
            rows.ensure(row);
            count = row + 1;
        }
    }

    /** Add a row, which is zero, and return its index. */
    int add()
    {
        ensure(count);
        return count - 1;
    }

    /** Where a row lies, to be read, or to be written while it is new. It never moves. */
    long address(final int row)
    {
        return rows.address(row);
    }

    /** Where a row lies that is about to change. */
    long changing(final int row)
    {
        copy.beforeChange(row);
        return rows.address(row);
    }

    /**
     * How many rows have a number up to a bound, inclusive, where it rises with the rows: the index of the first row
     * behind it. Costs O(log n).
     *
     * @param offset of the number in a row.
     * @param bound  of the number.
     * @return 0 to {@link #count}.
     */
    int end(final int offset, final long bound)
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

    long allocatedBytes()
    {
        return rows.allocatedBytes() + copy.allocatedBytes();
    }

    @Override
    public int rowLength()
    {
        return rowLength;
    }

    @Override
    public int rowCount()
    {
        return count;
    }

    @Override
    public void beginCopy()
    {
        copy.begin(count);
    }

    @Override
    public void copyNext(final MutableDirectBuffer buffer, final int offset)
    {
        view.wrap(copy.next(), rowLength);
        buffer.putBytes(offset, view, 0, rowLength);
    }

    @Override
    public void endCopy()
    {
        copy.close();
    }

    @Override
    public void beginLoad(final int rowCount)
    {
        // Rows are made as they come.
    }

    @Override
    public void load(final int index, final DirectBuffer buffer, final int offset)
    {
        ensure(index);
        view.wrap(rows.address(index), rowLength);
        buffer.getBytes(offset, view, 0, rowLength);
    }

    @Override
    public void close()
    {
        rows.close();
        copy.close();
    }
}
