package io.seriatim.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Keys in files that only their owner may read.
 */
public final class KeyFile
{
    private static final int LENGTH_MAX = 4_096;

    private KeyFile()
    {
    }

    /**
     * Read a key.
     *
     * @param file that {@link #write} made.
     * @return its text, of ASCII.
     * @throws IOException if it can not be read, is too long, or others may use it; the message names the file.
     */
    public static String read(final Path file) throws IOException
    {
        try
        {
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            permissions.remove(PosixFilePermission.OWNER_READ);
            permissions.remove(PosixFilePermission.OWNER_WRITE);
            if (!permissions.isEmpty())
            {
                throw new KeyFileException(
                    "others may use the key file: file=" + file + ", permissions=" +
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + ", allowed=rw-------; if " +
                    "nobody has read it, run `chmod 600 " + file + "`", null);
            }
            if (Files.size(file) > LENGTH_MAX)
            {
                throw new KeyFileException("a key file has at most " + LENGTH_MAX + " bytes: file=" + file, null);
            }
            return Files.readString(file, StandardCharsets.US_ASCII);
        }
        catch (final KeyFileException ex)
        {
            throw ex;
        }
        catch (final IOException ex)
        {
            throw new KeyFileException("the key file can not be read: file=" + file + ": " + ex, ex);
        }
    }

    /**
     * Write a key, forced, to a file of its own.
     *
     * @param file that is not there.
     * @param text of the key, of ASCII.
     * @throws IOException if it is there, or can not be written; the message names the file.
     */
    public static void write(final Path file, final String text) throws IOException
    {
        try
        {
            try (FileChannel channel = PosixFiles.createPrivateFile(file))
            {
                PosixFiles.writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
                channel.force(true);
            }
            PosixFiles.forceDirectory(file.toAbsolutePath().getParent());
        }
        catch (final FileAlreadyExistsException ex)
        {
            throw new KeyFileException("there is a file already, which is left as it is: file=" + file, ex);
        }
        catch (final IOException ex)
        {
            throw new KeyFileException("the key can not be written: file=" + file + ": " + ex, ex);
        }
    }

    /** Says all that there is to say. */
    private static final class KeyFileException extends IOException
    {
        private static final long serialVersionUID = 1L;

        private KeyFileException(final String message, final Throwable cause)
        {
            super(message, cause);
        }
    }
}
