package io.seriatim.faults;

import io.seriatim.engine.Account;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.journal.Durability;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An engine with clients who send without any regard for its answers, far more than it can take, for a time; then one
 * who asks for little.
 */
final class OverloadWorker
{
    static final String REPORT = "OVERLOAD";

    private static final int LEDGER = 840;
    private static final int CLIENT_COUNT = 10;
    private static final int BATCH_COUNT = 100;
    private static final int CALM_COUNT = 200;
    private static final int RESTS = 3;

    private final AtomicLong claimedCount = new AtomicLong();
    private final AtomicLong refusedCount = new AtomicLong();
    private final AtomicLong answeredCount = new AtomicLong();
    private final AtomicLong slowestClaimNs = new AtomicLong();
    private volatile boolean isOver;

    private OverloadWorker()
    {
    }

    /**
     * Runs and says how it went.
     *
     * @param args directory of the books and milliseconds of overload.
     */
    public static void main(final String[] args) throws InterruptedException
    {
        try (LedgerEngine engine = LedgerEngine.launch(
            KillWorker.config(Path.of(args[0]), Durability.FSYNC).snapshotEntries(0)))
        {
            engine.ledger(LEDGER).createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            new OverloadWorker().run(engine, Long.parseLong(args[1]));
        }
    }

    private void run(final LedgerEngine engine, final long overloadMs) throws InterruptedException
    {
        final List<Thread> clients = new ArrayList<>();
        for (int client = 0; client < CLIENT_COUNT; client++)
        {
            final long firstId = 1 + ((long)client << Integer.SIZE);
            clients.add(new Thread(() -> flood(engine.openSession(0), firstId)));
        }
        clients.forEach(Thread::start);
        Thread.sleep(overloadMs / 4);
        final long heapEarly = liveHeap();
        Thread.sleep(overloadMs - overloadMs / 4);
        final long heapLate = liveHeap();
        isOver = true;
        for (final Thread client : clients)
        {
            client.join();
        }
        long slowestCalmNs = 0;
        for (int i = 0; i < CALM_COUNT; i++)
        {
            final long startNs = System.nanoTime();
            engine.ledger(LEDGER).createTransfer(Long.MAX_VALUE - i, 1, 2, 1, 1);
            slowestCalmNs = Math.max(slowestCalmNs, System.nanoTime() - startNs);
        }
        final long postedCount = engine.ledger(LEDGER).lookupAccount(1).one().debitsPosted().low() - CALM_COUNT;
        System.out.println(
            REPORT + " " + claimedCount + " " + refusedCount + " " + answeredCount + " " + slowestClaimNs + " " +
            heapEarly + " " + heapLate + " " + slowestCalmNs + " " + postedCount);
    }

    private void flood(final LedgerSession session, final long firstId)
    {
        long id = firstId;
        long slowestNs = 0;
        while (!isOver)
        {
            final long startNs = System.nanoTime();
            final boolean isClaimed = session.claimTransfers(BATCH_COUNT) > 0;
            slowestNs = Math.max(slowestNs, isClaimed ? 0 : System.nanoTime() - startNs);
            if (!isClaimed)
            {
                refusedCount.addAndGet(BATCH_COUNT);
                // The answers are what makes room; a refused client has nothing else to do.
                session.poll(reply -> answeredCount.addAndGet(reply.count()), 1);
                continue;
            }
            for (int i = 0; i < BATCH_COUNT; i++)
            {
                session.transfer(i).idLow(id++).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1)
                    .ledger(LEDGER).code(1);
            }
            session.publish();
            claimedCount.addAndGet(BATCH_COUNT);
        }
        while (session.inFlight() > 0)
        {
            session.poll(reply -> answeredCount.addAndGet(reply.count()), Integer.MAX_VALUE);
        }
        slowestClaimNs.accumulateAndGet(slowestNs, Math::max);
    }

    private static long liveHeap() throws InterruptedException
    {
        for (int i = 0; i < RESTS; i++)
        {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
