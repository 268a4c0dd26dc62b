package io.seriatim.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the counters of an engine, and of the feeds beside it, lie so that other processes can read them: in
 * {@code /dev/shm} beside the transport's own memory and under its name with {@code .counters}, or in
 * {@code counters} of the data directory on a machine that has no such file system. Each process has a file of its own
 * there; nothing of it is needed by a launch, and all of it may be deleted at any time.
 * <p>
 * Threads: static, any.
 */
public final class CountersDirectory
{
    private static final String SUFFIX = ".counters";
    private static final String FALLBACK = "counters";

    private CountersDirectory()
    {
    }

    /**
     * Where they lie, or would.
     *
     * @param dataDirectory of the engine, which is there.
     * @return a directory that may not be there.
     * @throws JournalException if the data directory can not be read.
     */
    public static Path of(final Path dataDirectory)
    {
        return of(dataDirectory, AeronDirectories.SHARED_MEMORY);
    }

    static Path of(final Path dataDirectory, final Path sharedMemory)
    {
        return Files.isDirectory(sharedMemory) && Files.isWritable(sharedMemory) ?
            sharedMemory.resolve(AeronDirectories.nameOf(dataDirectory) + SUFFIX) : dataDirectory.resolve(FALLBACK);
    }

    /**
     * Make the directory, open to its owner alone.
     *
     * @param dataDirectory of the engine, which is there.
     * @return the directory, which is there.
     * @throws JournalException if it can not be made, or belongs to somebody else.
     */
    public static Path create(final Path dataDirectory)
    {
        final Path directory = of(dataDirectory);
        PosixFiles.ensurePrivateDirectory(directory);
        return directory;
    }

    /**
     * Take away a file of counters, and the directory with it if it was the last one.
     *
     * @param file in the directory.
     */
    public static void delete(final Path file)
    {
        try
        {
            Files.deleteIfExists(file);
            if (PosixFiles.isEmpty(file.getParent()))
            {
                Files.deleteIfExists(file.getParent());
            }
        }
        catch (final IOException ignored)
        {
            // Whoever reads it is told by the file itself that its process has ended.
        }
    }
}
