package io.seriatim.tools;

import io.seriatim.journal.PosixFiles;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that a command writes as a whole: there is the old one, or the new one.
 */
final class OutputFile
{
    private OutputFile()
    {
    }

    /** Writes what is longer than memory. */
    @FunctionalInterface
    interface Content
    {
        /** Writes it, line by line. */
        void writeTo(Writer out) throws IOException;
    }

    /** What can not be written whole leaves the old file, or none. */
    static void write(final Path file, final Content content) throws IOException
    {
        final Path temporary = file.resolveSibling(file.getFileName() + ".part");
        try
        {
            try (BufferedWriter out = Files.newBufferedWriter(temporary))
            {
                content.writeTo(out);
            }
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE))
            {
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            PosixFiles.forceDirectory(file.toAbsolutePath().getParent());
        }
        finally
        {
            Files.deleteIfExists(temporary);
        }
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
