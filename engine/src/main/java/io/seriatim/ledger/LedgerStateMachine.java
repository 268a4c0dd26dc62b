package io.seriatim.ledger;

import io.seriatim.codecs.AccountEntryEncoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.ExpiryEntryEncoder;
import io.seriatim.codecs.ExtendedTransferEntryEncoder;
import io.seriatim.codecs.MessageHeaderEncoder;
import io.seriatim.codecs.TransferEntryEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import org.agrona.MutableDirectBuffer;

/**
 * The ledger of one shard: applies commands in order, each to one outcome, and writes an entry for each, refused ones
 * too. It is a pure function of the commands and the times that come with them, so that a replay of the entries ends
 * in the same state; the live path, recovery, followers and audits all run this class.
 * <p>
 * A batch is {@link #startAccounts} or {@link #startTransfers} and then each of its events in order. An event is final
 * once {@link #isGroupOpen()} is false after it: only then do its entry in the {@link #window()} and its row in the
 * {@link #results()} no longer change.
 * <p>
 * Shape: off-heap tables that grow in segments: 136 bytes and an index slot an account, an index slot (30 to 60 bytes
 * with its share of free room) a transfer.<br>
 * Cost: O(1) an event; a repeated id reads one stored entry, an imported account or transfer up to 64. Nothing is
 * allocated on the heap.<br>
 * Threads: confined to one thread.<br>
 * Source: SEMANTICS, sections 1 to 13 and 18.1.
 */
public final class LedgerStateMachine implements AutoCloseable
{
    /** Sequence of the first event; the genesis entry has 0. */
    public static final long FIRST_SEQUENCE = 1;

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
    private final BatchResults results;
    private final Batch batch = new Batch();
    private final LedgerTable ledgers;
    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final ExpiryQueue expiries;
    private final UndoLog undoLog;
    private final AccountRules accountRules;
    private final TransferRules transferRules;
    private final ExtendedTransferEntryEncoder extendedEncoder = new ExtendedTransferEntryEncoder();
    private final ExpiryEntryEncoder expiryEncoder = new ExpiryEntryEncoder();

    /**
     * An empty ledger.
     *
     * @param batchCountMax  most events of a batch, above zero.
     * @param windowCapacity in entries, a power of two and at least batchCountMax.
     * @param seed           of the hash tables; it changes where rows lie, no outcome and no digest.
     * @param records        where entries that have left the window are read back.
     */
    public LedgerStateMachine(
        final int batchCountMax, final int windowCapacity, final long seed, final TransferRecords records)
    {
        if (windowCapacity < batchCountMax)
        {
            throw new IllegalArgumentException(
                "the entry window must hold a whole batch: windowCapacity=" + windowCapacity +
                ", batchCountMax=" + batchCountMax);
        }
        assert RECORD_LEDGER_OFFSET == EntryWindow.RECORD_OFFSET + AccountRecordDecoder.ledgerEncodingOffset();
        window = new EntryWindow(windowCapacity, FIRST_SEQUENCE);
        results = new BatchResults(batchCountMax);
        ledgers = new LedgerTable(seed);
        accounts = new AccountTable(seed + 1);
        transfers = new TransferIndex(seed + 2, window, records);
        expiries = new ExpiryQueue(seed + 3);
        undoLog = new UndoLog(accounts, ledgers, transfers, expiries);
        accountRules = new AccountRules(accounts, transfers);
        transferRules = new TransferRules(accounts, transfers);
    }

    /**
     * Begin a batch of accounts.
     *
     * @param batchTimestampNs slot of its last event; after every slot before.
     * @param count            of its events, from 1 to the greatest batch.
     */
    public void startAccounts(final long batchTimestampNs, final int count)
    {
        start(true, batchTimestampNs, count);
    }

    /**
     * Begin a batch of transfers.
     *
     * @param batchTimestampNs slot of its last event; after every slot before.
     * @param count            of its events, from 1 to the greatest batch.
     */
    public void startTransfers(final long batchTimestampNs, final int count)
    {
        start(false, batchTimestampNs, count);
    }

