package io.seriatim.bench;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Threading;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The ceiling where nothing is written: a bare Disruptor ring of the length and with events of the size that the engine
 * has, whose consumer reads every word of them and does nothing else. A request is answered once its last event was
 * read.
 * <p>
 * Layout: the publisher measures; the consumer is a thread of its own, which idles as the shard's does.<br>
 * Threads: as {@link Subject}.
 */
final class RingSubject implements Subject
{
    /** Bytes of an event in the engine's ring. */
    private static final int EVENT_LENGTH = 128;

    private static final int CACHE_LINE_LENGTH = 64;
    private static final int RING_LENGTH =
        BitUtil.findNextPositivePowerOfTwo(2 * EngineConfig.BATCH_COUNT_MAX_DEFAULT);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final RingBuffer<Object> ring;
    private final UnsafeBuffer events = new UnsafeBuffer(
        BufferUtil.allocateDirectAligned(RING_LENGTH * EVENT_LENGTH, CACHE_LINE_LENGTH));
    private final Sequence consumed = new Sequence();
    private final int batchCount;
    private final Thread thread;

    /** Last event of each request in flight, and when it should have been sent. */
    private final long[] lastEvents = new long[RING_LENGTH];
    private final long[] intendedNs = new long[RING_LENGTH];
    private long sentCount;
    private long answeredCount;

    /** What was read and what was written, to be held against each other at the end. */
    private long writtenSum;
    private volatile long readSum;
    private volatile boolean isResumed;
    private volatile boolean isClosing;

    RingSubject(final Threading threading, final int batchCount)
    {
        this.batchCount = batchCount;
        ring = RingBuffer.createMultiProducer(Object::new, RING_LENGTH, new BusySpinWaitStrategy());
        ring.addGatingSequences(consumed);
        thread = new Thread(() -> run(RawSubject.idleStrategy(threading)), "bench-raw");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public String name()
    {
        return "raw";
    }

    @Override
    public int batchCount()
    {
        return batchCount;
    }

    @Override
    public void resume()
    {
        isResumed = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void pause()
    {
        isResumed = false;
        if (readSum != writtenSum)
        {
            throw new BenchException("the bare ring has lost events: read=" + readSum + ", written=" + writtenSum);
        }
    }

    @Override
    public boolean trySend(final long intendedAtNs)
    {
        final long last;
        try
        {
            last = ring.tryNext(batchCount);
        }
        catch (final InsufficientCapacityException ex)
        {
            return false;
        }
        for (long sequence = last - batchCount + 1; sequence <= last; sequence++)
        {
            final int offset = offset(sequence);
            for (int i = 0; i < EVENT_LENGTH; i += Long.BYTES)
            {
                events.putLong(offset + i, sequence + i);
                writtenSum += sequence + i;
            }
        }
        ring.publish(last - batchCount + 1, last);
        final int index = (int)sentCount & RING_LENGTH - 1;
        lastEvents[index] = last;
        intendedNs[index] = intendedAtNs;
        sentCount++;
        return true;
    }

    @Override
    public int poll(final AnswerHandler handler)
    {
        final long readTo = consumed.get();
        int count = 0;
        while (answeredCount < sentCount && lastEvents[(int)answeredCount & RING_LENGTH - 1] <= readTo)
        {
            handler.onAnswer(intendedNs[(int)answeredCount & RING_LENGTH - 1]);
            answeredCount++;
            count++;
        }
        return count;
    }

    @Override
    public long inFlight()
    {
        return sentCount - answeredCount;
    }

    @Override
    public void close()
    {
        isClosing = true;
        LockSupport.unpark(thread);
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    private static int offset(final long sequence)
    {
        return (int)(sequence & RING_LENGTH - 1) * EVENT_LENGTH;
    }

    private void run(final IdleStrategy idleStrategy)
    {
        while (!isClosing)
        {
            final int workCount = read();
            if (isResumed)
            {
                idleStrategy.idle(workCount);
            }
            else
            {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    /** Read what was published, and say so once all of it is read. */
    private int read()
    {
        final long first = consumed.get() + 1;
        long sequence = first;
        long sum = readSum;
        while (ring.isAvailable(sequence))
        {
            final int offset = offset(sequence);
            for (int i = 0; i < EVENT_LENGTH; i += Long.BYTES)
            {
                sum += events.getLong(offset + i);
            }
            sequence++;
        }
        if (sequence > first)
        {
            readSum = sum;
            consumed.set(sequence - 1);
        }
        return (int)(sequence - first);
    }
}
