package io.seriatim.replay;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.QueryRows;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.BatchResults;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.TransferFlags;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Books with some of everything, drawn at random: accounts and transfers of all kinds, chains that hold and chains that
 * break, imports behind releases, closings. It notes the history for {@link NaiveBooks}, and by what each event was
 * judged, as the state machine had it at that moment.
 */
final class RandomBooks implements ShardBooks.Witness, AutoCloseable
{
    static final long SECOND_NS = 1_000_000_000L;
    static final int[] LEDGERS = {840, 978};

    /** By what an event was judged. */
    record Judged(
        Map<Long, byte[]> accounts, byte[] pending, int pendingState, byte[] original, long originalSequence,
        long timestampMaxNs)
    {
    }

    private final SplittableRandom random;
    final ShardBooks books;
    final NaiveBooks naive = new NaiveBooks();
    final List<byte[]> entries = new ArrayList<>();
    final List<Judged> judged = new ArrayList<>();
    final List<Long> accountIds = new ArrayList<>();
    private final Map<Integer, List<Long>> openAccountIds = new HashMap<>();
    final List<Long> pendingIds = new ArrayList<>();
    private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[256]);
    private long clockNs = SECOND_NS;
    private long previousNs;
    private long nextId = 1;
    private long transferMaxNs;
    private long accountMaxNs;
    private int batchIndex;
    private boolean isChainOpen;
    private long chainTransferMaxNs;
    private long chainAccountMaxNs;

    RandomBooks(final long seed)
    {
        random = new SplittableRandom(seed);
        books = new ShardBooks(seed);
        books.witness(this);
        entries.add(null);
        judged.add(null);
    }

    /** One request, or some time that passes. */
    void step()
    {
        clockNs = Math.max(clockNs, previousNs) + random.nextLong(SECOND_NS);
        releaseDue();
        final int draw = random.nextInt(100);
        if (draw < 12 || accountIds.size() < 4)
        {
            createAccounts();
        }
        else if (draw < 95)
        {
            createTransfers();
        }
        if (books.uncommittedCount() > 0)
        {
            // The newest entries stay in the window of the state machine, so older ones have to be committed.
            books.commit(random.nextBoolean() ? books.uncommittedCount() :
                Math.max(books.uncommittedCount() - 20, random.nextInt(books.uncommittedCount() + 1)));
        }
        books.follow();
    }

    /** Commit all, and let the model follow. */
    void catchUp()
    {
        books.commit(books.uncommittedCount());
        books.follow();
    }

    private void releaseDue()
    {
        final LedgerStateMachine stateMachine = books.stateMachine();
        while (stateMachine.nextExpiryNs() <= Math.max(previousNs + 1, clockNs))
        {
            final long boundNs = Math.max(previousNs + 1, clockNs);
            previousNs = boundNs;
            while (stateMachine.nextExpiryNs() <= boundNs)
            {
                judged.add(null);
                books.expireNext(++previousNs);
            }
        }
    }

    private void createAccounts()
    {
        final int count = 1 + random.nextInt(4);
        final long batchNs = Math.max(previousNs + 1, clockNs) + count;
        final boolean isImport = chance(15);
        final List<UnsafeBuffer> accounts = new ArrayList<>();
        long importNs = importStart(accountMaxNs, batchNs);
        for (int i = 0; i < count; i++)
        {
            final UnsafeBuffer account = ShardBooks.newAccount();
            final long id = chance(90) || accountIds.isEmpty() ? nextId++ : any(accountIds);
            int flags = (chance(50) ? AccountFlags.HISTORY : 0) | (chance(15) ? AccountFlags.LINKED : 0) |
                (isImport != chance(3) ? AccountFlags.IMPORTED : 0) | (chance(3) ? AccountFlags.CLOSED : 0);
            flags |= chance(10) ? AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS :
                chance(10) ? AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS : 0;
            new AccountRecordEncoder().wrap(account, 0)
                .idLow(id).ledger(chance(80) ? LEDGERS[0] : LEDGERS[1]).code(1 + random.nextInt(3)).flags(flags)
                .userData128High(random.nextInt(2)).userData128Low(random.nextInt(3))
                .userData64(random.nextInt(3)).userData32(random.nextInt(3))
                .timestampNs((flags & AccountFlags.IMPORTED) != 0 ? importNs : 0);
            importNs += 1 + random.nextInt(1_000);
            accounts.add(account);
        }
        begin(batchNs);
        books.createAccounts(batchNs, accounts);
        noteTimestamps();
        for (int i = 0; i < count; i++)
        {
            final AccountRecordDecoder account = new AccountRecordDecoder().wrap(accounts.get(i), 0);
            if (isCreated(i))
            {
                accountIds.add(account.idLow());
                if ((account.flags() & AccountFlags.CLOSED) == 0)
                {
                    openAccountIds.computeIfAbsent((int)account.ledger(), key -> new ArrayList<>())
                        .add(account.idLow());
                }
            }
        }
    }

    private void createTransfers()
    {
        final int count = 1 + random.nextInt(chance(5) ? 60 : 8);
        final long batchNs = Math.max(previousNs + 1, clockNs) + count;
        final boolean isImport = chance(15);
        final List<UnsafeBuffer> transfers = new ArrayList<>();
        long importNs = importStart(transferMaxNs, batchNs);
        for (int i = 0; i < count; i++)
        {
            final UnsafeBuffer transfer = ShardBooks.newTransfer();
            final boolean isImported = isImport != chance(2);
            draw(transfer, isImported ? TransferFlags.IMPORTED : 0);
            if (isImported)
            {
                transfer.putLong(TransferRecordDecoder.ENCODED_LENGTH, importNs);
                importNs += 1 + random.nextInt(1_000);
            }
            transfers.add(transfer);
        }
        begin(batchNs);
        books.createTransfers(batchNs, transfers);
        noteTimestamps();
    }

    private void draw(final UnsafeBuffer transfer, final int importFlag)
    {
        final TransferRecordEncoder encoder = new TransferRecordEncoder().wrap(transfer, 0);
        final long id = chance(95) ? nextId++ : 1 + random.nextLong(nextId);
        final int linked = chance(12) ? TransferFlags.LINKED : 0;
        encoder.idLow(id)
            .userData128High(random.nextInt(2)).userData128Low(random.nextInt(3))
            .userData64(random.nextInt(3)).userData32(random.nextInt(3));
        final int draw = random.nextInt(100);
        if (draw < 35 && !pendingIds.isEmpty())
        {
            final boolean isPost = draw < 22;
            encoder.pendingIdLow(chance(95) ? recent(pendingIds) : nextId)
                .flags(importFlag | linked |
                    (isPost ? TransferFlags.POST_PENDING_TRANSFER : TransferFlags.VOID_PENDING_TRANSFER));
            if (isPost && chance(50))
            {
                encoder.amountHigh(-1).amountLow(-1);
            }
            else if (isPost)
            {
                encoder.amountLow(random.nextInt(40));
            }
            return;
        }
        int flags = importFlag | linked;
        if (draw < 65)
        {
            flags |= TransferFlags.PENDING | (chance(5) ? TransferFlags.CLOSING_DEBIT : 0) |
                (chance(5) ? TransferFlags.CLOSING_CREDIT : 0);
            encoder.timeout(importFlag != 0 || chance(30) ? 0 : 1 + random.nextInt(6));
            pendingIds.add(id);
        }
        flags |= (chance(10) ? TransferFlags.BALANCING_DEBIT : 0) | (chance(10) ? TransferFlags.BALANCING_CREDIT : 0);
        final int ledger = LEDGERS[chance(80) || openAccountIds.size() < LEDGERS.length ? 0 : 1];
        final List<Long> ids = chance(97) ? openAccountIds.getOrDefault(ledger, accountIds) : accountIds;
        encoder.debitAccountIdLow(chance(99) ? hot(ids) : nextId)
            .creditAccountIdLow(hot(ids))
            .amountHigh(chance(2) ? random.nextLong() >>> 1 : 0).amountLow(random.nextInt(60))
            .ledger(chance(98) ? ledger : 1).code(1 + random.nextInt(3)).flags(flags);
    }

    private long importStart(final long maxNs, final long batchNs)
    {
        final long span = Math.max(1, batchNs - maxNs);
        return maxNs + 1 + random.nextLong(chance(50) ? span : Math.min(span, 1_000));
    }

    private void begin(final long batchNs)
    {
        previousNs = batchNs;
        batchIndex = 0;
        isChainOpen = false;
    }

    private boolean isCreated(final int index)
    {
        return books.stateMachine().results().outcome(index) == -1;
    }

    private void noteTimestamps()
    {
        // The marks go back when a chain breaks; what stands in the end is what was created.
        transferMaxNs = naive.transfers.stream().mapToLong(NaiveBooks.Transfer::timestampNs).max().orElse(0);
        accountMaxNs = naive.accounts.values().stream().mapToLong(account -> account.timestampNs).max().orElse(0);
    }

    // Witness.

    @Override
    public void beforeAccount(final AccountRecordDecoder account)
    {
        noteChain((account.flags() & AccountFlags.LINKED) != 0);
        final LedgerStateMachine stateMachine = books.stateMachine();
        byte[] original = null;
        long originalSequence = 0;
        if (stateMachine.readAccount(account.idHigh(), account.idLow(), scratch, 0))
        {
            original = copy(QueryRows.ACCOUNT_LENGTH);
            stateMachine.readOutcomeOfAccount(account.idHigh(), account.idLow(), scratch, 0);
            originalSequence = scratch.getLong(BatchResults.SEQUENCE_OFFSET);
        }
        judged.add(new Judged(Map.of(), null, 0, original, originalSequence, accountMaxNs));
    }

    @Override
    public void beforeTransfer(final TransferRecordDecoder transfer)
    {
        noteChain((transfer.flags() & TransferFlags.LINKED) != 0);
        final LedgerStateMachine stateMachine = books.stateMachine();
        byte[] original = null;
        byte[] pending = null;
        long originalSequence = 0;
        int pendingState = 0;
        final Map<Long, byte[]> accounts = new HashMap<>();
        if (stateMachine.readOutcomeOfTransfer(transfer.idHigh(), transfer.idLow(), scratch, 0))
        {
            originalSequence = scratch.getLong(BatchResults.SEQUENCE_OFFSET);
        }
        if (stateMachine.readTransfer(transfer.idHigh(), transfer.idLow(), scratch, 0))
        {
            original = copy(QueryRows.TRANSFER_LENGTH);
        }
        if (stateMachine.readTransfer(transfer.pendingIdHigh(), transfer.pendingIdLow(), scratch, 0))
        {
            pending = copy(QueryRows.TRANSFER_LENGTH);
            pendingState = stateMachine.stateOfTransfer(transfer.pendingIdHigh(), transfer.pendingIdLow()).code();
            final TransferRecordDecoder decoder = new TransferRecordDecoder().wrap(new UnsafeBuffer(pending), 0);
            noteAccount(accounts, decoder.debitAccountIdLow());
            noteAccount(accounts, decoder.creditAccountIdLow());
        }
        noteAccount(accounts, transfer.debitAccountIdLow());
        noteAccount(accounts, transfer.creditAccountIdLow());
        judged.add(new Judged(accounts, pending, pendingState, original, originalSequence, transferMaxNs));
    }

    @Override
    public void onEntry(final long sequence, final UnsafeBuffer entry)
    {
        entries.add(entry.byteArray());
        naive.apply(sequence, entry);
    }

    /** Follow the marks from event to event, through chains that break. */
    private void noteChain(final boolean isLinked)
    {
        if (batchIndex > 0)
        {
            noteResult(batchIndex - 1);
        }
        if (!isChainOpen)
        {
            chainTransferMaxNs = transferMaxNs;
            chainAccountMaxNs = accountMaxNs;
        }
        isChainOpen = isLinked;
        batchIndex++;
    }

    private void noteResult(final int index)
    {
        final boolean isOfAccounts = Entries.templateId(
            books.stateMachine().window().buffer(),
            books.stateMachine().window().offset(books.stateMachine().nextSequence() - 1)) ==
            AccountEntryDecoder.TEMPLATE_ID;
        if (!isCreated(index))
        {
            // Whether it has broken its chain or the chain was broken before, nothing of the chain stands. Outside of
            // chains the marks are those just before the event.
            transferMaxNs = chainTransferMaxNs;
            accountMaxNs = chainAccountMaxNs;
        }
        else if (isOfAccounts)
        {
            accountMaxNs = books.stateMachine().results().timestampNs(index);
        }
        else
        {
            transferMaxNs = books.stateMachine().results().timestampNs(index);
        }
    }

    private void noteAccount(final Map<Long, byte[]> accounts, final long id)
    {
        if (books.stateMachine().readAccount(0, id, scratch, 0))
        {
            accounts.put(id, copy(QueryRows.ACCOUNT_LENGTH));
        }
    }

    private byte[] copy(final int length)
    {
        final byte[] bytes = new byte[length];
        scratch.getBytes(0, bytes);
        return bytes;
    }

    /** The pending transfer that an entry was found to name. */
    static long pendingSequence(final byte[] entry)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(entry);
        return Entries.templateId(buffer, 0) != ExtendedTransferEntryDecoder.TEMPLATE_ID ? 0 :
            new ExtendedTransferEntryDecoder().wrap(
                buffer, MessageHeaderDecoder.ENCODED_LENGTH, ExtendedTransferEntryDecoder.BLOCK_LENGTH, 0)
                .pendingSequence();
    }

    boolean chance(final int percent)
    {
        return random.nextInt(100) < percent;
    }

    SplittableRandom random()
    {
        return random;
    }

    long nextId()
    {
        return nextId;
    }

    long lastNs()
    {
        return previousNs;
    }

    private long any(final List<Long> ids)
    {
        return ids.get(random.nextInt(ids.size()));
    }

    private long hot(final List<Long> ids)
    {
        return chance(80) ? ids.get(random.nextInt(Math.min(6, ids.size()))) : any(ids);
    }

    private long recent(final List<Long> ids)
    {
        return chance(80) ? ids.get(ids.size() - 1 - random.nextInt(Math.min(12, ids.size()))) : any(ids);
    }

    @Override
    public void close()
    {
        books.close();
    }
}
