package io.seriatim.merkle;

import java.util.List;

/**
 * Shows to somebody who holds a root that an entry is the leaf at an index.
 * <p>
 * Source: the algorithm of RFC 9162, section 2.1.3.2, which walks up from the leaf and shares nothing with the builder.
 *
 * @param index  of the leaf, from 0.
 * @param size   of the tree.
 * @param hashes of the siblings, from the leaf's up, 32 bytes each.
 */
public record InclusionProof(long index, long size, List<byte[]> hashes)
{
    /**
     * Kept as given.
     */
    public InclusionProof
    {
        hashes = List.copyOf(hashes);
    }

    /**
     * The root that the tree has if the leaf is in it.
     *
     * @param leafHash of the entry.
     * @return 32 bytes, to be compared with a root that is trusted.
     * @throws ProofException if no tree of that size has such a proof.
     */
    public byte[] root(final byte[] leafHash)
    {
        if (index < 0 || index >= size)
        {
            throw new ProofException(
                "the index is not in the tree: index=" + index + ", size=" + size + " (from 0 to size - 1)");
        }
        final TreeHasher hasher = new TreeHasher();
        long node = index;
        long last = size - 1;
        byte[] root = leafHash;
        for (final byte[] sibling : hashes)
        {
            if (last == 0)
            {
                throw new ProofException(
                    "the proof is too long: index=" + index + ", size=" + size + ", hashes=" + hashes.size());
            }
            if ((node & 1) == 1 || node == last)
            {
                root = hasher.node(sibling, root);
                // A node that has no right sibling stands for its parents too, up to the one that is a right child.
                final int skipped = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
                node >>>= skipped;
                last >>>= skipped;
            }
            else
            {
                root = hasher.node(root, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        if (last != 0)
        {
            throw new ProofException(
                "the proof is too short: index=" + index + ", size=" + size + ", hashes=" + hashes.size());
        }
        return root;
    }
}
