package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.AccountTable;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.StoredTransfer;
import io.seriatim.ledger.TransferFlags;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

import java.util.ArrayList;
import java.util.List;

/**
 * What queries need of one shard, built from its entries. Outcomes are trusted: what was refused changes nothing here,
 * and nothing is judged again. Queries are answered by {@link Answers} and {@link Explainer}.
 * <p>
 * Shape, off-heap: a row for each account ({@link AccountTable}, {@link AccountLinks}), transfer ({@link
 * TransferRows}), pending transfer ({@link PendingRows}, {@link PendingSets}) and release ({@link ExpiryRows}); a list
 * of row numbers for each side of an account ({@link Movements}) and for each value of a field ({@link Postings}). The
 * rest of a transfer is read back from its entry.<br>
 * Cost: see {@link ReadModelQueries} for what was measured. Nothing is allocated on the heap for a transfer.<br>
 * Threads: confined to one.
 */
final class ReadModel implements AutoCloseable
{
    private static final int REOPENED_DEBIT = 1;
    private static final int REOPENED_CREDIT = 1 << 1;

    private final long seed;
    private final IntLists lists = new IntLists();
    private final AccountTable accounts;
    private final AccountLinks links = new AccountLinks();
    private final TransferRows transfers = new TransferRows();
    private final ExpiryRows expiries = new ExpiryRows();
    private final PendingRows pendings = new PendingRows(transfers, links);
    private final PendingSets pendingSets = new PendingSets();
    private final Movements movements;
    private final Postings accountPostings;
    private final Postings transferPostings;
    private final AccountsAsOf accountsAsOf;

    private final AccountEntryDecoder accountEntry = new AccountEntryDecoder();
    private final ExpiryEntryDecoder expiryEntry = new ExpiryEntryDecoder();
    private final StoredTransfer stored = new StoredTransfer();
    private long appliedSequence = -1;

    /**
     * Before all entries.
     *
     * @param seed of the indexes; it changes where values lie and nothing else, and callers must not know it.
     */
    ReadModel(final long seed)
    {
        this(seed, -1);
    }

    /**
     * Before all entries.
     *
     * @param seed     of the indexes.
     * @param hashMask bits of the hash of wide values that count; all of them, but in a test.
     */
    ReadModel(final long seed, final long hashMask)
    {
        this.seed = seed;
        accounts = new AccountTable(seed);
        movements = new Movements(lists, accounts, links, transfers, expiries, pendings);
        accountsAsOf = new AccountsAsOf(accounts, links, lists, movements);
        accountPostings = new Postings(lists, seed + 1, hashMask);
        transferPostings = new Postings(lists, seed - 1, hashMask);
    }

    /** Take the next entry. */
    void apply(final long sequence, final DirectBuffer buffer, final int offset)
    {
        final int bodyOffset = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        switch (Entries.templateId(buffer, offset))
        {
            case TransferEntryDecoder.TEMPLATE_ID:
            case ExtendedTransferEntryDecoder.TEMPLATE_ID:
                if (StoredTransfer.isCreated(buffer, offset))
                {
                    addTransfer(sequence, stored.wrap(buffer, offset));
                }
                break;
            case AccountEntryDecoder.TEMPLATE_ID:
                accountEntry.wrap(
                    buffer, bodyOffset, AccountEntryDecoder.BLOCK_LENGTH, AccountEntryDecoder.SCHEMA_VERSION);
                if ((int)accountEntry.outcome() == AccountOutcome.CREATED.code())
                {
                    addAccount(sequence);
                }
                break;
            case ExpiryEntryDecoder.TEMPLATE_ID:
                expiryEntry.wrap(
                    buffer, bodyOffset, ExpiryEntryDecoder.BLOCK_LENGTH, ExpiryEntryDecoder.SCHEMA_VERSION);
                addExpiry(sequence);
                break;
            default:
                break;
        }
        appliedSequence = sequence;
    }

    /** The state is that after this entry; -1 if it is that before all. */
    long appliedSequence()
    {
        return appliedSequence;
    }

    /** This was the last entry of the model that was loaded. */
    void appliedSequence(final long sequence)
    {
        appliedSequence = sequence;
    }

    long seed()
    {
        return seed;
    }

