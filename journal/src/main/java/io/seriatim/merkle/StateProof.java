package io.seriatim.merkle;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * Proof that can be checked offline, for ever: an account, or a ledger, stood like this after an entry. Nothing is
 * shown of others.
 * <p>
 * Shape: lines of text: {@code seriatim/state-proof@v1}; the {@link RowProof}; an empty line; the {@link Receipt} of
 * the state root's entry.
 *
 * @param row     under the state root.
 * @param receipt of the state root.
 */
public record StateProof(RowProof row, Receipt receipt)
{
    private static final String MAGIC = "seriatim/state-proof@v1";

    /**
     * Whether a file begins like one.
     *
     * @param text of the file.
     * @return true if so.
     */
    public static boolean isOne(final String text)
    {
        return text.startsWith(MAGIC + "\n");
    }

    /**
     * Read a proof. Nothing of it may be believed before {@link #verify}.
     *
     * @param bytes of the file.
     * @return the proof.
     * @throws ProofException if it is none; the message says why.
     */
    public static StateProof parse(final byte[] bytes)
    {
        final String text = CanonicalText.utf8(bytes, Receipt.LENGTH_MAX, "a state proof");
        final int end = text.indexOf("\n\n");
        if (!isOne(text) || end < 0)
        {
            throw new ProofException(
                "a state proof begins with the line '" + MAGIC + "', and has an empty line before its receipt");
        }
        final List<String> lines = List.of(text.substring(0, end).split("\n", -1));
        return new StateProof(
            RowProof.parse(lines.subList(1, lines.size())),
            Receipt.parse(text.substring(end + 2).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The state root that it is under, as the receipt has it.
     *
     * @return what its entry says.
     * @throws ProofException if the receipt is not that of a state root.
     */
    public StateRootLeaf root()
    {
        final StateRootLeaf root = StateRootLeaf.of(receipt.entry());
        if (root.sequence() != receipt.index())
        {
            throw new ProofException(
                "the state root names another place than its index: index=" + receipt.index() + ", sequence=" +
                root.sequence());
        }
        return root;
    }

    /**
     * Check everything that it says.
     *
     * @param keys of the log that are trusted.
     * @return the checkpoint under which it is.
     * @throws ProofException if it does not prove its row; the message says why.
     */
    public Checkpoint verify(final Collection<VerifierKey> keys)
    {
        final Checkpoint head = receipt.verify(keys);
        row.verify(root());
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
        return MAGIC + "\n" + row + "\n" + receipt;
    }
}
