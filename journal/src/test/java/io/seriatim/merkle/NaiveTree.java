package io.seriatim.merkle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tree as RFC 6962 defines it, word by word, with nothing kept and nothing shared: what the fast ones are held to.
 */
final class NaiveTree
{
    private final List<byte[]> entries = new ArrayList<>();

    /** A tree whose leaves are all different. */
    static NaiveTree of(final int size)
    {
        final NaiveTree tree = new NaiveTree();
        for (int i = 0; i < size; i++)
        {
            tree.entries.add(entry(i));
        }
        return tree;
    }

    static byte[] entry(final int index)
    {
        return ByteBuffer.allocate(9).put((byte)'e').putLong(index * 0x9E3779B97F4A7C15L).array();
    }

    byte[] root(final int from, final int to)
    {
        if (from == to)
        {
            return sha256();
        }
        if (to - from == 1)
        {
            return sha256(new byte[]{0}, entries.get(from));
        }
        final int split = from + split(to - from);
        return sha256(new byte[]{1}, root(from, split), root(split, to));
    }

    List<byte[]> path(final int index, final int from, final int to)
    {
        final List<byte[]> path = new ArrayList<>();
        if (to - from > 1)
        {
            final int split = from + split(to - from);
            path.addAll(index < split ? path(index, from, split) : path(index, split, to));
            path.add(index < split ? root(split, to) : root(from, split));
        }
        return path;
    }

    List<byte[]> consistency(final int older, final int newer)
    {
        return older == 0 ? List.of() : subproof(older, 0, newer, true);
    }

    private List<byte[]> subproof(final int m, final int from, final int to, final boolean isWhole)
    {
        final List<byte[]> proof = new ArrayList<>();
        if (m == to - from)
        {
            if (!isWhole)
            {
                proof.add(root(from, to));
            }
            return proof;
        }
        final int k = split(to - from);
        if (m <= k)
        {
            proof.addAll(subproof(m, from, from + k, isWhole));
            proof.add(root(from + k, to));
        }
        else
        {
            proof.addAll(subproof(m - k, from + k, to, false));
            proof.add(root(from, from + k));
        }
        return proof;
    }

    private static int split(final int length)
    {
        int split = 1;
        while (split * 2 < length)
        {
            split *= 2;
        }
        return split;
    }

    private static byte[] sha256(final byte[]... parts)
    {
        try
        {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (final byte[] part : parts)
            {
                bytes.write(part);
            }
            return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        }
        catch (final Exception ex)
        {
            throw new AssertionError(ex);
        }
    }

    static boolean isEqual(final List<byte[]> one, final List<byte[]> other)
    {
        return Arrays.deepEquals(one.toArray(), other.toArray());
    }
}
