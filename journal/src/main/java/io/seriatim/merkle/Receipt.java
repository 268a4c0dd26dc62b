package io.seriatim.merkle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Proof that can be checked offline, for ever: this entry is at this place in the order of the log.
 * <p>
 * Shape: lines of text. {@code c2sp.org/tlog-proof@v1}; {@code extra} and base64 of the bytes that are hashed into the
 * leaf; {@code index} and a number; the hashes of the path from the leaf up; an empty line; the checkpoint as signed.
 * The extra line is optional in the format. It is believed only as the leaf that the path leads from.<br>
 * Source: C2SP, tlog-proof.
 *
 * @param entry      bytes of the leaf, from the first one of the SBE header to the last one of the message; empty if
 *                   the receipt does not hold them.
 * @param index      of the leaf: the entry's sequence in its shard.
 * @param hashes     of the path, 32 bytes each.
 * @param checkpoint as it was signed.
 */
public record Receipt(byte[] entry, long index, List<byte[]> hashes, SignedNote checkpoint)
{
    /** Most bytes of a receipt that is read. */
    public static final int LENGTH_MAX = 1 << 18;

    private static final String MAGIC = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final String INDEX = "index ";
    private static final int HASHES_MAX = 63;

    /**
     * Kept as given.
     */
    public Receipt
    {
        hashes = List.copyOf(hashes);
    }

    /**
     * Read a receipt. Nothing of it may be believed before {@link #verify}.
     *
     * @param bytes of the file.
     * @return the receipt.
     * @throws ProofException if it is none; the message says why.
     */
    public static Receipt parse(final byte[] bytes)
    {
        final String text = CanonicalText.utf8(bytes, LENGTH_MAX, "a receipt");
        final int end = text.indexOf("\n\n");
        if (!text.startsWith(MAGIC + "\n") || end < 0)
        {
            throw new ProofException(
                "a receipt begins with the line '" + MAGIC + "', and has an empty line before its checkpoint");
        }
        final String[] lines = text.substring(0, end).split("\n", -1);
        final boolean hasEntry = lines.length > 1 && lines[1].startsWith(EXTRA);
        final int indexLine = hasEntry ? 2 : 1;
        if (lines.length <= indexLine || !lines[indexLine].startsWith(INDEX))
        {
            throw new ProofException("a receipt has a line 'index' and a number behind the line before it");
        }
        final byte[] entry = hasEntry ?
            CanonicalText.base64(lines[1].substring(EXTRA.length()), "the extra line") : new byte[0];
        if (hasEntry && entry.length == 0)
        {
            throw new ProofException("the extra line of a receipt is left out if there is nothing in it");
        }
        final List<byte[]> hashes = new ArrayList<>();
        for (int i = indexLine + 1; i < lines.length; i++)
        {
            hashes.add(CanonicalText.hash(lines[i], "hash " + hashes.size() + " of the path"));
        }
        if (hashes.size() > HASHES_MAX)
        {
            throw new ProofException("a path has at most " + HASHES_MAX + " hashes; these are " + hashes.size());
        }
        return new Receipt(
            entry, CanonicalText.number(lines[indexLine].substring(INDEX.length()), "the index"), hashes,
            SignedNote.parse(text.substring(end + 2).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Check everything that it says.
     *
     * @param keys of the log that are trusted.
     * @return the checkpoint under which the entry is.
     * @throws ProofException if the receipt does not prove its entry; the message says why.
     */
    public Checkpoint verify(final Collection<VerifierKey> keys)
    {
        if (entry.length == 0)
        {
            throw new ProofException("the receipt does not hold its entry: there is no extra line");
        }
        return verify(new TreeHasher().leaf(entry), keys);
    }

    /**
     * Check it for an entry that is known.
     *
     * @param leafHash of that entry.
     * @param keys     of the log that are trusted.
     * @return the checkpoint under which the entry is.
     * @throws ProofException if the receipt does not prove that entry; the message says why.
     */
    public Checkpoint verify(final byte[] leafHash, final Collection<VerifierKey> keys)
    {
        final Checkpoint head = Checkpoint.of(checkpoint, keys);
        if (!Arrays.equals(new InclusionProof(index, head.size(), hashes).root(leafHash), head.root()))
        {
            throw new ProofException(
                "the entry is not under the checkpoint: its path leads to another root: index=" + index + ", " + head);
        }
        return head;
    }

    /**
     * The file.
     *
     * @return bytes of UTF-8.
     */
    public byte[] toBytes()
    {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder(MAGIC).append('\n');
        if (entry.length > 0)
        {
            text.append(EXTRA).append(CanonicalText.base64(entry)).append('\n');
        }
        text.append(INDEX).append(index).append('\n');
        hashes.forEach(hash -> text.append(CanonicalText.base64(hash)).append('\n'));
        return text.append('\n').append(checkpoint).toString();
    }
}
