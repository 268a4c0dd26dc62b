package io.seriatim.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What one client was told, in a file of its own outside the books: id, sequence and timestamp of each transfer that
 * was acknowledged to it, in that order.
 * <p>
 * Shape: rows of 24 bytes, little-endian.<br>
 * Threads: confined to the client's.
 */
final class Acknowledgements implements AutoCloseable
{
    private static final int ROW_LENGTH = 3 * Long.BYTES;

    private final FileChannel channel;
    private final ByteBuffer row = ByteBuffer.allocate(ROW_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer rows;

    private Acknowledgements(final Path file, final boolean isToBeWritten)
    {
        try
        {
            final byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            final int length = bytes.length - bytes.length % ROW_LENGTH;
            rows = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
            channel = !isToBeWritten ? null :
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .truncate(length).position(length);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not open the acknowledgements: file=" + file, ex);
        }
    }

    /**
     * Go on with a file; a row that a kill has cut was not yet told to anybody.
     *
     * @param file of the client.
     */
    static Acknowledgements write(final Path file)
    {
        return new Acknowledgements(file, true);
    }

    /**
     * Read a file, which its client may go on with meanwhile.
     *
     * @param file of the client; without one nothing was told.
     */
    static Acknowledgements read(final Path file)
    {
        return new Acknowledgements(file, false);
    }

    /** How many there are in a file now; none if it is not there. */
    static long countIn(final Path file) throws IOException
    {
        return Files.exists(file) ? Files.size(file) / ROW_LENGTH : 0;
    }

    /** How many there were when the file was opened. */
    int count()
    {
        return rows.limit() / ROW_LENGTH;
    }

    long id(final int index)
    {
        return rows.getLong(index * ROW_LENGTH);
    }

    long sequence(final int index)
    {
        return rows.getLong(index * ROW_LENGTH + Long.BYTES);
    }

    long timestampNs(final int index)
    {
        return rows.getLong(index * ROW_LENGTH + 2 * Long.BYTES);
    }

    void add(final long id, final long sequence, final long timestampNs)
    {
        try
        {
            row.clear().putLong(id).putLong(sequence).putLong(timestampNs).flip();
            while (row.hasRemaining())
            {
                channel.write(row);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not write an acknowledgement", ex);
        }
    }

    @Override
    public void close() throws IOException
    {
        if (channel != null)
        {
            channel.close();
        }
    }
}