    /** The parts that a snapshot has, always the same in the same order. */
    List<ModelTable> tables()
    {
        final List<ModelTable> tables = new ArrayList<>(List.of(
            new AccountRows(accounts), links.table(), transfers.table(), expiries.table(), pendings.table()));
        tables.addAll(pendingSets.tables());
        tables.addAll(lists.tables());
        tables.addAll(accountPostings.tables());
        tables.addAll(transferPostings.tables());
        return tables;
    }

    IntLists lists()
    {
        return lists;
    }

    AccountTable accounts()
    {
        return accounts;
    }

    AccountLinks links()
    {
        return links;
    }

    TransferRows transfers()
    {
        return transfers;
    }

    ExpiryRows expiries()
    {
        return expiries;
    }

    PendingRows pendings()
    {
        return pendings;
    }

    PendingSets pendingSets()
    {
        return pendingSets;
    }

    Movements movements()
    {
        return movements;
    }

    Postings accountPostings()
    {
        return accountPostings;
    }

    Postings transferPostings()
    {
        return transferPostings;
    }

    AccountsAsOf accountsAsOf()
    {
        return accountsAsOf;
    }

    /** A place in the order of this shard. */
    Moment newMoment()
    {
        return new Moment(transfers, expiries);
    }

    /** How many accounts there are with a timestamp up to this one: the slot of the first account behind it. */
    int accountEndOfTimestamp(final long timestampNs)
    {
        int from = 0;
        int to = accounts.count();
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (accounts.timestampNs(middle) <= timestampNs)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from;
    }

    /** How many accounts there are with a sequence up to this one: the slot of the first account behind it. */
    int accountEndOfSequence(final long sequence)
    {
        int from = 0;
        int to = accounts.count();
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (accounts.sequence(middle) <= sequence)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from;
    }

    /** Row of the transfer that an entry created; or {@link RowSet#NONE}. */
    int transferOfSequence(final long sequence)
    {
        final int row = transfers.endOfSequence(sequence) - 1;
        return row >= 0 && transfers.sequence(row) == sequence ? row : RowSet.NONE;
    }

    long allocatedBytes()
    {
        return lists.allocatedBytes() + accounts.allocatedBytes() + links.allocatedBytes() +
            transfers.allocatedBytes() + expiries.allocatedBytes() + pendings.allocatedBytes() +
            pendingSets.allocatedBytes() + accountPostings.allocatedBytes() + transferPostings.allocatedBytes();
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(
            lists, accounts, links, transfers, expiries, pendings, pendingSets, accountPostings, transferPostings);
    }

    private void addAccount(final long sequence)
    {
        final AccountRecordDecoder account = accountEntry.account();
        final boolean isImported = (account.flags() & AccountFlags.IMPORTED) != 0;
        final int slot = accounts.count();
        accounts.add(account, isImported ? account.timestampNs() : accountEntry.timestampNs(), sequence);
        links.add(slot);
        accountPostings.add(
            Postings.Field.USER_DATA_128, account.userData128High(), account.userData128Low(), slot);
        accountPostings.add(Postings.Field.USER_DATA_64, account.userData64(), slot);
        accountPostings.add(Postings.Field.USER_DATA_32, account.userData32(), slot);
        accountPostings.add(Postings.Field.LEDGER, account.ledger(), slot);
        accountPostings.add(Postings.Field.CODE, account.code(), slot);
    }

