package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.ledger.LedgerDefinitions;

/**
 * The fast face of one shard: claim a request, encode its events in place, publish, and poll for replies. It allocates
 * nothing and never blocks; a session that is not polled fills its own reply ring and hinders nobody else.
 *
 * <pre>
 *   long requestId = session.claimTransfers(1);
 *   if (requestId &gt; 0)
 *   {
 *       session.transfer(0).idLow(100).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(500).ledger(840).code(1);
 *       session.publish();
 *   }
 *   session.poll(handler, 10);
 * </pre>
 *
 * A claimed request has its place in the order: until it is published or aborted, the shard stands still behind it.
 * <p>
 * Threads: confined to the thread that owns it. Any number of sessions may be open.
 */
public final class LedgerSession
{
    /** There is no room right now; poll, and try again. */
    public static final long BACK_PRESSURED = -1;

    /** A local ceiling on accounts or transfers is met; it can be raised at the next launch. */
    public static final long STORE_FULL = -2;

    /** The disk is filled up to its reserve: nothing is created until there is room; see {@link Readiness}. */
    public static final long DISK_RESERVED = -3;

    /** The machine's clock has jumped: nothing is created until it is back; see {@link Readiness}. */
    public static final long CLOCK_JUMPED = -4;

    private static final long NONE = -1;
    private static final int TIMESTAMP_OFFSET = TransferRecordDecoder.ENCODED_LENGTH;

    private final Shard shard;
    private final ShardRouter router;
    private final RequestRing ring;
    private final ReplyRing replies;
    private final QueryQueue queries;
    private final ShardMeter meter;
    private final String noQueries;
    private final boolean isClockManual;
    private final int queryReplyRingLength;
    private final int batchCountMax;
    private final AccountRecordEncoder accountEncoder = new AccountRecordEncoder();
    private final TransferRecordEncoder transferEncoder = new TransferRecordEncoder();
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();
    private final Filter filter = new Filter();
    private final Reply reply = new Reply();

    /** Made with the first query: it is long, and answers to queries may come later than those to other requests. */
    private volatile ReplyRing queryReplies;
    private long lastRequestId;
    private long inFlight;
    private long pollCount;

    private long claimedSequence = NONE;
    private RequestKind claimedKind;
    private int claimedCount;
    private int claimedRowCountMax;
    private long replyPosition;

    /**
     * A session.
     *
     * @param shard     to speak to.
     * @param router    knows where ledgers live.
     * @param config    of the engine.
     * @param noQueries why there are no queries; null if there are.
     */
    LedgerSession(final Shard shard, final ShardRouter router, final EngineConfig config, final String noQueries)
    {
        this.shard = shard;
        this.router = router;
        this.noQueries = noQueries;
        ring = shard.ring();
        queries = shard.queries();
        meter = shard.meter();
        batchCountMax = shard.batchCountMax();
        replies = new ReplyRing(config.replyRingLengthFor(batchCountMax));
        queryReplyRingLength = config.queryReplyRingLength();
        isClockManual = config.clock() instanceof ManualClock;
    }

