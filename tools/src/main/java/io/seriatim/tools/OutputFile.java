package io.seriatim.tools;

import io.seriatim.journal.PosixFiles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A file that a command writes as a whole: there is the old one, or the new one.
 */
final class OutputFile
{
    private OutputFile()
    {
    }

    static void write(final Path file, final byte[] content)
    {
        try
        {
            PosixFiles.replace(file, content);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
