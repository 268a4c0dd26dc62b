package io.seriatim.merkle;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The two hashes of the tree: of a leaf and of a node.
 * <p>
 * Shape: SHA-256; a leaf is hashed behind the prefix 0x00, a node's two children behind 0x01.<br>
 * Cost: nothing is allocated by the methods that write into an array.<br>
 * Threads: confined to one.<br>
 * Source: RFC 6962, section 2.1.
 */
public final class TreeHasher
{
    /** Length of a hash in bytes. */
    public static final int HASH_LENGTH = 32;

    private static final byte LEAF_PREFIX = 0;
    private static final byte NODE_PREFIX = 1;

    private final MessageDigest digest;

    /**
     * A hasher.
     */
    public TreeHasher()
    {
        try
        {
            digest = MessageDigest.getInstance("SHA-256");
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException("every Java has SHA-256", ex);
        }
    }

    /**
     * Root of the tree that has no leaf.
     *
     * @return hash of nothing.
     */
    public byte[] emptyRoot()
    {
        return digest.digest();
    }

    /**
     * Hash a leaf.
     *
     * @param entry that is the leaf.
     * @return its hash.
     */
    public byte[] leaf(final byte[] entry)
    {
        final byte[] hash = new byte[HASH_LENGTH];
        leaf(entry, 0, entry.length, hash, 0);
        return hash;
    }

    /**
     * Hash a leaf.
     *
     * @param source     holding the entry.
     * @param offset     of its first byte.
     * @param length     of it in bytes.
     * @param hash       to write to.
     * @param hashOffset where the hash begins in there.
     */
    public void leaf(
        final byte[] source, final int offset, final int length, final byte[] hash, final int hashOffset)
    {
        digest.update(LEAF_PREFIX);
        digest.update(source, offset, length);
        finish(hash, hashOffset);
    }

    /**
     * Hash a node.
     *
     * @param left  hash of its left child.
     * @param right hash of its right child.
     * @return its hash.
     */
    public byte[] node(final byte[] left, final byte[] right)
    {
        final byte[] hash = new byte[HASH_LENGTH];
        node(left, 0, right, 0, hash, 0);
        return hash;
    }

    /**
     * Hash a node; the hash may take the place of a child.
     *
     * @param left        holding the hash of its left child.
     * @param leftOffset  where that begins.
     * @param right       holding the hash of its right child.
     * @param rightOffset where that begins.
     * @param hash        to write to.
     * @param hashOffset  where the hash begins in there.
     */
    public void node(
        final byte[] left,
        final int leftOffset,
        final byte[] right,
        final int rightOffset,
        final byte[] hash,
        final int hashOffset)
    {
        digest.update(NODE_PREFIX);
        digest.update(left, leftOffset, HASH_LENGTH);
        digest.update(right, rightOffset, HASH_LENGTH);
        finish(hash, hashOffset);
    }

    private void finish(final byte[] hash, final int offset)
    {
        try
        {
            digest.digest(hash, offset, HASH_LENGTH);
        }
        catch (final DigestException ex)
        {
            throw new IllegalArgumentException("no room for a hash at offset " + offset, ex);
        }
    }
}
