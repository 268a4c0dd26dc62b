package io.seriatim.sealing;

import io.seriatim.journal.PosixFiles;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofException;

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
 * Private keys in files that only their owner may read.
 */
public final class LogKeys
{
    private static final int LENGTH_MAX = 4_096;

    private LogKeys()
    {
    }

    /**
     * Read a key.
     *
     * @param file that {@link #write} made.
     * @return the key.
     * @throws SealingException if it can not be read, is none, or others may read it.
     */
    public static NoteSigner read(final Path file)
    {
        try
        {
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            permissions.remove(PosixFilePermission.OWNER_READ);
            permissions.remove(PosixFilePermission.OWNER_WRITE);
            if (!permissions.isEmpty())
            {
                throw new SealingException(
                    "others may use the key file: file=" + file + ", permissions=" +
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + ", allowed=rw-------; if " +
                    "nobody has read it, run `chmod 600 " + file + "`");
            }
            if (Files.size(file) > LENGTH_MAX)
            {
                throw new SealingException("a key file has at most " + LENGTH_MAX + " bytes: file=" + file);
            }
            return NoteSigner.parse(Files.readString(file, StandardCharsets.US_ASCII));
        }
        catch (final ProofException ex)
        {
            throw new SealingException(ex.getMessage() + ": file=" + file, ex);
        }
        catch (final IOException ex)
        {
            throw new SealingException("the key file can not be read: file=" + file + ": " + ex, ex);
        }
    }

    /**
     * Write a key, forced, to a file of its own.
     *
     * @param file that is not there.
     * @param key  to write.
     * @throws SealingException if it is there, or can not be written.
     */
    public static void write(final Path file, final NoteSigner key)
    {
        try
        {
            try (FileChannel channel = PosixFiles.createPrivateFile(file))
            {
                PosixFiles.writeFully(
                    channel, ByteBuffer.wrap(key.toText().getBytes(StandardCharsets.US_ASCII)), 0);
                channel.force(true);
            }
            PosixFiles.forceDirectory(file.toAbsolutePath().getParent());
        }
        catch (final FileAlreadyExistsException ex)
        {
            throw new SealingException("there is a file already, which is left as it is: file=" + file, ex);
        }
        catch (final IOException ex)
        {
            throw new SealingException("the key can not be written: file=" + file + ": " + ex, ex);
        }
    }
}
