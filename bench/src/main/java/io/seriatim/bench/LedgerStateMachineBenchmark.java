package io.seriatim.bench;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.ledger.LedgerStateMachine;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Nanoseconds per transfer in the state machine alone: single-phase transfers with ids of their own between accounts
 * drawn at random, none refused. Events lie encoded off-heap; what differs from one to the next, its id and its two
 * accounts, is written in place, which costs a few nanoseconds and is part of the figure.
 * <p>
 * Each iteration begins with a new state machine, so the index of transfers grows from nothing to what an iteration
 * has time for, and the cost of its growth and of the memory that it touches first is part of the figure too. After
 * each iteration the number of transfers and the balances are checked, and the processor time per transfer is printed,
 * which on a busy machine says more than the score.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"})
public class LedgerStateMachineBenchmark
{
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int TRANSFERS_PER_INVOCATION = 65_536;
    private static final int WINDOW_CAPACITY = 32 * 1024;
    private static final int EVENT_LENGTH = 128;
    private static final int LEDGER = 840;
    private static final long AMOUNT = 3;
    private static final long ID_HIGH = 0x5E21A;

    /** How many accounts there are. */
    @Param({"10000", "1000000"})
    public int accountCount;

    /** Transfers in a batch. */
    @Param("8189")
    public int batchCount;

    private final TransferRecordDecoder transfer = new TransferRecordDecoder();
    private UnsafeBuffer events;
    private LedgerStateMachine stateMachine;
    private long timestampNs;
    private long lastId;
    private long random;
    private long startCpuNs;

    /** Encodes the events, but for what differs. */
    @Setup(Level.Trial)
    public void encodeEvents()
    {
        events = new UnsafeBuffer(BufferUtil.allocateDirectAligned(batchCount * EVENT_LENGTH, EVENT_LENGTH));
        final TransferRecordEncoder encoder = new TransferRecordEncoder();
        for (int i = 0; i < batchCount; i++)
        {
            encoder.wrap(events, i * EVENT_LENGTH).idHigh(ID_HIGH).amountLow(AMOUNT).ledger(LEDGER).code(1);
        }
    }

    /** A new state machine with its accounts. */
    @Setup(Level.Iteration)
    public void createStateMachine()
    {
        stateMachine = new LedgerStateMachine(batchCount, WINDOW_CAPACITY, 1, (sequence, buffer, offset) ->
        {
            throw new IllegalStateException("no id was repeated, so no entry has to be read: sequence=" + sequence);
        });
        timestampNs = 1;
        lastId = 0;
        random = 0x9E3779B97F4A7C15L;
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
            throw new IllegalStateException("accounts were refused: created=" + stateMachine.accountCount());
        }
        startCpuNs = THREADS.getCurrentThreadCpuTime();
    }

    /** Checks that every transfer was created and the balances add up. */
    @TearDown(Level.Iteration)
    public void checkAndClose()
    {
        System.out.printf(
            Locale.ROOT, "[%.1f ns CPU per transfer, %,d transfers] ",
            (THREADS.getCurrentThreadCpuTime() - startCpuNs) / (double)Math.max(1, lastId), lastId);
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
        final boolean isBalanced = stateMachine.isBalanced();
        stateMachine.close();
        if (created != lastId || debits != lastId * AMOUNT || credits != debits || !isBalanced)
        {
            throw new IllegalStateException(
                "the books are wrong: sent=" + lastId + ", created=" + created + ", debits=" + debits + ", credits=" +
                credits + ", expected=" + lastId * AMOUNT);
        }
    }

    /** Applies transfers in full batches, and the rest in one that is not full. */
    @Benchmark
    @OperationsPerInvocation(TRANSFERS_PER_INVOCATION)
    public void createTransfer()
    {
        int left = TRANSFERS_PER_INVOCATION;
        while (left > 0)
        {
            final int count = Math.min(left, batchCount);
            applyBatch(count);
            left -= count;
        }
    }

    private void applyBatch(final int count)
    {
        timestampNs += count;
        stateMachine.startTransfers(timestampNs, count);
        for (int i = 0; i < count; i++)
        {
            final int offset = i * EVENT_LENGTH;
            final int debitAccount = draw(accountCount);
            final int other = draw(accountCount - 1);
            events.putLong(offset + TransferRecordDecoder.idLowEncodingOffset(), ++lastId);
            events.putLong(offset + TransferRecordDecoder.debitAccountIdLowEncodingOffset(), debitAccount + 1L);
            events.putLong(
                offset + TransferRecordDecoder.creditAccountIdLowEncodingOffset(),
                (other < debitAccount ? other : other + 1) + 1L);
            stateMachine.createTransfer(transfer.wrap(events, offset), 0);
        }
    }

    private int draw(final int bound)
    {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int)((random >>> 33) * bound >>> 31);
    }
}
