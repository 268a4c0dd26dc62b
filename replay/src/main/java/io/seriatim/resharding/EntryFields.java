package io.seriatim.resharding;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.LedgerDefinitionEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import org.agrona.DirectBuffer;

import java.nio.ByteOrder;

/**
 * Fields of entries where they lie. All that have a time have it in one place, and so have commands what follows it.
 * <p>
 * Threads: static, any.
 */
final class EntryFields
{
    private static final int BODY_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int LEDGER_SEQUENCE_OFFSET =
        BODY_OFFSET + TransferEntryDecoder.ledgerSequenceEncodingOffset();
    private static final int SLOT_OFFSET = BODY_OFFSET + TransferEntryDecoder.timestampNsEncodingOffset();
    private static final int BATCH_INDEX_OFFSET = BODY_OFFSET + TransferEntryDecoder.batchIndexEncodingOffset();
    private static final int BATCH_COUNT_OFFSET = BODY_OFFSET + TransferEntryDecoder.batchCountEncodingOffset();
    private static final int OUTCOME_OFFSET = BODY_OFFSET + TransferEntryDecoder.outcomeEncodingOffset();
    private static final int RECORD_OFFSET = BODY_OFFSET + TransferEntryDecoder.transferEncodingOffset();
    private static final int ACCOUNT_LEDGER_OFFSET = RECORD_OFFSET + AccountRecordDecoder.ledgerEncodingOffset();
    private static final int ACCOUNT_FLAGS_OFFSET = RECORD_OFFSET + AccountRecordDecoder.flagsEncodingOffset();
    private static final int TRANSFER_LEDGER_OFFSET = RECORD_OFFSET + TransferRecordDecoder.ledgerEncodingOffset();
    private static final int TRANSFER_FLAGS_OFFSET = RECORD_OFFSET + TransferRecordDecoder.flagsEncodingOffset();
    private static final int RESOLVED_LEDGER_OFFSET =
        BODY_OFFSET + ExtendedTransferEntryDecoder.resolvedLedgerEncodingOffset();
    private static final int DEFINED_LEDGER_OFFSET = BODY_OFFSET + LedgerDefinitionEntryDecoder.ledgerEncodingOffset();
    private static final int EXPIRY_LEDGER_OFFSET = BODY_OFFSET + ExpiryEntryDecoder.ledgerEncodingOffset();
    private static final int EXTENDED_PENDING_SEQUENCE_OFFSET =
        BODY_OFFSET + ExtendedTransferEntryDecoder.pendingSequenceEncodingOffset();
    private static final int EXPIRY_PENDING_SEQUENCE_OFFSET =
        BODY_OFFSET + ExpiryEntryDecoder.pendingSequenceEncodingOffset();

    private EntryFields()
    {
    }

    /** Whether it is of a ledger, or could be: all but those that a shard makes for itself. */
    static boolean isOfLedgers(final DirectBuffer buffer, final int offset)
    {
        final int templateId = Entries.templateId(buffer, offset);
        return templateId != GenesisEntryDecoder.TEMPLATE_ID && templateId != StateRootEntryDecoder.TEMPLATE_ID;
    }

    static boolean isExpiry(final DirectBuffer buffer, final int offset)
    {
        return Entries.templateId(buffer, offset) == ExpiryEntryDecoder.TEMPLATE_ID;
    }

    static boolean isAccount(final DirectBuffer buffer, final int offset)
    {
        return Entries.templateId(buffer, offset) == AccountEntryDecoder.TEMPLATE_ID;
    }

    static boolean isTransfer(final DirectBuffer buffer, final int offset)
    {
        final int templateId = Entries.templateId(buffer, offset);
        return templateId == TransferEntryDecoder.TEMPLATE_ID || templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID;
    }