    /**
     * Apply the next event of a batch of accounts.
     *
     * @param account as the caller gave it.
     */
    public void createAccount(final AccountRecordDecoder account)
    {
        final boolean isLinked = (account.flags() & AccountFlags.LINKED) != 0;
        batch.next(true, (account.flags() & AccountFlags.IMPORTED) != 0);
        openChainIf(isLinked);

        final long sequence = window.nextSequence();
        final AccountOutcome outcome = accountRules.judge(account, batch);
        long timestampNs = batch.slotNs();
        long firstSequence = 0;
        if (outcome == AccountOutcome.CREATED)
        {
            timestampNs = batch.isImport() ? account.timestampNs() : timestampNs;
            accounts.add(account, timestampNs, sequence);
            ledgers.addAccount((int)account.ledger());
            undoLog.accountAdded();
        }
        else if (outcome == AccountOutcome.EXISTS)
        {
            timestampNs = accounts.timestampNs(accountRules.foundSlot());
            firstSequence = accounts.sequence(accountRules.foundSlot());
        }

        final int offset = writeEntryHead(
            AccountEntryEncoder.TEMPLATE_ID, AccountEntryEncoder.BLOCK_LENGTH, outcome.code());
        window.mutableBuffer().putBytes(
            offset + EntryWindow.RECORD_OFFSET, account.buffer(), account.offset(),
            AccountRecordDecoder.ENCODED_LENGTH);
        results.set(batch.index(), timestampNs, sequence, firstSequence, outcome.code());
        window.advance();

        breakChainIf(outcome != AccountOutcome.CREATED);
        endGroupIf(!isLinked || outcome == AccountOutcome.LINKED_EVENT_CHAIN_OPEN);
    }

    /**
     * Apply the next event of a batch of transfers.
     *
     * @param transfer         as the caller gave it.
     * @param givenTimestampNs that the caller gave with it; 0 unless imported.
     */
    public void createTransfer(final TransferRecordDecoder transfer, final long givenTimestampNs)
    {
        final int flags = transfer.flags();
        final boolean isLinked = (flags & TransferFlags.LINKED) != 0;
        batch.next(false, (flags & TransferFlags.IMPORTED) != 0);
        openChainIf(isLinked);

        final long sequence = window.nextSequence();
        final TransferOutcome outcome = transferRules.judge(transfer, givenTimestampNs, batch);
        long timestampNs = batch.slotNs();
        long firstSequence = 0;
        if (outcome == TransferOutcome.CREATED)
        {
            timestampNs = batch.isImport() ? givenTimestampNs : timestampNs;
            apply(transfer, timestampNs, sequence);
        }
        else if (outcome == TransferOutcome.EXISTS)
        {
            firstSequence = transferRules.firstSequence();
            timestampNs = transfers.read(firstSequence).timestampNs();
        }
        else if (outcome == TransferOutcome.ID_ALREADY_FAILED)
        {
            firstSequence = transferRules.firstSequence();
        }

        writeTransferEntry(transfer, givenTimestampNs, outcome);
        results.set(batch.index(), timestampNs, sequence, firstSequence, outcome.code());
        window.advance();

        breakChainIf(outcome != TransferOutcome.CREATED);
        if (outcome.isTransient())
        {
            // After the undo, so that it stays.
            transfers.poison(transfer.idHigh(), transfer.idLow(), sequence);
        }
        endGroupIf(!isLinked || outcome == TransferOutcome.LINKED_EVENT_CHAIN_OPEN);
    }

    /**
     * When the next pending transfer expires.
     *
     * @return nanoseconds; {@link Long#MAX_VALUE} if none does.
     */
    public long nextExpiryNs()
    {
        return expiries.firstExpiryNs();
    }

