package io.seriatim.tools;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Files that a test needs. */
final class TestFiles
{
    private TestFiles()
    {
    }

    static Path write(final Path directory, final String name, final String text)
    {
        try
        {
            return Files.write(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    static Path gzip(final Path directory, final String name, final String text)
    {
        final Path file = directory.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file)))
        {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** The root of the project: the directory whose pom.xml names modules. */
    static Path root()
    {
        Path directory = Path.of("").toAbsolutePath();
        try
        {
            while (!Files.exists(directory.resolve("pom.xml")) ||
                !Files.readString(directory.resolve("pom.xml")).contains("<modules>"))
            {
                directory = directory.getParent();
            }
            return directory;
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
