package io.seriatim.tools;

import java.util.Arrays;
import java.util.List;

/**
 * The columns that a file may have, found in its header, and their values in the current row. What is wrong is told
 * with file, line and column.
 * <p>
 * A required column has to be there and to have a value in every row; any other may be missing, or its field empty,
 * which is 0.
 */
final class Columns
{
    private static final String ALLOWED_128 = "0 to " + Decimal128.MAX;

    private final CsvReader reader;
    private final String[] names;
    private final int requiredCount;
    private final int[] fieldOfColumn;
    private final Decimal128 decimal = new Decimal128();

    /**
     * Finds the columns in the header.
     *
     * @param reader        whose header has been read.
     * @param requiredCount how many of the names, from the first, have to be there.
     * @param names         of the columns that may be there, in any order.
     * @throws InputException if a required column is missing, or one is unknown or there twice.
     */
    Columns(final CsvReader reader, final int requiredCount, final String... names)
    {
        this.reader = reader;
        this.names = names;
        this.requiredCount = requiredCount;
        fieldOfColumn = new int[names.length];
        Arrays.fill(fieldOfColumn, -1);

        final List<String> header = reader.header();
        for (int field = 0; field < header.size(); field++)
        {
            final int column = List.of(names).indexOf(header.get(field));
            if (column < 0)
            {
                throw headerError(isNumber(header.get(field)) ?
                    "the first line is a row, it has to be the header" : "the column is unknown", field);
            }
            if (fieldOfColumn[column] >= 0)
            {
                throw headerError("the column is there twice", field);
            }
            fieldOfColumn[column] = field;
        }
        for (int column = 0; column < requiredCount; column++)
        {
            require(column);
        }
    }

    /** Demands that a column is there. */
    void require(final int column)
    {
        if (fieldOfColumn[column] < 0)
        {
            throw InputException.ofLine(
                "the header has no column " + names[column] + ": found=" + String.join(",", reader.header()) +
                ", required=" + names[column] + ", allowed=" + allowed(), reader.file(), 1);
        }
    }

    private InputException headerError(final String what, final int field)
    {
        return InputException.ofField(
            what, reader.header().get(field), allowed(), reader.file(), 1, Integer.toString(field + 1));
    }

    private String allowed()
    {
        return String.join(",", names);
    }

    private static boolean isNumber(final String text)
    {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    boolean has(final int column)
    {
        return fieldOfColumn[column] >= 0;
    }

    /** Is there neither a column nor a value in it? */
    boolean isEmpty(final int column)
    {
        return fieldOfColumn[column] < 0 || reader.length(fieldOfColumn[column]) == 0;
    }

    /**
     * Reads a number of 128 bits.
     *
     * @param column of it.
     * @return the number, until the next one is read.
     */
    Decimal128 u128(final int column)
    {
        return parse(column, 0, ALLOWED_128);
    }

    /** As {@link #u128}, of a number that may have a minus sign. */
    Decimal128 magnitude(final int column)
    {
        return parse(column, isNegative(column) ? 1 : 0, "-" + Decimal128.MAX + " to " + Decimal128.MAX);
    }

    boolean isNegative(final int column)
    {
        return !isEmpty(column) && reader.buffer()[reader.offset(fieldOfColumn[column])] == '-';
    }

    private Decimal128 parse(final int column, final int skipped, final String allowed)
    {
        if (isEmpty(column))
        {
            if (column < requiredCount)
            {
                throw error("the value is missing", column, allowed);
            }
            decimal.clear();
            return decimal;
        }
        final int field = fieldOfColumn[column];
        if (!decimal.parse(reader.buffer(), reader.offset(field) + skipped, reader.length(field) - skipped))
        {
            throw error(
                isNumber(reader.field(field).substring(skipped)) ?
                    "the value is out of range" : "the value is not a whole decimal number", column, allowed);
        }
        return decimal;
    }

    /** Reads a number of 64 bits. */
    long u64(final int column)
    {
        return limited(column, -1L, "0 to 18446744073709551615");
    }

    /** Reads a number of 32 bits. */
    int u32(final int column)
    {
        return (int) limited(column, 0xFFFF_FFFFL, "0 to 4294967295");
    }

    /** Reads a number of 16 bits. */
    int u16(final int column)
    {
        return (int) limited(column, 0xFFFFL, "0 to 65535");
    }

    private long limited(final int column, final long max, final String allowed)
    {
        parse(column, 0, allowed);
        if (decimal.high() != 0 || Long.compareUnsigned(decimal.low(), max) > 0)
        {
            throw error("the value is out of range", column, allowed);
        }
        return decimal.low();
    }

    /**
     * Reads a text that has to be there.
     *
     * @param column  of it.
     * @param allowed what would do.
     * @return at least one character.
     */
    String text(final int column, final String allowed)
    {
        if (isEmpty(column))
        {
            throw error("the value is missing", column, allowed);
        }
        return reader.field(fieldOfColumn[column]);
    }

    /** Reads flags by their names. */
    int flags(final int column, final FlagNames flagNames)
    {
        if (isEmpty(column))
        {
            return 0;
        }
        final int field = fieldOfColumn[column];
        final int flags = flagNames.parse(reader.buffer(), reader.offset(field), reader.length(field));
        if (flags < 0)
        {
            throw error("the value is not a list of flags", column, flagNames.allowed());
        }
        return flags;
    }

    /**
     * The value of a column is wrong.
     *
     * @param what    is wrong.
     * @param column  of the value; it may be missing.
     * @param allowed what would do.
     * @return to be thrown.
     */
    InputException error(final String what, final int column, final String allowed)
    {
        final int field = fieldOfColumn[column];
        return InputException.ofField(
            what, field < 0 ? "" : reader.field(field), allowed, reader.file(), reader.line(),
            field < 0 ? names[column] : reader.columnName(field));
    }
}
