package io.seriatim.merkle;

/**
 * The root of a tree of which some leaves are shown, and of all the rest no more than the hashes of subtrees: its parts
 * come from left to right. At each subtree, from the root down, the next part is either its hash, or the parts of its
 * two halves, or the leaf that it is.
 * <p>
 * Cost: memory for one path.<br>
 * Threads: confined to one.<br>
 * Source: RFC 6962, section 2.1.
 */
final class PrunedTree
{
    /** Where the parts come from. */
    interface Parts
    {
        /** How many leaves the next part stands for whose hash it is; 0 if it is a leaf that is shown. */
        long skippedCount();

        /** Hash of the subtree of the next part, which is used up. */
        byte[] skip();

        /** Hash of the leaf of the next part, which is used up. */
        byte[] show(long index);
    }

    private final TreeHasher hasher = new TreeHasher();
    private final Parts parts;

    PrunedTree(final Parts parts)
    {
        this.parts = parts;
    }

    /**
     * Use the parts up and give their root.
     *
     * @throws ProofException if they do not make a tree of that size.
     */
    byte[] root(final long size)
    {
        return root(0, size);
    }

    private byte[] root(final long start, final long end)
    {
        final long length = end - start;
        final long skipped = parts.skippedCount();
        if (skipped == length)
        {
            return parts.skip();
        }
        if (skipped > length)
        {
            throw new ProofException(
                "a hash stands for more leaves than there are in its place: leaves=" + skipped + ", place=" + start +
                " to " + (end - 1));
        }
        if (length == 1)
        {
            return parts.show(start);
        }
        final long middle = start + Long.highestOneBit(length - 1);
        final byte[] left = root(start, middle);
        return hasher.node(left, root(middle, end));
    }
}
