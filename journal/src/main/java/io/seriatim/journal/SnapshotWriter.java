package io.seriatim.journal;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.CRC32C;

/**
 * Writes a snapshot file: a header, blocks with checksums, and an end that says how many there were. The file has a
 * name of its own until {@link #publish}, so that a crash leaves the whole file or none.
 * <p>
 * Shape: {@link SnapshotHeader}, then blocks; little-endian
 *
 * <pre>
 *   0  length of the content   int32
 *   4  type                    int32, above zero; 0 = the end
 *   8  CRC-32C                 int32, over length, type and content
 *  12  content
 * </pre>
 *
 * The content of the end is: number of blocks (int64), bytes of their contents (int64), a digest of 32 bytes.
 * <p>
 * Cost: a write for some 256 KiB; one force.<br>
 * Threads: confined to one.
 */
public final class SnapshotWriter implements AutoCloseable
{
    /** Longest content of a block, in bytes. */
    public static final int BLOCK_LENGTH_MAX = 256 * 1024;

    /** Length of the digest in bytes. */
    public static final int DIGEST_LENGTH = 32;

    /** What the name of a file ends in that is not whole. */
    static final String TEMPORARY = ".tmp";

    static final int BLOCK_HEADER_LENGTH = 12;
    static final int END = 0;
    static final int END_LENGTH = 2 * Long.BYTES + DIGEST_LENGTH;

    private static final int WRITE_LENGTH = 256 * 1024;
    private static final int BUFFER_LENGTH =
        WRITE_LENGTH + BLOCK_LENGTH_MAX + 2 * BLOCK_HEADER_LENGTH + END_LENGTH;

    private final Path file;
    private final Path temporary;
    private final FileChannel channel;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private long blockCount;
    private long contentLength;
    private long fileLength;
    private boolean isEnded;
    private boolean isPublished;
    private boolean isClosed;

    /**
     * Begin a file.
     *
     * @param file   that it will be; its directory is there.
     * @param header of it.
     * @throws IOException if it can not be made.
     */
    public SnapshotWriter(final Path file, final SnapshotHeader header) throws IOException
    {
        this.file = file;
        temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        Files.deleteIfExists(temporary);
        if (PosixFiles.isPosix(file.getParent()))
        {
            Files.createFile(
                temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        header.encode(bytes);
        putCrc(0);
    }

    /**
     * Write a block.
     *
     * @param type   above zero.
     * @param buffer holding it.
     * @param offset of its first byte.
     * @param length from 1 to {@link #BLOCK_LENGTH_MAX} bytes.
     * @throws IOException if it can not be written.
     */
    public void write(final int type, final DirectBuffer buffer, final int offset, final int length) throws IOException
    {
        if (type <= END || length < 1 || length > BLOCK_LENGTH_MAX || isEnded || isClosed)
        {
            throw new IllegalArgumentException(
                "not a block: type=" + type + ", length=" + length + ", allowed=1 to " + BLOCK_LENGTH_MAX);
        }

        final int start = bytes.position();
        bytes.putInt(length).putInt(type).putInt(0);
        buffer.getBytes(offset, bytes, length);
        putBlockCrc(start);
        blockCount++;
        contentLength += length;
        if (bytes.position() >= WRITE_LENGTH)
        {
            flush();
        }
    }

    /**
     * End the file and force it. It does not count before {@link #publish}.
     *
     * @param digest of what it holds, {@link #DIGEST_LENGTH} bytes.
     * @throws IOException if it can not be written or forced; it is to be given up then.
     */
    public void end(final byte[] digest) throws IOException
    {
        if (digest.length != DIGEST_LENGTH || isEnded || isClosed)
        {
            throw new IllegalArgumentException(
                "a digest has " + DIGEST_LENGTH + " bytes and ends a file once: length=" + digest.length);
        }

        final int start = bytes.position();
        bytes.putInt(END_LENGTH).putInt(END).putInt(0).putLong(blockCount).putLong(contentLength).put(digest);
        putBlockCrc(start);
        flush();
        channel.force(true);
        channel.close();
        isEnded = true;
    }

    /**
     * Give the file, which is ended, its name. The directory is forced by {@link #forceDirectory} when all files of a
     * snapshot have theirs.
     *
     * @throws IOException if that fails.
     */
    public void publish() throws IOException
    {
        if (!isEnded)
        {
            throw new IllegalStateException("a file that is not ended can not be published: file=" + file);
        }

        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        isPublished = true;
    }

    /**
     * Make the names of published files durable.
     *
     * @throws IOException if that fails.
     */
    public void forceDirectory() throws IOException
    {
        PosixFiles.forceDirectory(file.getParent());
    }

    /**
     * The file that it will be.
     *
     * @return its path.
     */
    public Path file()
    {
        return file;
    }

    /**
     * How long the file is so far.
     *
     * @return a number of bytes.
     */
    public long length()
    {
        return fileLength + bytes.position();
    }

    /** Let go; a file that was not published is deleted. */
    @Override
    public void close()
    {
        if (isClosed)
        {
            return;
        }
        isClosed = true;
        PosixFiles.closeQuietly(channel);
        BufferUtil.free(bytes);
        if (!isPublished)
        {
            try
            {
                Files.deleteIfExists(temporary);
            }
            catch (final IOException ignored)
            {
                // The next launch deletes it.
            }
        }
    }

    private void flush() throws IOException
    {
        bytes.flip();
        final int length = bytes.remaining();
        PosixFiles.writeFully(channel, bytes, fileLength);
        fileLength += length;
        bytes.clear();
    }

    private void putBlockCrc(final int start)
    {
        final int end = bytes.position();
        crc.reset();
        crc.update(bytes.duplicate().position(start).limit(start + 2 * Integer.BYTES));
        crc.update(bytes.duplicate().position(start + BLOCK_HEADER_LENGTH).limit(end));
        bytes.putInt(start + 2 * Integer.BYTES, (int)crc.getValue());
    }

    private void putCrc(final int start)
    {
        crc.reset();
        crc.update(bytes.duplicate().position(start).limit(bytes.position()));
        bytes.putInt((int)crc.getValue());
    }
}
