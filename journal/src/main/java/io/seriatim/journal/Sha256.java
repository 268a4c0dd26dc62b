package io.seriatim.journal;

import org.agrona.BufferUtil;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * SHA-256 of files.
 * <p>
 * Threads: static, any.
 */
final class Sha256
{
    private static final int READ_LENGTH = 1024 * 1024;

    private Sha256()
    {
    }

    static MessageDigest digest()
    {
        try
        {
            return MessageDigest.getInstance("SHA-256");
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException("every Java has SHA-256", ex);
        }
    }

    /**
     * Hash a file.
     *
     * @param file     to read whole.
     * @param progress is told how many bytes were read since it was told last.
     * @return hex.
     */
    static String of(final Path file, final LongConsumer progress) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ))
        {
            return copy(channel, null, progress);
        }
    }

    /**
     * Copy a file and hash what is copied.
     *
     * @param from     to read from its position on.
     * @param to       to write from its beginning on; null if it is only hashed.
     * @param progress is told how many bytes were read since it was told last.
     * @return hex.
     */
    static String copy(final FileChannel from, final FileChannel to, final LongConsumer progress) throws IOException
    {
        final MessageDigest digest = digest();
        final ByteBuffer bytes = ByteBuffer.allocateDirect(READ_LENGTH);
        try
        {
            long position = 0;
            while (from.read(bytes) >= 0)
            {
                final int length = bytes.flip().remaining();
                digest.update(bytes.duplicate());
                if (to != null)
                {
                    PosixFiles.writeFully(to, bytes, position);
                }

                position += length;
                bytes.clear();
                progress.accept(length);
            }

            return HexFormat.of().formatHex(digest.digest());
        }
        finally
        {
            BufferUtil.free(bytes);
        }
    }
}