    /**
     * Claim a request to create accounts.
     *
     * @param count of events, from 0 to the engine's batchCountMax.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}, {@link #STORE_FULL},
     * {@link #DISK_RESERVED} or {@link #CLOCK_JUMPED}: nothing is claimed.
     * @throws IllegalArgumentException if the count is out of range.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimAccounts(final int count)
    {
        return claim(RequestKind.CREATE_ACCOUNTS, count);
    }

    /**
     * Claim a request to create transfers.
     *
     * @param count of events, from 0 to the engine's batchCountMax.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}, {@link #STORE_FULL},
     * {@link #DISK_RESERVED} or {@link #CLOCK_JUMPED}: nothing is claimed.
     * @throws IllegalArgumentException if the count is out of range.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimTransfers(final int count)
    {
        return claim(RequestKind.CREATE_TRANSFERS, count);
    }

    /**
     * Claim a request to define ledgers.
     *
     * @param count of events, from 0 to the engine's batchCountMax.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}, {@link #DISK_RESERVED} or
     * {@link #CLOCK_JUMPED}: nothing is claimed.
     * @throws IllegalArgumentException if the count is out of range.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimDefinitions(final int count)
    {
        return claim(RequestKind.DEFINE_LEDGERS, count);
    }

    /**
     * Claim a request to look objects up.
     *
     * @param kind  of the look-up: accounts, transfers, outcomes of either, or ledgers by their numbers.
     * @param count of ids, from 0 to the engine's batchCountMax.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}: nothing is claimed.
     * @throws IllegalArgumentException if the kind is not that of a look-up or the count is out of range.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimLookup(final RequestKind kind, final int count)
    {
        if (!kind.isLookUp())
        {
            throw new IllegalArgumentException("not the kind of a look-up: " + kind);
        }
        return claim(kind, count);
    }

    /**
     * Claim a request to move a manual clock, and to release what is due by then.
     *
     * @param kind    {@link RequestKind#ADVANCE_CLOCK} or {@link RequestKind#SET_CLOCK}.
     * @param valueNs the span to advance by, or the time to set; zero or above.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}: nothing is claimed.
     * @throws IllegalArgumentException if the kind is another one or the value is below zero.
     * @throws IllegalStateException if the engine's clock is not a {@link ManualClock}.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimClock(final RequestKind kind, final long valueNs)
    {
        if (!kind.isClock() || valueNs < 0)
        {
            throw new IllegalArgumentException(
                "a clock is set or advanced by 0 to 2^63-1 ns: kind=" + kind + ", value=" +
                Long.toUnsignedString(valueNs));
        }
        if (!isClockManual)
        {
            throw new IllegalStateException("the engine's clock goes by itself: launch it with a ManualClock");
        }
        final long requestId = claim(kind, 1);
        if (requestId > 0)
        {
            ring.events().putLong(ring.eventOffset(claimedSequence), valueNs);
        }
        return requestId;
    }

    /**
     * Claim a query, which the read model answers. Its answer may come later than those to requests that were published
     * after it; answers to queries come in order among themselves.
     *
     * @param kind        of the query.
     * @param rowCountMax most rows of the answer to hold room for; what is above {@link QueryRows#ROW_COUNT_MAX} or
     *                    above what the session's ring for answers to queries can hold is capped.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}: nothing is claimed.
     * @throws IllegalArgumentException if the kind is not that of a query, or the count is below zero.
     * @throws LedgerException if there is no read model, it has failed, the shard has stopped or the engine is closed.
     */
    public long claimQuery(final RequestKind kind, final int rowCountMax)
    {
        if (!kind.isQuery() || rowCountMax < 0)
        {
            throw new IllegalArgumentException(
                "not a query, or a number of rows below zero: kind=" + kind + ", rowCountMax=" + rowCountMax);
        }
        requireQueries();
        if (queryReplies == null)
        {
            queryReplies = new ReplyRing(queryReplyRingLength);
        }
        final int held = (queryReplies.recordLengthMax() - ReplyRing.HEAD_LENGTH) / kind.rowLength();
        final int capped = Math.min(rowCountMax, Math.min(QueryRows.ROW_COUNT_MAX, held));
        requireClaimable();
        if (!queries.tryClaim())
        {
            return BACK_PRESSURED;
        }
        final long requestId = claim(kind, 1, capped, queryReplies);
        if (requestId < 0)
        {
            queries.giveBack();
        }
        return requestId;
    }

    /**
     * Say why a claim was refused, for a person.
     *
     * @param refusal what the claim returned: {@link #STORE_FULL}, {@link #DISK_RESERVED} or {@link #CLOCK_JUMPED}.
     * @return an exception to be thrown or shown; nothing of the request was applied.
     * @throws IllegalArgumentException if it is none of these.
     */
    public LedgerException refusal(final long refusal)
    {
        return shard.refusal(refusal);
    }

    /**
     * The place of an account in the claimed request; all of its fields are zero at first.
     *
     * @param index of the event.
     * @return flyweight that is good until the next call.
     */
    public AccountRecordEncoder account(final int index)
    {
        return accountEncoder.wrap(ring.events(), eventOffset(index, RequestKind.CREATE_ACCOUNTS));
    }

    /**
     * The place of a transfer in the claimed request; all of its fields are zero at first.
     *
     * @param index of the event.
     * @return flyweight that is good until the next call.
     */
    public TransferRecordEncoder transfer(final int index)
    {
        return transferEncoder.wrap(ring.events(), eventOffset(index, RequestKind.CREATE_TRANSFERS));
    }

    /**
     * Give a transfer of the claimed request a timestamp, as imported ones have.
     *
     * @param index       of the event.
     * @param timestampNs its booking time in nanoseconds.
     */
    public void transferTimestampNs(final int index, final long timestampNs)
    {
        ring.events().putLong(eventOffset(index, RequestKind.CREATE_TRANSFERS) + TIMESTAMP_OFFSET, timestampNs);
    }

