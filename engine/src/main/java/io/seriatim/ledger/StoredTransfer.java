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
public final class StoredTransfer
{
    static final long NS_PER_SECOND = 1_000_000_000L;

    private final TransferEntryDecoder ordinary = new TransferEntryDecoder();
    private final ExtendedTransferEntryDecoder extended = new ExtendedTransferEntryDecoder();
    private final TransferRecordEncoder encoder = new TransferRecordEncoder();
    private TransferRecordDecoder command;
    private boolean isExtended;

    /**
     * Wrap the entry of a transfer.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @return this.
     * @throws IllegalStateException if it is not the entry of a transfer.
     */
    public StoredTransfer wrap(final DirectBuffer buffer, final int offset)
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

    /**
     * Whether an entry created a transfer.
     *
     * @param buffer holding it.
     * @param offset of its SBE header.
     * @return false also if it is not the entry of a transfer.
     */
    public static boolean isCreated(final DirectBuffer buffer, final int offset)
    {
        return isTransfer(buffer, offset) &&
            buffer.getInt(offset + EntryWindow.OUTCOME_OFFSET) == TransferOutcome.CREATED.code();
    }

    /** Whether an entry is that of a command to create a transfer, whatever its outcome. */
    static boolean isTransfer(final DirectBuffer buffer, final int offset)
    {
        final int templateId = buffer.getShort(offset + MessageHeaderDecoder.templateIdEncodingOffset()) & 0xFFFF;
        return templateId == TransferEntryDecoder.TEMPLATE_ID ||
            templateId == ExtendedTransferEntryDecoder.TEMPLATE_ID;
    }

    /**
     * The command as it was given.
     *
     * @return flyweight that is good until the next {@link #wrap}.
     */
    public TransferRecordDecoder command()
    {
        return command;
    }

    /**
     * Flags of the transfer.
     *
     * @return bits of {@link TransferFlags}.
     */
    public int flags()
    {
        return command.flags();
    }

    /**
     * When it was created; of an imported one, when it was booked.
     *
     * @return timestamp in nanoseconds.
     */
    public long timestampNs()
    {
        final boolean isImported = (flags() & TransferFlags.IMPORTED) != 0;
        return isImported ? extended.givenTimestampNs() : isExtended ? extended.timestampNs() : ordinary.timestampNs();
    }

    /**
     * Amount moved. High half.
     *
     * @return high half.
     */
    public long amountHigh()
    {
        return isExtended ? extended.amountMovedHigh() : command.amountHigh();
    }

    /**
     * Amount moved. Low half.
     *
     * @return low half.
     */
    public long amountLow()
    {
        return isExtended ? extended.amountMovedLow() : command.amountLow();
    }

    /**
     * The transfer that this one posts or voids.
     *
     * @return sequence of the entry that created it; 0 if this one does neither.
     */
    public long pendingSequence()
    {
        return isExtended ? extended.pendingSequence() : 0;
    }

    /** When it expires; 0 = never. */
    long expiryNs()
    {
        final long timeout = command.timeout();
        return timeout == 0 ? 0 : timestampNs() + timeout * NS_PER_SECOND;
    }

    /**
     * Account debited. High half of its id.
     *
     * @return high half.
     */
    public long debitAccountIdHigh()
    {
        return isExtended ? extended.resolvedDebitAccountIdHigh() : command.debitAccountIdHigh();
    }

    /**
     * Account debited. Low half of its id.
     *
     * @return low half.
     */
    public long debitAccountIdLow()
    {
        return isExtended ? extended.resolvedDebitAccountIdLow() : command.debitAccountIdLow();
    }

    /**
     * Account credited. High half of its id.
     *
     * @return high half.
     */
    public long creditAccountIdHigh()
    {
        return isExtended ? extended.resolvedCreditAccountIdHigh() : command.creditAccountIdHigh();
    }

    /**
     * Account credited. Low half of its id.
     *
     * @return low half.
     */
    public long creditAccountIdLow()
    {
        return isExtended ? extended.resolvedCreditAccountIdLow() : command.creditAccountIdLow();
    }

    /**
     * User data stored. High half.
     *
     * @return high half.
     */
    public long userData128High()
    {
        return isExtended ? extended.resolvedUserData128High() : command.userData128High();
    }

    /**
     * User data stored. Low half.
     *
     * @return low half.
     */
    public long userData128Low()
    {
        return isExtended ? extended.resolvedUserData128Low() : command.userData128Low();
    }

    /**
     * User data stored, 64 bits.
     *
     * @return the value; 0 = unset.
     */
    public long userData64()
    {
        return isExtended ? extended.resolvedUserData64() : command.userData64();
    }

    /**
     * User data stored, 32 bits.
     *
     * @return the value; 0 = unset.
     */
    public int userData32()
    {
        return (int)(isExtended ? extended.resolvedUserData32() : command.userData32());
    }

    /**
     * Ledger of its accounts.
     *
     * @return number of the ledger.
     */
    public int ledger()
    {
        return (int)(isExtended ? extended.resolvedLedger() : command.ledger());
    }

    /**
     * Code stored.
     *
     * @return 1 to 65535.
     */
    public int code()
    {
        return isExtended ? extended.resolvedCode() : command.code();
    }

    /**
     * Write the transfer as a 120-byte record, followed by its timestamp.
     *
     * @param buffer to write to.
     * @param offset in the buffer.
     */
    public void copyTo(final MutableDirectBuffer buffer, final int offset)
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
