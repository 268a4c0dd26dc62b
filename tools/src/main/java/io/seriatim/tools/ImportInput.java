package io.seriatim.tools;

import java.util.function.LongSupplier;

/**
 * Rows to import, and how far they have been read.
 *
 * @param rows   in their order.
 * @param unit   of what is counted, such as {@code " rows"}.
 * @param total  to be read, in that unit.
 * @param done   read so far, in that unit; null if rows are the unit.
 * @param <R>    kind of row.
 */
record ImportInput<R extends Row>(RowSource<R> rows, String unit, long total, LongSupplier done)
{
    /** Rows out of a file, of which the size is known, but not how many rows it has. */
    static <R extends Row> ImportInput<R> of(final RowSource<R> rows, final CsvReader reader)
    {
        return new ImportInput<>(rows, " bytes", reader.fileLength(), reader::position);
    }

    /** Rows of which it is known how many there are. */
    static <R extends Row> ImportInput<R> of(final RowSource<R> rows, final long total)
    {
        return new ImportInput<>(rows, " rows", total, null);
    }

    /** How much has been read. */
    long done(final long rowCount)
    {
        return done == null ? rowCount : done.getAsLong();
    }
}
