package io.seriatim.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to write a data directory: a lock on its file {@code LOCK}, held until it is closed or the process ends,
 * however it ends. The file holds the id of the process that holds or last held the lock, as text.
 * <p>
 * POSIX drops a process's lock as soon as the process closes <i>any</i> handle of the file. So what this process holds
 * is also noted in its system properties, which every class loader sees, and a file noted there is never opened again.
 * <p>
 * Threads: any.
 */
public final class DirectoryLock implements AutoCloseable
{
    /** Name of the locked file in the data directory. */
    public static final String FILE_NAME = "LOCK";

    private static final String PROPERTY_PREFIX = "io.seriatim.journal.lock:";

    private final FileChannel channel;
    private final FileLock lock;
    private final String property;
    private boolean isClosed;

    private DirectoryLock(final FileChannel channel, final FileLock lock, final String property)
    {
        this.channel = channel;
        this.lock = lock;
        this.property = property;
    }

    /**
     * Take the lock; never waits.
     *
     * @param directory to lock; it exists.
     * @return the lock.
     * @throws DirectoryInUseException if somebody holds it, in this process too.
     * @throws JournalException        if the file can not be made or locked.
     */
    public static DirectoryLock acquire(final Path directory)
    {
        final String property = propertyOf(directory);
        final String pid = Long.toString(ProcessHandle.current().pid());
        if (System.getProperties().putIfAbsent(property, pid) != null)
        {
            throw new DirectoryInUseException(directory, ProcessHandle.current().pid());
        }

        DirectoryLock directoryLock = null;
        try
        {
            directoryLock = acquire(directory, property);
            return directoryLock;
        }
        finally
        {
            if (directoryLock == null)
            {
                System.getProperties().remove(property);
            }
        }
    }

    /**
     * Which process holds, or last held, the lock of a directory.
     *
     * @param directory to ask about.
     * @return id of the process; or -1 if the directory was never locked or the file can not be read.
     */
    public static long holderPid(final Path directory)
    {
        return isHeldHere(directory) ? ProcessHandle.current().pid() : readPid(directory);
    }

    private static long readPid(final Path directory)
    {
        try
        {
            return Long.parseLong(Files.readString(directory.resolve(FILE_NAME), StandardCharsets.US_ASCII).trim());
        }
        catch (final IOException | NumberFormatException ex)
        {
            return -1;
        }
    }

    /**
     * Whether somebody holds the lock of a directory right now. Looks without writing anything, so that a directory
     * that is only read stays as it is.
     *
     * @param directory to ask about.
     * @return true if it is held, by this process too.
     */
    public static boolean isHeld(final Path directory)
    {
        final Path file = directory.resolve(FILE_NAME);
        if (isHeldHere(directory))
        {
            return true;
        }

        if (!Files.exists(file))
        {
            return false;
        }

        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ))
        {
            final FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
            if (lock == null)
            {
                return true;
            }

            lock.release();
            return false;
        }
        catch (final OverlappingFileLockException ex)
        {
            return true;
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not look at the directory's lock: file=" + file, ex);
        }
    }

    /**
     * Let go. The file stays.
     */
    @Override
    public synchronized void close()
    {
        if (isClosed)
        {
            return;
        }

        isClosed = true;
        try
        {
            lock.release();
        }
        catch (final IOException ignored)
        {
            // Closing the channel lets go as well.
        }

        PosixFiles.closeQuietly(channel);
        System.getProperties().remove(property);
    }

    private static DirectoryLock acquire(final Path directory, final String property)
    {
        final Path file = directory.resolve(FILE_NAME);
        FileChannel channel = null;
        try
        {
            channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            final FileLock lock = channel.tryLock();
            if (lock == null)
            {
                throw new DirectoryInUseException(directory, readPid(directory));
            }

            final byte[] text = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            PosixFiles.writeFully(channel, ByteBuffer.wrap(text), 0);
            channel.truncate(text.length);

            final DirectoryLock directoryLock = new DirectoryLock(channel, lock, property);
            channel = null;
            return directoryLock;
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not lock the directory: file=" + file + "; nothing was changed", ex);
        }
        finally
        {
            PosixFiles.closeQuietly(channel);
        }
    }

    private static boolean isHeldHere(final Path directory)
    {
        return Files.exists(directory) && System.getProperties().containsKey(propertyOf(directory));
    }

    private static String propertyOf(final Path directory)
    {
        try
        {
            return PROPERTY_PREFIX + directory.toRealPath();
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not find the directory: path=" + directory + "; nothing was changed", ex);
        }
    }
}
