package io.seriatim.merkle;

/**
 * Where tiles come from.
 */
@FunctionalInterface
public interface TileSource
{
    /**
     * Read a tile.
     *
     * @param tile of the tree; a source may give one that has grown wider.
     * @return at least {@code tile.width()} hashes of 32 bytes.
     */
    byte[] read(Tile tile);
}
