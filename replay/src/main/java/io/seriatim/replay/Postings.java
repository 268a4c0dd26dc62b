package io.seriatim.replay;

import io.seriatim.ledger.Amounts;
import org.agrona.CloseHelper;

import java.util.ArrayList;
import java.util.List;

/**
 * Which rows have a value in a field: for each value one list of row numbers, ascending. A value of zero is not
 * indexed, as none can ask for it.
 * <p>
 * A value of 128 bits is indexed by a hash of 64. Two values could have the same one, if hardly ever, so whoever asks
 * by such a value looks at the rows that are found.<br>
 * Shape: an index for each width, see {@link ValueIndex}.<br>
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

    private final long seed;
    private final long hashMask;

    /** By hash, by value, and by field and value. */
    private final ValueIndex wide;
    private final ValueIndex narrow;
    private final ValueIndex shorts;

    /**
     * Empty.
     *
     * @param lists    that hold the row numbers.
     * @param seed     of the indexes.
     * @param hashMask bits of the hash of wide values that count; all of them, but in a test.
     */
    Postings(final IntLists lists, final long seed, final long hashMask)
    {
        this.seed = seed;
        this.hashMask = hashMask;
        wide = new ValueIndex(lists, seed);
        narrow = new ValueIndex(lists, seed + 1);
        shorts = new ValueIndex(lists, seed + 2);
    }

    /** The parts that a snapshot has. */
    List<ModelTable> tables()
    {
        final List<ModelTable> tables = new ArrayList<>(wide.tables());
        tables.addAll(narrow.tables());
        tables.addAll(shorts.tables());
        return tables;
    }

    /** Note a row; rows come in ascending order. */
    void add(final Field field, final long high, final long low, final int row)
    {
        if (!Amounts.isZero(high, low))
        {
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
        return index(field).find(key(field, high, low));
    }

    long allocatedBytes()
    {
        return wide.allocatedBytes() + narrow.allocatedBytes() + shorts.allocatedBytes();
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
}
