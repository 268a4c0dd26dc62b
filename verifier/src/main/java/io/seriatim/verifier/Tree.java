package io.seriatim.verifier;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Roots as RFC 6962, section 2.1, defines them: the tree over n leaves has the tree over the first k as its left child,
 * where k is the largest power of two below n, and the tree over the others as its right one. A proof is the list of
 * what one needs to know of the rest of the tree, the deepest hash first; so the last one belongs to the root's child.
 */
final class Tree
{
    private Tree()
    {
    }

    static byte[] leaf(final byte[] entry)
    {
        return sha256(new byte[]{0}, entry);
    }

    static byte[] node(final byte[] left, final byte[] right)
    {
        return sha256(new byte[]{1}, left, right);
    }

    /** Root of the tree of this size in which the leaf has this index and the path is that of the proof. */
    static byte[] rootOver(final byte[] leaf, final long index, final long size, final List<byte[]> proof)
        throws RefusedException
    {
        if (index < 0 || index >= size)
        {
            throw new RefusedException("there is no leaf " + index + " in a tree of " + size);
        }
        final Deque<byte[]> rest = new ArrayDeque<>(proof);
        final byte[] root = rootOver(leaf, index, size, rest);
        requireUsed(rest);
        return root;
    }

    private static byte[] rootOver(final byte[] leaf, final long index, final long size, final Deque<byte[]> rest)
        throws RefusedException
    {
        if (size == 1)
        {
            return leaf;
        }
        final long k = split(size);
        final byte[] sibling = last(rest);
        return index < k ? node(rootOver(leaf, index, k, rest), sibling) :
            node(sibling, rootOver(leaf, index - k, size - k, rest));
    }

    /** Both roots as a proof of consistency has them, from which they are compared with those that are known. */
    record Roots(byte[] older, byte[] newer)
    {
    }

    /** Roots of the trees of two sizes, of which the older one is known and the proof shows how it grows. */
    static Roots grow(final byte[] olderRoot, final long older, final long newer, final List<byte[]> proof)
        throws RefusedException
    {
        if (older < 1 || older > newer)
        {
            throw new RefusedException("a tree of " + older + " does not grow to one of " + newer);
        }
        final Deque<byte[]> rest = new ArrayDeque<>(proof);
        final Roots roots = grow(olderRoot, older, newer, true, rest);
        requireUsed(rest);
        return roots;
    }

    private static Roots grow(
        final byte[] olderRoot, final long older, final long newer, final boolean isWhole, final Deque<byte[]> rest)
        throws RefusedException
    {
        if (older == newer)
        {
            // The part that both have; where it is all of the older tree, its root is known.
            final byte[] root = isWhole ? olderRoot : last(rest);
            return new Roots(root, root);
        }
        final long k = split(newer);
        final byte[] sibling = last(rest);
        if (older <= k)
        {
            final Roots left = grow(olderRoot, older, k, isWhole, rest);
            return new Roots(left.older(), node(left.newer(), sibling));
        }
        final Roots right = grow(olderRoot, older - k, newer - k, false, rest);
        return new Roots(node(sibling, right.older()), node(sibling, right.newer()));
    }

    private static long split(final long size)
    {
        return Long.highestOneBit(size - 1);
    }

    private static byte[] last(final Deque<byte[]> rest) throws RefusedException
    {
        if (rest.isEmpty())
        {
            throw new RefusedException("the proof has too few hashes");
        }
        return rest.removeLast();
    }

    private static void requireUsed(final Deque<byte[]> rest) throws RefusedException
    {
        if (!rest.isEmpty())
        {
            throw new RefusedException("the proof has too many hashes: " + rest.size() + " are left");
        }
    }

    private static byte[] sha256(final byte[]... parts)
    {
        try
        {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (final byte[] part : parts)
            {
                digest.update(part);
            }
            return digest.digest();
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