    /**
     * Release the pending transfer that expires next, between two batches. It writes an entry, which is final.
     *
     * @param timestampNs of the release: after every slot before, and not before {@link #nextExpiryNs()}.
     */
    public void expireNext(final long timestampNs)
    {
        if (batch.isChainOpen() || timestampNs < expiries.firstExpiryNs())
        {
            throw new IllegalStateException(
                "nothing expires now: timestampNs=" + timestampNs + ", next expiry=" + expiries.firstExpiryNs() +
                ", a chain is open=" + batch.isChainOpen());
        }
        final long pendingSequence = expiries.firstSequence();
        final StoredTransfer pending = transfers.readPending(pendingSequence);
        final TransferRecordDecoder command = pending.command();
        writeExpiryEntry(pending, pendingSequence, timestampNs);
        expiries.remove(pendingSequence);
        transfers.state(command.idHigh(), command.idLow(), PendingState.EXPIRED);
        final int debitSlot = accounts.slotOf(pending.debitAccountIdHigh(), pending.debitAccountIdLow());
        final int creditSlot = accounts.slotOf(pending.creditAccountIdHigh(), pending.creditAccountIdLow());
        accounts.subtractDebitPending(debitSlot, pending.amountHigh(), pending.amountLow());
        accounts.subtractCreditPending(creditSlot, pending.amountHigh(), pending.amountLow());
        reopen(pending.flags(), debitSlot, creditSlot);
        window.advance();
    }

    /**
     * Whether a chain is open, so that the events since it began are not final.
     *
     * @return true while a chain is open.
     */
    public boolean isGroupOpen()
    {
        return batch.isChainOpen();
    }

    /**
     * The newest entries.
     *
     * @return the window that this ledger writes to.
     */
    public EntryWindow window()
    {
        return window;
    }

    /**
     * The answers to the batch.
     *
     * @return rows of the events so far.
     */
    public BatchResults results()
    {
        return results;
    }

    /**
     * Sequence of the next entry.
     *
     * @return one more than that of the newest entry.
     */
    public long nextSequence()
    {
        return window.nextSequence();
    }

    /**
     * How many accounts there are.
     *
     * @return a count.
     */
    public int accountCount()
    {
        return accounts.count();
    }

    /**
     * How many transfers are stored.
     *
     * @return a count.
     */
    public long transferCount()
    {
        return transfers.storedCount();
    }

    /**
     * How many ids are known, as transfers or as spent: what the index holds.
     *
     * @return a count.
     */
    public long transferIdCount()
    {
        return transfers.storedCount() + transfers.poisonedCount();
    }

    /**
     * Copy an account by its place in the order of creation.
     *
     * @param slot   from 0 to {@link #accountCount()} - 1.
     * @param buffer to copy its record of 128 bytes to.
     * @param offset in the buffer.
     */
    public void readAccount(final int slot, final MutableDirectBuffer buffer, final int offset)
    {
        accounts.read(slot, buffer, offset);
    }

    /**
     * Copy an account by its id.
     *
     * @param idHigh high half of the id.
     * @param idLow  low half of the id.
     * @param buffer to copy its record of 128 bytes to.
     * @param offset in the buffer.
     * @return false if there is no such account; the buffer is unchanged.
     */
    public boolean readAccount(
        final long idHigh, final long idLow, final MutableDirectBuffer buffer, final int offset)
    {
        final int slot = accounts.slotOf(idHigh, idLow);
        if (slot == AccountTable.NOT_FOUND)
        {
            return false;
        }
        accounts.read(slot, buffer, offset);
        return true;
    }

    /**
     * Copy a stored transfer by its id.
     *
     * @param idHigh high half of the id.
     * @param idLow  low half of the id.
     * @param buffer to copy its record of 120 bytes and then its timestamp to.
     * @param offset in the buffer.
     * @return false if there is no such transfer; the buffer is unchanged.
     */
    public boolean readTransfer(
        final long idHigh, final long idLow, final MutableDirectBuffer buffer, final int offset)
    {
        final long found = transfers.find(idHigh, idLow);
        if (found <= 0)
        {
            return false;
        }
        transfers.read(TransferIndex.sequenceOf(found)).copyTo(buffer, offset);
        return true;
    }

