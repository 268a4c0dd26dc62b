package io.seriatim.replay;

import io.seriatim.ledger.Amounts;
import io.seriatim.ledger.IdIndex;
import org.agrona.CloseHelper;

/**
 * Which rows have a value in a field: for each value one list of row numbers, ascending. A value of zero is not
 * indexed, as none can ask for it.
 * <p>
 * Shape: indexes from value to the header of its list, one for user data of 128 bits and one for all shorter fields;
 * each comes with its first value.<br>
 * Cost: two look-ups in the index to add a row. A value takes a slot of 24 bytes at 40 to 80 %, its lists 4 bytes a row
 * and their room; that of a single row needs no list.<br>
 * Threads: confined to one.
 */
final class Postings implements AutoCloseable
{
    /** Fields that are indexed. */
    enum Field
    {
        USER_DATA_128, USER_DATA_64, USER_DATA_32, LEDGER, CODE
    }

    private final IntLists lists;
    private final long seed;
    private IdIndex wide;
    private IdIndex narrow;

    /**
     * Empty.
     *
     * @param lists that hold the row numbers.
     * @param seed  of the indexes.
     */
    Postings(final IntLists lists, final long seed)
    {
        this.lists = lists;
        this.seed = seed;
    }

    /** Note a row; rows come in ascending order. */
    void add(final Field field, final long high, final long low, final int row)
    {
        if (Amounts.isZero(high, low))
        {
            return;
        }
        final IdIndex index = index(field);
        final long key = keyHigh(field, high);
        final long list = index.get(key, low);
        if (list == IdIndex.NOT_FOUND)
        {
            index.add(key, low, lists.append(IntLists.EMPTY, row));
        }
        else
        {
            index.set(key, low, lists.append(list, row));
        }
    }

    /** Note a row by a field that has no high half. */
    void add(final Field field, final long value, final int row)
    {
        add(field, 0, value, row);
    }

    /** The rows that have a value. */
    long find(final Field field, final long high, final long low)
    {
        final IdIndex index = field == Field.USER_DATA_128 ? wide : narrow;
        return index == null ? IntLists.EMPTY : index.get(keyHigh(field, high), low);
    }

    long allocatedBytes()
    {
        return (wide == null ? 0 : wide.allocatedBytes()) + (narrow == null ? 0 : narrow.allocatedBytes());
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(wide, narrow);
    }

    private IdIndex index(final Field field)
    {
        if (field == Field.USER_DATA_128)
        {
            wide = wide == null ? new IdIndex(seed) : wide;
            return wide;
        }
        narrow = narrow == null ? new IdIndex(seed + 1) : narrow;
        return narrow;
    }

    private static long keyHigh(final Field field, final long high)
    {
        return field == Field.USER_DATA_128 ? high : field.ordinal();
    }
}
