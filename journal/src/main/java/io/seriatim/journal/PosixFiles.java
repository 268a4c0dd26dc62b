package io.seriatim.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files and directories the way a ledger needs them: private, forced, replaced in one step.
 * <p>
 * Threads: static, any.
 */
public final class PosixFiles
{
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_READ = PosixFilePermissions.fromString("r--------");

    private PosixFiles()
    {
    }

    /**
     * Make sure that a directory exists and is ours alone. An empty one with wider permissions is narrowed.
     *
     * @param directory to make.
     * @throws JournalException if it is a file or a link, belongs to somebody else, or is open to others and not empty.
     */
    public static void ensurePrivateDirectory(final Path directory)
    {
        ensurePrivateDirectory(directory, false);
    }

    /**
     * Make sure that a directory exists and is open to its owner alone, who is us, or whoever gave it to a process that
     * runs as root, as containers do with the volumes of their host.
     *
     * @throws JournalException if it is a file or a link, belongs to somebody else, or is open to others and not empty.
     */
    static void ensureDataDirectory(final Path directory)
    {
        ensurePrivateDirectory(directory, uid() == 0);
    }

    private static void ensurePrivateDirectory(final Path directory, final boolean isAnyOwnerAllowed)
    {
        try
        {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS))
            {
                createPrivateDirectory(directory);
            }

            if (!Files.isDirectory(directory))
            {
                throw new JournalException("not a directory: path=" + directory + "; nothing was changed");
            }

            checkPrivate(directory, isAnyOwnerAllowed);
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not make or look at the directory: path=" + directory, ex);
        }
    }

    private static void createPrivateDirectory(final Path directory) throws IOException
    {
        final Path parent = directory.toAbsolutePath().getParent();
        if (parent != null && !Files.exists(parent))
        {
            Files.createDirectories(parent);
        }

        if (isPosix(parent))
        {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        else
        {
            Files.createDirectory(directory);
        }

        forceDirectory(parent);
    }

    private static void checkPrivate(final Path directory, final boolean isAnyOwnerAllowed) throws IOException
    {
        if (!isPosix(directory))
        {
            return;
        }

        final int owner = (int) Files.getAttribute(directory, "unix:uid");
        final int uid = uid();
        if (owner != uid && !isAnyOwnerAllowed)
        {
            throw new JournalException(
                "directory belongs to another user: path=" + directory + ", owner uid=" + owner + ", our uid=" + uid +
                "; nothing was changed");
        }

        final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (!OWNER_ONLY.containsAll(permissions))
        {
            if (!isEmpty(directory))
            {
                throw new JournalException(
                    "directory is open to others: path=" + directory + ", permissions=" +
                    PosixFilePermissions.toString(permissions) + ", allowed=rwx------; run `chmod 700 " + directory +
                    "` if its content can be trusted; nothing was changed");
            }

            Files.setPosixFilePermissions(directory, OWNER_ONLY);
        }
    }

    /** User id of this process; 0 where there is no such thing. */
    static int uid()
    {
        try
        {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        }
        catch (final IOException | UnsupportedOperationException | IllegalArgumentException ex)
        {
            return uidOfHome();
        }
    }

    private static int uidOfHome()
    {
        try
        {
            return (int) Files.getAttribute(Path.of(System.getProperty("user.home")), "unix:uid");
        }
        catch (final IOException | UnsupportedOperationException | IllegalArgumentException ex)
        {
            return 0;
        }
    }

    static boolean isPosix(final Path path)
    {
        return path != null && Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
    }

    static boolean isEmpty(final Path directory) throws IOException
    {
        try (Stream<Path> children = Files.list(directory))
        {
            return children.findAny().isEmpty();
        }
    }

    /**
     * Make the names in a directory durable.
     *
     * @param directory to force.
     * @throws IOException if that fails.
     */
    public static void forceDirectory(final Path directory) throws IOException
    {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ))
        {
            channel.force(true);
        }
    }

    /** Make the content of a file durable. */
    static void forceFile(final Path file) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            channel.force(true);
        }
    }

    /**
     * Put a file in place of another one, so that a crash leaves the old one or the new one, whole and forced. Only its
     * owner may read it.
     *
     * @param file    to replace; its directory exists.
     * @param content of the new one.
     * @throws IOException if that fails; the old one stands.
     */
    public static void replace(final Path file, final byte[] content) throws IOException
    {
        final Path directory = file.toAbsolutePath().getParent();
        final Path temporary = directory.resolve(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = createPrivateFile(temporary))
        {
            writeFully(channel, ByteBuffer.wrap(content), 0);
            channel.force(true);
        }

        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory(directory);
    }

    /**
     * Make a file that only its owner may read.
     *
     * @param file that is not there.
     * @return the file, open to be written.
     * @throws IOException if it is there, or can not be made.
     */
    public static FileChannel createPrivateFile(final Path file) throws IOException
    {
        final Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return isPosix(file.toAbsolutePath().getParent()) ?
            FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(OWNER_FILE)) :
            FileChannel.open(file, options);
    }

    /** Let nobody write to a file any more, its owner neither. */
    static void makeReadOnly(final Path file) throws IOException
    {
        if (isPosix(file))
        {
            Files.setPosixFilePermissions(file, OWNER_READ);
        }
    }

    /**
     * Write all of it.
     *
     * @param channel  to write to.
     * @param bytes    what remains of them.
     * @param position in the file, in bytes.
     * @throws IOException if that fails.
     */
    public static void writeFully(final FileChannel channel, final ByteBuffer bytes, final long position)
        throws IOException
    {
        long filePosition = position;
        while (bytes.hasRemaining())
        {
            filePosition += channel.write(bytes, filePosition);
        }
    }

    /** Delete a tree, without following links. */
    static void deleteTree(final Path root) throws IOException
    {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS))
        {
            return;
        }

        Files.walkFileTree(root, new SimpleFileVisitor<>()
        {
            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) throws IOException
            {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(final Path directory, final IOException ex) throws IOException
            {
                if (ex != null && !(ex instanceof NoSuchFileException))
                {
                    throw ex;
                }

                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static void closeQuietly(final AutoCloseable closeable)
    {
        if (closeable != null)
        {
            try
            {
                closeable.close();
            }
            catch (final Exception ignored)
            {
                // There is nothing left to lose: what had to be forced was forced before.
            }
        }
    }
}
