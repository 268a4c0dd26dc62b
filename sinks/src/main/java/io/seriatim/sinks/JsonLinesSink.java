package io.seriatim.sinks;

import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedHandler;
import org.agrona.CloseHelper;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file of entries, a JSON object a line. It is appended to; a line that a crash has left without its end is cut off
 * first. A line may be there twice after a crash: shard and sequence tell.
 * <p>
 * Threads: any, one at a time.
 */
public final class JsonLinesSink implements FeedHandler, AutoCloseable
{
    private static final int BUFFER_LENGTH = 64 * 1024;

    private final FileOutputStream file;
    private final OutputStream out;

    /**
     * Write to a file.
     *
     * @param path of the file, which is made if it is not there, readable by its owner only.
     * @throws IOException if it can not be written.
     */
    public JsonLinesSink(final Path path) throws IOException
    {
        if (!Files.exists(path))
        {
            Files.createFile(
                path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        cutHalfALine(path);
        file = new FileOutputStream(path.toFile(), true);
        out = new BufferedOutputStream(file, BUFFER_LENGTH);
    }

    /**
     * Write to a stream that is not forced, such as standard output.
     *
     * @param out stays its owner's to close.
     */
    public JsonLinesSink(final OutputStream out)
    {
        file = null;
        this.out = new BufferedOutputStream(out, BUFFER_LENGTH);
    }

    @Override
    public void onEntry(final FeedEntry entry) throws IOException
    {
        final byte[] line = EntryJson.encode(entry);
        synchronized (out)
        {
            out.write(line);
            out.write('\n');
        }
    }

    @Override
    public void onBatchEnd() throws IOException
    {
        if (file == null)
        {
            force();
        }
    }

    @Override
    public void force() throws IOException
    {
        synchronized (out)
        {
            out.flush();
            if (file != null)
            {
                file.getFD().sync();
            }
        }
    }

    @Override
    public void close() throws IOException
    {
        synchronized (out)
        {
            out.flush();
            CloseHelper.close(file);
        }
    }

    private static void cutHalfALine(final Path path) throws IOException
    {
        try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw"))
        {
            long end = bytes.length();
            while (end > 0)
            {
                bytes.seek(end - 1);
                if (bytes.read() == '\n')
                {
                    break;
                }
                end--;
            }
            bytes.setLength(end);
        }
    }
}
