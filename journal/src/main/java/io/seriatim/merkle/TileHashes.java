package io.seriatim.merkle;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The hashes of a tree of which only every eighth level is kept: what lies between is hashed again.
 * <p>
 * Shape: the {@link #TILES_MAX} tiles used last, of 8 KiB each.<br>
 * Cost: a tile that is not at hand is read; a hash between two kept levels takes at most 127 node hashes.<br>
 * Threads: confined to one.
 */
public final class TileHashes implements TreeHashes
{
    /** How many tiles are held. */
    public static final int TILES_MAX = 1_024;

    private final TreeHasher hasher = new TreeHasher();
    private final TileSource source;
    private final long size;
    private final Map<Tile, byte[]> tiles = new LinkedHashMap<>(16, 0.75f, true)
    {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<Tile, byte[]> eldest)
        {
            return size() > TILES_MAX;
        }
    };

    /**
     * The hashes of a tree.
     *
     * @param source of its tiles.
     * @param size   of the tree.
     */
    public TileHashes(final TileSource source, final long size)
    {
        this.source = source;
        this.size = size;
    }

    @Override
    public byte[] hash(final int level, final long index)
    {
        if (level < 0 || level >= Long.SIZE - 1 || index < 0 || index >= size >>> level)
        {
            throw new IllegalArgumentException(
                "the tree has no such complete subtree: level=" + level + ", index=" + index + ", size=" + size);
        }
        final int tileLevel = level / Tile.HEIGHT;
        final int heightInTile = level % Tile.HEIGHT;
        final long first = index << heightInTile;
        final byte[] hashes = tile(Tile.of(tileLevel, first / Tile.WIDTH, size));
        return root(hashes, (int)(first % Tile.WIDTH), 1 << heightInTile);
    }

    private byte[] tile(final Tile tile)
    {
        byte[] hashes = tiles.get(tile);
        if (hashes == null)
        {
            hashes = source.read(tile);
            if (hashes.length < tile.width() * TreeHasher.HASH_LENGTH)
            {
                throw new ProofException(
                    "a tile is too short: " + tile.path() + " has " + hashes.length + " bytes, expected " +
                    tile.width() * TreeHasher.HASH_LENGTH);
            }
            tiles.put(tile, hashes);
        }
        return hashes;
    }

    private byte[] root(final byte[] hashes, final int first, final int count)
    {
        if (count == 1)
        {
            final int offset = first * TreeHasher.HASH_LENGTH;
            return Arrays.copyOfRange(hashes, offset, offset + TreeHasher.HASH_LENGTH);
        }
        final int half = count / 2;
        return hasher.node(root(hashes, first, half), root(hashes, first + half, half));
    }
}
