package io.seriatim.tools;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells a directory that is not one of an engine from one whose journal is damaged: the first is a slip of the user.
 */
final class DataDirectory
{
    private DataDirectory()
    {
    }

    /**
     * Makes sure that there is something to read.
     *
     * @param directory that the user gave.
     * @return the same directory.
     * @throws ToolException if it is not there, or holds no journal.
     */
    static Path require(final Path directory)
    {
        if (!Files.isDirectory(directory))
        {
            throw new ToolException(ExitCode.BAD_INPUT, "there is no such directory: directory=" + directory);
        }
        try (DirectoryStream<Path> journals = Files.newDirectoryStream(directory, "journal-*"))
        {
            if (!journals.iterator().hasNext())
            {
                throw new ToolException(
                    ExitCode.BAD_INPUT,
                    "there are no journals in this directory: directory=" + directory +
                    ", expected=journal-0 and so on");
            }
        }
        catch (final IOException e)
        {
            throw new ToolException(ExitCode.BAD_INPUT, "can not read the directory: directory=" + directory, e);
        }
        return directory;
    }
}
