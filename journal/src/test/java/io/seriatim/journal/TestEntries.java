package io.seriatim.journal;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.GenesisEntryEncoder;
import io.seriatim.codecs.LedgerDefinitionEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.StateRootEntryEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Entries whose bytes follow from their sequence, so that a reader can tell whether he got the right ones. */
final class TestEntries
{
    static final int TRANSFER_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + TransferEntryEncoder.BLOCK_LENGTH;

    private final UnsafeBuffer buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(1024, 64));
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final TransferEntryEncoder transfer = new TransferEntryEncoder();

    UnsafeBuffer buffer()
    {
        return buffer;
    }

    int transfer(final long sequence)
    {
        buffer.setMemory(0, TRANSFER_LENGTH, (byte) 0);
        transfer.wrapAndApplyHeader(buffer, 0, header)
            .sequence(sequence)
            .ledgerSequence(sequence)
            .timestampNs(1_000_000_000L + sequence)
            .batchIndex(0)
            .batchCount(1)
            .outcome(0xFFFF_FFFFL);
        transfer.transfer().idHigh(sequence * 31).idLow(~sequence).amountLow(sequence + 1).ledger(840).code(1);
        return TRANSFER_LENGTH;
    }

    int genesis(final int placementCount, final String origin)
    {
        buffer.setMemory(0, buffer.capacity(), (byte) 0);
        final GenesisEntryEncoder genesis = new GenesisEntryEncoder();
        genesis.wrapAndApplyHeader(buffer, 0, header)
            .sequence(0).formatVersion(1).shardCount(1).batchCountMax(100);
        final GenesisEntryEncoder.PlacementEncoder placement = genesis.placementCount(placementCount);
        for (int i = 0; i < placementCount; i++)
        {
            placement.next().ledger(i + 1).shard(0);
        }

        genesis.origin(origin);
        return MessageHeaderEncoder.ENCODED_LENGTH + genesis.encodedLength();
    }

    /** One of the entries of fixed length, by kind 0 to 5. */
    int ofKind(final int kind, final long sequence)
    {
        buffer.setMemory(0, buffer.capacity(), (byte) 0);
        final int blockLength = switch (kind)
        {
            case 0 -> new AccountEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
                .sequence(sequence).sbeBlockLength();
            case 1 -> new TransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
                .sequence(sequence).sbeBlockLength();
            case 2 -> new ExtendedTransferEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
                .sequence(sequence).sbeBlockLength();
            case 3 -> new ExpiryEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
                .sequence(sequence).sbeBlockLength();
            case 4 -> new LedgerDefinitionEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
                .sequence(sequence).sbeBlockLength();
            default -> new StateRootEntryEncoder().wrapAndApplyHeader(buffer, 0, header)
                .sequence(sequence).sbeBlockLength();
        };
        return MessageHeaderEncoder.ENCODED_LENGTH + blockLength;
    }
}
