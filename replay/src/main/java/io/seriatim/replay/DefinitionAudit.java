package io.seriatim.replay;

import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.ledger.LedgerDefinitions;
import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;

/**
 * What humans call a ledger and how they write its amounts, as its newest definition has it.
 *
 * @param ledger    its number.
 * @param assetCode what it counts.
 * @param scale     decimal digits of the asset.
 */
public record DefinitionAudit(long ledger, String assetCode, int scale)
{
    private static final long UINT32_MASK = 0xFFFF_FFFFL;
    private static final int UINT16_MASK = 0xFFFF;

    /** Read a row as the state machine copies it. */
    static DefinitionAudit ofRow(final DirectBuffer buffer, final int offset)
    {
        return new DefinitionAudit(
            buffer.getInt(offset + LedgerDefinitions.LEDGER_OFFSET) & UINT32_MASK,
            assetCode(buffer, offset + LedgerDefinitions.ASSET_CODE_OFFSET),
            buffer.getShort(offset + LedgerDefinitions.SCALE_OFFSET) & UINT16_MASK);
    }

    /** Read what an entry defines. */
    static DefinitionAudit ofEntry(final LedgerDefinitionEntryDecoder entry)
    {
        return new DefinitionAudit(
            entry.ledger(),
            assetCode(entry.buffer(), entry.offset() + LedgerDefinitionEntryDecoder.assetCodeEncodingOffset()),
            entry.scale());
    }

    private static String assetCode(final DirectBuffer buffer, final int offset)
    {
        final byte[] bytes = new byte[LedgerDefinitions.ASSET_CODE_LENGTH];
        buffer.getBytes(offset, bytes);
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0)
        {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }
}
