package io.seriatim.merkle;

/**
 * Where hashes of a tree lie: 256 of them that stand beside each other at every eighth level, or fewer at the right
 * edge.
 * <p>
 * Shape: {@code width} hashes of 32 bytes; hash i of tile n of level l is the root of the complete subtree of
 * 256<sup>l</sup> leaves with the index 256 n + i.<br>
 * Source: C2SP, tlog-tiles.
 *
 * @param level from 0, of leaves.
 * @param index of the tile in its level, from 0.
 * @param width how many hashes it holds, from 1 to 256.
 */
public record Tile(int level, long index, int width)
{
    /** Hashes of a tile that is full. */
    public static final int WIDTH = 256;

    /** Levels of the tree that a tile spans. */
    static final int HEIGHT = 8;

    private static final int GROUP = 1_000;

    /**
     * The tile of a tree that begins at an index; at the right edge it may be narrower.
     *
     * @param level of the tile.
     * @param index of the tile in its level.
     * @param size  of the tree.
     * @return the tile; of width 0 if the tree has none there.
     */
    public static Tile of(final int level, final long index, final long size)
    {
        final long hashCount = level * HEIGHT >= Long.SIZE - 1 ? 0 : size >>> level * HEIGHT;
        return new Tile(level, index, (int)Math.max(0, Math.min(WIDTH, hashCount - index * WIDTH)));
    }

    /**
     * Whether no more hashes will come to it.
     *
     * @return true for 256 hashes.
     */
    public boolean isFull()
    {
        return width == WIDTH;
    }

    /**
     * Where the tile is published.
     *
     * @return path below the log's directory, such as {@code tile/0/x001/x234/067.p/112}.
     */
    public String path()
    {
        return "tile/" + level + "/" + name();
    }

    /**
     * Where the entries under a tile of level 0 are published.
     *
     * @return path below the log's directory, such as {@code tile/entries/x001/x234/067.p/112}.
     */
    public String entriesPath()
    {
        return "tile/entries/" + name();
    }

    private String name()
    {
        long rest = index;
        String name = threeDigits(rest % GROUP);
        for (rest /= GROUP; rest > 0; rest /= GROUP)
        {
            name = "x" + threeDigits(rest % GROUP) + "/" + name;
        }
        return isFull() ? name : name + ".p/" + width;
    }

    private static String threeDigits(final long number)
    {
        return String.format("%03d", number);
    }
}
