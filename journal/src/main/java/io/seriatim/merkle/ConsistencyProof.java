package io.seriatim.merkle;

import java.util.Arrays;
import java.util.List;

/**
 * Shows to somebody who holds two roots that the older tree is the beginning of the newer one: nothing of it was
 * changed, removed or put in between.
 * <p>
 * Source: the algorithm of RFC 9162, section 2.1.4.2, which shares nothing with the builder.
 *
 * @param from   size of the older tree.
 * @param to     size of the newer one.
 * @param hashes 32 bytes each.
 */
public record ConsistencyProof(long from, long to, List<byte[]> hashes)
{
    /**
     * Kept as given.
     */
    public ConsistencyProof
    {
        hashes = List.copyOf(hashes);
    }

    /**
     * Check the proof.
     *
     * @param olderRoot root of the older tree.
     * @param newerRoot root of the newer one.
     * @throws ProofException if it does not prove that; the message says why.
     */
    public void verify(final byte[] olderRoot, final byte[] newerRoot)
    {
        if (from < 0 || from > to)
        {
            throw new ProofException("the older tree is the larger one: from=" + from + ", to=" + to);
        }
        if (from == 0 || from == to)
        {
            verifyEmpty(olderRoot, newerRoot);
            return;
        }
        if (hashes.isEmpty())
        {
            throw new ProofException("the proof is empty: from=" + from + ", to=" + to);
        }
        walk(olderRoot, newerRoot);
    }

    private void verifyEmpty(final byte[] olderRoot, final byte[] newerRoot)
    {
        if (!hashes.isEmpty())
        {
            throw new ProofException(
                "a proof from " + from + " to " + to + " is empty: it has " + hashes.size() + " hashes");
        }
        if (from == 0 && !Arrays.equals(olderRoot, new TreeHasher().emptyRoot()))
        {
            throw new ProofException("the root of the older tree is not that of the empty tree, and its size is 0");
        }
        if (from == to && !Arrays.equals(olderRoot, newerRoot))
        {
            throw new ProofException("two trees of one size have different roots: size=" + from);
        }
    }

    private void walk(final byte[] olderRoot, final byte[] newerRoot)
    {
        final TreeHasher hasher = new TreeHasher();
        final int complete = Long.numberOfTrailingZeros(from);
        long node = from - 1 >>> complete;
        long last = to - 1 >>> complete;
        // An older tree that is one complete subtree is not repeated in the proof.
        int next = Long.bitCount(from) == 1 ? 0 : 1;
        byte[] older = next == 0 ? olderRoot : hashes.get(0);
        byte[] newer = older;
        for (; next < hashes.size(); next++)
        {
            final byte[] sibling = hashes.get(next);
            if (last == 0)
            {
                throw new ProofException("the proof is too long: from=" + from + ", to=" + to);
            }
            if ((node & 1) == 1 || node == last)
            {
                older = hasher.node(sibling, older);
                newer = hasher.node(sibling, newer);
                final int skipped = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
                node >>>= skipped;
                last >>>= skipped;
            }
            else
            {
                newer = hasher.node(newer, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        if (last != 0)
        {
            throw new ProofException("the proof is too short: from=" + from + ", to=" + to);
        }
        if (!Arrays.equals(older, olderRoot))
        {
            throw new ProofException(
                "the proof does not lead to the root of the older tree: from=" + from + ", to=" + to);
        }
        if (!Arrays.equals(newer, newerRoot))
        {
            throw new ProofException(
                "the proof does not lead to the root of the newer tree: from=" + from + ", to=" + to);
        }
    }
}
