package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Int2IntHashMap;

/**
 * What humans call the ledgers and how they write their amounts: the newest definition of each, in the order of first
 * definition. A ledger need not be defined, and a definition changes no outcome.
 * <p>
 * Shape: rows of {@link #ROW_LENGTH} bytes, little-endian
 *
 * <pre>
 *   0  ledger            uint32
 *   4  scale             uint16: decimal digits, then 2 zero bytes
 *   8  asset code        16 ASCII characters, filled up with zero bytes
 * </pre>
 *
 * Cost: definitions are rare, so they may allocate; reading one does not.<br>
 * Threads: confined to the thread that owns the state machine.
 */
public final class LedgerDefinitions
{
    /** Length of a row in bytes. */
    public static final int ROW_LENGTH = 24;

    /** Offset of the ledger in a row. */
    public static final int LEDGER_OFFSET = 0;

    /** Offset of the scale in a row. */
    public static final int SCALE_OFFSET = 4;

    /** Offset of the asset code in a row. */
    public static final int ASSET_CODE_OFFSET = 8;

    /** Length of an asset code in bytes, filled up with zero bytes. */
    public static final int ASSET_CODE_LENGTH = 16;

    /** Most decimal digits that an amount of 128 bits has use for. */
    public static final int SCALE_MAX = 38;

    private static final int NOT_FOUND = -1;
    private static final byte PRINTABLE_MIN = '!';
    private static final byte PRINTABLE_MAX = '~';

    private final Int2IntHashMap indexes = new Int2IntHashMap(NOT_FOUND);
    private final ExpandableArrayBuffer rows = new ExpandableArrayBuffer();
    private int count;

    LedgerDefinitions()
    {
    }

    /**
     * Check a definition.
     *
     * @param ledger          not 0.
     * @param scale           from 0 to {@link #SCALE_MAX}.
     * @param assetCode       holding 1 to 16 printable ASCII characters and no blanks, filled up with zero bytes.
     * @param assetCodeOffset of its first character.
     * @throws IllegalArgumentException if it breaks one of these rules.
     */
    public static void validate(
        final int ledger, final int scale, final DirectBuffer assetCode, final int assetCodeOffset)
    {
        if (ledger == 0)
        {
            throw new IllegalArgumentException("the ledger of a definition must not be 0");
        }
        if (scale < 0 || scale > SCALE_MAX)
        {
            throw new IllegalArgumentException(
                "the scale of a ledger must be from 0 to " + SCALE_MAX + ": scale=" + scale +
                ", ledger=" + Integer.toUnsignedString(ledger));
        }
        int length = 0;
        while (length < ASSET_CODE_LENGTH && isPrintable(assetCode.getByte(assetCodeOffset + length)))
        {
            length++;
        }
        if (length == 0)
        {
            throw new IllegalArgumentException(
                "the asset code must have 1 to " + ASSET_CODE_LENGTH +
                " printable ASCII characters and no blanks: ledger=" +
                Integer.toUnsignedString(ledger));
        }
        for (int i = length; i < ASSET_CODE_LENGTH; i++)
        {
            if (assetCode.getByte(assetCodeOffset + i) != 0)
            {
                throw new IllegalArgumentException(
                    "the asset code must be printable ASCII characters, filled up with zero bytes: byte " + i +
                    " is 0x" + Integer.toHexString(assetCode.getByte(assetCodeOffset + i) & 0xFF) + ", ledger=" +
                    Integer.toUnsignedString(ledger));
            }
        }
    }

    int count()
    {
        return count;
    }

    /** Note a definition that was validated; it replaces an older one of its ledger, in the same place. */
    void put(final int ledger, final int scale, final DirectBuffer assetCode, final int assetCodeOffset)
    {
        int index = indexes.get(ledger);
        if (index == NOT_FOUND)
        {
            index = count++;
            indexes.put(ledger, index);
        }
        final int row = index * ROW_LENGTH;
        rows.putInt(row + LEDGER_OFFSET, ledger);
        rows.putInt(row + SCALE_OFFSET, scale);
        rows.putBytes(row + ASSET_CODE_OFFSET, assetCode, assetCodeOffset, ASSET_CODE_LENGTH);
    }

    /** Take a row of a copy. */
    void load(final DirectBuffer buffer, final int offset)
    {
        final int ledger = buffer.getInt(offset + LEDGER_OFFSET);
        final int scale = buffer.getInt(offset + SCALE_OFFSET);
        try
        {
            validate(ledger, scale, buffer, offset + ASSET_CODE_OFFSET);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalStateException("no such definition was ever taken: index=" + count, ex);
        }
        if (indexes.get(ledger) != NOT_FOUND)
        {
            throw new IllegalStateException(
                "a definition comes twice: ledger=" + Integer.toUnsignedString(ledger));
        }
        put(ledger, scale, buffer, offset + ASSET_CODE_OFFSET);
    }

    void read(final int index, final MutableDirectBuffer buffer, final int offset)
    {
        if (index < 0 || index >= count)
        {
            throw new IndexOutOfBoundsException("no such definition: index=" + index + ", count=" + count);
        }
        buffer.putBytes(offset, rows, index * ROW_LENGTH, ROW_LENGTH);
    }

    boolean readOf(final int ledger, final MutableDirectBuffer buffer, final int offset)
    {
        final int index = indexes.get(ledger);
        if (index == NOT_FOUND)
        {
            return false;
        }
        read(index, buffer, offset);
        return true;
    }

    private static boolean isPrintable(final byte character)
    {
        return character >= PRINTABLE_MIN && character <= PRINTABLE_MAX;
    }
}
