package io.seriatim.merkle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the entry of a state root says, read from the bytes of its leaf.
 * <p>
 * Source: docs/FORMAT.md, StateRootEntry.
 *
 * @param sequence     of the entry: its index in the tree of the log.
 * @param asOfSequence the state is that after the entry with this sequence.
 * @param accountCount leaves under the accounts root.
 * @param ledgerCount  leaves under the ledgers root.
 * @param accountsRoot over the rows of the accounts, 32 bytes.
 * @param ledgersRoot  over the rows of the ledgers, 32 bytes.
 */
public record StateRootLeaf(
    long sequence, long asOfSequence, long accountCount, long ledgerCount, byte[] accountsRoot, byte[] ledgersRoot)
{
    private static final int TEMPLATE_ID = 16;
    private static final int LENGTH = 104;
    private static final int FIELDS_OFFSET = 8;

    /**
     * Whether a leaf is one of a state root.
     *
     * @param leaf bytes of an entry.
     * @return true if it has that template and length.
     */
    public static boolean isOne(final byte[] leaf)
    {
        return Leaf.isOf(leaf, TEMPLATE_ID, LENGTH);
    }

    /**
     * Read the entry.
     *
     * @param leaf its bytes.
     * @return what it says.
     * @throws ProofException if it is no state root.
     */
    public static StateRootLeaf of(final byte[] leaf)
    {
        if (!isOne(leaf))
        {
            throw new ProofException("the entry is not a state root: length=" + leaf.length);
        }
        final ByteBuffer buffer = ByteBuffer.wrap(leaf).order(ByteOrder.LITTLE_ENDIAN).position(FIELDS_OFFSET);
        final long sequence = buffer.getLong();
        final long asOfSequence = buffer.getLong();
        final long accountCount = buffer.getLong();
        final long ledgerCount = buffer.getLong();
        final byte[] accountsRoot = new byte[TreeHasher.HASH_LENGTH];
        final byte[] ledgersRoot = new byte[TreeHasher.HASH_LENGTH];
        buffer.get(accountsRoot).get(ledgersRoot);
        return new StateRootLeaf(sequence, asOfSequence, accountCount, ledgerCount, accountsRoot, ledgersRoot);
    }
}
