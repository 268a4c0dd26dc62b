package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The ledger of one shard: applies commands in order, each to one outcome, and writes an entry for each, refused ones
 * too. It is a pure function of the commands and the times that come with them, so that a replay of the entries ends
 * in the same state; the live path, recovery, followers and audits all run this class.
 * <p>
 * A batch is {@link #startAccounts}, {@link #startTransfers} or {@link #startDefinitions} and then each of its events
 * in order. An event is final once {@link #isGroupOpen()} is false after it: only then do its entry in the
 * {@link #window()} and its row in the {@link #results()} no longer change. Between two batches {@link #expireNext}
 * releases what is due.
 * <p>
 * Shape: off-heap tables that grow in segments: 136 bytes and an index slot an account, an index slot (20 to 40 bytes
 * with its share of free room) a transfer; 16 bytes and an index slot an open pending transfer with a timeout.<br>
 * Cost: O(1) an event and no entry read back, but for
 *
 * <pre>
 *   a pending transfer with a timeout     O(log n), n = open ones with a timeout
 *   its post, its void, its release       O(log n)
 *   a post, a void, a release             reads 1 entry: the pending transfer's
 *   a repeated id of a transfer           reads 1 entry, that of the original; 2 of a post or void
 *   an imported transfer, post or void    O(log of the accounts)
 *   an imported account                   O(log of the transfers); reads up to 64 entries if it is older than the
 *                                         newest transfer
 *   an imported event                     O(log of the releases); reads up to 64 entries more if it lies between the
 *                                         first and the newest release
 *   a chain that is refused               as much again as the events that it undoes
 * </pre>
 *
 * An entry that is still in the window is not read back. Nothing is allocated on the heap, but by definitions and by
 * {@link #digest()}.<br>
 * Threads: confined to one thread.<br>
 * Source: SEMANTICS, sections 1 to 13, 17, 18.1, 18.7 and 18.9.
 */
public final class LedgerStateMachine implements AutoCloseable
{
    /** Sequence of the first event; the genesis entry has 0. */
    public static final long FIRST_SEQUENCE = 1;

    /** Most transfers that are announced before a {@link #readAhead()}. */
    public static final int READ_AHEAD_MAX = ReadAhead.COUNT_MAX;

    private final int batchCountMax;
    private final EntryWindow window;
    private final BatchResults results;
    private final Batch batch = new Batch();
    private final LedgerTable ledgers;
    private final AccountTable accounts;
    private final TransferIndex transfers;
    private final ExpiryQueue expiries;
    private final ExpiryTimestamps expiryTimestamps;
    private final LedgerDefinitions definitions = new LedgerDefinitions();
    private final UndoLog undoLog;
    private final AccountRules accountRules;
    private final TransferRules transferRules;
    private final TransferFindings findings;
    private final TransferEffects effects;
    private final EntryEncoder entryEncoder;
    private final StateCopy stateCopy;
    private final StateRootCopy rootCopy;
    private final ReadAhead readAhead;
    private long lastSlotNs;

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
        this(batchCountMax, windowCapacity, seed, records, FIRST_SEQUENCE, 0);
    }

    /** A ledger that goes on at a sequence; its tables are to be loaded. */
    LedgerStateMachine(
        final int batchCountMax,
        final int windowCapacity,
        final long seed,
        final TransferRecords records,
        final long nextSequence,
        final long lastSlotNs)
    {
        if (windowCapacity < batchCountMax)
        {
            throw new IllegalArgumentException(
                "the entry window must hold a whole batch: windowCapacity=" + windowCapacity +
                ", batchCountMax=" + batchCountMax);
        }
        this.batchCountMax = batchCountMax;
        this.lastSlotNs = lastSlotNs;
        window = new EntryWindow(windowCapacity, nextSequence);
        entryEncoder = new EntryEncoder(window);
        results = new BatchResults(batchCountMax);
        ledgers = new LedgerTable(seed);
        accounts = new AccountTable(seed + 1);
        transfers = new TransferIndex(seed + 2, window, records);
        expiries = new ExpiryQueue(seed + 3);
        expiryTimestamps = new ExpiryTimestamps(window, records);
        undoLog = new UndoLog(accounts, ledgers, transfers, expiries);
        final ImportedTimestamps timestamps = new ImportedTimestamps(accounts, transfers, expiryTimestamps);
        accountRules = new AccountRules(accounts, timestamps);
        transferRules = new TransferRules(accounts, transfers, timestamps);
        findings = transferRules.findings();
        effects = new TransferEffects(accounts, transfers, expiries, undoLog, findings);
        stateCopy = new StateCopy(ledgers, accounts, expiries, definitions);
        rootCopy = new StateRootCopy(accounts, ledgers);
        readAhead = new ReadAhead(accounts, transfers);
    }

    /**
     * Begin a batch of accounts.
     *
     * @param batchTimestampNs slot of its last event. Its first one is after every slot before, and not after
     *                         {@link #nextExpiryNs()}: what is due is released before.
     * @param count            of its events, from 1 to the greatest batch.
     * @throws IllegalArgumentException if the count is out of range; nothing was changed.
     * @throws IllegalStateException if time does not rise, something is due or a chain is open; nothing was changed.
     */
    public void startAccounts(final long batchTimestampNs, final int count)
    {
        start(Batch.Kind.ACCOUNTS, batchTimestampNs, count);
    }

    /**
     * Begin a batch of transfers.
     *
     * @param batchTimestampNs slot of its last event. Its first one is after every slot before, and not after
     *                         {@link #nextExpiryNs()}: what is due is released before.
     * @param count            of its events, from 1 to the greatest batch.
     * @throws IllegalArgumentException if the count is out of range; nothing was changed.
     * @throws IllegalStateException if time does not rise, something is due or a chain is open; nothing was changed.
     */
    public void startTransfers(final long batchTimestampNs, final int count)
    {
        start(Batch.Kind.TRANSFERS, batchTimestampNs, count);
    }

    /**
     * Begin a batch of ledger definitions.
     *
     * @param batchTimestampNs slot of its last event. Its first one is after every slot before, and not after
     *                         {@link #nextExpiryNs()}: what is due is released before.
     * @param count            of its events, from 1 to the greatest batch.
     * @throws IllegalArgumentException if the count is out of range; nothing was changed.
     * @throws IllegalStateException if time does not rise, something is due or a chain is open; nothing was changed.
     */
    public void startDefinitions(final long batchTimestampNs, final int count)
    {
        start(Batch.Kind.DEFINITIONS, batchTimestampNs, count);
    }

    /**
     * Apply the next event of a batch of accounts.
     *
     * @param account as the caller gave it.
     */
    public void createAccount(final AccountRecordDecoder account)
    {
        final boolean isLinked = (account.flags() & AccountFlags.LINKED) != 0;
        batch.next(Batch.Kind.ACCOUNTS, (account.flags() & AccountFlags.IMPORTED) != 0);
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

        entryEncoder.writeAccount(account, batch, outcome.code());
        results.set(batch.index(), timestampNs, sequence, firstSequence, outcome.code());
        advance(batch.slotNs());

        breakChainIf(outcome != AccountOutcome.CREATED);
        endGroupIf(!isLinked || outcome == AccountOutcome.LINKED_EVENT_CHAIN_OPEN);
    }

    /**
     * Say that a transfer will be applied soon, so that {@link #readAhead()} reads what it needs. Whether it is, and
     * what is applied before it, changes no outcome.
     *
     * @param transfer as the caller gave it; the last of at most {@link #READ_AHEAD_MAX} that are announced together.
     */
    public void announce(final TransferRecordDecoder transfer)
    {
        readAhead.add(transfer);
    }

    /**
     * Read what the transfers that were announced will need of the tables, all of it together. It changes nothing but
     * the time that it takes to apply them, if the tables are larger than the processor's caches.
     */
    public void readAhead()
    {
        readAhead.run();
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
        batch.next(Batch.Kind.TRANSFERS, (flags & TransferFlags.IMPORTED) != 0);
        openChainIf(isLinked);
        readAhead.apply(transfer.idHigh(), transfer.idLow());

        final long sequence = window.nextSequence();
        final TransferOutcome outcome = transferRules.judge(transfer, givenTimestampNs, batch);
        long timestampNs = batch.slotNs();
        long firstSequence = 0;
        if (outcome == TransferOutcome.CREATED)
        {
            timestampNs = batch.isImport() ? givenTimestampNs : timestampNs;
            effects.apply(transfer, timestampNs, sequence);
        }
        else if (outcome == TransferOutcome.EXISTS)
        {
            firstSequence = findings.firstSequence();
            timestampNs = findings.firstTimestampNs();
        }
        else if (outcome == TransferOutcome.ID_ALREADY_FAILED)
        {
            firstSequence = findings.firstSequence();
        }

        entryEncoder.writeTransfer(transfer, givenTimestampNs, batch, outcome, findings);
        results.set(batch.index(), timestampNs, sequence, firstSequence, outcome.code());
        advance(batch.slotNs());

        breakChainIf(outcome != TransferOutcome.CREATED);
        if (outcome.isTransient())
        {
            // After the undo, so that it stays.
            transfers.poison(transfer.idHigh(), transfer.idLow(), sequence);
        }
        endGroupIf(!isLinked || outcome == TransferOutcome.LINKED_EVENT_CHAIN_OPEN);
    }

    /**
     * Apply the next event of a batch of ledger definitions: from now on this is what humans call the ledger. It is
     * never refused and changes no outcome. Definitions are rare, so they may allocate.
     *
     * @param ledger          that is defined; not 0. It need not have an account.
     * @param scale           decimal digits of its asset, from 0 to {@link LedgerDefinitions#SCALE_MAX}.
     * @param assetCode       holding 1 to 16 printable ASCII characters, filled up with zero bytes to
     *                        {@link LedgerDefinitions#ASSET_CODE_LENGTH}.
     * @param assetCodeOffset of its first character.
     * @throws IllegalArgumentException if a value is out of its range; nothing was changed.
     */
    public void defineLedger(
        final int ledger, final int scale, final DirectBuffer assetCode, final int assetCodeOffset)
    {
        LedgerDefinitions.validate(ledger, scale, assetCode, assetCodeOffset);
        batch.next(Batch.Kind.DEFINITIONS, false);

        definitions.put(ledger, scale, assetCode, assetCodeOffset);
        final long sequence = window.nextSequence();
        entryEncoder.writeDefinition(ledger, scale, assetCode, assetCodeOffset, batch, nextLedgerSequence(ledger));
        results.set(batch.index(), batch.slotNs(), sequence, 0, AccountOutcome.CREATED.code());
        advance(batch.slotNs());
    }

    /**
     * When the next pending transfer expires.
     *
     * @return nanoseconds; {@link Long#MAX_VALUE} if none does, or none ever will: one that expires at the last
     * timestamp is never released, as that would take a timestamp after it.
     */
    public long nextExpiryNs()
    {
        return expiries.firstExpiryNs();
    }

    /**
     * Release the pending transfer that expires next, between two batches. It writes an entry, which is final.
     *
     * @param timestampNs of the release: after every slot before, and after {@link #nextExpiryNs()}.
     * @throws IllegalStateException if time does not rise, nothing expires before that, or a chain is open; nothing
     * was changed.
     */
    public void expireNext(final long timestampNs)
    {
        if (batch.isChainOpen() || timestampNs <= lastSlotNs || timestampNs <= expiries.firstExpiryNs())
        {
            throw new IllegalStateException(
                "nothing expires now: timestampNs=" + timestampNs + ", last slot=" + lastSlotNs + ", next expiry=" +
                expiries.firstExpiryNs() + ", a chain is open=" + batch.isChainOpen());
        }
        final long pendingSequence = expiries.firstSequence();
        final StoredTransfer pending = transfers.readPending(pendingSequence);
        entryEncoder.writeExpiry(pending, pendingSequence, timestampNs, nextLedgerSequence(pending.ledger()));
        expiryTimestamps.add(timestampNs, window.nextSequence());
        effects.expire(pending, pendingSequence);
        advance(timestampNs);
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
     * Slot of the newest entry.
     *
     * @return nanoseconds; 0 before the first entry.
     */
    public long lastSlotNs()
    {
        return lastSlotNs;
    }

    /**
     * Begin a copy of the state as it is now, between two batches; a copy that was active is given up.
     *
     * @return the copy, always the same object, to be taken slice by slice while the ledger goes on.
     * @throws IllegalStateException if a chain is open; nothing was changed.
     */
    public StateCopy beginCopy()
    {
        requireNoChain();
        stateCopy.begin(nextSequence(), lastSlotNs);
        return stateCopy;
    }

    /**
     * The copy that was begun last.
     *
     * @return the copy, always the same object.
     */
    public StateCopy stateCopy()
    {
        return stateCopy;
    }

    /**
     * Begin to copy what a state root of now is made of, while the ledger goes on. A copy that is not complete is given
     * up.
     *
     * @return the copy, always the same object.
     * @throws IllegalStateException if a chain is open; nothing was changed.
     */
    public StateRootCopy beginRootCopy()
    {
        requireNoChain();
        rootCopy.begin();
        return rootCopy;
    }

    /**
     * Write the entry of a state root, between two groups; it is final, and changes no state but the next sequence.
     *
     * @param root that it holds.
     * @throws IllegalStateException if a chain is open; nothing was changed.
     */
    void writeStateRoot(final StateRoot root)
    {
        requireNoChain();
        entryEncoder.writeStateRoot(root);
        window.advance();
    }

    /**
     * How many ledgers have an account.
     *
     * @return a count.
     */
    public int ledgerCount()
    {
        return ledgers.count();
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
     * What has become of a pending transfer. Costs O(1) and reads one stored entry.
     *
     * @param idHigh high half of the transfer's id.
     * @param idLow  low half of the transfer's id.
     * @return its state; {@link PendingState#NONE} if there is no such transfer or it is not a pending one.
     */
    public PendingState stateOfTransfer(final long idHigh, final long idLow)
    {
        final long found = transfers.find(idHigh, idLow);
        return found > 0 ? TransferIndex.stateOf(found) : PendingState.NONE;
    }

    /**
     * What has become of a pending transfer whose entry is known. Costs O(1) and reads nothing.
     *
     * @param idHigh   high half of the transfer's id.
     * @param idLow    low half of the transfer's id.
     * @param sequence of the entry that created it.
     * @return its state; {@link PendingState#NONE} if there is no such transfer or it is not a pending one.
     */
    public PendingState stateOfTransfer(final long idHigh, final long idLow, final long sequence)
    {
        return transfers.stateOf(idHigh, idLow, sequence);
    }

    /**
     * What the command that created an account was answered. Costs O(1).
     *
     * @param idHigh high half of the account's id.
     * @param idLow  low half of the account's id.
     * @param buffer to write a row to that is laid out as those of {@link BatchResults}: the account's timestamp, the
     *               sequence of the entry that created it, no first sequence, and {@link AccountOutcome#CREATED}.
     * @param offset in the buffer.
     * @return false if there is no such account; the buffer is unchanged.
     */
    public boolean readOutcomeOfAccount(
        final long idHigh, final long idLow, final MutableDirectBuffer buffer, final int offset)
    {
        final int slot = accounts.slotOf(idHigh, idLow);
        if (slot == AccountTable.NOT_FOUND)
        {
            return false;
        }
        BatchResults.write(
            buffer, offset, accounts.timestampNs(slot), accounts.sequence(slot), 0, AccountOutcome.CREATED.code());
        return true;
    }

    /**
     * What the command that created a transfer, or spent its id, was answered. Costs O(1) and reads one stored entry.
     *
     * @param idHigh high half of the transfer's id.
     * @param idLow  low half of the transfer's id.
     * @param buffer to write a row to that is laid out as those of {@link BatchResults}: of a stored transfer its
     *               timestamp, the sequence of the entry that created it and {@link TransferOutcome#CREATED}; of a
     *               spent id the slot, the sequence and the outcome of the entry that was refused first; and no first
     *               sequence.
     * @param offset in the buffer.
     * @return false if there is no such transfer and the id is not spent; the buffer is unchanged.
     */
    public boolean readOutcomeOfTransfer(
        final long idHigh, final long idLow, final MutableDirectBuffer buffer, final int offset)
    {
        final long found = transfers.find(idHigh, idLow);
        if (found == TransferIndex.NOT_FOUND)
        {
            return false;
        }
        final long sequence = TransferIndex.sequenceOf(found);
        if (found > 0)
        {
            BatchResults.write(
                buffer, offset, transfers.read(sequence).timestampNs(), sequence, 0, TransferOutcome.CREATED.code());
        }
        else
        {
            final EntryReader refused = transfers.readEntry(sequence);
            BatchResults.write(buffer, offset, refused.slotNs(), sequence, 0, refused.outcomeCode());
        }
        return true;
    }

    /**
     * Which entry first answered the id that an entry names. Costs O(1) and reads one stored entry.
     *
     * @param sequence of an entry of an account or transfer.
     * @return sequence of the entry that created the object with that id, or spent the id; 0 if there is none, or no
     * such entry.
     */
    public long firstSequenceOf(final long sequence)
    {
        if (sequence < FIRST_SEQUENCE || sequence >= window.nextSequence())
        {
            return 0;
        }
        final EntryReader entry = transfers.readEntry(sequence);
        if (entry.isOfAccount())
        {
            final int slot = accounts.slotOf(entry.idHigh(), entry.idLow());
            return slot == AccountTable.NOT_FOUND ? 0 : accounts.sequence(slot);
        }
        final long found = entry.isOfTransfer() ? transfers.find(entry.idHigh(), entry.idLow()) : 0;
        return found == TransferIndex.NOT_FOUND ? 0 : TransferIndex.sequenceOf(found);
    }

    /**
     * How many ledgers are defined, whether they have accounts or not.
     *
     * @return a count.
     */
    public int definitionCount()
    {
        return definitions.count();
    }

    /**
     * Copy the newest definition of a ledger by its place in the order of first definition.
     *
     * @param index  from 0 to {@link #definitionCount()} - 1.
     * @param buffer to copy its row of {@link LedgerDefinitions#ROW_LENGTH} bytes to.
     * @param offset in the buffer.
     * @throws IndexOutOfBoundsException if there is no such definition; the buffer is unchanged.
     */
    public void readDefinition(final int index, final MutableDirectBuffer buffer, final int offset)
    {
        definitions.read(index, buffer, offset);
    }

    /**
     * Copy the newest definition of a ledger.
     *
     * @param ledger number of the ledger.
     * @param buffer to copy its row of {@link LedgerDefinitions#ROW_LENGTH} bytes to.
     * @param offset in the buffer.
     * @return false if the ledger was never defined; the buffer is unchanged.
     */
    public boolean readDefinitionOf(final int ledger, final MutableDirectBuffer buffer, final int offset)
    {
        return definitions.readOf(ledger, buffer, offset);
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
        return StateDigest.of(nextSequence(), ledgers, accounts, transfers, expiries, expiryTimestamps, definitions);
    }

    /**
     * How many cache lines of the index of transfers are read to find that an id is not known: a measure of the check
     * for duplicates that depends on the index alone, not on the machine.
     *
     * @param idHigh high half of an id that is not known.
     * @param idLow  low half of the id.
     * @return a count, from 1.
     */
    public int indexLinesOf(final long idHigh, final long idLow)
    {
        return transfers.lineCount(idHigh, idLow);
    }

    /**
     * Off-heap memory of the tables.
     *
     * @return a number of bytes.
     */
    public long allocatedBytes()
    {
        return ledgers.allocatedBytes() + accounts.allocatedBytes() + transfers.allocatedBytes() +
            expiries.allocatedBytes() + expiryTimestamps.allocatedBytes();
    }

    @Override
    public void close()
    {
        undoLog.close();
        expiryTimestamps.close();
        expiries.close();
        transfers.close();
        accounts.close();
        ledgers.close();
    }

    /**
     * Begin a batch of any kind; a replay comes here too. A batch that can not be is refused, so that nobody gets
     * answers that another order of time would have made others.
     */
    void start(final Batch.Kind kind, final long batchTimestampNs, final int count)
    {
        if (count < 1 || count > batchCountMax)
        {
            throw new IllegalArgumentException(
                "a batch has 1 to " + batchCountMax + " events: count=" + count);
        }
        final long firstSlotNs = batchTimestampNs - count + 1;
        if (batch.isChainOpen() || firstSlotNs <= lastSlotNs || firstSlotNs > expiries.firstExpiryNs())
        {
            throw new IllegalStateException(
                "no batch begins here: timestampNs=" + batchTimestampNs + ", count=" + count + ", last slot=" +
                lastSlotNs + ", next expiry=" + expiries.firstExpiryNs() +
                " is released before, a chain is open=" + batch.isChainOpen());
        }
        batch.start(kind, batchTimestampNs, count);
    }

    /** Make room for so many ids, before the first one is loaded; there are no more of them than entries. */
    void reserveIds(final long count)
    {
        transfers.reserve(Math.min(count, window.nextSequence()));
    }

    /** Take a row of a snapshot. */
    void load(final int section, final DirectBuffer buffer, final int offset)
    {
        switch (section)
        {
            case Chunks.ACCOUNT:
                accounts.load(buffer, offset);
                break;
            case Chunks.LEDGER:
                ledgers.load(buffer, offset);
                break;
            case Chunks.EXPIRY:
                expiries.load(buffer, offset);
                break;
            case Chunks.DEFINITION:
                definitions.load(buffer, offset);
                break;
            case Chunks.ID:
                transfers.load(buffer, offset);
                break;
            case Chunks.TRANSFER_MARK:
                transfers.loadMark(buffer, offset);
                break;
            case Chunks.RELEASE_MARK:
                expiryTimestamps.loadMark(buffer, offset);
                break;
            default:
                throw new IllegalStateException("not a section of rows: section=" + section);
        }
    }

    /** All of a snapshot was there: take what still waits; it has to be what its head and its totals say. */
    void endLoad(
        final long accountCount,
        final long ledgerCount,
        final long expiryCount,
        final long definitionCount,
        final IndexTotals totals)
    {
        transfers.endLoad();
        if (accounts.count() != accountCount || ledgers.count() != ledgerCount || expiries.count() != expiryCount ||
            definitions.count() != definitionCount || transfers.storedCount() != totals.storedCount() ||
            transfers.poisonedCount() != totals.spentCount() ||
            transfers.firstContentSum() != totals.firstContentSum() ||
            transfers.secondContentSum() != totals.secondContentSum())
        {
            throw new IllegalStateException(
                "the snapshot is not whole: accounts=" + accounts.count() + " of " + accountCount + ", ledgers=" +
                ledgers.count() + " of " + ledgerCount + ", expiries=" + expiries.count() + " of " + expiryCount +
                ", definitions=" + definitions.count() + " of " + definitionCount + ", transfers=" +
                transfers.storedCount() + " of " + totals.storedCount() + ", spent ids=" +
                transfers.poisonedCount() + " of " + totals.spentCount() + ", sums over the ids are right=" +
                (transfers.firstContentSum() == totals.firstContentSum() &&
                transfers.secondContentSum() == totals.secondContentSum()));
        }
        transfers.loadTimestampMax(totals.timestampMaxNs());
        expiryTimestamps.loadTotals(totals.releaseCount(), totals.releaseTimestampMaxNs());
    }

    private void requireNoChain()
    {
        if (batch.isChainOpen())
        {
            throw new IllegalStateException("a chain is open: next sequence=" + nextSequence());
        }
    }

    /** The entry in the next place is written. */
    private void advance(final long slotNs)
    {
        window.advance();
        lastSlotNs = slotNs;
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
        final int linkedEventFailed = TransferOutcome.LINKED_EVENT_FAILED.code();
        assert linkedEventFailed == AccountOutcome.LINKED_EVENT_FAILED.code() : "the codes are one";
        entryEncoder.rewriteAsFailed(sequence, linkedEventFailed);
        results.rewrite(index, linkedEventFailed);
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
        window.mutableBuffer().putLong(
            window.offset(sequence) + EntryWindow.LEDGER_SEQUENCE_OFFSET,
            nextLedgerSequence(entryEncoder.ledger(sequence)));
    }

    private long nextLedgerSequence(final int ledger)
    {
        final int slot = ledgers.slotOf(ledger);
        return slot == LedgerTable.NOT_FOUND ? 0 : ledgers.nextLedgerSequence(slot);
    }
}
