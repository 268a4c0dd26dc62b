package io.seriatim.merkle;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds what shows to somebody who holds a root that an entry is under it, or that the tree of an older root is a
 * beginning of that of a newer one.
 * <p>
 * Cost: a proof takes at most 2 hashes for each level of the tree, and each of those that are no complete subtree as
 * many again.<br>
 * Threads: confined to one.<br>
 * Source: RFC 6962, sections 2.1, 2.1.1 and 2.1.2, as they are written there.
 */
public final class ProofBuilder
{
    private final TreeHasher hasher = new TreeHasher();
    private final TreeHashes hashes;

    /**
     * A builder.
     *
     * @param hashes of the tree, up to the largest size that is asked for.
     */
    public ProofBuilder(final TreeHashes hashes)
    {
        this.hashes = hashes;
    }

    /**
     * Root of the tree at a size.
     *
     * @param size from 0.
     * @return 32 bytes.
     */
    public byte[] root(final long size)
    {
        return size == 0 ? hasher.emptyRoot() : rootOf(0, size);
    }

    /**
     * Proof that a leaf is in the tree.
     *
     * @param index of the leaf, from 0.
     * @param size  of the tree, above the index.
     * @return the proof.
     */
    public InclusionProof inclusion(final long index, final long size)
    {
        if (index < 0 || index >= size)
        {
            throw new IllegalArgumentException(
                "a leaf of a tree of " + size + " has an index from 0 to " + (size - 1) + ": index=" + index);
        }
        final List<byte[]> path = new ArrayList<>();
        path(index, 0, size, path);
        return new InclusionProof(index, size, path);
    }

    /**
     * Proof that one tree is the beginning of another.
     *
     * @param from size of the older tree, from 0.
     * @param to   size of the newer one, from the older one's.
     * @return the proof; empty if the sizes are equal, or the older one is 0.
     */
    public ConsistencyProof consistency(final long from, final long to)
    {
        if (from < 0 || from > to)
        {
            throw new IllegalArgumentException(
                "a tree grows from a size of at least 0 to one that is not smaller: from=" + from + ", to=" + to);
        }
        final List<byte[]> proof = new ArrayList<>();
        if (from > 0 && from < to)
        {
            subproof(from, 0, to, true, proof);
        }
        return new ConsistencyProof(from, to, proof);
    }

    /**
     * Hash over a subtree.
     *
     * @param start index of its first leaf.
     * @param end   index behind its last one: the two halves of a tree, and of its halves, have such subtrees.
     * @return 32 bytes.
     */
    public byte[] subtree(final long start, final long end)
    {
        return rootOf(start, end);
    }

    /** PATH(m, D[start:end]). */
    private void path(final long index, final long start, final long end, final List<byte[]> path)
    {
        if (end - start > 1)
        {
            final long split = start + splitOf(end - start);
            if (index < split)
            {
                path(index, start, split, path);
                path.add(rootOf(split, end));
            }
            else
            {
                path(index, split, end, path);
                path.add(rootOf(start, split));
            }
        }
    }

    /** SUBPROOF(m, D[start:end], b), m counted from the start of the whole tree. */
    private void subproof(
        final long from, final long start, final long end, final boolean isOlderTree, final List<byte[]> proof)
    {
        if (from == end)
        {
            if (!isOlderTree)
            {
                proof.add(rootOf(start, end));
            }
            return;
        }
        final long split = start + splitOf(end - start);
        if (from <= split)
        {
            subproof(from, start, split, isOlderTree, proof);
            proof.add(rootOf(split, end));
        }
        else
        {
            subproof(from, split, end, false, proof);
            proof.add(rootOf(start, split));
        }
    }

    /** MTH(D[start:end]), where the start is a multiple of the largest power of two in the length. */
    private byte[] rootOf(final long start, final long end)
    {
        final long length = end - start;
        if (Long.bitCount(length) == 1)
        {
            final int level = Long.numberOfTrailingZeros(length);
            return hashes.hash(level, start >>> level);
        }
        final long split = start + splitOf(length);
        return hasher.node(rootOf(start, split), rootOf(split, end));
    }

    /** Largest power of two below a length of at least 2. */
    private static long splitOf(final long length)
    {
        return Long.highestOneBit(length - 1);
    }
}
