package io.seriatim.tools;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Bytes of a file of the user's, plain or gzip; whatever fails is told as an {@link InputException}.
 * <p>
 * Whether it is gzip is told by its first two bytes, not by its name.<br>
 * Threads: confined to one, but for {@link #position()}.
 */
final class FileInput implements AutoCloseable
{
    private static final int BUFFER_LENGTH = 64 * 1024;

    private static final int GZIP_MAGIC_0 = 0x1F;

    private static final int GZIP_MAGIC_1 = 0x8B;

    private final String file;
    private final long length;
    private final CountingStream raw;
    private final InputStream in;

    FileInput(final Path path)
    {
        file = path.toString();
        try
        {
            if (Files.isDirectory(path))
            {
                throw InputException.ofFile("a directory is not a CSV file", file, null);
            }
            length = Files.size(path);
            raw = new CountingStream(Files.newInputStream(path));
        }
        catch (final NoSuchFileException e)
        {
            throw InputException.ofFile("there is no such file", file, e);
        }
        catch (final IOException e)
        {
            throw InputException.ofFile("the file can not be read (" + e + ")", file, e);
        }

        boolean isOpen = false;
        try
        {
            in = decoded();
            isOpen = true;
        }
        catch (final IOException e)
        {
            throw readError(e, 0);
        }
        finally
        {
            if (!isOpen)
            {
                close();
            }
        }
    }

    private InputStream decoded() throws IOException
    {
        final BufferedInputStream peeked = new BufferedInputStream(raw, BUFFER_LENGTH);
        peeked.mark(2);
        final int first = peeked.read();
        final int second = peeked.read();
        peeked.reset();
        return first == GZIP_MAGIC_0 && second == GZIP_MAGIC_1 ? new GZIPInputStream(peeked, BUFFER_LENGTH) : peeked;
    }

    /**
     * Reads on.
     *
     * @param buffer    to read into.
     * @param offset    of the first byte.
     * @param lengthMax of what is read.
     * @param line      up to which the file was read so far, for a message.
     * @return how many bytes were read, or -1 at the end.
     */
    int read(final byte[] buffer, final int offset, final int lengthMax, final long line)
    {
        try
        {
            return in.read(buffer, offset, lengthMax);
        }
        catch (final IOException e)
        {
            throw readError(e, line);
        }
    }

    private InputException readError(final IOException e, final long line)
    {
        final String what;
        if (e instanceof EOFException)
        {
            what = "the gzip data ends early, the file is not complete";
        }
        else if (e instanceof ZipException)
        {
            what = "the gzip data is damaged (" + e.getMessage() + ")";
        }
        else
        {
            what = "the file can not be read (" + e + ")";
        }
        return InputException.ofFile(what + ", after " + line + " whole lines", file, e);
    }

    /** Bytes of the file that have been read, compressed as they may be; any thread may ask. */
    long position()
    {
        return raw.count;
    }

    /** Bytes of the file. */
    long length()
    {
        return length;
    }

    @Override
    public void close()
    {
        try
        {
            raw.close();
        }
        catch (final IOException e)
        {
            throw InputException.ofFile("the file can not be closed (" + e + ")", file, e);
        }
    }

    private static final class CountingStream extends FilterInputStream
    {
        private volatile long count;

        private CountingStream(final InputStream in)
        {
            super(in);
        }

        @Override
        public int read() throws IOException
        {
            final int value = super.read();
            advance(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(final byte[] bytes, final int offset, final int length) throws IOException
        {
            final int read = super.read(bytes, offset, length);
            advance(Math.max(0, read));
            return read;
        }

        private void advance(final int read)
        {
            count = count + read;
        }
    }
}
