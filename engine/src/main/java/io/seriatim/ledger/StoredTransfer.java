package io.seriatim.ledger;

import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A transfer as it is stored, read from the entry that created it: of an extended entry the resolved fields, of an
 * ordinary one those of the command. A flyweight: wrap, read, forget.
 */
final class StoredTransfer
{
    static final long NS_PER_SECOND = 1_000_000_000L;

    private final TransferEntryDecoder ordinary = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extended = new ExtendedTransferEntryDecoder();
    private final TransferRecordEncoder encoder = new TransferRecordEncoder();
    private TransferRecordDecoder command;
    private boolean isExtended;

    /** Wrap the entry that begins at an offset with its SBE header. */
    StoredTransfer wrap(final DirectBuffer buffer, final int offset)
    {
        final int templateId = buffer.getShort(offset + MessageHeaderDecoder.templateIdEncodingOffset()) & 0xFFFF;
        final int bodyOffset = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        isExtended = templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID;
        if (isExtended)
        {
            extended.wrap(
                buffer, bodyOffset, ExtendedTransferEntryDecoder.BLOCK_LENGTH,
                ExtendedTransferEntryDecoder.SCHEMA_VERSION);
            command = extended.transfer();
        }
        else if (templateId == TransferEntryDecoder.TEMPLATE_ID)
        {
            ordinary.wrap(buffer, bodyOffset, TransferEntryDecoder.BLOCK_LENGTH, TransferEntryDecoder.SCHEMA_VERSION);
            command = ordinary.transfer();
        }
        else
        {
            throw new IllegalStateException("not the entry of a transfer: templateId=" + templateId);
        }
        return this;
    }

    /** Whether the entry at an offset, with its SBE header, created a transfer. */
    static boolean isCreated(final DirectBuffer buffer, final int offset)
    {
        final int templateId = buffer.getShort(offset + MessageHeaderDecoder.templateIdEncodingOffset()) & 0xFFFF;
        return (templateId == TransferEntryDecoder.TEMPLATE_ID ||
            templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID) &&
            buffer.getInt(offset + EntryWindow.OUTCOME_OFFSET) == TransferOutcome.CREATED.code();
    }

    TransferRecordDecoder command()
    {
        return command;
    }

    int flags()
    {
        return command.flags();
    }

    long timestampNs()
    {
        final boolean isImported = (flags() & TransferFlags.IMPORTED) != 0;
        return isImported ? extended.givenTimestampNs() : isExtended ? extended.timestampNs() : ordinary.timestampNs();
    }

    long amountHigh()
    {
        return isExtended ? extended.amountMovedHigh() : command.amountHigh();
    }

    long amountLow()
    {
        return isExtended ? extended.amountMovedLow() : command.amountLow();
    }

    /** Sequence of the entry that created the transfer that this one posts or voids; 0 if it does neither. */
    long pendingSequence()
    {
        return isExtended ? extended.pendingSequence() : 0;
    }

    /** When it expires; 0 = never. */
    long expiryNs()
    {
        final long timeout = command.timeout();
        return timeout == 0 ? 0 : timestampNs() + timeout * NS_PER_SECOND;
    }

    long debitAccountIdHigh()
    {
        return isExtended ? extended.resolvedDebitAccountIdHigh() : command.debitAccountIdHigh();
    }

    long debitAccountIdLow()
    {
        return isExtended ? extended.resolvedDebitAccountIdLow() : command.debitAccountIdLow();
    }

    long creditAccountIdHigh()
    {
        return isExtended ? extended.resolvedCreditAccountIdHigh() : command.creditAccountIdHigh();
    }

    long creditAccountIdLow()
    {
        return isExtended ? extended.resolvedCreditAccountIdLow() : command.creditAccountIdLow();
    }

    long userData128High()
    {
        return isExtended ? extended.resolvedUserData128High() : command.userData128High();
    }

    long userData128Low()
    {
        return isExtended ? extended.resolvedUserData128Low() : command.userData128Low();
    }

    long userData64()
    {
        return isExtended ? extended.resolvedUserData64() : command.userData64();
    }

    int userData32()
    {
        return (int)(isExtended ? extended.resolvedUserData32() : command.userData32());
    }

    int ledger()
    {
        return (int)(isExtended ? extended.resolvedLedger() : command.ledger());
    }

    int code()
    {
        return isExtended ? extended.resolvedCode() : command.code();
    }

    /** Write the transfer as a 120-byte record, followed by its timestamp. */
    void copyTo(final MutableDirectBuffer buffer, final int offset)
    {
        buffer.putBytes(offset, command.buffer(), command.offset(), TransferRecordDecoder.ENCODED_LENGTH);
        encoder.wrap(buffer, offset)
            .debitAccountIdHigh(debitAccountIdHigh()).debitAccountIdLow(debitAccountIdLow())
            .creditAccountIdHigh(creditAccountIdHigh()).creditAccountIdLow(creditAccountIdLow())
            .amountHigh(amountHigh()).amountLow(amountLow())
            .userData128High(userData128High()).userData128Low(userData128Low())
            .userData64(userData64()).userData32(Integer.toUnsignedLong(userData32()))
            .ledger(Integer.toUnsignedLong(ledger())).code(code());
        buffer.putLong(offset + TransferRecordDecoder.ENCODED_LENGTH, timestampNs());
    }
}
