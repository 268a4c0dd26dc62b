package io.seriatim.tools;

import io.seriatim.journal.PosixFiles;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
            Files.deleteIfExists(temporary);
            try (FileChannel channel = PosixFiles.createPrivateFile(temporary))
            {
                final Writer out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
                content.writeTo(out);
                out.flush();
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