    /**
     * Whether debits equal credits over all accounts. Costs a scan.
     *
     * @return true always, unless our own code is wrong.
     */
    public boolean isBalanced()
    {
        return accounts.isBalanced();
    }

    /**
     * SHA-256 of the state, whatever way it was reached and however its tables lie. Costs a scan of all tables.
     *
     * @return 32 bytes, see {@link StateDigest}.
     */
    public byte[] digest()
    {
        return StateDigest.of(nextSequence(), ledgers, accounts, transfers);
    }

    /**
     * Off-heap memory of the tables.
     *
     * @return a number of bytes.
     */
    public long allocatedBytes()
    {
        return ledgers.allocatedBytes() + accounts.allocatedBytes() + transfers.allocatedBytes() +
            expiries.allocatedBytes();
    }

    @Override
    public void close()
    {
        undoLog.close();
        expiries.close();
        transfers.close();
        accounts.close();
        ledgers.close();
    }

    private void start(final boolean isOfAccounts, final long batchTimestampNs, final int count)
    {
        if (batch.isChainOpen())
        {
            throw new IllegalStateException("a chain is open: first sequence=" + batch.chainFirstSequence());
        }
        batch.start(isOfAccounts, batchTimestampNs, count);
    }

    private void apply(final TransferRecordDecoder transfer, final long timestampNs, final long sequence)
    {
        final int flags = transfer.flags();
        final int debitSlot = transferRules.debitSlot();
        final int creditSlot = transferRules.creditSlot();
        undoLog.beforeAccountChange(debitSlot);
        undoLog.beforeAccountChange(creditSlot);
        undoLog.transferAdded(transfer.idHigh(), transfer.idLow());
        if ((flags & TransferFlags.PENDING) != 0)
        {
            applyPending(transfer, timestampNs, sequence, debitSlot, creditSlot);
        }
        else if (TransferRules.isPostOrVoid(flags))
        {
            applyPostOrVoid(transfer, timestampNs, sequence, debitSlot, creditSlot);
        }
        else
        {
            accounts.addDebitPosted(debitSlot, transferRules.amountHigh(), transferRules.amountLow());
            accounts.addCreditPosted(creditSlot, transferRules.amountHigh(), transferRules.amountLow());
            transfers.add(transfer.idHigh(), transfer.idLow(), timestampNs, sequence, PendingState.NONE);
        }
    }

    private void applyPending(
        final TransferRecordDecoder transfer,
        final long timestampNs,
        final long sequence,
        final int debitSlot,
        final int creditSlot)
    {
        accounts.addDebitPending(debitSlot, transferRules.amountHigh(), transferRules.amountLow());
        accounts.addCreditPending(creditSlot, transferRules.amountHigh(), transferRules.amountLow());
        transfers.add(transfer.idHigh(), transfer.idLow(), timestampNs, sequence, PendingState.PENDING);
        if (transfer.timeout() != 0)
        {
            expiries.add(timestampNs + transfer.timeout() * StoredTransfer.NS_PER_SECOND, sequence);
            undoLog.expiryAdded(sequence);
        }
        if ((transfer.flags() & TransferFlags.CLOSING_DEBIT) != 0)
        {
            accounts.closed(debitSlot, true);
        }
        if ((transfer.flags() & TransferFlags.CLOSING_CREDIT) != 0)
        {
            accounts.closed(creditSlot, true);
        }
    }