    /**
     * Set a definition of the claimed request.
     *
     * @param index      of the event.
     * @param definition of a ledger.
     */
    public void definition(final int index, final LedgerDefinition definition)
    {
        definition.encode(ring.events(), eventOffset(index, RequestKind.DEFINE_LEDGERS));
    }

    /**
     * Set an id of the claimed look-up.
     *
     * @param index  of the id.
     * @param idHigh its high half.
     * @param idLow  its low half; the number of a ledger.
     */
    public void id(final int index, final long idHigh, final long idLow)
    {
        requireClaim();
        final int offset = eventOffset(index, claimedKind.isLookUp() ? claimedKind : RequestKind.LOOKUP_TRANSFERS);
        ring.events().putLong(offset, idHigh);
        ring.events().putLong(offset + Long.BYTES, idLow);
    }

    /**
     * The filter of the claimed query; all of its fields are zero at first, so the limit must be set.
     *
     * @return flyweight that is good until the next call.
     */
    public Filter filter()
    {
        requireClaim();
        return filter.wrap(
            ring.events(), eventOffset(0, claimedKind.isQuery() ? claimedKind : RequestKind.QUERY_TRANSFERS));
    }

    /**
     * Hand the claimed request over to the shard. Its reply will come, unless the shard stops.
     *
     * @throws IllegalArgumentException if an event names a ledger of another shard: the request is given back whole,
     * and nothing of it is journaled.
     */
    public void publish()
    {
        requireClaim();
        try
        {
            requireValidEvents();
        }
        catch (final IllegalArgumentException ex)
        {
            abort();
            throw ex;
        }
        final RequestRing.Slot slot = ring.slot(claimedSequence);
        slot.kind = claimedKind;
        slot.count = claimedCount;
        slot.rowCountMax = claimedRowCountMax;
        slot.requestId = lastRequestId;
        slot.replyPosition = replyPosition;
        slot.session = this;
        slot.stampWeight = 0;
        if (meter != null && !claimedKind.isQuery())
        {
            meter.stamp(slot, lastRequestId, inFlight);
        }
        inFlight++;
        publishSlots();
    }

    /**
     * Give the claimed request back. It has no reply.
     */
    public void abort()
    {
        requireClaim();
        (claimedKind.isQuery() ? queryReplies : replies).unreserve(replyPosition);
        giveBack(claimedKind, claimedCount);
        publishNothing(claimedSequence, claimedCount);
        claimedSequence = NONE;
    }

    /**
     * Take replies. One that the handler was given counts as taken, also if the handler throws; the exception is
     * thrown on.
     *
     * @param handler to hand them to, in the order of the requests as far as their answers are there: one to a query
     *                may come after those to later requests. It may claim and publish, but not poll.
     * @param limit   most replies to take.
     * @return how many were taken.
     * @throws LedgerException if the shard has stopped and requests are left whose outcome is unknown, or the engine
     * was closed and requests are left that were not applied; replies that were durable before are handed out first.
     */
    public int poll(final ReplyHandler handler, final int limit)
    {
        int count = 0;
        boolean isFromShard = false;
        while (count < limit)
        {
            final ReplyRing from = ringOfNextReply();
            final int offset = from.poll();
            if (offset < 0)
            {
                break;
            }
            inFlight--;
            count++;
            isFromShard = from == replies;
            try
            {
                handler.onReply(reply.wrap(from.buffer(), offset, shard));
            }
            finally
            {
                from.advance(offset);
            }
        }
        if (isFromShard && meter != null)
        {
            meter.onPolled(replies, ++pollCount);
        }
        if (count == 0 && inFlight > 0 && shard.isOver() && ringOfNextReply().poll() < 0)
        {
            throw shard.noAnswer();
        }
        return count;
    }

    /** Of the two that wait the one that was asked for first: so neither sort keeps the other waiting. */
    private ReplyRing ringOfNextReply()
    {
        final ReplyRing ofQueries = queryReplies;
        return ofQueries != null && ofQueries.nextRequestId() < replies.nextRequestId() ? ofQueries : replies;
    }

    /**
     * How many requests are published and not yet answered.
     *
     * @return a count.
     */
    public long inFlight()
    {
        return inFlight;
    }

    /**
     * The shard that this session speaks to.
     *
     * @return number of the shard, from 0.
     */
    public int shard()
    {
        return shard.id();
    }

    /**
     * Most events that a request may hold.
     *
     * @return a count.
     */
    public int batchCountMax()
    {
        return batchCountMax;
    }

