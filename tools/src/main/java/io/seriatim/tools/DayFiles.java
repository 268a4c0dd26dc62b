package io.seriatim.tools;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/**
 * Plain text accounting in a directory: a file for each day, {@code 2026-11-28.journal}, and {@code main.journal},
 * which includes all of them in their order and is written last. What was broken off goes on at the day that was not
 * whole.
 * <p>
 * Threads: confined to one.
 */
final class DayFiles implements ExportOutput
{
    private static final String MAIN = "main.journal";
    private static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}\\.journal";

    private final ResumableDirectory directory;
    private final long nextSequence;
    private String head = "";
    private String name;
    private Writer out;

    private DayFiles(final ResumableDirectory directory)
    {
        this.directory = directory;
        nextSequence = directory.nextSequence();
    }

    /** As {@link ResumableDirectory#open}. */
    static DayFiles open(final Path path, final String head) throws IOException
    {
        return new DayFiles(ResumableDirectory.open(path, head));
    }

    @Override
    public long nextSequence()
    {
        return nextSequence;
    }

    @Override
    public void head(final String text)
    {
        head = text;
    }

    @Override
    public void day(final LocalDate day, final long sequence) throws IOException
    {
        final String wanted = day + ".journal";
        if (!wanted.equals(name))
        {
            keep(sequence);
            name = wanted;
            out = Files.newBufferedWriter(directory.begin(name), StandardCharsets.UTF_8);
            out.write(head);
        }
    }

    @Override
    public void write(final String text) throws IOException
    {
        out.write(text);
    }

    @Override
    public void wholeUpTo(final long sequence)
    {
        // A day is whole when the next one begins.
    }

    @Override
    public void finish() throws IOException
    {
        keep(Long.MAX_VALUE);
        final StringBuilder main = new StringBuilder(head);
        for (final String day : directory.names())
        {
            main.append(day.matches(DAY) ? "include " + day + "\n" : "");
        }
        Files.writeString(directory.begin(MAIN), main);
        directory.keep(MAIN, Long.MAX_VALUE);
        directory.finish();
    }

    @Override
    public void close() throws IOException
    {
        try (directory)
        {
            if (out != null)
            {
                out.close();
            }
        }
    }

    private void keep(final long sequence) throws IOException
    {
        if (out != null)
        {
            out.close();
            out = null;
            directory.keep(name, sequence);
        }
    }
}
