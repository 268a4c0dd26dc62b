package io.seriatim.engine;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * Requests on their way to a shard: a Disruptor ring with one slot for each event. A request takes consecutive slots;
 * its first slot says what it is. Slots are published together, so the shard finds whole requests.
 * <p>
 * Shape: slots of {@link #EVENT_LENGTH} bytes off-heap, beside small objects for the heads.<br>
 * Threads: any number of producers; one consumer, the shard.
 */
final class RequestRing
{
    /** Bytes of an event: an account's record, or a transfer's and its timestamp, or an id, or a query's filter. */
    static final int EVENT_LENGTH = 128;

    static final long NO_ROOM = -1;

    /** Events begin on a line, so that a producer does not write on one that the shard reads or another writes. */
    private static final int CACHE_LINE_LENGTH = 64;

    private static final int FILL_LENGTH_MIN = 8 * EVENT_LENGTH;

    /**
     * Head of a request; its fields are set in the request's first slot only.
     */
    static final class Slot
    {
        RequestKind kind;
        int count;
        int rowCountMax;
        long requestId;
        long replyPosition;
        LedgerSession session;

        /** For how many requests this one's time stands; 0 if it is not timed. */
        int stampWeight;
        long publishedNs;
    }

    /** The shard never waits in the ring: it polls. */
    private static final class PollingWaitStrategy implements WaitStrategy
    {
        @Override
        public long waitFor(
            final long sequence, final Sequence cursor, final Sequence dependentSequence, final SequenceBarrier barrier)
            throws AlertException
        {
            return dependentSequence.get();
        }

        @Override
        public void signalAllWhenBlocking()
        {
        }
    }

    private final RingBuffer<Slot> ring;

    /** Last slot that is done with; producers read it when they run out of room, so it has lines of its own. */
    private final Sequence consumed = new Sequence();
    private final UnsafeBuffer events;
    private final long mask;

    /**
     * Empty.
     *
     * @param length in slots, a power of two.
     */
    RequestRing(final int length)
    {
        ring = RingBuffer.createMultiProducer(Slot::new, length, new PollingWaitStrategy());
        ring.addGatingSequences(consumed);
        mask = length - 1L;
        events = new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(length * EVENT_LENGTH, CACHE_LINE_LENGTH).order(ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * Claim slots side by side.
     *
     * @return sequence of the first; or {@link #NO_ROOM}.
     */
    long tryClaim(final int slotCount)
    {
        try
        {
            return ring.tryNext(slotCount) - slotCount + 1;
        }
        catch (final InsufficientCapacityException ex)
        {
            return NO_ROOM;
        }
    }

    /** Set claimed events to zero. */
    void clear(final long firstSequence, final int eventCount)
    {
        final int first = (int)(firstSequence & mask);
        final int beforeEnd = Math.min(eventCount, length() - first);
        clear(first * EVENT_LENGTH, beforeEnd * EVENT_LENGTH);
        clear(0, (eventCount - beforeEnd) * EVENT_LENGTH);
    }

    /** To call for a fill takes longer than to clear a few events here. */
    private void clear(final int offset, final int length)
    {
        if (length > FILL_LENGTH_MIN)
        {
            events.setMemory(offset, length, (byte)0);
        }
        else
        {
            for (int i = offset; i < offset + length; i += Long.BYTES)
            {
                events.putLong(i, 0);
            }
        }
    }

    /** Hand claimed slots over to the shard. */
    void publish(final long firstSequence, final int slotCount)
    {
        ring.publish(firstSequence, firstSequence + slotCount - 1);
    }

    Slot slot(final long sequence)
    {
        return ring.get(sequence);
    }

    UnsafeBuffer events()
    {
        return events;
    }

    int eventOffset(final long sequence)
    {
        return (int)(sequence & mask) * EVENT_LENGTH;
    }

    int length()
    {
        return (int)mask + 1;
    }

    static int slotCount(final int eventCount)
    {
        return Math.max(1, eventCount);
    }

    // The shard's side.

    /** Sequence of the next request's first slot. */
    long nextSequence()
    {
        return consumed.get() + 1;
    }

    /** Whether the next request is there. */
    boolean isRequestAvailable()
    {
        return isRequestAvailable(nextSequence());
    }

    /**
     * Whether a request is there, whole: slots are made available in order.
     *
     * @param firstSequence of it, if all before it are there.
     */
    boolean isRequestAvailable(final long firstSequence)
    {
        return ring.isAvailable(firstSequence) &&
            ring.isAvailable(firstSequence + slotCount(ring.get(firstSequence).count) - 1);
    }

    /** The next request is done with; its slots are free again. */
    void release()
    {
        final Slot slot = ring.get(nextSequence());
        slot.session = null;
        consumed.set(consumed.get() + slotCount(slot.count));
    }

    /** Slots that are claimed and not done with. */
    long depth()
    {
        return ring.getCursor() - consumed.get();
    }

    /** Since when the next request waits; as good as now if it is not timed or not there yet. */
    long oldestNs(final long nowNs)
    {
        final long nextSequence = nextSequence();
        if (!ring.isAvailable(nextSequence))
        {
            return nowNs;
        }
        final Slot slot = ring.get(nextSequence);
        return slot.stampWeight == 0 ? nowNs : slot.publishedNs;
    }

    boolean isEmpty()
    {
        return ring.getCursor() <= consumed.get();
    }
}
