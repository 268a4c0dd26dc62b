package io.seriatim.engine;

import io.seriatim.journal.JournalConfig;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;

import java.nio.file.Path;
import java.util.List;

/**
 * A process that posts transfers and says each that is acknowledged, until its engine is not ready any more. It then
 * looks whether anything is acknowledged after that, says how it went and ends.
 */
final class FailStopWorker
{
    static final int LEDGER = 840;
    static final String READY = "READY";
    static final String ACKNOWLEDGED = "ACKNOWLEDGED";
    static final String STOPPED = "STOPPED";

    private static final int IN_FLIGHT_MAX = 16;
    private static long firstId;

    private FailStopWorker()
    {
    }

    static EngineConfig config(final Path data)
    {
        return new EngineConfig().dataDirectory(data).batchCountMax(64).readModel(false).diskReserve(0)
            .snapshotEntries(0)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(128 * 1024).mtu(8 * 1024));
    }

    public static void main(final String[] args)
    {
        final LedgerEngine engine = LedgerEngine.launch(config(Path.of(args[0])));
        for (final AccountResult result :
            engine.ledger(LEDGER).createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0))))
        {
            require(result.outcome() == AccountOutcome.CREATED || result.outcome() == AccountOutcome.EXISTS, result);
        }
        System.out.println(READY);
        final LedgerSession session = engine.openSession(engine.shardOf(LEDGER));
        firstId = Long.parseLong(args[1]);
        long nextId = firstId;
        while (engine.readiness() == Readiness.READY)
        {
            if (session.inFlight() < IN_FLIGHT_MAX && isClaimed(session))
            {
                session.transfer(0).idLow(nextId++).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1)
                    .ledger(LEDGER).code(1);
                session.publish();
            }
            isAnswered(session);
        }
        require(engine.readiness() == Readiness.STOPPED, engine.readiness());
        while (isAnswered(session))
        {
            // What was durable before has its answer in the ring.
        }
        try
        {
            engine.ledger(LEDGER).createAccount(3, 1, 0);
            throw new AssertionError("a stopped engine has created an account");
        }
        catch (final LedgerException ex)
        {
            require(ex.reason() == LedgerException.Reason.STOPPED, ex);
        }
        engine.close();
        System.out.println(STOPPED + ' ' + nextId);
    }

    private static boolean isClaimed(final LedgerSession session)
    {
        try
        {
            return session.claimTransfers(1) > 0;
        }
        catch (final LedgerException ex)
        {
            require(ex.reason() == LedgerException.Reason.STOPPED && !ex.isOutcomeUnknown(), ex);
            return false;
        }
    }

    /** Take what is there; false if there is nothing, or never will be. */
    private static boolean isAnswered(final LedgerSession session)
    {
        try
        {
            return session.poll(FailStopWorker::onReply, IN_FLIGHT_MAX) > 0;
        }
        catch (final LedgerException ex)
        {
            require(ex.reason() == LedgerException.Reason.STOPPED && ex.isOutcomeUnknown(), ex);
            return false;
        }
    }

    /** The id is in the order of the requests. */
    private static void onReply(final Reply reply)
    {
        require(reply.outcome(0) == TransferOutcome.CREATED.code(), TransferOutcome.of(reply.outcome(0)));
        System.out.println(
            ACKNOWLEDGED + ' ' + (firstId + reply.requestId() - 1) + ' ' + reply.sequence(0));
    }

    private static void require(final boolean isTrue, final Object found)
    {
        if (!isTrue)
        {
            throw new AssertionError("found " + found);
        }
    }
}
