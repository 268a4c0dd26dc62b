package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.Reply;
import io.seriatim.engine.RequestKind;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferOutcome;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * An engine as the target of an import: one session for each shard, all polled by the importing thread.
 * <p>
 * Ids of requests: the session's number of the request, times the count of shards, plus the shard.<br>
 * Cost: nothing is allocated per row.<br>
 * Threads: confined to one.
 */
final class EngineImportTarget implements ImportTarget
{
    private static final int REPLIES_PER_POLL = 16;

    private static final int SPINS_MAX = 100;

    private static final int YIELDS_MAX = 20;

    private static final long PARK_MIN_NS = 1_000;

    private static final long PARK_MAX_NS = 50_000;

    private final LedgerEngine engine;
    private final LedgerSession[] sessions;
    private final IdleStrategy idleStrategy =
        new BackoffIdleStrategy(SPINS_MAX, YIELDS_MAX, PARK_MIN_NS, PARK_MAX_NS);

    private Reply reply;
    private final Outcomes accountOutcomes = index -> AccountOutcome.of(reply.outcome(index)).label();
    private final Outcomes transferOutcomes = index -> TransferOutcome.of(reply.outcome(index)).label();

    /**
     * Opens sessions.
     *
     * @param engine that is running.
     */
    EngineImportTarget(final LedgerEngine engine)
    {
        this.engine = engine;
        sessions = new LedgerSession[engine.shardCount()];
        for (int shard = 0; shard < sessions.length; shard++)
        {
            sessions[shard] = engine.openSession(shard);
        }
    }

    @Override
    public int shardCount()
    {
        return sessions.length;
    }

    @Override
    public int batchCountMax()
    {
        return engine.batchCountMax();
    }

    @Override
    public int shardOf(final int ledger)
    {
        return engine.shardOf(ledger);
    }

    @Override
    public long offerAccounts(final Request<AccountRow> request)
    {
        final LedgerSession session = sessions[request.shard()];
        final long sessionRequestId = session.claimAccounts(request.count());
        if (isClaimed(session, sessionRequestId, request, "accounts"))
        {
            for (int i = 0; i < request.count(); i++)
            {
                encode(request.row(i), session.account(i));
            }
            session.publish();
            return requestId(sessionRequestId, request.shard());
        }
        return BACK_PRESSURED;
    }

    @Override
    public long offerTransfers(final Request<TransferRow> request)
    {
        final LedgerSession session = sessions[request.shard()];
        final long sessionRequestId = session.claimTransfers(request.count());
        if (isClaimed(session, sessionRequestId, request, "transfers"))
        {
            for (int i = 0; i < request.count(); i++)
            {
                encode(request.row(i), session.transfer(i));
                session.transferTimestampNs(i, request.row(i).timestampNs);
            }
            session.publish();
            return requestId(sessionRequestId, request.shard());
        }
        return BACK_PRESSURED;
    }

    private static boolean isClaimed(
        final LedgerSession session, final long sessionRequestId, final Request<?> request, final String what)
    {
        if (sessionRequestId < 0 && sessionRequestId != LedgerSession.BACK_PRESSURED)
        {
            throw new ToolException(ExitCode.ENVIRONMENT,
                "from line " + request.firstLine() + " on " + request.count() + " " + what +
                " were refused, and nothing after them was sent to their shard: " +
                session.refusal(sessionRequestId).getMessage());
        }
        return sessionRequestId > 0;
    }

    private long requestId(final long sessionRequestId, final int shard)
    {
        return sessionRequestId * sessions.length + shard;
    }

    private static void encode(final AccountRow row, final AccountRecordEncoder account)
    {
        account
            .idHigh(row.idHigh)
            .idLow(row.idLow)
            .userData128High(row.userData128High)
            .userData128Low(row.userData128Low)
            .userData64(row.userData64)
            .userData32(Integer.toUnsignedLong(row.userData32))
            .ledger(Integer.toUnsignedLong(row.ledger))
            .code(row.code)
            .flags(row.flags)
            .timestampNs(row.timestampNs);
    }

    private static void encode(final TransferRow row, final TransferRecordEncoder transfer)
    {
        transfer
            .idHigh(row.idHigh)
            .idLow(row.idLow)
            .debitAccountIdHigh(row.debitAccountIdHigh)
            .debitAccountIdLow(row.debitAccountIdLow)
            .creditAccountIdHigh(row.creditAccountIdHigh)
            .creditAccountIdLow(row.creditAccountIdLow)
            .amountHigh(row.amountHigh)
            .amountLow(row.amountLow)
            .pendingIdHigh(row.pendingIdHigh)
            .pendingIdLow(row.pendingIdLow)
            .userData128High(row.userData128High)
            .userData128Low(row.userData128Low)
            .userData64(row.userData64)
            .userData32(Integer.toUnsignedLong(row.userData32))
            .timeout(Integer.toUnsignedLong(row.timeout))
            .ledger(Integer.toUnsignedLong(row.ledger))
            .code(row.code)
            .flags(row.flags);
    }

    @Override
    public int poll(final ReplyHandler handler)
    {
        int count = 0;
        for (int shard = 0; shard < sessions.length; shard++)
        {
            final int shardOfReply = shard;
            count += sessions[shard].poll(next -> onReply(next, shardOfReply, handler), REPLIES_PER_POLL);
        }
        return count;
    }

    private void onReply(final Reply next, final int shard, final ReplyHandler handler)
    {
        reply = next;
        handler.onReply(
            requestId(next.requestId(), shard),
            next.kind() == RequestKind.CREATE_ACCOUNTS ? accountOutcomes : transferOutcomes);
    }

    @Override
    public void idle(final int workCount)
    {
        idleStrategy.idle(workCount);
    }
}
