package io.seriatim.merkle;

import java.util.Arrays;
import java.util.List;

/**
 * Shows to somebody who believes a state root that a row, an account's or a ledger's, is under it.
 * <p>
 * Shape: lines of text: {@code row} and base64 of its bytes; {@code index} and its place; the hashes of the path from
 * the row up.<br>
 * Source: docs/FORMAT.md, AccountRow and LedgerRow.
 *
 * @param row    bytes of the leaf.
 * @param index  of the row under its root, from 0.
 * @param hashes of the path, 32 bytes each.
 */
public record RowProof(byte[] row, long index, List<byte[]> hashes)
{
    private static final String ROW = "row ";
    private static final String INDEX = "index ";
    private static final int HASHES_MAX = 63;
    private static final int ACCOUNT = 20;
    private static final int ACCOUNT_LENGTH = 184;
    private static final int LEDGER = 21;
    private static final int LEDGER_LENGTH = 136;
    private static final int AS_OF_OFFSET = 8;
    private static final int LEDGER_SEQUENCE_OFFSET = 16;
    private static final int LEDGER_OFFSET = 32;

    /**
     * Kept as given.
     *
     * @throws ProofException if the row is none.
     */
    public RowProof
    {
        hashes = List.copyOf(hashes);
        if (!Leaf.isOf(row, ACCOUNT, ACCOUNT_LENGTH) && !Leaf.isOf(row, LEDGER, LEDGER_LENGTH))
        {
            throw new ProofException("neither the row of an account nor that of a ledger: length=" + row.length);
        }
    }

    /**
     * Read a proof. Nothing of it may be believed before {@link #verify}.
     *
     * @param lines of it.
     * @return the proof.
     * @throws ProofException if it is none; the message says why.
     */
    static RowProof parse(final List<String> lines)
    {
        if (lines.size() < 2 || !lines.get(0).startsWith(ROW) || !lines.get(1).startsWith(INDEX))
        {
            throw new ProofException(
                "the proof of a row has a line 'row' and base64, then a line 'index' and a number");
        }
        if (lines.size() - 2 > HASHES_MAX)
        {
            throw new ProofException("a path has at most " + HASHES_MAX + " hashes; these are " + (lines.size() - 2));
        }
        return new RowProof(
            CanonicalText.base64(lines.get(0).substring(ROW.length()), "the row"),
            CanonicalText.number(lines.get(1).substring(INDEX.length()), "the index"),
            lines.subList(2, lines.size()).stream()
                .map(line -> CanonicalText.hash(line, "a hash of the path")).toList());
    }

    /** Whether a line is the first one of a proof. */
    static boolean isFirstLine(final String line)
    {
        return line.startsWith(ROW);
    }

    /**
     * Whether it is the row of an account.
     *
     * @return false if it is that of a ledger.
     */
    public boolean isOfAccount()
    {
        return row.length == ACCOUNT_LENGTH;
    }

    /**
     * Sequence of the entry whose state the row is of.
     *
     * @return a sequence.
     */
    public long asOfSequence()
    {
        return Leaf.getLong(row, AS_OF_OFFSET);
    }

    /**
     * Number of the newest entry of the ledger.
     *
     * @return a number, of the row of a ledger.
     */
    public long ledgerSequence()
    {
        return Leaf.getLong(row, LEDGER_SEQUENCE_OFFSET);
    }

    /**
     * The ledger.
     *
     * @return its number, unsigned, of the row of a ledger.
     */
    public long ledger()
    {
        return Integer.toUnsignedLong(Leaf.getInt(row, LEDGER_OFFSET));
    }

    /**
     * Check that the row is under a state root.
     *
     * @param root that is believed.
     * @throws ProofException if it is not; the message says why.
     */
    public void verify(final StateRootLeaf root)
    {
        if (asOfSequence() != root.asOfSequence())
        {
            throw new ProofException(
                "the row is of another moment than the state root: row as of sequence " + asOfSequence() +
                ", state root as of sequence " + root.asOfSequence());
        }
        final InclusionProof path =
            new InclusionProof(index, isOfAccount() ? root.accountCount() : root.ledgerCount(), hashes);
        if (!Arrays.equals(
            path.root(new TreeHasher().leaf(row)), isOfAccount() ? root.accountsRoot() : root.ledgersRoot()))
        {
            throw new ProofException(
                "the row is not under the state root: its path leads to another one: index=" + index +
                ", state root at sequence " + root.sequence());
        }
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder(ROW).append(CanonicalText.base64(row)).append('\n')
            .append(INDEX).append(index).append('\n');
        hashes.forEach(hash -> text.append(CanonicalText.base64(hash)).append('\n'));
        return text.toString();
    }
}
