package io.seriatim.bench;

import java.io.PrintWriter;
import java.io.Writer;

/**
 * Keeps what it prints, for the report.
 * <p>
 * Threads: confined to one.
 */
final class Printed extends Writer
{
    private final PrintWriter out;
    private final StringBuilder text = new StringBuilder();

    /** Prints to a writer, which is left open. */
    Printed(final PrintWriter out)
    {
        this.out = out;
    }

    @Override
    public void write(final char[] buffer, final int offset, final int length)
    {
        out.write(buffer, offset, length);
        text.append(buffer, offset, length);
    }

    @Override
    public void flush()
    {
        out.flush();
    }

    @Override
    public void close()
    {
        flush();
    }

    /** All that was printed. */
    @Override
    public String toString()
    {
        return text.toString();
    }
}