    private void addTransfer(final long sequence, final StoredTransfer transfer)
    {
        final int debitSlot = slotOf(transfer.debitAccountIdHigh(), transfer.debitAccountIdLow(), sequence);
        final int creditSlot = slotOf(transfer.creditAccountIdHigh(), transfer.creditAccountIdLow(), sequence);
        final int flags = transfer.flags();
        final boolean isPending = (flags & TransferFlags.PENDING) != 0;
        final boolean isResolving = transfer.pendingSequence() != 0;
        final int resolved = isResolving ? pendingOf(transfer.pendingSequence(), sequence) : PendingRows.NONE;
        final int row = transfers.add(
            sequence, transfer.timestampNs(), transfer.amountHigh(), transfer.amountLow(), debitSlot, creditSlot, flags,
            isPending ? pendings.count() + 1 : resolved);
        if (isPending)
        {
            pendings.add(row, debitSlot, creditSlot);
            pendingSets.add(PendingState.PENDING, row);
            accounts.addDebitPending(debitSlot, transfer.amountHigh(), transfer.amountLow());
            accounts.addCreditPending(creditSlot, transfer.amountHigh(), transfer.amountLow());
            flipIf((flags & TransferFlags.CLOSING_DEBIT) != 0, debitSlot, true, row);
            flipIf((flags & TransferFlags.CLOSING_CREDIT) != 0, creditSlot, true, row);
        }
        else if (isResolving)
        {
            final boolean isVoid = (flags & TransferFlags.VOID_PENDING_TRANSFER) != 0;
            final int reservedRow = release(resolved, isVoid ? PendingState.VOIDED : PendingState.POSTED, sequence);
            final int reservedFlags = transfers.flags(reservedRow);
            flipIf(isVoid && (reservedFlags & TransferFlags.CLOSING_DEBIT) != 0, debitSlot, false, row);
            flipIf(isVoid && (reservedFlags & TransferFlags.CLOSING_CREDIT) != 0, creditSlot, false, row);
        }
        if ((flags & (TransferFlags.PENDING | TransferFlags.VOID_PENDING_TRANSFER)) == 0)
        {
            accounts.addDebitPosted(debitSlot, transfer.amountHigh(), transfer.amountLow());
            accounts.addCreditPosted(creditSlot, transfer.amountHigh(), transfer.amountLow());
        }
        movements.addTransfer(debitSlot, Side.DEBIT, row);
        movements.addTransfer(creditSlot, Side.CREDIT, row);
        addPostings(transfer, row);
    }

    private void addPostings(final StoredTransfer transfer, final int row)
    {
        transferPostings.add(
            Postings.Field.USER_DATA_128, transfer.userData128High(), transfer.userData128Low(), row);
        transferPostings.add(Postings.Field.USER_DATA_64, transfer.userData64(), row);
        transferPostings.add(Postings.Field.USER_DATA_32, transfer.userData32(), row);
        transferPostings.add(Postings.Field.LEDGER, transfer.ledger(), row);
        transferPostings.add(Postings.Field.CODE, transfer.code(), row);
    }

    private void addExpiry(final long sequence)
    {
        final int pending = pendingOf(expiryEntry.pendingSequence(), sequence);
        final int row = expiries.add(sequence, expiryEntry.timestampNs(), pending, transfers.count());
        final int reservedRow = release(pending, PendingState.EXPIRED, sequence);
        final int debitSlot = transfers.debitSlot(reservedRow);
        final int creditSlot = transfers.creditSlot(reservedRow);
        movements.addRelease(debitSlot, Side.DEBIT, row);
        movements.addRelease(creditSlot, Side.CREDIT, row);
        flipIf((expiryEntry.reopened() & REOPENED_DEBIT) != 0, debitSlot, false, ~row);
        flipIf((expiryEntry.reopened() & REOPENED_CREDIT) != 0, creditSlot, false, ~row);
    }

    /** A pending transfer is open no more; returns its row. */
    private int release(final int pending, final PendingState state, final long sequence)
    {
        final int row = pendings.transferRow(pending);
        pendings.resolve(pending, state, sequence);
        pendingSets.remove(PendingState.PENDING, row);
        pendingSets.add(state, row);
        accounts.subtractDebitPending(transfers.debitSlot(row), transfers.amountHigh(row), transfers.amountLow(row));
        accounts.subtractCreditPending(transfers.creditSlot(row), transfers.amountHigh(row), transfers.amountLow(row));
        return row;
    }

    private void flipIf(final boolean isFlipped, final int slot, final boolean isClosed, final int flip)
    {
        if (isFlipped)
        {
            links.flips(slot, lists.append(links.flips(slot), flip));
            accounts.closed(slot, isClosed);
        }
    }

    private int slotOf(final long idHigh, final long idLow, final long sequence)
    {
        final int slot = accounts.slotOf(idHigh, idLow);
        if (slot == AccountTable.NOT_FOUND)
        {
            throw new IllegalStateException("a transfer was created on an unknown account: sequence=" + sequence);
        }
        return slot;
    }

    private int pendingOf(final long pendingSequence, final long sequence)
    {
        final int row = transferOfSequence(pendingSequence);
        if (row == RowSet.NONE || (transfers.flags(row) & TransferFlags.PENDING) == 0)
        {
            throw new IllegalStateException(
                "no pending transfer was created there: sequence=" + sequence + ", pendingSequence=" + pendingSequence);
        }
        return transfers.pending(row);
    }
}
