package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.engine.QueryRows;
import io.seriatim.engine.StoredEntries;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountTable;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.StoredTransfer;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Says by what an entry was judged: the entry itself, its accounts and its pending transfer as they were just before,
 * the object that had its id already, and the greatest timestamp of its kind. Inside a chain that failed these are what
 * the chain's first members had left behind, before all of it was undone.
 * <p>
 * Cost: that of two accounts as of a moment, and three entries read back; of an entry in a chain that failed, twice the
 * entries of the chain before it. It allocates.<br>
 * Threads: confined to one.<br>
 * Source: SEMANTICS, sections 7 and 18.8.
 */
final class Explainer
{
    private static final int CREATED = TransferOutcome.CREATED.code();
    private static final int LINKED_EVENT_FAILED = TransferOutcome.LINKED_EVENT_FAILED.code();

    private static final int TIMESTAMP_OFFSET = AccountRecordDecoder.timestampNsEncodingOffset();

    private final ReadModel model;
    private final StoredEntries entries;
    private final ChainEffects chain;
    private final Moment moment;
    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[EntryWindow.ENTRY_LENGTH_MAX]);
    private final StoredTransfer stored = new StoredTransfer();
    private final TransferRecordDecoder pending = new TransferRecordDecoder();
    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final ExpiryEntryDecoder expiryEntry = new ExpiryEntryDecoder();

    /** The head and the flags of commands lie alike in the entries of all transfers. */
    private final TransferEntryDecoder command = new TransferEntryDecoder();

    Explainer(final ReadModel model, final StoredEntries entries)
    {
        this.model = model;
        this.entries = entries;
        chain = new ChainEffects(model, new Bodies(entries));
        moment = model.newMoment();
    }

    /**
     * Write an explanation.
     *
     * @param sequence      of the entry.
     * @param firstSequence of the entry that has created or spent its id, as far as is known today; 0 if none has.
     * @param rows          buffer to write the row to.
     * @param offset        of the row.
     * @return 1; or 0 if there is no such entry, or it does not fit.
     */
    int write(final long sequence, final long firstSequence, final MutableDirectBuffer rows, final int offset)
    {
        if (sequence < 0 || sequence > model.appliedSequence())
        {
            return 0;
        }
        final int length = entries.length(sequence);
        if (length > QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET - QueryRows.EXPLAINED_ENTRY_OFFSET)
        {
            return 0;
        }
        rows.setMemory(offset, QueryRows.EXPLANATION_LENGTH, (byte)0);
        rows.putInt(offset, length);
        entries.read(sequence, rows, offset + QueryRows.EXPLAINED_ENTRY_OFFSET);
        rows.putInt(
            offset + QueryRows.EXPLAINED_PARTS_OFFSET, writeParts(sequence, firstSequence, rows, offset));
        return 1;
    }

    private int writeParts(
        final long sequence, final long firstSequence, final MutableDirectBuffer rows, final int offset)
    {
        final int entryOffset = offset + QueryRows.EXPLAINED_ENTRY_OFFSET;
        switch (Entries.templateId(rows, entryOffset))
        {
            case AccountEntryDecoder.TEMPLATE_ID:
                return writeAccountParts(sequence, firstSequence, rows, offset);
            case TransferEntryDecoder.TEMPLATE_ID:
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                restartChain(sequence, rows, entryOffset);
                return writeTransferParts(sequence, firstSequence, rows, offset);
            case ExpiryEntryDecoder.TEMPLATE_ID:
                expiryEntry.wrap(
                    rows, entryOffset + MessageHeaderDecoder.ENCODED_LENGTH,
                    ExpiryEntryDecoder.BLOCK_LENGTH, ExpiryEntryDecoder.SCHEMA_VERSION);
                chain.restart(sequence);
                return writePending(sequence, expiryEntry.pendingSequence(), rows, offset);
            default:
                return 0;
        }
    }

    // Transfers.

    private int writeTransferParts(
        final long sequence, final long firstSequence, final MutableDirectBuffer rows, final int offset)
    {
        final int entryOffset = offset + QueryRows.EXPLAINED_ENTRY_OFFSET;
        rows.putLong(offset + QueryRows.EXPLAINED_TIMESTAMP_MAX_OFFSET, chain.timestampMaxNs());
        final TransferRecordDecoder given = stored.wrap(rows, entryOffset).command();
        final long provisional = chain.sequenceOf(given.idHigh(), given.idLow());
        final long original = provisional != 0 ? provisional : firstSequence < sequence ? firstSequence : 0;
        int parts = 0;
        if (original > 0)
        {
            // A spent id has a sequence and no object.
            rows.putLong(offset + QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET, original);
            parts |= chain.copyTransfer(original, rows, offset + QueryRows.EXPLAINED_ORIGINAL_OFFSET) ?
                QueryRows.HAS_ORIGINAL : 0;
        }
        final long pendingSequence = chain.pendingSequence(rows, entryOffset);
        if (pendingSequence != 0)
        {
            return parts | writePending(sequence, pendingSequence, rows, offset);
        }
        return parts | writeAccounts(
            sequence, given.debitAccountIdHigh(), given.debitAccountIdLow(), given.creditAccountIdHigh(),
            given.creditAccountIdLow(), rows, offset);
    }

    /** The pending transfer that an entry is about, what had become of it, and its accounts. */
    private int writePending(
        final long sequence, final long pendingSequence, final MutableDirectBuffer rows, final int offset)
    {
        final int pendingOffset = offset + QueryRows.EXPLAINED_PENDING_OFFSET;
        if (!chain.copyTransfer(pendingSequence, rows, pendingOffset))
        {
            throw new IllegalStateException(
                "no transfer was created there: sequence=" + sequence + ", pendingSequence=" + pendingSequence);
        }
        final PendingState state = chain.stateOf(pendingSequence, sequence);
        rows.putInt(offset + QueryRows.EXPLAINED_PENDING_STATE_OFFSET, state.code());
        pending.wrap(rows, pendingOffset);
        return QueryRows.HAS_PENDING | writeAccounts(
            sequence, pending.debitAccountIdHigh(), pending.debitAccountIdLow(), pending.creditAccountIdHigh(),
            pending.creditAccountIdLow(), rows, offset);
    }

    private int writeAccounts(
        final long sequence,
        final long debitIdHigh,
        final long debitIdLow,
        final long creditIdHigh,
        final long creditIdLow,
        final MutableDirectBuffer rows,
        final int offset)
    {
        final boolean hasDebitAccount = writeAccount(
            sequence, debitIdHigh, debitIdLow, rows, offset + QueryRows.EXPLAINED_DEBIT_ACCOUNT_OFFSET);
        final boolean hasCreditAccount = writeAccount(
            sequence, creditIdHigh, creditIdLow, rows, offset + QueryRows.EXPLAINED_CREDIT_ACCOUNT_OFFSET);
        return (hasDebitAccount ? QueryRows.HAS_DEBIT_ACCOUNT : 0) |
            (hasCreditAccount ? QueryRows.HAS_CREDIT_ACCOUNT : 0);
    }

    private boolean writeAccount(
        final long sequence,
        final long idHigh,
        final long idLow,
        final MutableDirectBuffer rows,
        final int offset)
    {
        final int slot = model.accounts().slotOf(idHigh, idLow);
        if (slot == AccountTable.NOT_FOUND || model.accounts().sequence(slot) >= sequence)
        {
            return false;
        }
        rows.putBytes(offset, chain.account(slot), 0, QueryRows.ACCOUNT_LENGTH);
        return true;
    }

    /** What the chain's members before an entry had done; nothing, unless they were undone only later. */
    private void restartChain(final long sequence, final MutableDirectBuffer rows, final int entryOffset)
    {
        chain.restart(sequence);
        final long first = firstUndoneLater(sequence, rows, entryOffset, false);
        for (long member = first; member < sequence; member++)
        {
            entries.read(member, entry, 0);
            chain.add(member, entry, 0);
        }
    }

    // Chains.

    /**
     * The first member of an entry's chain, if the members before the entry were undone after it was judged; else the
     * entry itself. Members that were undone before the entry have the one among them that has failed by itself.
     */
    private long firstUndoneLater(
        final long sequence, final MutableDirectBuffer rows, final int entryOffset, final boolean isOfAccounts)
    {
        wrapCommand(rows, entryOffset);
        if ((int)command.outcome() == CREATED)
        {
            return sequence;
        }
        long first = sequence;
        while (command.batchIndex() > 0)
        {
            entries.read(first - 1, entry, 0);
            wrapCommand(entry, 0);
            // A state root stands between two groups.
            if (Entries.templateId(entry, 0) == StateRootEntryDecoder.TEMPLATE_ID || !isLinked(isOfAccounts))
            {
                break;
            }
            if ((int)command.outcome() != LINKED_EVENT_FAILED)
            {
                return sequence;
            }
            first--;
        }
        return first;
    }

    private void wrapCommand(final MutableDirectBuffer buffer, final int offset)
    {
        final int bodyOffset = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        command.wrap(buffer, bodyOffset, TransferEntryDecoder.BLOCK_LENGTH, TransferEntryDecoder.SCHEMA_VERSION);
        accountEntry.wrap(buffer, bodyOffset, AccountEntryDecoder.BLOCK_LENGTH, AccountEntryDecoder.SCHEMA_VERSION);
    }

    private boolean isLinked(final boolean isOfAccounts)
    {
        return isOfAccounts ? (accountEntry.account().flags() & AccountFlags.LINKED) != 0 :
            (command.transfer().flags() & TransferFlags.LINKED) != 0;
    }

    // Accounts.

    private int writeAccountParts(
        final long sequence, final long firstSequence, final MutableDirectBuffer rows, final int offset)
    {
        final int entryOffset = offset + QueryRows.EXPLAINED_ENTRY_OFFSET;
        final int originalOffset = offset + QueryRows.EXPLAINED_ORIGINAL_OFFSET;
        final int originalSequenceOffset = offset + QueryRows.EXPLAINED_ORIGINAL_SEQUENCE_OFFSET;
        final long first = firstUndoneLater(sequence, rows, entryOffset, true);
        wrapCommand(rows, entryOffset);
        final long idHigh = accountEntry.account().idHigh();
        final long idLow = accountEntry.account().idLow();
        final int accountEnd = model.accountEndOfSequence(sequence - 1);
        long timestampMaxNs = accountEnd == 0 ? 0 : model.accounts().timestampNs(accountEnd - 1);
        int parts = 0;
        if (firstSequence > 0 && firstSequence < sequence)
        {
            model.accountsAsOf().read(
                model.accounts().slotOf(idHigh, idLow), moment.afterSequence(sequence - 1), rows, originalOffset);
            rows.putLong(originalSequenceOffset, firstSequence);
            parts = QueryRows.HAS_ORIGINAL;
        }
        for (long member = first; member < sequence; member++)
        {
            entries.read(member, entry, 0);
            wrapCommand(entry, 0);
            final boolean isImported = (accountEntry.account().flags() & AccountFlags.IMPORTED) != 0;
            timestampMaxNs = isImported ? accountEntry.account().timestampNs() : accountEntry.timestampNs();
            if (accountEntry.account().idHigh() == idHigh && accountEntry.account().idLow() == idLow)
            {
                rows.putBytes(
                    originalOffset, entry, accountEntry.account().offset(), QueryRows.ACCOUNT_LENGTH);
                rows.putLong(originalOffset + TIMESTAMP_OFFSET, timestampMaxNs);
                rows.putLong(originalSequenceOffset, member);
                parts = QueryRows.HAS_ORIGINAL;
            }
        }
        rows.putLong(offset + QueryRows.EXPLAINED_TIMESTAMP_MAX_OFFSET, timestampMaxNs);
        return parts;
    }
}
