package io.seriatim.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * Where what was typed is kept: among the user's settings and never in a data directory, readable by the user alone.
 */
final class ScriptHistory
{
    private ScriptHistory()
    {
    }

    /**
     * Finds the file, and makes its directory.
     *
     * @param environment of the process.
     * @return the file, which need not be there; null if there is no place for it, and then nothing is kept.
     */
    static Path file(final Map<String, String> environment)
    {
        final String settings = environment.getOrDefault("XDG_CONFIG_HOME", "");
        final String home = environment.getOrDefault("HOME", "");
        if (settings.isEmpty() && home.isEmpty())
        {
            return null;
        }
        final Path directory =
            (settings.isEmpty() ? Path.of(home, ".config") : Path.of(settings)).resolve("seriatim");
        final Path file = directory.resolve("script-history");
        try
        {
            Files.createDirectories(directory);
            if (!Files.exists(file))
            {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
            }
            return file;
        }
        catch (final IOException | UnsupportedOperationException e)
        {
            // To work without a history is better than not to work.
            return null;
        }
    }
}