    private void applyPostOrVoid(
        final TransferRecordDecoder transfer,
        final long timestampNs,
        final long sequence,
        final int debitSlot,
        final int creditSlot)
    {
        final StoredTransfer pending = transferRules.pending();
        final boolean isPost = (transfer.flags() & TransferFlags.POST_PENDING_TRANSFER) != 0;
        accounts.subtractDebitPending(debitSlot, pending.amountHigh(), pending.amountLow());
        accounts.subtractCreditPending(creditSlot, pending.amountHigh(), pending.amountLow());
        if (isPost)
        {
            accounts.addDebitPosted(debitSlot, transferRules.amountHigh(), transferRules.amountLow());
            accounts.addCreditPosted(creditSlot, transferRules.amountHigh(), transferRules.amountLow());
        }
        else
        {
            reopen(pending.flags(), debitSlot, creditSlot);
        }
        final long expiryNs = pending.expiryNs();
        if (expiryNs != 0)
        {
            expiries.remove(transferRules.pendingSequence());
        }
        transfers.state(
            transfer.pendingIdHigh(), transfer.pendingIdLow(), isPost ? PendingState.POSTED : PendingState.VOIDED);
        undoLog.pendingResolved(
            transfer.pendingIdHigh(), transfer.pendingIdLow(), transferRules.pendingSequence(), expiryNs);
        transfers.add(transfer.idHigh(), transfer.idLow(), timestampNs, sequence, PendingState.NONE);
    }

    /** A pending transfer that had closed accounts is released without being posted: they are open again. */
    private void reopen(final int pendingFlags, final int debitSlot, final int creditSlot)
    {
        if ((pendingFlags & TransferFlags.CLOSING_DEBIT) != 0)
        {
            accounts.closed(debitSlot, false);
        }
        if ((pendingFlags & TransferFlags.CLOSING_CREDIT) != 0)
        {
            accounts.closed(creditSlot, false);
        }
    }

    private static int reopenedBits(final int pendingFlags)
    {
        return ((pendingFlags & TransferFlags.CLOSING_DEBIT) != 0 ? REOPENED_DEBIT : 0) |
            ((pendingFlags & TransferFlags.CLOSING_CREDIT) != 0 ? REOPENED_CREDIT : 0);
    }

    private void openChainIf(final boolean isLinked)
    {
        if (isLinked && !batch.isChainOpen())
        {
            batch.openChain(window.nextSequence());
            undoLog.open();
        }
    }

    /** The event that was just written may have broken its chain: all that the chain did is undone. */
    private void breakChainIf(final boolean isRefused)
    {
        if (isRefused && batch.isChainOpen() && !batch.isChainBroken())
        {
            undoLog.end(false);
            batch.breakChain();
            final long breaker = window.nextSequence() - 1;
            for (long sequence = batch.chainFirstSequence(); sequence < breaker; sequence++)
            {
                rewriteAsFailed(sequence, batch.index() - (int)(breaker - sequence));
            }
        }
    }

