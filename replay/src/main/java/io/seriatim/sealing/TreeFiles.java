package io.seriatim.sealing;

import io.seriatim.journal.PosixFiles;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.SubtreeHandler;
import io.seriatim.merkle.Tile;
import io.seriatim.merkle.TileHashes;
import io.seriatim.merkle.TreeHasher;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of a shard in files, which it grows by, and where its entries lie in the journal.
 * <p>
 * Shape: {@code level-L} holds the roots of all complete subtrees of 256<sup>L</sup> leaves, 32 bytes each, in their
 * order: so the tiles of level L one behind the other. {@code positions} holds for every 256th entry, from 0, the
 * position of its frame, 8 bytes big-endian. All can be made again from the journal.<br>
 * Cost: 32.3 bytes on the disk for an entry; writes of {@value #BUFFER_LENGTH} bytes.<br>
 * Threads: confined to one. Others may read what a checkpoint covers by {@link TreeReader}.
 */
final class TreeFiles implements AutoCloseable
{
    private static final int BUFFER_LENGTH = 64 * 1024;

    /** Levels of tiles of a tree of 2^63 leaves. */
    private static final int LEVELS = 8;

    /** Bits of the level of a tree that a tile's level stands for. */
    private static final int TILE_HEIGHT = 8;

    /** A file that is appended to. */
    private static final class Column implements AutoCloseable
    {
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_LENGTH);
        private long length;

        Column(final Path file) throws IOException
        {
            channel = Files.exists(file) ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE) :
                create(file);
            length = channel.size();
        }

        private static FileChannel create(final Path file) throws IOException
        {
            PosixFiles.createPrivateFile(file).close();
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }

        void append(final byte[] bytes, final int offset, final int count) throws IOException
        {
            if (buffer.remaining() < count)
            {
                write();
            }
            buffer.put(bytes, offset, count);
        }

        void write() throws IOException
        {
            buffer.flip();
            final int count = buffer.remaining();
            PosixFiles.writeFully(channel, buffer, length);
            length += count;
            buffer.clear();
        }

        void truncate(final long newLength) throws IOException
        {
            if (length < newLength)
            {
                throw new IOException("it has " + length + " bytes, " + newLength + " are needed");
            }
            buffer.clear();
            channel.truncate(newLength);
            length = newLength;
        }

        @Override
        public void close() throws IOException
        {
            channel.close();
        }
    }

    private final Path directory;
    private final List<Column> levels = new ArrayList<>();
    private final Column positions;
    private final byte[] positionBytes = new byte[Long.BYTES];
    private MerkleFrontier frontier;

    /**
     * The files of a shard, of which only the beginning counts.
     *
     * @param dataDirectory of the engine.
     * @param shard         number of the shard.
     * @param size          how many leaves of them count.
     * @throws IOException if they are not there so far, or can not be read.
     */
    TreeFiles(final Path dataDirectory, final int shard, final long size) throws IOException
    {
        directory = directoryOf(dataDirectory, shard);
        positions = new Column(directory.resolve("positions"));
        try
        {
            for (int level = 0; level < LEVELS; level++)
            {
                levels.add(new Column(directory.resolve("level-" + level)));
            }
            truncate(size);
        }
        catch (final IOException | RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    /** Where the tree of a shard lies. */
    static Path directoryOf(final Path dataDirectory, final int shard)
    {
        return dataDirectory.resolve("shard-" + shard).resolve("tree");
    }

    /** Make the directory of a shard's tree, for its owner only. */
    static Path ensureDirectory(final Path dataDirectory, final int shard)
    {
        final Path directory = directoryOf(dataDirectory, shard);
        PosixFiles.ensurePrivateDirectory(directory.getParent());
        PosixFiles.ensurePrivateDirectory(directory);
        return directory;
    }

    /** Forget what lies behind a size. */
    void truncate(final long size) throws IOException
    {
        for (int level = 0; level < LEVELS; level++)
        {
            levels.get(level).truncate((size >>> level * TILE_HEIGHT) * TreeHasher.HASH_LENGTH);
        }
        positions.truncate((size + Tile.WIDTH - 1) / Tile.WIDTH * Long.BYTES);
        final SubtreeHandler onSubtree = this::onSubtree;
        frontier = size == 0 ? new MerkleFrontier(onSubtree) :
            new MerkleFrontier(size, new TileHashes(this::read, size), onSubtree);
    }

    long size()
    {
        return frontier.size();
    }

    byte[] root()
    {
        return frontier.root();
    }

    /**
     * Append an entry as the next leaf.
     *
     * @param entry         holding it.
     * @param length        of it in bytes.
     * @param framePosition where its frame lies in the journal.
     */
    void append(final byte[] entry, final int length, final long framePosition) throws IOException
    {
        if (frontier.size() % Tile.WIDTH == 0)
        {
            ByteBuffer.wrap(positionBytes).putLong(framePosition);
            positions.append(positionBytes, 0, Long.BYTES);
        }
        try
        {
            frontier.append(entry, 0, length);
        }
        catch (final UncheckedIOException ex)
        {
            throw ex.getCause();
        }
    }

    /** Let others read what was appended. */
    void write() throws IOException
    {
        for (final Column level : levels)
        {
            level.write();
        }
        positions.write();
    }

    /** Make what was written durable. */
    void force() throws IOException
    {
        for (final Column level : levels)
        {
            level.channel.force(true);
        }
        positions.channel.force(true);
    }

    /** A tile as far as it was written. */
    byte[] read(final Tile tile)
    {
        return TreeReader.read(levels.get(tile.level()).channel, tile, directory);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(levels);
        CloseHelper.close(positions);
    }

    private void onSubtree(final int level, final long index, final byte[] hashes, final int offset)
    {
        if (level % TILE_HEIGHT == 0)
        {
            try
            {
                levels.get(level / TILE_HEIGHT).append(hashes, offset, TreeHasher.HASH_LENGTH);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }
    }
}
