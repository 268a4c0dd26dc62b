package io.seriatim.journal;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import org.agrona.DirectBuffer;

import java.nio.ByteOrder;

/**
 * How long an entry is, and what its sequence is, told from its bytes alone. All entries but the genesis have a length
 * that depends on their template only.
 * <p>
 * <pre>
 *   offset  length  field
 *        0       2  blockLength
 *        2       2  templateId
 *        4       2  schemaId, always 840
 *        6       2  version of the schema
 *        8       8  sequence, first field of every block
 *  ... and, in a genesis only, after its block of 48 bytes:
 *       56       2  blockLength of a placement, 6
 *       58       2  how many placements
 *       60     6*n  placements
 *   60+6*n       2  length of the origin
 *   62+6*n       m  origin
 * </pre>
 * Cost: a few reads; nothing is allocated.<br>
 * Threads: static, any.<br>
 * Source: the SBE schema of module {@code codecs}.
 */
public final class Entries
{
    /** What {@link #length} says of bytes that are no entry. */
    public static final int NOT_AN_ENTRY = -1;

    private static final int SBE_HEADER_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int TEMPLATE_OFFSET = 2;
    private static final int SCHEMA_OFFSET = 4;
    private static final int VERSION_OFFSET = 6;
    private static final int GROUP_HEADER_LENGTH = 4;
    private static final int PLACEMENT_LENGTH = GenesisEntryDecoder.PlacementDecoder.sbeBlockLength();
    private static final int ORIGIN_HEADER_LENGTH = GenesisEntryDecoder.originHeaderLength();

    private Entries()
    {
    }

    /**
     * Length of the entry that begins at an offset, with its SBE header.
     *
     * @param buffer holding it.
     * @param offset of its first byte.
     * @param limit  in the buffer that it must not cross.
     * @return length in bytes; or {@link #NOT_AN_ENTRY} if no entry that this version knows lies wholly between offset
     * and limit.
     */
    public static int length(final DirectBuffer buffer, final int offset, final int limit)
    {
        if (limit - offset < SBE_HEADER_LENGTH ||
            uint16(buffer, offset + SCHEMA_OFFSET) != MessageHeaderDecoder.SCHEMA_ID ||
            uint16(buffer, offset + VERSION_OFFSET) != MessageHeaderDecoder.SCHEMA_VERSION)
        {
            return NOT_AN_ENTRY;
        }

        final int templateId = uint16(buffer, offset + TEMPLATE_OFFSET);
        final int blockLength = uint16(buffer, offset);
        if (blockLength != blockLengthOf(templateId))
        {
            return NOT_AN_ENTRY;
        }

        final int length = SBE_HEADER_LENGTH + blockLength;
        if (templateId == GenesisEntryDecoder.TEMPLATE_ID)
        {
            return genesisLength(buffer, offset, limit, length);
        }

        return length <= limit - offset ? length : NOT_AN_ENTRY;
    }

    /**
     * Sequence of an entry in its shard.
     *
     * @param buffer holding it.
     * @param offset of its first byte.
     * @return its sequence.
     */
    public static long sequence(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + SBE_HEADER_LENGTH, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Which template an entry has.
     *
     * @param buffer holding it.
     * @param offset of its first byte.
     * @return SBE template id.
     */
    public static int templateId(final DirectBuffer buffer, final int offset)
    {
        return uint16(buffer, offset + TEMPLATE_OFFSET);
    }

    private static int blockLengthOf(final int templateId)
    {
        return switch (templateId)
        {
            case TransferEntryDecoder.TEMPLATE_ID -> TransferEntryDecoder.BLOCK_LENGTH;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID -> ExtendedTransferEntryDecoder.BLOCK_LENGTH;
            case AccountEntryDecoder.TEMPLATE_ID -> AccountEntryDecoder.BLOCK_LENGTH;
            case ExpiryEntryDecoder.TEMPLATE_ID -> ExpiryEntryDecoder.BLOCK_LENGTH;
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID -> LedgerDefinitionEntryDecoder.BLOCK_LENGTH;
            case StateRootEntryDecoder.TEMPLATE_ID -> StateRootEntryDecoder.BLOCK_LENGTH;
            case GenesisEntryDecoder.TEMPLATE_ID -> GenesisEntryDecoder.BLOCK_LENGTH;
            default -> NOT_AN_ENTRY;
        };
    }

    private static int genesisLength(final DirectBuffer buffer, final int offset, final int limit, final int length)
    {
        final int available = limit - offset;
        if (available < length + GROUP_HEADER_LENGTH || uint16(buffer, offset + length) != PLACEMENT_LENGTH)
        {
            return NOT_AN_ENTRY;
        }

        final int placementCount = uint16(buffer, offset + length + 2);
        final int originOffset = length + GROUP_HEADER_LENGTH + placementCount * PLACEMENT_LENGTH;
        if (available < originOffset + ORIGIN_HEADER_LENGTH)
        {
            return NOT_AN_ENTRY;
        }

        final int end = originOffset + ORIGIN_HEADER_LENGTH + uint16(buffer, offset + originOffset);
        return end <= available ? end : NOT_AN_ENTRY;
    }

    private static int uint16(final DirectBuffer buffer, final int offset)
    {
        return buffer.getShort(offset, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }
}
