package io.seriatim.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where the transport's memory lies: in {@code /dev/shm} under a name that is the same at every start of one data
 * directory and no other's, or in the journals' own directories where there is no room.
 * <p>
 * Threads: immutable.
 */
final class AeronDirectories
{
    static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** What a journal needs there beside its terms, with room to spare, in bytes. */
    static final long OVERHEAD_LENGTH = 24L * 1024 * 1024;

    private static final int TERM_COUNT = 3;
    private static final int NAME_BYTES = 8;

    private final Path dataDirectory;
    private final Path parent;
    private final int termLength;

    private AeronDirectories(final Path dataDirectory, final Path parent, final int termLength)
    {
        this.dataDirectory = dataDirectory;
        this.parent = parent;
        this.termLength = termLength;
    }

    /**
     * Choose, after whatever a dead process left there was deleted.
     *
     * @param config       of the engine.
     * @param journalCount how many journals it has.
     * @param termLength   of their terms; 0 to choose that as well.
     * @param sharedMemory file system in memory, {@link #SHARED_MEMORY} but for tests.
     */
    static AeronDirectories choose(
        final JournalConfig config, final int journalCount, final int termLength, final Path sharedMemory)
    {
        final Path dataDirectory = config.dataDirectory();
        final int wanted = termLength != 0 ? termLength : JournalConfig.TERM_LENGTH_DEFAULT;
        if (config.aeronDirectory() != null)
        {
            return new AeronDirectories(dataDirectory, config.aeronDirectory(), wanted);
        }

        final Path parent = sharedMemory.resolve(nameOf(dataDirectory));
        final long usable = usableSpace(sharedMemory, parent);
        if (usable >= needed(journalCount, wanted))
        {
            return new AeronDirectories(dataDirectory, parent, wanted);
        }

        if (termLength == 0 && usable >= needed(journalCount, JournalConfig.TERM_LENGTH_SMALL))
        {
            return new AeronDirectories(dataDirectory, parent, JournalConfig.TERM_LENGTH_SMALL);
        }

        return new AeronDirectories(dataDirectory, null, wanted);
    }

    /** Name beneath {@code /dev/shm}: seriatim, user id, 16 hexadecimal digits of the hash of the real path. */
    static String nameOf(final Path dataDirectory)
    {
        try
        {
            final byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest(realPath(dataDirectory).toString().getBytes(StandardCharsets.UTF_8));
            return "seriatim-" + PosixFiles.uid() + "-" + HexFormat.of().formatHex(hash, 0, NAME_BYTES);
        }
        catch (final IOException | NoSuchAlgorithmException ex)
        {
            throw new JournalException("can not name the transport's directory: data directory=" + dataDirectory, ex);
        }
    }

    /** Directory for what follows a journal of another engine; its driver makes and deletes it. */
    static Path ofFollower(final Path dataDirectory, final int journalIndex)
    {
        final String name = ".follower-" + journalIndex;
        return Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY.resolve(nameOf(dataDirectory) + name) :
            dataDirectory.resolveSibling(dataDirectory.getFileName() + name);
    }

    private static long needed(final int journalCount, final int termLength)
    {
        return journalCount * ((long) TERM_COUNT * termLength + OVERHEAD_LENGTH);
    }

    /** One that is not there yet is named by the path that it will have. */
    private static Path realPath(final Path dataDirectory) throws IOException
    {
        if (Files.exists(dataDirectory))
        {
            return dataDirectory.toRealPath();
        }

        final Path absolute = dataDirectory.toAbsolutePath().normalize();
        return absolute.getParent().toRealPath().resolve(absolute.getFileName());
    }

    private static long usableSpace(final Path sharedMemory, final Path parent)
    {
        if (!Files.isDirectory(sharedMemory) || !Files.isWritable(sharedMemory))
        {
            return 0;
        }

        try
        {
            if (Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS))
            {
                PosixFiles.ensurePrivateDirectory(parent);
                PosixFiles.deleteTree(parent);
            }

            return Files.getFileStore(sharedMemory).getUsableSpace();
        }
        catch (final IOException ex)
        {
            return 0;
        }
    }

    int termLength()
    {
        return termLength;
    }

    /** Directory for one journal's driver, which deletes and makes it; its parent is made here, ours alone. */
    Path directoryOf(final int journalIndex)
    {
        if (parent == null)
        {
            return JournalHome.directoryOf(dataDirectory, journalIndex).resolve(JournalHome.AERON);
        }

        PosixFiles.ensurePrivateDirectory(parent);
        return parent.resolve(JournalHome.PREFIX + journalIndex);
    }

    /** Take away the parent once nothing is left beneath it. */
    void deleteIfEmpty()
    {
        try
        {
            if (parent != null && Files.isDirectory(parent) && PosixFiles.isEmpty(parent))
            {
                Files.deleteIfExists(parent);
            }
        }
        catch (final IOException ignored)
        {
            // The next start deletes it.
        }
    }
}
