package io.seriatim.engine;

import io.seriatim.ledger.LedgerDefinitions;
import io.seriatim.ledger.LedgerStateMachine;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.charset.StandardCharsets;

/**
 * What humans call a ledger and how they write its amounts. It changes no outcome; a later one replaces it.
 *
 * @param ledger    number of the ledger, not 0.
 * @param assetCode what it counts, 1 to 16 printable ASCII characters, such as USD.
 * @param scale     decimal digits of the asset, 0 to 38.
 */
public record LedgerDefinition(int ledger, String assetCode, int scale)
{
    /**
     * Checked.
     *
     * @throws IllegalArgumentException if the ledger is 0, or asset code or scale are out of range.
     */
    public LedgerDefinition
    {
        if (ledger == 0)
        {
            throw new IllegalArgumentException("a ledger's number is not 0: asset code=" + assetCode);
        }
        if (!assetCode.matches("[!-~]{1," + LedgerDefinitions.ASSET_CODE_LENGTH + "}"))
        {
            throw new IllegalArgumentException(
                "an asset code has 1 to " + LedgerDefinitions.ASSET_CODE_LENGTH +
                " printable ASCII characters and no blanks: '" + assetCode + "', ledger=" +
                Integer.toUnsignedString(ledger));
        }
        if (scale < 0 || scale > LedgerDefinitions.SCALE_MAX)
        {
            throw new IllegalArgumentException(
                "a scale is 0 to " + LedgerDefinitions.SCALE_MAX + " decimal digits: scale=" + scale + ", ledger=" +
                Integer.toUnsignedString(ledger));
        }
    }

    /**
     * Read a definition.
     *
     * @param buffer holding the row, as {@link LedgerStateMachine#readDefinition} writes it.
     * @param offset of the row.
     * @return the definition.
     */
    public static LedgerDefinition decode(final DirectBuffer buffer, final int offset)
    {
        final byte[] assetCode = new byte[LedgerDefinitions.ASSET_CODE_LENGTH];
        buffer.getBytes(offset + LedgerDefinitions.ASSET_CODE_OFFSET, assetCode);
        int length = assetCode.length;
        while (length > 0 && assetCode[length - 1] == 0)
        {
            length--;
        }
        return new LedgerDefinition(
            buffer.getInt(offset + LedgerDefinitions.LEDGER_OFFSET),
            new String(assetCode, 0, length, StandardCharsets.US_ASCII),
            buffer.getShort(offset + LedgerDefinitions.SCALE_OFFSET) & 0xFFFF);
    }

    /** Write the definition as a row, laid out as {@link LedgerDefinitions} has it. */
    void encode(final MutableDirectBuffer buffer, final int offset)
    {
        buffer.setMemory(offset, LedgerDefinitions.ROW_LENGTH, (byte)0);
        buffer.putInt(offset + LedgerDefinitions.LEDGER_OFFSET, ledger);
        buffer.putShort(offset + LedgerDefinitions.SCALE_OFFSET, (short)scale);
        buffer.putBytes(
            offset + LedgerDefinitions.ASSET_CODE_OFFSET, assetCode.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString()
    {
        return "ledger " + Integer.toUnsignedString(ledger) + ": " + assetCode + ", scale " + scale;
    }
}
