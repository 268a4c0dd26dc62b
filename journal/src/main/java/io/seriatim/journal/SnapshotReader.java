package io.seriatim.journal;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reads a snapshot file and believes nothing of it: every byte is covered by a checksum, and the end says how many
 * blocks and bytes there have to be.
 * <p>
 * Threads: confined to one.
 */
public final class SnapshotReader implements AutoCloseable
{
    private final Path file;
    private final FileChannel channel;
    private final long fileLength;
    private final ByteBuffer bytes =
        ByteBuffer.allocateDirect(SnapshotWriter.BLOCK_LENGTH_MAX).order(ByteOrder.LITTLE_ENDIAN);
    private final UnsafeBuffer view = new UnsafeBuffer(bytes);
    private final CRC32C crc = new CRC32C();
    private final SnapshotHeader header;
    private long position = SnapshotHeader.LENGTH;
    private long blockCount;
    private long contentLength;
    private byte[] digest;

    /**
     * Open a file and read its header.
     *
     * @param file to read.
     * @throws JournalException if it can not be read, or its header is damaged or not known.
     */
    public SnapshotReader(final Path file)
    {
        this.file = file;
        FileChannel opened = null;
        boolean isOpened = false;
        try
        {
            opened = FileChannel.open(file, StandardOpenOption.READ);
            channel = opened;
            fileLength = channel.size();
            header = readHeader();
            isOpened = true;
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not read the snapshot: " + ex.getMessage() + ", file=" + file, ex);
        }
        finally
        {
            if (!isOpened)
            {
                PosixFiles.closeQuietly(opened);
                BufferUtil.free(bytes);
            }
        }
    }

    /**
     * What the file is of.
     *
     * @return its header.
     */
    public SnapshotHeader header()
    {
        return header;
    }

    /**
     * Length of the file.
     *
     * @return a number of bytes.
     */
    public long length()
    {
        return fileLength;
    }

    /**
     * Read all blocks to the end of the file.
     *
     * @param handler of the blocks.
     * @return the digest that the end holds.
     * @throws JournalException if anything is damaged or missing; the blocks before it have been handed out.
     */
    public byte[] read(final SnapshotBlockHandler handler)
    {
        boolean isGoingOn = true;
        while (isGoingOn)
        {
            isGoingOn = readNext(handler);
        }
        return digest;
    }

    /**
     * Read the next block.
     *
     * @param handler of the block.
     * @return false if there are no more, and all is as the end says.
     * @throws JournalException if anything is damaged or missing.
     */
    public boolean readNext(final SnapshotBlockHandler handler)
    {
        try
        {
            final int type = readBlock();
            final int length = bytes.limit();
            if (type == SnapshotWriter.END)
            {
                digest = end();
                return false;
            }
            handler.onBlock(type, view, 0, length);
            blockCount++;
            contentLength += length;
            return true;
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not read the snapshot: " + ex.getMessage() + ", position=" + position + ", file=" + file, ex);
        }
    }

    @Override
    public void close()
    {
        PosixFiles.closeQuietly(channel);
        BufferUtil.free(bytes);
    }

    private SnapshotHeader readHeader() throws IOException
    {
        readFully(0, SnapshotHeader.LENGTH);
        SnapshotHeader.requireKnown(bytes, file);
        crc.reset();
        crc.update(bytes.duplicate().limit(SnapshotHeader.CRC_OFFSET));
        if (bytes.getInt(SnapshotHeader.CRC_OFFSET) != (int)crc.getValue())
        {
            throw damaged("the header's checksum does not agree", 0);
        }
        return SnapshotHeader.decode(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Read the next block: its content is in the bytes up to their limit; its type is returned. */
    private int readBlock() throws IOException
    {
        readFully(position, SnapshotWriter.BLOCK_HEADER_LENGTH);
        final int length = bytes.getInt(0);
        final int type = bytes.getInt(Integer.BYTES);
        final int expected = bytes.getInt(2 * Integer.BYTES);
        if (length < 1 || length > SnapshotWriter.BLOCK_LENGTH_MAX || type < SnapshotWriter.END)
        {
            throw damaged("no block begins here", position);
        }
        crc.reset();
        crc.update(bytes.duplicate().limit(2 * Integer.BYTES));
        readFully(position + SnapshotWriter.BLOCK_HEADER_LENGTH, length);
        crc.update(bytes.duplicate());
        if ((int)crc.getValue() != expected)
        {
            throw damaged("the checksum of a block does not agree", position);
        }
        position += SnapshotWriter.BLOCK_HEADER_LENGTH + length;
        return type;
    }

    private byte[] end()
    {
        if (bytes.limit() != SnapshotWriter.END_LENGTH || bytes.getLong(0) != blockCount ||
            bytes.getLong(Long.BYTES) != contentLength || position != fileLength)
        {
            throw damaged("the end does not agree with what was read: blocks=" + blockCount + ", bytes=" +
                contentLength + ", file length=" + fileLength, position);
        }
        final byte[] found = new byte[SnapshotWriter.DIGEST_LENGTH];
        bytes.get(2 * Long.BYTES, found);
        return found;
    }

    private void readFully(final long from, final int length) throws IOException
    {
        bytes.clear().limit(length);
        while (bytes.hasRemaining())
        {
            if (channel.read(bytes, from + bytes.position()) < 0)
            {
                throw damaged("the file is too short", from);
            }
        }
        bytes.flip();
    }

    private JournalException damaged(final String what, final long where)
    {
        return new JournalException("the snapshot is damaged: " + what + ", position=" + where + ", file=" + file);
    }
}