    void abortIfClaimed()
    {
        if (claimedSequence != NONE)
        {
            abort();
        }
    }

    ReplyRing replies()
    {
        return replies;
    }

    ReplyRing queryReplies()
    {
        return queryReplies;
    }

    private void requireQueries()
    {
        if (noQueries != null)
        {
            throw new LedgerException(LedgerException.Reason.NO_QUERIES, false, noQueries, null);
        }
        if (queries.failure() != null)
        {
            throw shard.queriesFailed();
        }
    }

    private void requireClaimable()
    {
        if (claimedSequence != NONE)
        {
            throw new IllegalStateException("a request is claimed already: requestId=" + lastRequestId);
        }
        shard.requireAccepting();
    }

    private long claim(final RequestKind kind, final int count)
    {
        requireClaimable();
        if (count < 0 || count > batchCountMax)
        {
            throw new IllegalArgumentException(
                "a request holds 0 to " + batchCountMax + " events of one kind: count=" + count);
        }
        final Refusal refusal = kind.isCreate() ? shard.refusal() : null;
        return refusal != null ? refusal.code() : claim(kind, count, count, replies);
    }

    private long claim(final RequestKind kind, final int count, final int rowCountMax, final ReplyRing answers)
    {
        final long place = answers.reserve(Reply.lengthMax(kind, rowCountMax));
        if (place == ReplyRing.NO_ROOM)
        {
            return backPressured();
        }
        final StoreAdmission admission = shard.admission(kind);
        final long refusal = admission == null ? 0 : admission.tryClaim(count);
        if (refusal != 0)
        {
            answers.unreserve(place);
            return refusal;
        }
        final long sequence = ring.tryClaim(RequestRing.slotCount(count));
        if (sequence == RequestRing.NO_ROOM)
        {
            answers.unreserve(place);
            if (admission != null)
            {
                admission.giveBack(count);
            }
            return backPressured();
        }
        ring.clear(sequence, count);
        claimedSequence = sequence;
        claimedKind = kind;
        claimedCount = count;
        claimedRowCountMax = rowCountMax;
        replyPosition = place;
        return ++lastRequestId;
    }

    private long backPressured()
    {
        if (meter != null)
        {
            meter.onClaimRefused();
        }
        return BACK_PRESSURED;
    }

    private void giveBack(final RequestKind kind, final int count)
    {
        final StoreAdmission admission = shard.admission(kind);
        if (admission != null)
        {
            admission.giveBack(count);
        }
        if (kind.isQuery())
        {
            queries.giveBack();
        }
    }

    private int eventOffset(final int index, final RequestKind kind)
    {
        requireClaim();
        if (claimedKind != kind)
        {
            throw new IllegalStateException("the claimed request is one to " + claimedKind + ", not to " + kind);
        }
        if (index < 0 || index >= claimedCount)
        {
            throw new IndexOutOfBoundsException("index=" + index + ", count=" + claimedCount);
        }
        return ring.eventOffset(claimedSequence + index);
    }

    private void requireClaim()
    {
        if (claimedSequence == NONE)
        {
            throw new IllegalStateException("no request is claimed");
        }
    }

    private void requireValidEvents()
    {
        for (int i = 0; i < claimedCount; i++)
        {
            final int offset = ring.eventOffset(claimedSequence + i);
            if (claimedKind == RequestKind.CREATE_TRANSFERS)
            {
                router.requireOnShard((int)transferDecoder.wrap(ring.events(), offset).ledger(), shard.id(), i);
            }
            else if (claimedKind == RequestKind.CREATE_ACCOUNTS)
            {
                router.requireOnShard((int)accountDecoder.wrap(ring.events(), offset).ledger(), shard.id(), i);
            }
            else if (claimedKind == RequestKind.DEFINE_LEDGERS)
            {
                router.requireOnShard(ring.events().getInt(offset + LedgerDefinitions.LEDGER_OFFSET), shard.id(), i);
            }
        }
    }

    private void publishNothing(final long sequence, final int count)
    {
        final RequestRing.Slot slot = ring.slot(sequence);
        slot.kind = RequestKind.NOTHING;
        slot.count = count;
        slot.session = null;
        slot.stampWeight = 0;
        ring.publish(sequence, RequestRing.slotCount(count));
    }

    private void publishSlots()
    {
        final long sequence = claimedSequence;
        claimedSequence = NONE;
        ring.publish(sequence, RequestRing.slotCount(claimedCount));
    }
}
