package io.seriatim.tools;

import java.io.Closeable;
import java.io.IOException;
import java.time.LocalDate;

/**
 * Where the text of an export goes, record by record. What was begun and broken off goes on where it was: entries below
 * {@link #nextSequence()} are in it already.
 * <p>
 * Threads: confined to one.
 */
interface ExportOutput extends Closeable
{
    /** Sequence of the first entry that was not in it when it was opened; 0 if it is new. */
    long nextSequence();

    /** What stands above all records. Comes once, before them, also if the output goes on. */
    void head(String text) throws IOException;

    /**
     * The records that come now are of a day.
     *
     * @param day      not before the one of the last call.
     * @param sequence of the entry of the next record.
     */
    default void day(final LocalDate day, final long sequence) throws IOException
    {
        // One file has all days.
    }

    /** A record, or a piece of one. */
    void write(String text) throws IOException;

    /** All entries below a sequence are written. */
    void wholeUpTo(long sequence) throws IOException;

    /** All is written: keep it. */
    void finish() throws IOException;
}
