package io.seriatim.ledger;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.LedgerDefinitionEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.StateRootEntryEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.merkle.TreeHasher;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes the entry of each command into its place in the window, as the journal will hold it: all but its number in its
 * ledger, which it gets when its outcome is final.
 * <p>
 * Threads: confined to the thread that owns the state machine.<br>
 * Source: the schema, seriatim-journal.xml.
 */
final class EntryEncoder
{
    private static final int RECORD_LEDGER_OFFSET =
        EntryWindow.RECORD_OFFSET + TransferRecordDecoder.ledgerEncodingOffset();
    private static final int EXTENSION_OFFSET =
        EntryWindow.BODY_OFFSET + ExtendedTransferEntryEncoder.givenTimestampNsEncodingOffset() + Long.BYTES;
    private static final int RESOLVED_LEDGER_OFFSET =
        EntryWindow.BODY_OFFSET + ExtendedTransferEntryEncoder.resolvedLedgerEncodingOffset();
    private static final int PENDING_SEQUENCE_OFFSET =
        EntryWindow.BODY_OFFSET + ExtendedTransferEntryEncoder.pendingSequenceEncodingOffset();
    private static final int REOPENED_DEBIT = 1;
    private static final int REOPENED_CREDIT = 1 << 1;

    private final EntryWindow window;
    private final ExtendedTransferEntryEncoder extendedEncoder = new ExtendedTransferEntryEncoder();
    private final ExpiryEntryEncoder expiryEncoder = new ExpiryEntryEncoder();
    private final LedgerDefinitionEntryEncoder definitionEncoder = new LedgerDefinitionEntryEncoder();
    private final StateRootEntryEncoder stateRootEncoder = new StateRootEntryEncoder();

    EntryEncoder(final EntryWindow window)
    {
        assert RECORD_LEDGER_OFFSET == EntryWindow.RECORD_OFFSET + AccountRecordDecoder.ledgerEncodingOffset();
        this.window = window;
    }

    /** Which ledger an entry is of: that of its pending transfer, if one was found, else the one that it names. */
    int ledger(final long sequence)
    {
        final int offset = window.offset(sequence);
        final int resolvedLedger =
            isExtendedEntry(offset) ? window.mutableBuffer().getInt(offset + RESOLVED_LEDGER_OFFSET) : 0;
        return resolvedLedger != 0 ? resolvedLedger : window.mutableBuffer().getInt(offset + RECORD_LEDGER_OFFSET);
    }

    /** The chain of an entry is broken: nothing was moved. */
    void rewriteAsFailed(final long sequence, final int outcomeCode)
    {
        final int offset = window.offset(sequence);
        window.mutableBuffer().putInt(offset + EntryWindow.OUTCOME_OFFSET, outcomeCode);
        if (isExtendedEntry(offset))
        {
            forgetResolved(offset, window.length(sequence));
        }
    }

    private boolean isExtendedEntry(final int offset)
    {
        return window.mutableBuffer().getShort(offset + MessageHeaderEncoder.templateIdEncodingOffset()) ==
            ExtendedTransferEntryDecoder.TEMPLATE_ID;
    }

    /** Nothing was moved; but which pending transfer was found, and so of which ledger the entry is, stands. */
    private void forgetResolved(final int offset, final int length)
    {
        final MutableDirectBuffer buffer = window.mutableBuffer();
        final long pendingSequence = buffer.getLong(offset + PENDING_SEQUENCE_OFFSET);
        final int resolvedLedger = buffer.getInt(offset + RESOLVED_LEDGER_OFFSET);
        buffer.setMemory(offset + EXTENSION_OFFSET, length - EXTENSION_OFFSET, (byte)0);
        if (pendingSequence != 0)
        {
            buffer.putLong(offset + PENDING_SEQUENCE_OFFSET, pendingSequence);
            buffer.putInt(offset + RESOLVED_LEDGER_OFFSET, resolvedLedger);
        }
    }

    /** Write the entry of a command to create an account. */
    void writeAccount(final AccountRecordDecoder account, final Batch batch, final int outcomeCode)
    {
        final int offset = writeEntryHead(
            AccountEntryEncoder.TEMPLATE_ID, AccountEntryEncoder.BLOCK_LENGTH, batch, outcomeCode);
        window.mutableBuffer().putBytes(
            offset + EntryWindow.RECORD_OFFSET, account.buffer(), account.offset(),
            AccountRecordDecoder.ENCODED_LENGTH);
    }

