package io.seriatim.merkle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which entry or row the bytes of a leaf are, and of which ledger.
 * <p>
 * Source: docs/FORMAT.md. All numbers are little-endian.
 */
final class Leaf
{
    private static final int SCHEMA_ID = 840;
    private static final int HEADER_LENGTH = 8;
    private static final int TEMPLATE_OFFSET = 2;
    private static final int SCHEMA_OFFSET = 4;
    private static final int SEQUENCE_OFFSET = 8;
    private static final int LEDGER_SEQUENCE_OFFSET = 16;

    private static final int GENESIS = 10;
    private static final int DEFINITION = 11;
    private static final int ACCOUNT = 12;
    private static final int TRANSFER = 13;
    private static final int EXTENDED_TRANSFER = 14;
    private static final int EXPIRY = 15;
    private static final int STATE_ROOT = 16;
    private static final int DEFINITION_LEDGER_OFFSET = 40;
    private static final int RECORD_LEDGER_OFFSET = 152;
    private static final int RESOLVED_LEDGER_OFFSET = 252;
    private static final int EXPIRY_LEDGER_OFFSET = 104;

    private Leaf()
    {
    }

    /** Whether the bytes are a message of a template and of its length. */
    static boolean isOf(final byte[] leaf, final int templateId, final int length)
    {
        return leaf.length == length && wrap(leaf).getShort(0) == length - HEADER_LENGTH &&
            wrap(leaf).getShort(TEMPLATE_OFFSET) == templateId && wrap(leaf).getShort(SCHEMA_OFFSET) == SCHEMA_ID;
    }

    /** Sequence of an entry, which has to be one of its kind and length. */
    static long sequence(final byte[] entry)
    {
        requireLength(entry, HEADER_LENGTH);
        final int templateId = wrap(entry).getShort(TEMPLATE_OFFSET);
        if (templateId != GENESIS && !isOf(entry, templateId, lengthOf(templateId)))
        {
            throw new ProofException(
                "not an entry of a kind and length that is known: template=" + templateId + ", length=" + entry.length);
        }
        return getLong(entry, SEQUENCE_OFFSET);
    }

    private static int lengthOf(final int templateId)
    {
        return switch (templateId)
        {
            case DEFINITION -> 80;
            case ACCOUNT -> 168;
            case TRANSFER -> 160;
            case EXTENDED_TRANSFER -> 264;
            case EXPIRY -> 112;
            case STATE_ROOT -> 104;
            default -> 0;
        };
    }

    /** Number of an entry in its ledger; 0 if it has none. */
    static long ledgerSequence(final byte[] entry)
    {
        return getLong(entry, LEDGER_SEQUENCE_OFFSET);
    }

    /**
     * Ledger that an entry is of, unsigned: that of its pending transfer, if one was found, else the one it names; 0 if
     * it is of none.
     */
    static long ledger(final byte[] entry)
    {
        final int templateId = entry.length < HEADER_LENGTH ? 0 : wrap(entry).getShort(TEMPLATE_OFFSET);
        final int resolved = templateId == EXTENDED_TRANSFER ? getInt(entry, RESOLVED_LEDGER_OFFSET) : 0;
        return Integer.toUnsignedLong(resolved != 0 ? resolved : switch (templateId)
        {
            case DEFINITION -> getInt(entry, DEFINITION_LEDGER_OFFSET);
            case ACCOUNT, TRANSFER, EXTENDED_TRANSFER -> getInt(entry, RECORD_LEDGER_OFFSET);
            case EXPIRY -> getInt(entry, EXPIRY_LEDGER_OFFSET);
            case GENESIS, STATE_ROOT -> 0;
            default -> throw new ProofException("an entry of a kind that is not known: template=" + templateId);
        });
    }

    static long getLong(final byte[] leaf, final int offset)
    {
        requireLength(leaf, offset + Long.BYTES);
        return wrap(leaf).getLong(offset);
    }

    static int getInt(final byte[] leaf, final int offset)
    {
        requireLength(leaf, offset + Integer.BYTES);
        return wrap(leaf).getInt(offset);
    }

    private static void requireLength(final byte[] leaf, final int length)
    {
        if (leaf.length < length)
        {
            throw new ProofException("the leaf is shorter than its kind: length=" + leaf.length);
        }
    }

    private static ByteBuffer wrap(final byte[] leaf)
    {
        return ByteBuffer.wrap(leaf).order(ByteOrder.LITTLE_ENDIAN);
    }
}
