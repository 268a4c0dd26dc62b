package io.seriatim.engine;

import io.seriatim.codecs.AccountRecordDecoder;
import io.seriatim.codecs.AccountRecordEncoder;
import io.seriatim.codecs.TransferRecordDecoder;
import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.ledger.TransferFlags;

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

    private static final long NONE = -1;
    private static final int UNSUPPORTED_FLAGS = TransferFlags.PENDING | TransferFlags.POST_PENDING_TRANSFER |
        TransferFlags.VOID_PENDING_TRANSFER | TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT |
        TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT;
    private static final int TIMESTAMP_OFFSET = TransferRecordDecoder.ENCODED_LENGTH;

    private final Shard shard;
    private final ShardRouter router;
    private final RequestRing ring;
    private final ReplyRing replies;
    private final int batchCountMax;
    private final AccountRecordEncoder accountEncoder = new AccountRecordEncoder();
    private final TransferRecordEncoder transferEncoder = new TransferRecordEncoder();
    private final AccountRecordDecoder accountDecoder = new AccountRecordDecoder();
    private final TransferRecordDecoder transferDecoder = new TransferRecordDecoder();
    private final Reply reply = new Reply();
    private long lastRequestId;
    private long inFlight;

    private long claimedSequence = NONE;
    private RequestKind claimedKind;
    private int claimedCount;
    private long replyPosition;

    LedgerSession(final Shard shard, final ShardRouter router, final int replyRingLength)
    {
        this.shard = shard;
        this.router = router;
        this.ring = shard.ring();
        this.batchCountMax = shard.batchCountMax();
        this.replies = new ReplyRing(replyRingLength);
    }

    /**
     * Whether a transfer's flags ask for something that the engine does not take yet: pending, post, void, balancing
     * and closing transfers. Such a request is refused whole, before it reaches the ring.
     *
     * @param flags of a transfer.
     * @return true if the flags are not supported.
     */
    public static boolean isUnsupported(final int flags)
    {
        return (flags & UNSUPPORTED_FLAGS) != 0;
    }

    /**
     * Claim a request to create accounts.
     *
     * @param count of events, from 0 to the engine's batchCountMax.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED} or {@link #STORE_FULL}: nothing is claimed.
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
     * @return id of the request, above zero; or {@link #BACK_PRESSURED} or {@link #STORE_FULL}: nothing is claimed.
     * @throws IllegalArgumentException if the count is out of range.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimTransfers(final int count)
    {
        return claim(RequestKind.CREATE_TRANSFERS, count);
    }

    /**
     * Claim a request to look accounts up.
     *
     * @param count of ids, from 0 to the engine's batchCountMax.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}: nothing is claimed.
     * @throws IllegalArgumentException if the count is out of range.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimLookupAccounts(final int count)
    {
        return claim(RequestKind.LOOKUP_ACCOUNTS, count);
    }

    /**
     * Claim a request to look transfers up.
     *
     * @param count of ids, from 0 to the engine's batchCountMax.
     * @return id of the request, above zero; or {@link #BACK_PRESSURED}: nothing is claimed.
     * @throws IllegalArgumentException if the count is out of range.
     * @throws LedgerException if the shard has stopped or the engine is closed.
     */
    public long claimLookupTransfers(final int count)
    {
        return claim(RequestKind.LOOKUP_TRANSFERS, count);
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
     * Set an id of the claimed look-up.
     *
     * @param index  of the id.
     * @param idHigh its high half.
     * @param idLow  its low half.
     */
    public void id(final int index, final long idHigh, final long idLow)
    {
        final int offset = eventOffset(
            index,
            claimedKind == RequestKind.LOOKUP_ACCOUNTS ? claimedKind : RequestKind.LOOKUP_TRANSFERS);
        ring.events().putLong(offset, idHigh);
        ring.events().putLong(offset + Long.BYTES, idLow);
    }

    /**
     * Hand the claimed request over to the shard. Its reply will come, unless the shard stops.
     *
     * @throws IllegalArgumentException if an event names a ledger of another shard, or has flags that this version
     * does not do: the request is given back whole, and nothing of it is journaled.
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
        slot.requestId = lastRequestId;
        slot.replyPosition = replyPosition;
        slot.session = this;
        inFlight++;
        publishSlots();
    }

    /**
     * Give the claimed request back. It has no reply.
     */
    public void abort()
    {
        requireClaim();
        replies.unreserve(replyPosition);
        giveBack(claimedKind, claimedCount);
        publishNothing(claimedSequence, claimedCount);
        claimedSequence = NONE;
    }

    /**
     * Take replies. One that the handler was given counts as taken, also if the handler throws; the exception is
     * thrown on.
     *
     * @param handler to hand them to, in the order of the requests. It may claim and publish, but not poll.
     * @param limit   most replies to take.
     * @return how many were taken.
     * @throws LedgerException if the shard has stopped and requests are left whose outcome is unknown, or the engine
     * was closed and requests are left that were not applied; replies that were durable before are handed out first.
     */
    public int poll(final ReplyHandler handler, final int limit)
    {
        int count = 0;
        while (count < limit)
        {
            final int offset = replies.poll();
            if (offset < 0)
            {
                break;
            }
            inFlight--;
            count++;
            try
            {
                handler.onReply(reply.wrap(replies.buffer(), offset));
            }
            finally
            {
                replies.advance(offset);
            }
        }
        if (count == 0 && inFlight > 0 && shard.isOver() && replies.poll() < 0)
        {
            throw shard.noAnswer();
        }
        return count;
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

    private long claim(final RequestKind kind, final int count)
    {
        if (claimedSequence != NONE)
        {
            throw new IllegalStateException("a request is claimed already: requestId=" + lastRequestId);
        }
        if (count < 0 || count > batchCountMax)
        {
            throw new IllegalArgumentException(
                "a request holds 0 to " + batchCountMax + " events of one kind: count=" + count);
        }
        shard.requireAccepting();
        final long place = replies.reserve(Reply.lengthMax(kind, count));
        if (place == ReplyRing.NO_ROOM)
        {
            return BACK_PRESSURED;
        }
        final StoreAdmission admission = shard.admission(kind);
        final long refusal = admission == null ? 0 : admission.tryClaim(count);
        if (refusal != 0)
        {
            replies.unreserve(place);
            return refusal;
        }
        final long sequence = ring.tryClaim(RequestRing.slotCount(count));
        if (sequence == RequestRing.NO_ROOM)
        {
            replies.unreserve(place);
            giveBack(kind, count);
            return BACK_PRESSURED;
        }
        for (int i = 0; i < count; i++)
        {
            ring.events().setMemory(ring.eventOffset(sequence + i), RequestRing.EVENT_LENGTH, (byte)0);
        }
        claimedSequence = sequence;
        claimedKind = kind;
        claimedCount = count;
        replyPosition = place;
        return ++lastRequestId;
    }

    private void giveBack(final RequestKind kind, final int count)
    {
        final StoreAdmission admission = shard.admission(kind);
        if (admission != null)
        {
            admission.giveBack(count);
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
                transferDecoder.wrap(ring.events(), offset);
                final int flags = transferDecoder.flags();
                if (isUnsupported(flags))
                {
                    throw new IllegalArgumentException(
                        "this version does not do pending, post, void, balancing and closing transfers: index=" + i +
                        ", flags=" + TransferFlags.format(flags) + "; nothing of the request is applied");
                }
                router.requireOnShard((int)transferDecoder.ledger(), shard.id(), i);
            }
            else if (claimedKind == RequestKind.CREATE_ACCOUNTS)
            {
                router.requireOnShard((int)accountDecoder.wrap(ring.events(), offset).ledger(), shard.id(), i);
            }
        }
    }

    private void publishNothing(final long sequence, final int count)
    {
        final RequestRing.Slot slot = ring.slot(sequence);
        slot.kind = RequestKind.NOTHING;
        slot.count = count;
        slot.session = null;
        ring.publish(sequence, RequestRing.slotCount(count));
    }

    private void publishSlots()
    {
        final long sequence = claimedSequence;
        claimedSequence = NONE;
        ring.publish(sequence, RequestRing.slotCount(claimedCount));
    }
}