    /** Write the entry of a state root. */
    void writeStateRoot(final StateRoot root)
    {
        final int offset = writeHeader(StateRootEntryEncoder.TEMPLATE_ID, StateRootEntryEncoder.BLOCK_LENGTH);
        stateRootEncoder.wrap(window.mutableBuffer(), offset + EntryWindow.BODY_OFFSET)
            .asOfSequence(root.asOfSequence())
            .accountCount(root.accountCount())
            .ledgerCount(root.ledgerCount());
        stateRootEncoder.putAccountsRoot(root.accountsRoot(), 0, TreeHasher.HASH_LENGTH);
        stateRootEncoder.putLedgersRoot(root.ledgersRoot(), 0, TreeHasher.HASH_LENGTH);
    }

    private int writeHeader(final int templateId, final int blockLength)
    {
        final long sequence = window.nextSequence();
        final int offset = window.offset(sequence);
        final MutableDirectBuffer buffer = window.mutableBuffer();
        buffer.putShort(offset + MessageHeaderEncoder.blockLengthEncodingOffset(), (short)blockLength);
        buffer.putShort(offset + MessageHeaderEncoder.templateIdEncodingOffset(), (short)templateId);
        buffer.putShort(offset + MessageHeaderEncoder.schemaIdEncodingOffset(), (short)TransferEntryEncoder.SCHEMA_ID);
        buffer.putShort(
            offset + MessageHeaderEncoder.versionEncodingOffset(), (short)TransferEntryEncoder.SCHEMA_VERSION);
        buffer.putLong(offset + EntryWindow.BODY_OFFSET, sequence);
        return offset;
    }

    private int writeEntryHead(
        final int templateId, final int blockLength, final Batch batch, final int outcomeCode)
    {
        final int offset = writeHeader(templateId, blockLength);
        final MutableDirectBuffer buffer = window.mutableBuffer();
        buffer.putLong(offset + EntryWindow.TIMESTAMP_OFFSET, batch.slotNs());
        buffer.putShort(offset + EntryWindow.BATCH_INDEX_OFFSET, (short)batch.index());
        buffer.putShort(offset + EntryWindow.BATCH_COUNT_OFFSET, (short)batch.count());
        buffer.putInt(offset + EntryWindow.OUTCOME_OFFSET, outcomeCode);
        return offset;
    }

    private static boolean isExtended(final int flags, final long givenTimestampNs)
    {
        return (flags & TransferFlags.IMPORTED) != 0 || givenTimestampNs != 0 ||
            TransferFlags.isPostOrVoid(flags) || TransferFlags.isBalancing(flags);
    }

    /**
     * Write the entry of a command to create a transfer.
     *
     * @param transfer         as given.
     * @param givenTimestampNs as given with it.
     * @param batch            whose current event it is.
     * @param outcome          of the command, so far.
     * @param findings         of the rules that have judged it.
     */
    void writeTransfer(
        final TransferRecordDecoder transfer,
        final long givenTimestampNs,
        final Batch batch,
        final TransferOutcome outcome,
        final TransferFindings findings)
    {
        final boolean isExtended = isExtended(transfer.flags(), givenTimestampNs);
        final int offset = isExtended ?
            writeEntryHead(
                ExtendedTransferEntryEncoder.TEMPLATE_ID, ExtendedTransferEntryEncoder.BLOCK_LENGTH, batch,
                outcome.code()) :
            writeEntryHead(
                TransferEntryEncoder.TEMPLATE_ID, TransferEntryEncoder.BLOCK_LENGTH, batch, outcome.code());
        final MutableDirectBuffer buffer = window.mutableBuffer();
        buffer.putBytes(
            offset + EntryWindow.RECORD_OFFSET, transfer.buffer(), transfer.offset(),
            TransferRecordDecoder.ENCODED_LENGTH);
        if (isExtended)
        {
            buffer.setMemory(
                offset + EXTENSION_OFFSET, EntryWindow.ENTRY_LENGTH_MAX - EXTENSION_OFFSET, (byte)0);
            extendedEncoder.wrap(buffer, offset + EntryWindow.BODY_OFFSET).givenTimestampNs(givenTimestampNs);
            final long pendingSequence = findings.pendingSequence();
            if (pendingSequence != 0)
            {
                extendedEncoder
                    .pendingSequence(pendingSequence)
                    .resolvedLedger(Integer.toUnsignedLong(findings.pending().ledger()));
            }
            if (outcome == TransferOutcome.CREATED)
            {
                writeResolved(transfer, findings);
            }
        }
    }

