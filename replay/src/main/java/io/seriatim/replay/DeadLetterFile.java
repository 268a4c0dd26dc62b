package io.seriatim.replay;

import org.agrona.CloseHelper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Entries that a feed has given up: a line for each, in tab-separated fields that hold no tab and no line feed.
 *
 * <pre>
 *   time, shard, sequence, attempts, error, the entry's bytes in hex, the entry in words
 * </pre>
 *
 * An entry may be there twice, if the feed was killed before its offset was stored.
 * <p>
 * Threads: confined to the feed's.
 */
final class DeadLetterFile implements AutoCloseable
{
    private final Path file;
    private FileChannel channel;
    private boolean isForced = true;

    /**
     * A file that is made with its first line.
     *
     * @param file to append to.
     */
    DeadLetterFile(final Path file)
    {
        this.file = file;
    }

    void add(final FeedEntry entry, final Throwable cause) throws IOException
    {
        if (channel == null)
        {
            channel = open();
        }
        final byte[] bytes = new byte[entry.length()];
        entry.buffer().getBytes(0, bytes);
        final String line = String.join("\t",
            Instant.now().toString(), String.valueOf(entry.shard()), String.valueOf(entry.sequence()),
            String.valueOf(entry.attempt()), String.valueOf(cause).replaceAll("\\s", " "),
            HexFormat.of().formatHex(bytes), EntryText.line(entry.buffer(), 0)) + "\n";
        final ByteBuffer encoded = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (encoded.hasRemaining())
        {
            channel.write(encoded);
        }
        isForced = false;
    }

    /** What was added is durable when this returns. */
    void force() throws IOException
    {
        if (!isForced)
        {
            channel.force(true);
            isForced = true;
        }
    }

    @Override
    public void close()
    {
        CloseHelper.close(channel);
    }

    private FileChannel open() throws IOException
    {
        if (!Files.exists(file))
        {
            Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }
}
