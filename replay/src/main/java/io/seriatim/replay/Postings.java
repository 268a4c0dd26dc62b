package io.seriatim.replay;

import io.seriatim.ledger.Amounts;
import org.agrona.CloseHelper;

/**
 * Which rows have a value in a field: for each value one list of row numbers, ascending. A value of zero is not
 * indexed, as none can ask for it.
 * <p>
 * A value of 128 bits is indexed by a hash of 64. Two values could have the same one, if hardly ever, so whoever asks
 * by such a value looks at the rows that are found.<br>
 * Shape: an index for each width, made with its first value, see {@link ValueIndex}.<br>
 * Cost: one look-up to add a row.<br>
 * Threads: confined to one.
 */
final class Postings implements AutoCloseable
{
    /** Fields that are indexed. */
    enum Field
    {
        USER_DATA_128, USER_DATA_64, USER_DATA_32, LEDGER, CODE
    }

    private static final int SHORT_BITS = 32;
    private static final long SHORT_MASK = 0xFFFF_FFFFL;

    private final IntLists lists;
    private final long seed;
    private final long hashMask;

    /** By hash, by value, and by field and value. */
    private ValueIndex wide;
    private ValueIndex narrow;
    private ValueIndex shorts;

    /**
     * Empty.
     *
     * @param lists    that hold the row numbers.
     * @param seed     of the indexes.
     * @param hashMask bits of the hash of wide values that count; all of them, but in a test.
     */
    Postings(final IntLists lists, final long seed, final long hashMask)
    {
        this.lists = lists;
        this.seed = seed;
        this.hashMask = hashMask;
    }

    /** Note a row; rows come in ascending order. */
    void add(final Field field, final long high, final long low, final int row)
    {
        if (!Amounts.isZero(high, low))
        {
            ensure(field);
            index(field).add(key(field, high, low), row);
        }
    }

    /** Note a row by a field that has no high half. */
    void add(final Field field, final long value, final int row)
    {
        add(field, 0, value, row);
    }

    /** The rows that have a value; if it is of 128 bits, others may be among them. */
    long find(final Field field, final long high, final long low)
    {
        final ValueIndex index = index(field);
        return index == null ? IntLists.EMPTY : index.find(key(field, high, low));
    }

    long allocatedBytes()
    {
        return bytes(wide) + bytes(narrow) + bytes(shorts);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(wide, narrow, shorts);
    }

    private ValueIndex index(final Field field)
    {
        return field == Field.USER_DATA_128 ? wide : field == Field.USER_DATA_64 ? narrow : shorts;
    }

    private void ensure(final Field field)
    {
        if (index(field) == null)
        {
            final ValueIndex index = new ValueIndex(lists, seed + field.ordinal());
            wide = field == Field.USER_DATA_128 ? index : wide;
            narrow = field == Field.USER_DATA_64 ? index : narrow;
            shorts = field != Field.USER_DATA_128 && field != Field.USER_DATA_64 ? index : shorts;
        }
    }

    private long key(final Field field, final long high, final long low)
    {
        switch (field)
        {
            case USER_DATA_128:
                return hash(high, low) & hashMask;
            case USER_DATA_64:
                return low;
            default:
                return (long)field.ordinal() << SHORT_BITS | low & SHORT_MASK;
        }
    }

    private long hash(final long high, final long low)
    {
        final long a = high ^ seed;
        final long b = low ^ Long.rotateLeft(seed, SHORT_BITS);
        return a * b ^ Math.multiplyHigh(a, b) ^ Long.rotateLeft(a, SHORT_BITS) + b;
    }

    private static long bytes(final ValueIndex index)
    {
        return index == null ? 0 : index.allocatedBytes();
    }
}
