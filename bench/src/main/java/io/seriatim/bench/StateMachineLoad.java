package io.seriatim.bench;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.ledger.LedgerStateMachine;
import org.HdrHistogram.Histogram;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.SplittableRandom;

/**
 * A state machine alone, and transfers for it: single-phase ones with ids of their own between accounts drawn at
 * random, none refused. Events lie encoded off-heap; what differs from one to the next, its id and its two accounts, is
 * written in place, which costs a few nanoseconds and is part of what is measured.
 * <p>
 * Threads: confined to one.
 */
final class StateMachineLoad implements AutoCloseable
{
    static final int WINDOW_CAPACITY = 16 * 1024;

    private static final int EVENT_LENGTH = 128;
    private static final int LEDGER = 840;
    private static final long AMOUNT = 3;

    private final int accountCount;
    private final int batchCount;
    private final long[] generators;
    private final TransferRecordDecoder transfer = new TransferRecordDecoder();
    private final UnsafeBuffer events;
    private final LedgerStateMachine stateMachine;
    private final XorShift random = new XorShift();
    private long timestampNs = 1;
    private long sentCount;

    /**
     * A ledger with accounts and no transfers.
     *
     * @param accountCount   how many, above one.
     * @param batchCount     transfers in a batch.
     * @param generatorCount of ids, in turn; each counts up from a place of its own.
     */
    StateMachineLoad(final int accountCount, final int batchCount, final int generatorCount)
    {
        this.accountCount = accountCount;
        this.batchCount = batchCount;
        generators = new SplittableRandom(1).longs(generatorCount).toArray();
        events = new UnsafeBuffer(BufferUtil.allocateDirectAligned(batchCount * EVENT_LENGTH, EVENT_LENGTH));
        final TransferRecordEncoder encoder = new TransferRecordEncoder();
        for (int i = 0; i < batchCount; i++)
        {
            encoder.wrap(events, i * EVENT_LENGTH).amountLow(AMOUNT).ledger(LEDGER).code(1);
        }
        stateMachine = new LedgerStateMachine(batchCount, WINDOW_CAPACITY, 1, (sequence, buffer, offset) ->
        {
            throw new BenchException("no id was repeated, so no entry has to be read: sequence=" + sequence);
        });
        createAccounts();
    }

    private void createAccounts()
    {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[AccountRecordEncoder.ENCODED_LENGTH]);
        final AccountRecordEncoder encoder = new AccountRecordEncoder().wrap(record, 0);
        final AccountRecordDecoder decoder = new AccountRecordDecoder().wrap(record, 0);
        for (int id = 1; id <= accountCount; id++)
        {
            encoder.idLow(id).ledger(LEDGER).code(1);
            stateMachine.startAccounts(++timestampNs, 1);
            stateMachine.createAccount(decoder);
        }
        if (stateMachine.accountCount() != accountCount)
        {
            throw new BenchException("accounts were refused: created=" + stateMachine.accountCount());
        }
    }

    int accountCount()
    {
        return accountCount;
    }

    /** Transfers sent so far. */
    long sentCount()
    {
        return sentCount;
    }

    /** Off-heap memory of the tables, in bytes. */
    long allocatedBytes()
    {
        return stateMachine.allocatedBytes();
    }

    /** Apply transfers in full batches, and the rest in one that is not full. */
    void apply(final int transferCount, final boolean isReadAhead)
    {
        int left = transferCount;
        while (left > 0)
        {
            final int count = Math.min(left, batchCount);
            applyBatch(count, isReadAhead);
            left -= count;
        }
    }

    private void applyBatch(final int count, final boolean isReadAhead)
    {
        timestampNs += count;
        stateMachine.startTransfers(timestampNs, count);
        encode(count);
        for (int i = 0; i < count; i++)
        {
            if (isReadAhead && i % LedgerStateMachine.READ_AHEAD_MAX == 0)
            {
                readAhead(i, Math.min(LedgerStateMachine.READ_AHEAD_MAX, count - i));
            }
            stateMachine.createTransfer(transfer.wrap(events, i * EVENT_LENGTH), 0);
        }
    }

    /** Apply transfers in batches of one, and note how long each of them took. */
    void apply(final int transferCount, final Histogram histogram)
    {
        for (int i = 0; i < transferCount; i++)
        {
            timestampNs++;
            encode(1);
            stateMachine.startTransfers(timestampNs, 1);
            transfer.wrap(events, 0);
            final long startNs = System.nanoTime();
            stateMachine.createTransfer(transfer, 0);
            histogram.recordValue(Math.max(0, System.nanoTime() - startNs));
        }
    }

    /** Cache lines of the index that are read for ids that come next; they are not sent. */
    Histogram linesOfNext(final int idCount)
    {
        final Histogram lines = new Histogram(3);
        for (int i = 0; i < idCount; i++)
        {
            final int generator = i % generators.length;
            lines.recordValue(stateMachine.indexLinesOf(generator + 1L, generators[generator] + 1 + i));
        }
        return lines;
    }

    private void encode(final int count)
    {
        for (int i = 0; i < count; i++)
        {
            final int offset = i * EVENT_LENGTH;
            final int debitAccount = random.next(accountCount);
            final int other = random.next(accountCount - 1);
            final int generator = (int)(sentCount++ % generators.length);
            events.putLong(offset + TransferRecordDecoder.idHighEncodingOffset(), generator + 1L);
            events.putLong(offset + TransferRecordDecoder.idLowEncodingOffset(), ++generators[generator]);
            events.putLong(offset + TransferRecordDecoder.debitAccountIdLowEncodingOffset(), debitAccount + 1L);
            events.putLong(
                offset + TransferRecordDecoder.creditAccountIdLowEncodingOffset(),
                (other < debitAccount ? other : other + 1) + 1L);
        }
    }

    /** As a shard does it. */
    private void readAhead(final int first, final int count)
    {
        for (int i = first; i < first + count; i++)
        {
            stateMachine.announce(transfer.wrap(events, i * EVENT_LENGTH));
        }
        stateMachine.readAhead();
    }

    /**
     * Whether every transfer was created and the balances add up.
     *
     * @throws BenchException if not.
     */
    void check()
    {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[AccountRecordDecoder.ENCODED_LENGTH]);
        final AccountRecordDecoder account = new AccountRecordDecoder().wrap(record, 0);
        long debits = 0;
        long credits = 0;
        for (int slot = 0; slot < accountCount; slot++)
        {
            stateMachine.readAccount(slot, record, 0);
            debits += account.debitsPostedLow();
            credits += account.creditsPostedLow();
        }
        final long created = stateMachine.transferCount();
        if (created != sentCount || debits != sentCount * AMOUNT || credits != debits || !stateMachine.isBalanced())
        {
            throw new BenchException(
                "the books are wrong: sent=" + sentCount + ", created=" + created + ", debits=" + debits +
                ", credits=" + credits + ", expected=" + sentCount * AMOUNT);
        }
    }

    @Override
    public void close()
    {
        stateMachine.close();
    }
}
