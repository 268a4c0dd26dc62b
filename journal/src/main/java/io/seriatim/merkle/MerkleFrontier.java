package io.seriatim.merkle;

import java.util.Arrays;

/**
 * Right edge of the Merkle tree over a shard's entries: the roots of its complete subtrees, largest first. They are all
 * that is needed to extend the tree by an entry and to compute its root.
 * <p>
 * Shape: one hash of 32 bytes for each set bit of {@link #size()}, so at most 63.<br>
 * Cost: amortised one node hash per entry; nothing is allocated by an append.<br>
 * Threads: confined to one.<br>
 * Source: RFC 6962, section 2.1. Leaves are hashed with the prefix 0x00 and nodes with 0x01.
 */
public final class MerkleFrontier
{
    private static final int LEVELS = 63;
    private static final SubtreeHandler NOBODY = (level, index, hashes, offset) -> {};

    private final TreeHasher hasher = new TreeHasher();
    private final SubtreeHandler onSubtree;

    /** Roots of the complete subtrees, and one more place for a leaf before it is joined. */
    private final byte[] roots = new byte[(LEVELS + 1) * TreeHasher.HASH_LENGTH];

    private long size;

    /**
     * The edge of the empty tree.
     */
    public MerkleFrontier()
    {
        this(NOBODY);
    }

    /**
     * The edge of the empty tree.
     *
     * @param onSubtree is told of every subtree that becomes complete, those of a leaf too.
     */
    public MerkleFrontier(final SubtreeHandler onSubtree)
    {
        this.onSubtree = onSubtree;
    }

    /**
     * The edge of a tree that there is.
     *
     * @param size      how many leaves it has.
     * @param hashes    of its subtrees.
     * @param onSubtree is told of every subtree that becomes complete from now on.
     */
    public MerkleFrontier(final long size, final TreeHashes hashes, final SubtreeHandler onSubtree)
    {
        this(onSubtree);
        long start = 0;
        for (int level = LEVELS - 1; level >= 0; level--)
        {
            if ((size >>> level & 1) != 0)
            {
                final byte[] root = hashes.hash(level, start >>> level);
                System.arraycopy(
                    root, 0, roots, Long.bitCount(start) * TreeHasher.HASH_LENGTH, TreeHasher.HASH_LENGTH);
                start += 1L << level;
            }
        }
        this.size = size;
    }

    /**
     * How many leaves the tree has.
     *
     * @return a count.
     */
    public long size()
    {
        return size;
    }

    /**
     * Append an entry as the next leaf.
     *
     * @param source holding the entry.
     * @param offset of its first byte.
     * @param length of it in bytes.
     */
    public void append(final byte[] source, final int offset, final int length)
    {
        hasher.leaf(source, offset, length, roots, Long.bitCount(size) * TreeHasher.HASH_LENGTH);
        join();
    }

    /**
     * Append a leaf whose hash is known.
     *
     * @param leafHash of 32 bytes.
     */
    public void append(final byte[] leafHash)
    {
        System.arraycopy(
            leafHash, 0, roots, Long.bitCount(size) * TreeHasher.HASH_LENGTH, TreeHasher.HASH_LENGTH);
        join();
    }

    /**
     * Root of the tree.
     *
     * @return a new array of 32 bytes.
     */
    public byte[] root()
    {
        final int count = Long.bitCount(size);
        if (count == 0)
        {
            return hasher.emptyRoot();
        }
        int offset = (count - 1) * TreeHasher.HASH_LENGTH;
        final byte[] root = Arrays.copyOfRange(roots, offset, offset + TreeHasher.HASH_LENGTH);
        while (offset > 0)
        {
            offset -= TreeHasher.HASH_LENGTH;
            hasher.node(roots, offset, root, 0, root, 0);
        }
        return root;
    }

    /** The new leaf lies behind the roots: join it with every subtree that it completes. */
    private void join()
    {
        int offset = Long.bitCount(size) * TreeHasher.HASH_LENGTH;
        onSubtree.onSubtree(0, size, roots, offset);
        final int joins = Long.numberOfTrailingZeros(size + 1);
        for (int level = 1; level <= joins; level++)
        {
            final int left = offset - TreeHasher.HASH_LENGTH;
            hasher.node(roots, left, roots, offset, roots, left);
            offset = left;
            onSubtree.onSubtree(level, size >>> level, roots, offset);
        }
        size++;
    }
}
