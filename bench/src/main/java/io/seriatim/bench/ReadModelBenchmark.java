package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Filter;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Reply;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Nanoseconds for a page of {@value #PAGE_LENGTH} rows, from books of two sizes. One thread is caller, shard and read
 * model, so a page has the whole way of a query in it: claim, the shard's pass, the read model's, and the reply. Pages
 * begin at times drawn at random.
 * <p>
 * The books have the same shape at both sizes: of the transfers an account has one in twenty-five; a value of a field,
 * a pair of values and the open pending ones one in fifty. So the rows of a page lie equally far apart in the
 * journal, which is in memory. Each answer is checked to be a full page.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-XX:MaxDirectMemorySize=2g"})
public class ReadModelBenchmark
{
    /** Rows of a page. */
    static final int PAGE_LENGTH = 100;

    private static final int LEDGER = 840;
    private static final int BATCH_COUNT = 1_000;
    private static final int ACCOUNT_COUNT = 50;
    private static final int CODE_COUNT = 10;
    private static final int USER_DATA_32_COUNT = 5;
    private static final int USER_DATA_64_COUNT = 50;

    /** One in so many transfers is pending and stays so. */
    private static final int OPEN_DISTANCE = 50;

    /** A page begins in this first share of the time. */
    private static final double START_SHARE = 0.2;

    /** What is asked for. */
    public enum Page
    {
        /** Transfers of an account, both sides. */
        GET_ACCOUNT_TRANSFERS(RequestKind.GET_ACCOUNT_TRANSFERS),

        /** Transfers with a value in one field. */
        QUERY_TRANSFERS_ONE_FIELD(RequestKind.QUERY_TRANSFERS),

        /** Transfers with a value in each of two fields. */
        QUERY_TRANSFERS_TWO_FIELDS(RequestKind.QUERY_TRANSFERS),

        /** Balances of an account after each of its transfers. */
        GET_ACCOUNT_BALANCES(RequestKind.GET_ACCOUNT_BALANCES),

        /** All that has changed balances. */
        GET_CHANGE_EVENTS(RequestKind.GET_CHANGE_EVENTS),

        /** Pending transfers that are open. */
        QUERY_PENDING_OPEN(RequestKind.QUERY_PENDING);

        private final RequestKind kind;

        Page(final RequestKind kind)
        {
            this.kind = kind;
        }
    }

    /** How many transfers the books hold. */
    @Param({"10000", "1000000"})
    public int transferCount;

    /** What is asked for. */
    @Param
    public Page page;

    private final SplittableRandom random = new SplittableRandom(7);
    private final ReplyHandler onPage = this::onPage;
    private LedgerEngine engine;
    private LedgerSession session;
    private long nextId;
    private long firstNs;
    private long lastNs;
    private int rowCount;

    /** Fills the books, and waits until the read model has followed. */
    @Setup(Level.Trial)
    public void fill()
    {
        engine = LedgerEngine.launch(new EngineConfig()
            .durability(Durability.MEMORY)
            .threading(Threading.INVOKER)
            .clock(new ManualClock())
            .batchCountMax(BATCH_COUNT));
        session = engine.openSession(0);
        claim(session.claimAccounts(ACCOUNT_COUNT));
        for (int i = 0; i < ACCOUNT_COUNT; i++)
        {
            session.account(i).idLow(i + 1L).ledger(LEDGER).code(1).flags(AccountFlags.HISTORY);
        }
        await(reply -> requireCreated(reply));
        while (nextId < transferCount)
        {
            createTransfers((int)Math.min(BATCH_COUNT, transferCount - nextId));
        }
        page();
        System.out.printf(
            Locale.ROOT, "[read model: %,d bytes for %,d transfers] ", engine.readModelBytes(), transferCount);
    }

    /** Lets go of the books. */
    @TearDown(Level.Trial)
    public void close()
    {
        engine.close();
    }

    /**
     * Asks for one page.
     *
     * @return how many rows it has.
     */
    @Benchmark
    public int page()
    {
        claim(session.claimQuery(page.kind, PAGE_LENGTH));
        final Filter filter = session.filter()
            .limit(PAGE_LENGTH)
            .timestampMinNs(firstNs + (long)(random.nextDouble() * START_SHARE * (lastNs - firstNs)));
        switch (page)
        {
            case GET_ACCOUNT_TRANSFERS:
            case GET_ACCOUNT_BALANCES:
                filter.id(0, 1 + random.nextInt(ACCOUNT_COUNT)).flags(Filter.DEBITS | Filter.CREDITS);
                break;
            case QUERY_TRANSFERS_ONE_FIELD:
                filter.userData64(1 + random.nextInt(USER_DATA_64_COUNT));
                break;
            case QUERY_TRANSFERS_TWO_FIELDS:
                filter.code(1 + random.nextInt(CODE_COUNT)).userData32(1 + random.nextInt(USER_DATA_32_COUNT));
                break;
            case QUERY_PENDING_OPEN:
                filter.state(PendingState.PENDING.code());
                break;
            default:
                break;
        }
        await(onPage);
        if (rowCount != PAGE_LENGTH)
        {
            throw new BenchException("not a full page: page=" + page + ", rows=" + rowCount);
        }
        return rowCount;
    }

    private void createTransfers(final int count)
    {
        claim(session.claimTransfers(count));
        for (int i = 0; i < count; i++)
        {
            nextId++;
            final int debitAccount = random.nextInt(ACCOUNT_COUNT);
            final int other = random.nextInt(ACCOUNT_COUNT - 1);
            session.transfer(i)
                .idLow(nextId)
                .debitAccountIdLow(debitAccount + 1L)
                .creditAccountIdLow((other < debitAccount ? other : other + 1) + 1L)
                .amountLow(1 + random.nextInt(1_000))
                .userData64(1 + random.nextInt(USER_DATA_64_COUNT))
                .userData32(1 + random.nextInt(USER_DATA_32_COUNT))
                .ledger(LEDGER)
                .code(1 + random.nextInt(CODE_COUNT))
                .flags(nextId % OPEN_DISTANCE == 0 ? TransferFlags.PENDING : 0);
        }
        await(reply ->
        {
            requireCreated(reply);
            firstNs = firstNs == 0 ? reply.timestampNs(0) : firstNs;
            lastNs = reply.timestampNs(reply.count() - 1);
        });
    }

    private static void claim(final long requestId)
    {
        if (requestId < 0)
        {
            throw new BenchException("no room for a request, though every answer was taken: " + requestId);
        }
    }

    private void await(final ReplyHandler handler)
    {
        session.publish();
        while (session.poll(handler, 1) == 0)
        {
            engine.doWork();
        }
    }

    private static void requireCreated(final Reply reply)
    {
        for (int i = 0; i < reply.count(); i++)
        {
            if (reply.outcome(i) != TransferOutcome.CREATED.code())
            {
                throw new BenchException("not created: outcome=" + TransferOutcome.of(reply.outcome(i)));
            }
        }
    }

    private void onPage(final Reply reply)
    {
        if (reply.refusal() != null)
        {
            throw reply.refusal();
        }
        rowCount = reply.count();
    }
}
