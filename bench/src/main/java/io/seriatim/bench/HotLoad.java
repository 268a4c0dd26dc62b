package io.seriatim.bench;

import io.seriatim.engine.Account;
import io.seriatim.engine.AccountResult;
import io.seriatim.engine.IdGenerator;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Reply;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.engine.SplitAccount;
import io.seriatim.engine.TransferResult;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.FeedEntry;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Transfers at planned times, every other of which credits one account, or its parts in turn once it is split; the
 * rest goes between other accounts.
 * <p>
 * Threads: confined to one, but for {@link #onHandled}.
 */
final class HotLoad
{
    static final int OTHER_COUNT = 200;
    static final int PART_COUNT_MAX = 64;

    /** Above the number of any account. */
    static final int ACCOUNT_LIMIT = 500;

    private static final int LEDGER = 840;
    private static final int CODE = 1;
    private static final long HOT = 1;
    private static final long FIRST_PART = 2;
    private static final long FIRST_OTHER = 100;
    private static final int AMOUNTS = 7;
    private static final long PAUSE_MAX_NS = 1_000_000;

    private final SplitAccount hot;
    private final LedgerSession session;
    private final double intervalNs;
    private final AtomicLong handledCount = new AtomicLong();
    private final AtomicLong handledOfBefore = new AtomicLong();
    private final ReplyHandler onReply = HotLoad::requireCreated;
    private final Ledger ledger;
    private final XorShift random = new XorShift();
    private volatile long sentBefore = Long.MAX_VALUE;
    private long creditedToHot;
    private long startNs;
    private long sentCount;
    private long sweepCount;

    /** Accounts without the parts, which come when it is split. */
    HotLoad(final LedgerEngine engine, final double perSecond, final int partCount)
    {
        hot = new SplitAccount(
            Uint128.of(HOT), LongStream.range(FIRST_PART, FIRST_PART + partCount).mapToObj(Uint128::of).toList());
        ledger = engine.ledger(LEDGER);
        final List<Account> accounts = new ArrayList<>(List.of(Account.of(HOT, CODE, 0)));
        for (int i = 0; i < OTHER_COUNT; i++)
        {
            accounts.add(Account.of(FIRST_OTHER + i, CODE, 0));
        }
        requireAll(ledger.createAccounts(accounts));
        session = engine.openSession(engine.shardOf(LEDGER));
        intervalNs = 1e9 / perSecond;
    }

    private static void requireAll(final List<AccountResult> results)
    {
        results.stream().filter(result -> !result.isCreated() && result.outcome() != AccountOutcome.EXISTS).findAny()
            .ifPresent(result ->
            {
                throw new BenchException("an account was not created: " + result);
            });
    }

    /** The plan begins. */
    void begin(final long nowNs)
    {
        startNs = nowNs;
    }

    /** Send what is due, or wait a little. */
    void step()
    {
        final long dueNs = startNs + (long)(sentCount * intervalNs);
        final long leftNs = dueNs - System.nanoTime();
        if (leftNs <= 0 && startNs != 0)
        {
            send();
        }
        else if (session.poll(onReply, Integer.MAX_VALUE) == 0)
        {
            LockSupport.parkNanos(startNs == 0 ? PAUSE_MAX_NS : Math.min(PAUSE_MAX_NS, leftNs));
        }
    }

    private void send()
    {
        if (session.claimTransfers(1) < 0)
        {
            session.poll(onReply, Integer.MAX_VALUE);
            return;
        }
        final boolean isToHot = sentCount % 2 == 1;
        final long amount = 1 + sentCount % AMOUNTS;
        final int payer = random.next(OTHER_COUNT);
        final long payee = !isToHot ? FIRST_OTHER + (payer + 1 + random.next(OTHER_COUNT - 1)) % OTHER_COUNT :
            sentBefore == Long.MAX_VALUE ? HOT : hot.next().low();
        creditedToHot += isToHot ? amount : 0;
        session.transfer(0).idLow(++sentCount).debitAccountIdLow(FIRST_OTHER + payer).creditAccountIdLow(payee)
            .amountLow(amount).ledger(LEDGER).code(CODE);
        session.publish();
    }

    private static void requireCreated(final Reply reply)
    {
        for (int i = 0; i < reply.count(); i++)
        {
            if (reply.outcome(i) != TransferOutcome.CREATED.code())
            {
                throw new BenchException("a transfer was refused: " + TransferOutcome.of(reply.outcome(i)));
            }
        }
    }

    /** From now on what comes goes to the parts. */
    void split(final LedgerEngine engine)
    {
        requireAll(hot.create(engine.ledger(LEDGER), CODE, 0));
        sentBefore = sentCount;
    }

    /** Move what the parts hold to the account. */
    List<TransferResult> sweep(final LedgerEngine engine, final IdGenerator ids)
    {
        final List<TransferResult> results = hot.sweep(engine.ledger(LEDGER), ids, CODE);
        sweepCount += results.size();
        return results;
    }

    /** Nothing more is sent; what was is answered. */
    void end()
    {
        startNs = 0;
        while (session.inFlight() > 0)
        {
            step();
        }
    }

    /** An entry was handled; any thread. */
    void onHandled(final FeedEntry entry)
    {
        final long id = TransferIds.low(entry);
        if (TransferIds.high(entry) == 0)
        {
            handledCount.incrementAndGet();
            if (id <= sentBefore)
            {
                handledOfBefore.incrementAndGet();
            }
        }
    }

    /** How many transfers that came before the split are not handled. */
    long leftOfBefore()
    {
        return sentBefore - handledOfBefore.get();
    }

    long sentCount()
    {
        return sentCount;
    }

    /** How many of the transfers that were sent are handled. */
    long doneCount()
    {
        return handledCount.get();
    }

    /** Transfers that were sent, and those of the sweeps. */
    long entryCount()
    {
        return sentCount + sweepCount;
    }

    long creditedToHot()
    {
        return creditedToHot;
    }

    /** Expect something else, for a test of the check. */
    void expectMore(final long amount)
    {
        creditedToHot += amount;
    }

    /**
     * Account and parts must hold what one account would, and once swept the account must hold all of it.
     *
     * @throws BenchException if not.
     */
    void requireSumOfOneAccount(final LedgerEngine engine)
    {
        final BigInteger expected = BigInteger.valueOf(creditedToHot);
        final BigInteger together = hot.balance(ledger);
        final Account account = ledger.lookupAccount(HOT).one();
        final BigInteger alone = account.creditsPosted().toBigInteger().subtract(account.debitsPosted().toBigInteger());
        if (!together.equals(expected) || !alone.equals(expected))
        {
            throw new BenchException(
                "the parts are not what one account would be: together=" + together + ", swept into the account=" +
                alone + ", expected=" + expected);
        }
        engine.trialBalance().forEach(totals ->
        {
            if (!totals.isEqual())
            {
                throw new BenchException("debits and credits differ: " + totals);
            }
        });
    }
}