    /** What the stored transfer holds: as given, and what a post or void leaves open as its pending one has it. */
    private void writeResolved(final TransferRecordDecoder transfer, final TransferFindings findings)
    {
        extendedEncoder.amountMovedHigh(findings.amountHigh()).amountMovedLow(findings.amountLow());
        if (findings.pendingSequence() == 0)
        {
            extendedEncoder
                .resolvedDebitAccountIdHigh(transfer.debitAccountIdHigh())
                .resolvedDebitAccountIdLow(transfer.debitAccountIdLow())
                .resolvedCreditAccountIdHigh(transfer.creditAccountIdHigh())
                .resolvedCreditAccountIdLow(transfer.creditAccountIdLow())
                .resolvedUserData128High(transfer.userData128High())
                .resolvedUserData128Low(transfer.userData128Low())
                .resolvedUserData64(transfer.userData64())
                .resolvedUserData32(transfer.userData32())
                .resolvedLedger(transfer.ledger())
                .resolvedCode(transfer.code());
        }
        else
        {
            writeInherited(transfer, findings.pending());
        }
    }

    private void writeInherited(final TransferRecordDecoder transfer, final StoredTransfer pending)
    {
        final boolean isInherited128 = Amounts.isZero(transfer.userData128High(), transfer.userData128Low());
        final boolean isVoid = TransferFlags.isVoid(transfer.flags());
        extendedEncoder
            .resolvedDebitAccountIdHigh(pending.debitAccountIdHigh())
            .resolvedDebitAccountIdLow(pending.debitAccountIdLow())
            .resolvedCreditAccountIdHigh(pending.creditAccountIdHigh())
            .resolvedCreditAccountIdLow(pending.creditAccountIdLow())
            .resolvedUserData128High(isInherited128 ? pending.userData128High() : transfer.userData128High())
            .resolvedUserData128Low(isInherited128 ? pending.userData128Low() : transfer.userData128Low())
            .resolvedUserData64(transfer.userData64() == 0 ? pending.userData64() : transfer.userData64())
            .resolvedUserData32(
                transfer.userData32() == 0 ? Integer.toUnsignedLong(pending.userData32()) : transfer.userData32())
            .resolvedCode(pending.code())
            .reopened(isVoid ? reopenedBits(pending.flags()) : 0);
    }

    /** Write the entry of a ledger definition, with its number in its ledger, as it is never refused. */
    void writeDefinition(
        final int ledger,
        final int scale,
        final DirectBuffer assetCode,
        final int assetCodeOffset,
        final Batch batch,
        final long ledgerSequence)
    {
        final int offset = writeEntryHead(
            LedgerDefinitionEntryEncoder.TEMPLATE_ID, LedgerDefinitionEntryEncoder.BLOCK_LENGTH, batch,
            AccountOutcome.CREATED.code());
        final MutableDirectBuffer buffer = window.mutableBuffer();
        definitionEncoder.wrap(buffer, offset + EntryWindow.BODY_OFFSET)
            .ledgerSequence(ledgerSequence)
            .ledger(Integer.toUnsignedLong(ledger))
            .scale(scale)
            .placement(0)
            .reserved128High(0)
            .reserved128Low(0);
        buffer.putBytes(
            offset + EntryWindow.BODY_OFFSET + LedgerDefinitionEntryEncoder.assetCodeEncodingOffset(),
            assetCode, assetCodeOffset, LedgerDefinitions.ASSET_CODE_LENGTH);
    }

    /** Write the entry of a pending transfer that is released because its time is over. */
    void writeExpiry(
        final StoredTransfer pending, final long pendingSequence, final long timestampNs, final long ledgerSequence)
    {
        final int offset = writeHeader(ExpiryEntryEncoder.TEMPLATE_ID, ExpiryEntryEncoder.BLOCK_LENGTH);
        final TransferRecordDecoder command = pending.command();
        expiryEncoder.wrap(window.mutableBuffer(), offset + EntryWindow.BODY_OFFSET)
            .ledgerSequence(ledgerSequence)
            .timestampNs(timestampNs)
            .pendingIdHigh(command.idHigh())
            .pendingIdLow(command.idLow())
            .pendingSequence(pendingSequence)
            .debitAccountIdHigh(pending.debitAccountIdHigh())
            .debitAccountIdLow(pending.debitAccountIdLow())
            .creditAccountIdHigh(pending.creditAccountIdHigh())
            .creditAccountIdLow(pending.creditAccountIdLow())
            .amountHigh(pending.amountHigh())
            .amountLow(pending.amountLow())
            .ledger(Integer.toUnsignedLong(pending.ledger()))
            .code(pending.code())
            .reopened(reopenedBits(pending.flags()));
    }

    private static int reopenedBits(final int pendingFlags)
    {
        return ((pendingFlags & TransferFlags.CLOSING_DEBIT) != 0 ? REOPENED_DEBIT : 0) |
            ((pendingFlags & TransferFlags.CLOSING_CREDIT) != 0 ? REOPENED_CREDIT : 0);
    }
}
