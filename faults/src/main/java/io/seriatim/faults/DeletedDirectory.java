package io.seriatim.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Directories that a run made and does not need any more.
 */
final class DeletedDirectory
{
    private DeletedDirectory()
    {
    }

    /**
     * Delete a directory with all that is in it.
     *
     * @param directory that this run made; may be gone already.
     * @throws IOException if something in it can not be deleted.
     */
    static void delete(final Path directory) throws IOException
    {
        if (!Files.isDirectory(directory))
        {
            return;
        }
        final List<Path> files;
        try (Stream<Path> walk = Files.walk(directory))
        {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (final Path file : files)
        {
            Files.deleteIfExists(file);
        }
    }
}