    private void rewriteAsFailed(final long sequence, final int index)
    {
        final int offset = window.offset(sequence);
        final int linkedEventFailed = TransferOutcome.LINKED_EVENT_FAILED.code();
        assert linkedEventFailed == AccountOutcome.LINKED_EVENT_FAILED.code() : "the codes are one";
        window.mutableBuffer().putInt(offset + EntryWindow.OUTCOME_OFFSET, linkedEventFailed);
        final int length = window.length(sequence);
        if (length > EXTENSION_OFFSET && !batch.isOfAccounts())
        {
            forgetResolved(offset, length);
        }
        results.rewrite(index, linkedEventFailed);
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

    private void endGroupIf(final boolean isEnd)
    {
        final long last = window.nextSequence() - 1;
        if (!batch.isChainOpen())
        {
            number(last);
        }
        else if (isEnd)
        {
            for (long sequence = batch.chainFirstSequence(); sequence <= last; sequence++)
            {
                number(sequence);
            }
            if (!batch.isChainBroken())
            {
                undoLog.end(true);
            }
            batch.endChain();
        }
    }

    /** Give an entry, whose outcome is final, its number in its ledger. */
    private void number(final long sequence)
    {
        final int offset = window.offset(sequence);
        final int resolvedLedger = !batch.isOfAccounts() && window.length(sequence) > RESOLVED_LEDGER_OFFSET ?
            window.mutableBuffer().getInt(offset + RESOLVED_LEDGER_OFFSET) : 0;
        window.mutableBuffer().putLong(
            offset + EntryWindow.LEDGER_SEQUENCE_OFFSET,
            nextLedgerSequence(resolvedLedger != 0 ? resolvedLedger :
                window.mutableBuffer().getInt(offset + RECORD_LEDGER_OFFSET)));
    }

    private long nextLedgerSequence(final int ledger)
    {
        final int slot = ledgers.slotOf(ledger);
        return slot == LedgerTable.NOT_FOUND ? 0 : ledgers.nextLedgerSequence(slot);
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

    private int writeEntryHead(final int templateId, final int blockLength, final int outcomeCode)
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
            TransferRules.isPostOrVoid(flags) || TransferRules.isBalancing(flags);
    }

    private void writeTransferEntry(
        final TransferRecordDecoder transfer, final long givenTimestampNs, final TransferOutcome outcome)
    {
        final boolean isExtended = isExtended(transfer.flags(), givenTimestampNs);
        final int offset = isExtended ?
            writeEntryHead(
                ExtendedTransferEntryEncoder.TEMPLATE_ID, ExtendedTransferEntryEncoder.BLOCK_LENGTH, outcome.code()) :
            writeEntryHead(TransferEntryEncoder.TEMPLATE_ID, TransferEntryEncoder.BLOCK_LENGTH, outcome.code());
        final MutableDirectBuffer buffer = window.mutableBuffer();
        buffer.putBytes(
            offset + EntryWindow.RECORD_OFFSET, transfer.buffer(), transfer.offset(),
            TransferRecordDecoder.ENCODED_LENGTH);
        if (isExtended)
        {
            buffer.setMemory(
                offset + EXTENSION_OFFSET, EntryWindow.ENTRY_LENGTH_MAX - EXTENSION_OFFSET, (byte)0);
            extendedEncoder.wrap(buffer, offset + EntryWindow.BODY_OFFSET).givenTimestampNs(givenTimestampNs);
            final long pendingSequence = transferRules.pendingSequence();
            if (pendingSequence != 0)
            {
                extendedEncoder
                    .pendingSequence(pendingSequence)
                    .resolvedLedger(Integer.toUnsignedLong(transferRules.pending().ledger()));
            }
            if (outcome == TransferOutcome.CREATED)
            {
                writeResolved(transfer, pendingSequence == 0 ? null : transferRules.pending());
            }
        }
    }

    /** What the stored transfer holds: as given, and what a post or void leaves open as its pending one has it. */
    private void writeResolved(final TransferRecordDecoder transfer, final StoredTransfer pending)
    {
        extendedEncoder.amountMovedHigh(transferRules.amountHigh()).amountMovedLow(transferRules.amountLow());
        if (pending == null)
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
            writeInherited(transfer, pending);
        }
    }

    private void writeInherited(final TransferRecordDecoder transfer, final StoredTransfer pending)
    {
        final boolean isInherited128 = Amounts.isZero(transfer.userData128High(), transfer.userData128Low());
        final boolean isVoid = (transfer.flags() & TransferFlags.VOID_PENDING_TRANSFER) != 0;
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

    private void writeExpiryEntry(final StoredTransfer pending, final long pendingSequence, final long timestampNs)
    {
        final int offset = writeHeader(ExpiryEntryEncoder.TEMPLATE_ID, ExpiryEntryEncoder.BLOCK_LENGTH);
        final TransferRecordDecoder command = pending.command();
        expiryEncoder.wrap(window.mutableBuffer(), offset + EntryWindow.BODY_OFFSET)
            .ledgerSequence(nextLedgerSequence(pending.ledger()))
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
}
