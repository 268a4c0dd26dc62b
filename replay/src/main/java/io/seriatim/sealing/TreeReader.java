package io.seriatim.sealing;

import io.seriatim.merkle.Tile;
import io.seriatim.merkle.TreeHasher;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the tree of a shard while it grows: what a checkpoint covers does not change any more.
 * <p>
 * Threads: confined to one.
 */
final class TreeReader implements AutoCloseable
{
    private final Path directory;
    private final Map<String, FileChannel> files = new HashMap<>();

    /**
     * The tree of a shard.
     *
     * @param dataDirectory of the engine.
     * @param shard         number of the shard.
     */
    TreeReader(final Path dataDirectory, final int shard)
    {
        directory = TreeFiles.directoryOf(dataDirectory, shard);
    }

    /** A tile. */
    byte[] read(final Tile tile)
    {
        return read(open("level-" + tile.level()), tile, directory);
    }

    /** Where reading has to begin to come by an entry: a frame at or before it. */
    long position(final long sequence)
    {
        final ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        readFully(open("positions"), bytes, sequence / Tile.WIDTH * Long.BYTES, directory.resolve("positions"));
        return bytes.getLong(0);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(files.values());
    }

    static byte[] read(final FileChannel channel, final Tile tile, final Path directory)
    {
        final ByteBuffer bytes = ByteBuffer.allocate(tile.width() * TreeHasher.HASH_LENGTH);
        readFully(
            channel, bytes, tile.index() * Tile.WIDTH * TreeHasher.HASH_LENGTH,
            directory.resolve("level-" + tile.level()));
        return bytes.array();
    }

    private static void readFully(
        final FileChannel channel, final ByteBuffer bytes, final long position, final Path file)
    {
        try
        {
            while (bytes.hasRemaining())
            {
                if (channel.read(bytes, position + bytes.position()) < 0)
                {
                    throw new SealingException(
                        "the tree ends before what a checkpoint covers: file=" + file + ", position=" + position +
                        ", bytes=" + bytes.position() + " of " + bytes.capacity() + "; it is made again by `seal`");
                }
            }
        }
        catch (final IOException ex)
        {
            throw new SealingException("the tree can not be read: file=" + file, ex);
        }
    }

    private FileChannel open(final String name)
    {
        return files.computeIfAbsent(name, key ->
        {
            try
            {
                return FileChannel.open(directory.resolve(key), StandardOpenOption.READ);
            }
            catch (final IOException ex)
            {
                throw new SealingException("the tree can not be read: file=" + directory.resolve(key), ex);
            }
        });
    }
}
