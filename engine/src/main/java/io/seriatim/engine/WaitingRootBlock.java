package io.seriatim.engine;

import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.StateRootEntryEncoder;
import io.seriatim.ledger.StateRoot;
import io.seriatim.merkle.TreeHasher;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;

/**
 * The block of a snapshot that holds a state root whose entry is still to come: the entry, whose sequence is 0, and 8
 * bytes that tell its key.
 *
 * @param root           that is waiting.
 * @param keyFingerprint of its key.
 */
record WaitingRootBlock(StateRoot root, long keyFingerprint)
{
    private static final int ENTRY_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + StateRootEntryEncoder.BLOCK_LENGTH;

    static final int LENGTH = ENTRY_LENGTH + Long.BYTES;

    /** Write the block of a root that is made. */
    static void encode(final SnapshotExchange.WaitingRoot waiting, final MutableDirectBuffer buffer)
    {
        final StateRoot root = waiting.task().root();
        new StateRootEntryEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .sequence(0)
            .asOfSequence(root.asOfSequence())
            .accountCount(root.accountCount())
            .ledgerCount(root.ledgerCount())
            .putAccountsRoot(root.accountsRoot(), 0, TreeHasher.HASH_LENGTH)
            .putLedgersRoot(root.ledgersRoot(), 0, TreeHasher.HASH_LENGTH);
        buffer.putLong(ENTRY_LENGTH, waiting.keyFingerprint(), ByteOrder.LITTLE_ENDIAN);
    }

    static WaitingRootBlock decode(final DirectBuffer buffer, final int offset)
    {
        return new WaitingRootBlock(
            StateRoot.of(new StateRootEntryDecoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder())),
            buffer.getLong(offset + ENTRY_LENGTH, ByteOrder.LITTLE_ENDIAN));
    }
}