    /** Which ledger it is of: that of its pending transfer if one was found, else the one that it names; 0 if none. */
    static int ledger(final DirectBuffer buffer, final int offset)
    {
        switch (Entries.templateId(buffer, offset))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                return int32(buffer, offset + ACCOUNT_LEDGER_OFFSET);
            case LedgerDefinitionEntryDecoder.TEMPLATE_ID:
                return int32(buffer, offset + DEFINED_LEDGER_OFFSET);
            case ExpiryEntryDecoder.TEMPLATE_ID:
                return int32(buffer, offset + EXPIRY_LEDGER_OFFSET);
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                final int resolved = int32(buffer, offset + RESOLVED_LEDGER_OFFSET);
                return resolved != 0 ? resolved : int32(buffer, offset + TRANSFER_LEDGER_OFFSET);
            default:
                return int32(buffer, offset + TRANSFER_LEDGER_OFFSET);
        }
    }

    /** Number in its ledger; 0 if it has none. */
    static long ledgerSequence(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + LEDGER_SEQUENCE_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    static long slotNs(final DirectBuffer buffer, final int offset)
    {
        return buffer.getLong(offset + SLOT_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    static int batchIndex(final DirectBuffer buffer, final int offset)
    {
        return uint16(buffer, offset + BATCH_INDEX_OFFSET);
    }

    static int batchCount(final DirectBuffer buffer, final int offset)
    {
        return uint16(buffer, offset + BATCH_COUNT_OFFSET);
    }

    static int outcome(final DirectBuffer buffer, final int offset)
    {
        return int32(buffer, offset + OUTCOME_OFFSET);
    }

    /** Whether its chain goes on with the next event of its request, if there is one. */
    static boolean isLinked(final DirectBuffer buffer, final int offset)
    {
        return isAccount(buffer, offset) &&
            (uint16(buffer, offset + ACCOUNT_FLAGS_OFFSET) & AccountFlags.LINKED) != 0 ||
            isTransfer(buffer, offset) &&
            (uint16(buffer, offset + TRANSFER_FLAGS_OFFSET) & TransferFlags.LINKED) != 0;
    }

    /**
     * Copy all that has to be the same on whatever shard an entry is: without its number in the shard and that of its
     * pending transfer, of which only remains whether there is one.
     *
     * @param buffer          holding the entry.
     * @param offset          of its SBE header.
     * @param length          of the entry.
     * @param isPlaceIncluded whether its place in its request has to be the same too.
     * @param to              is filled from its start.
     */
    static void copyContent(
        final DirectBuffer buffer, final int offset, final int length, final boolean isPlaceIncluded, final byte[] to)
    {
        buffer.getBytes(offset, to, 0, length);
        clear(to, BODY_OFFSET, Long.BYTES);
        switch (Entries.templateId(buffer, offset))
        {
            case ExpiryEntryDecoder.TEMPLATE_ID:
                hide(buffer, offset, EXPIRY_PENDING_SEQUENCE_OFFSET, to);
                return;
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                hide(buffer, offset, EXTENDED_PENDING_SEQUENCE_OFFSET, to);
                break;
            default:
                break;
        }
        if (!isPlaceIncluded)
        {
            clear(to, BATCH_INDEX_OFFSET, Integer.BYTES);
        }
    }

    private static void hide(final DirectBuffer buffer, final int offset, final int fieldOffset, final byte[] to)
    {
        final long value = buffer.getLong(offset + fieldOffset, ByteOrder.LITTLE_ENDIAN);
        clear(to, fieldOffset, Long.BYTES);
        to[fieldOffset] = (byte)(value == 0 ? 0 : 1);
    }

    private static void clear(final byte[] bytes, final int offset, final int length)
    {
        for (int i = offset; i < offset + length; i++)
        {
            bytes[i] = 0;
        }
    }

    private static int int32(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset, ByteOrder.LITTLE_ENDIAN);
    }

    private static int uint16(final DirectBuffer buffer, final int offset)
    {
        return buffer.getShort(offset, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }
}
