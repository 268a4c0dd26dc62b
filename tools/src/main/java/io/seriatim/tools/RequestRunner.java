package io.seriatim.tools;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.Filter;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ReplyHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Asks an engine what was read from JSON, one request after the other, each answered before the next. It speaks the
 * fast face, so that every bit of an event can be sent, those that the engine refuses too.
 * <p>
 * Shape: a session for each shard.<br>
 * Threads: confined to one.
 */
final class RequestRunner
{
    private static final int REPLIES_PER_POLL = 16;

    private static final int SPINS_MAX = 100;

    private static final int YIELDS_MAX = 20;

    private static final long PARK_MIN_NS = 1_000;

    private static final long PARK_MAX_NS = 50_000;

    private final LedgerEngine engine;
    private final boolean isClockManual;
    private final Runnable whileBehind;
    private final LedgerSession[] sessions;
    private final AccountRecordDecoder account = new AccountRecordDecoder();
    private final TransferRecordDecoder transfer = new TransferRecordDecoder();
    private final IdleStrategy idleStrategy =
        new BackoffIdleStrategy(SPINS_MAX, YIELDS_MAX, PARK_MIN_NS, PARK_MAX_NS);

    private boolean isAnswered;

    /**
     * Opens sessions.
     *
     * @param engine        that is running.
     * @param isClockManual whether its clock can be moved.
     * @param whileBehind   called again and again while a query waits for a read model that is being built.
     */
    RequestRunner(final LedgerEngine engine, final boolean isClockManual, final Runnable whileBehind)
    {
        this.engine = engine;
        this.isClockManual = isClockManual;
        this.whileBehind = whileBehind;
        sessions = new LedgerSession[engine.shardCount()];
        for (int shard = 0; shard < sessions.length; shard++)
        {
            sessions[shard] = engine.openSession(shard);
        }
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param request what to ask.
     * @param handler takes the reply.
     * @throws JsonRequestException if the request was refused as a whole, or has no answer.
     */
    void run(final JsonRequest request, final ReplyHandler handler)
    {
        if (request.op().isClock() && !isClockManual)
        {
            throw new JsonRequestException(
                JsonErrorCode.WRONG_CLOCK,
                "the clock goes by itself, so it can not be moved; start with --clock manual");
        }
        final LedgerSession session = sessions[shardOf(request)];
        try
        {
            run(session, request, handler);
        }
        catch (final LedgerException e)
        {
            throw JsonRequestException.of(request, e);
        }
    }

    private void run(final LedgerSession session, final JsonRequest request, final ReplyHandler handler)
    {
        long requestId = claim(session, request);
        while (requestId == LedgerSession.BACK_PRESSURED)
        {
            idleStrategy.idle(session.poll(reply -> { }, REPLIES_PER_POLL));
            requestId = claim(session, request);
        }
        if (requestId < 0)
        {
            throw session.refusal(requestId);
        }
        encode(session, request);
        session.publish();
        await(session, requestId, request, handler);
    }

    private static long claim(final LedgerSession session, final JsonRequest request)
    {
        switch (request.kind())
        {
            case CREATE_ACCOUNTS:
                return session.claimAccounts(request.count());
            case CREATE_TRANSFERS:
                return session.claimTransfers(request.count());
            case DEFINE_LEDGERS:
                return session.claimDefinitions(request.count());
            case ADVANCE_CLOCK:
            case SET_CLOCK:
                return session.claimClock(request.kind(), request.clockNs());
            default:
                if (request.kind().isQuery())
                {
                    // A limit is unsigned, and the session caps it.
                    final int limit = request.filter().limit();
                    return session.claimQuery(request.kind(), limit < 0 ? Integer.MAX_VALUE : limit);
                }
                return session.claimLookup(request.kind(), request.count());
        }
    }

    private static void encode(final LedgerSession session, final JsonRequest request)
    {
        switch (request.kind())
        {
            case CREATE_ACCOUNTS:
                encodeAccounts(session, request);
                break;
            case CREATE_TRANSFERS:
                encodeTransfers(session, request);
                break;
            case DEFINE_LEDGERS:
                session.definition(0, request.definition());
                break;
            case ADVANCE_CLOCK:
            case SET_CLOCK:
                break;
            default:
                if (request.kind().isQuery())
                {
                    encodeFilter(session.filter(), request.filter());
                }
                else
                {
                    encodeIds(session, request);
                }
                break;
        }
    }

    private static void encodeAccounts(final LedgerSession session, final JsonRequest request)
    {
        for (int i = 0; i < request.count(); i++)
        {
            final AccountRecordEncoder account = session.account(i);
            account.buffer().putBytes(
                account.offset(), request.rows(), i * JsonRequest.ROW_LENGTH, AccountRecordEncoder.ENCODED_LENGTH);
        }
    }

    private static void encodeTransfers(final LedgerSession session, final JsonRequest request)
    {
        for (int i = 0; i < request.count(); i++)
        {
            final int row = i * JsonRequest.ROW_LENGTH;
            final TransferRecordEncoder transfer = session.transfer(i);
            transfer.buffer().putBytes(
                transfer.offset(), request.rows(), row, TransferRecordEncoder.ENCODED_LENGTH);
            session.transferTimestampNs(i, request.rows().getLong(row + JsonRequest.TRANSFER_TIMESTAMP_OFFSET));
        }
    }

    private static void encodeIds(final LedgerSession session, final JsonRequest request)
    {
        for (int i = 0; i < request.count(); i++)
        {
            final int row = i * JsonRequest.ROW_LENGTH;
            session.id(i, request.rows().getLong(row), request.rows().getLong(row + Long.BYTES));
        }
    }

    private static void encodeFilter(final Filter to, final Filter from)
    {
        to
            .id(from.idHigh(), from.idLow())
            .userData128(from.userData128High(), from.userData128Low())
            .userData64(from.userData64())
            .userData32(from.userData32())
            .ledger(from.ledger())
            .code(from.code())
            .state(from.state())
            .limit(from.limit())
            .flags(from.flags())
            .timestampMinNs(from.timestampMinNs())
            .timestampMaxNs(from.timestampMaxNs())
            .sequence(from.sequence());
    }

    private void await(
        final LedgerSession session, final long requestId, final JsonRequest request, final ReplyHandler handler)
    {
        isAnswered = false;
        while (!isAnswered)
        {
            final int count = session.poll(
                reply ->
                {
                    // The reply to a request that was given up is of no use to anybody.
                    if (reply.requestId() == requestId)
                    {
                        isAnswered = true;
                        final LedgerException refusal = reply.refusal();
                        if (refusal != null)
                        {
                            throw refusal;
                        }
                        handler.onReply(reply);
                    }
                },
                REPLIES_PER_POLL);
            if (request.kind().isQuery() && engine.readModelProgress() < 1)
            {
                whileBehind.run();
            }
            idleStrategy.idle(count);
        }
    }

    /** Where a request goes: to the shard that it names, or the ledger that it names, or its events do. */
    private int shardOf(final JsonRequest request)
    {
        final int count = engine.shardCount();
        int shard = request.shard();
        if (shard >= count)
        {
            throw new JsonRequestException(
                JsonErrorCode.WRONG_SHARD, "no such shard: field=shard, found=" + shard + ", allowed=0 to " +
                (count - 1));
        }
        if (count == 1)
        {
            return 0;
        }
        shard = agreed(shard, request.ledger());
        switch (request.kind())
        {
            case CREATE_ACCOUNTS:
                for (int i = 0; i < request.count(); i++)
                {
                    shard = agreed(shard, account.wrap(request.rows(), i * JsonRequest.ROW_LENGTH).ledger());
                }
                break;
            case CREATE_TRANSFERS:
                for (int i = 0; i < request.count(); i++)
                {
                    shard = agreed(shard, transfer.wrap(request.rows(), i * JsonRequest.ROW_LENGTH).ledger());
                }
                break;
            case LOOKUP_LEDGERS:
                for (int i = 0; i < request.count(); i++)
                {
                    shard = agreed(shard, request.rows().getLong(i * JsonRequest.ROW_LENGTH + Long.BYTES));
                }
                break;
            case DEFINE_LEDGERS:
                shard = agreed(shard, Integer.toUnsignedLong(request.definition().ledger()));
                break;
            default:
                break;
        }
        if (shard == JsonRequest.NOT_GIVEN)
        {
            throw new JsonRequestException(
                JsonErrorCode.WRONG_SHARD,
                "there are " + count + " shards, and nothing says which one is meant: give the field shard (0 to " +
                (count - 1) + ") or the field ledger");
        }
        return shard;
    }

    /** Ledger 0 is that of no shard, so it may go along with any. */
    private int agreed(final int shard, final long ledger)
    {
        if (ledger <= 0)
        {
            return shard;
        }
        final int home = engine.shardOf((int) ledger);
        if (shard != JsonRequest.NOT_GIVEN && shard != home)
        {
            throw new JsonRequestException(
                JsonErrorCode.WRONG_SHARD,
                "a request is about one shard: ledger " + ledger + " lives on shard " + home +
                ", and the request is for shard " + shard + "; nothing of it was applied");
        }
        return home;
    }
}
