package io.seriatim.engine;

import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Queries of one shard, in the order in which the shard came to them, on their way to the read model. Each is to be
 * answered from the state after the entry that it names, when that is committed: a query is put here before the shard
 * makes the next entry, so who reads the committed position first and then looks here misses none.
 * <p>
 * Shape: a ring of {@link #CAPACITY} places, reserved by sessions when they claim; nothing is allocated for a
 * query.<br>
 * Threads: {@link #tryClaim}, {@link #giveBack} and {@link #isIdle} any; {@link #add} the shard's; the rest that of
 * the read model.
 */
public final class QueryQueue
{
    /** Most queries of a shard that wait. */
    static final int CAPACITY = 1_024;

    /** A query that waits. */
    private static final class Waiting
    {
        private RequestKind kind;
        private int rowCountMax;
        private long requestId;
        private long validAtSequence;
        private long replyPosition;
        private LedgerSession session;
    }

    private final int shard;
    private final Waiting[] places = new Waiting[CAPACITY];
    private final UnsafeBuffer filters = new UnsafeBuffer(new byte[CAPACITY * Filter.LENGTH]);
    private final Filter added = new Filter();
    private final Filter asked = new Filter();
    private final AtomicInteger claimed = new AtomicInteger();
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();
    private volatile Throwable failure;

    QueryQueue(final int shard)
    {
        this.shard = shard;
        for (int i = 0; i < CAPACITY; i++)
        {
            places[i] = new Waiting();
        }
    }

    /**
     * The shard whose queries these are.
     *
     * @return number of the shard.
     */
    public int shard()
    {
        return shard;
    }

    /**
     * Which state the next query is to be answered from.
     *
     * @return sequence of an entry: answer before the next one is applied; {@link Long#MAX_VALUE} if no query waits.
     */
    public long nextSequence()
    {
        return head.get() == tail.get() ? Long.MAX_VALUE : place(head.get()).validAtSequence;
    }

    /**
     * Answer the next query; there must be one.
     *
     * @param handler that writes the rows.
     */
    public void answer(final QueryHandler handler)
    {
        final Waiting query = place(head.get());
        final ReplyRing replies = query.session.queryReplies();
        final int count = handler.onQuery(
            query.kind, asked.wrap(filters, filterOffset(head.get())), query.rowCountMax, replies.buffer(),
            replies.rowsOffset(query.replyPosition));
        reply(query, ReplyRing.ANSWERED, count);
    }

    /**
     * The read model can answer nothing more: those who wait and those who come are told why. To be called again at
     * each pass.
     *
     * @param cause why.
     */
    public void fail(final Throwable cause)
    {
        failure = cause;
        while (head.get() != tail.get())
        {
            reply(place(head.get()), ReplyRing.QUERIES_FAILED, 0);
        }
    }

    /** Why nothing is answered any more; null while all is well. */
    Throwable failure()
    {
        return failure;
    }

    /** Whether all that was put here is answered; what is only claimed is still its session's. */
    boolean isIdle()
    {
        return head.get() == tail.get();
    }

    boolean tryClaim()
    {
        if (claimed.incrementAndGet() <= CAPACITY)
        {
            return true;
        }
        claimed.decrementAndGet();
        return false;
    }

    void giveBack()
    {
        claimed.decrementAndGet();
    }

    /** Put a query at the end; its place was claimed. */
    Filter add(final RequestRing.Slot slot, final UnsafeBuffer events, final int offset, final long validAtSequence)
    {
        final long index = tail.get();
        final Waiting query = place(index);
        query.kind = slot.kind;
        query.rowCountMax = slot.rowCountMax;
        query.requestId = slot.requestId;
        query.validAtSequence = validAtSequence;
        query.replyPosition = slot.replyPosition;
        query.session = slot.session;
        added.wrap(filters, filterOffset(index)).copyFrom(events, offset);
        return added;
    }

    /** Let the read model see the query that was added. */
    void publish()
    {
        tail.set(tail.get() + 1);
    }

    private void reply(final Waiting query, final int status, final int count)
    {
        final ReplyRing replies = query.session.queryReplies();
        final int length = Reply.lengthMax(query.kind, query.rowCountMax);
        replies.writeHead(
            query.replyPosition, length, query.kind, query.requestId, query.validAtSequence, count, status);
        query.session = null;
        replies.release(ReplyRing.end(query.replyPosition, length));
        head.set(head.get() + 1);
        claimed.decrementAndGet();
    }

    private Waiting place(final long index)
    {
        return places[(int)index & CAPACITY - 1];
    }

    private static int filterOffset(final long index)
    {
        return ((int)index & CAPACITY - 1) * Filter.LENGTH;
    }
}
