package io.seriatim.merkle;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A tree that keeps its tiles in memory, as a log keeps them in files: filled by the frontier, read by the proofs.
 */
final class TreeOfTiles
{
    private final Map<String, byte[]> tiles = new HashMap<>();
    private final MerkleFrontier frontier = new MerkleFrontier(this::onSubtree);
    private int readCount;

    TreeOfTiles append(final int count)
    {
        for (int i = 0; i < count; i++)
        {
            final byte[] entry = NaiveTree.entry((int)frontier.size());
            frontier.append(entry, 0, entry.length);
        }
        return this;
    }

    MerkleFrontier frontier()
    {
        return frontier;
    }

    int readCount()
    {
        return readCount;
    }

    /** As it was at a size: tiles may be wider by now. */
    TileHashes hashes(final long size)
    {
        return new TileHashes(
            tile ->
            {
                readCount++;
                return tiles.get(tile.level() + "/" + tile.index());
            },
            size);
    }

    ProofBuilder proofs(final long size)
    {
        return new ProofBuilder(hashes(size));
    }

    private void onSubtree(final int level, final long index, final byte[] hashes, final int offset)
    {
        if (level % Tile.HEIGHT == 0)
        {
            final String name = level / Tile.HEIGHT + "/" + index / Tile.WIDTH;
            final byte[] old = tiles.getOrDefault(name, new byte[0]);
            final byte[] wider = Arrays.copyOf(old, old.length + TreeHasher.HASH_LENGTH);
            System.arraycopy(hashes, offset, wider, old.length, TreeHasher.HASH_LENGTH);
            tiles.put(name, wider);
        }
    }
}
