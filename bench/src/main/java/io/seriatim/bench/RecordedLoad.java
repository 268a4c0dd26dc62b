package io.seriatim.bench;

import io.seriatim.journal.JournalFiles;
import io.seriatim.ledger.EntryWindow;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The requests of a recorded journal in the order of their times, read from its files by a thread for each journal,
 * some way ahead of the one that sends them.
 * <p>
 * Shape: a ring of tens of megabytes for each journal.<br>
 * Cost: for the thread that sends, a look at a request that is there; nothing is allocated.<br>
 * Threads: confined to the one that sends, but for its own.
 */
final class RecordedLoad implements AutoCloseable
{
    /** What {@link #nextNs} says while no request is there. */
    static final long NONE = Long.MAX_VALUE;

    private static final int RING_LENGTH_MIN = 16 * 1024 * 1024;
    private static final int MESSAGES_OF_RING = 8;
    private static final long FULL_PARK_NS = 50_000;
    private static final int CLOCKS_LENGTH_MAX = 1 << 16;

    /** Takes a request, or does not. */
    @FunctionalInterface
    interface Sender
    {
        /**
         * Send a request.
         *
         * @param shard  that it is for.
         * @param buffer holding it, see {@link RecordedRequests}.
         * @param offset of it.
         * @param length in bytes.
         * @return false if it can not be sent now.
         */
        boolean trySend(int shard, DirectBuffer buffer, int offset, int length);
    }

    private final List<Source> sources = new ArrayList<>();
    private volatile boolean isClosed;
    private long waitingSinceNs;
    private long waitedNs;

    /**
     * Begin to read.
     *
     * @param files         of the recorded journal.
     * @param batchCountMax of its requests.
     * @param isClockSet    whether the engine has a clock that is set.
     */
    RecordedLoad(final JournalFiles files, final int batchCountMax, final boolean isClockSet)
    {
        final int messageLengthMax = batchCountMax * EntryWindow.ENTRY_LENGTH_MAX + CLOCKS_LENGTH_MAX;
        final int ringLength = BitUtil.findNextPositivePowerOfTwo(
            Math.max(RING_LENGTH_MIN, MESSAGES_OF_RING * messageLengthMax));
        for (int journal = 0; journal < files.journalCount(); journal++)
        {
            sources.add(new Source(files, journal, ringLength, isClockSet));
        }
        sources.forEach(source -> source.thread.start());
    }

    /**
     * Time of the next request; {@link #NONE} if none is there, as reading has not come so far or all were sent.
     *
     * @throws RuntimeException that has ended the reading.
     */
    long nextNs()
    {
        long nextNs = NONE;
        for (final Source source : sources)
        {
            final long ofSource = source.nextNs();
            if (ofSource == NONE && !source.isOver())
            {
                waitingSinceNs = waitingSinceNs == 0 ? System.nanoTime() : waitingSinceNs;
                return NONE;
            }
            nextNs = Math.min(nextNs, ofSource);
        }
        if (waitingSinceNs != 0)
        {
            waitedNs += System.nanoTime() - waitingSinceNs;
            waitingSinceNs = 0;
        }
        return nextNs;
    }

    /** Wait until the first request is there, which counts for nothing. */
    void awaitFirst()
    {
        while (nextNs() == NONE && !isOver())
        {
            Thread.onSpinWait();
        }
        waitedNs = 0;
    }

    /** How long the thread that sends found nothing, as reading had not come so far. */
    long waitedNs()
    {
        return waitedNs;
    }

    /** Whether all requests were sent. */
    boolean isOver()
    {
        for (final Source source : sources)
        {
            if (!source.isOver())
            {
                return false;
            }
        }
        return true;
    }

    /**
     * Send the next request.
     *
     * @param sender of it.
     * @return false if none is there, or the sender could not send it.
     */
    boolean trySend(final Sender sender)
    {
        final long nextNs = nextNs();
        for (final Source source : sources)
        {
            if (nextNs != NONE && source.nextNs() == nextNs)
            {
                return source.trySend(sender);
            }
        }
        return false;
    }

    @Override
    public void close()
    {
        isClosed = true;
        for (final Source source : sources)
        {
            try
            {
                source.thread.join();
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
            BufferUtil.free(source.bytes);
        }
    }

    /**
     * One journal.
     */
    private final class Source
    {
        private final JournalFiles files;
        private final int journal;
        private final UnsafeBuffer bytes;
        private final OneToOneRingBuffer ring;
        private final RecordedRequests[] requests;
        private final Thread thread;
        private final ControlledMessageHandler peek = this::onPeek;
        private final ControlledMessageHandler send = this::onSend;
        private volatile boolean isRead;
        private volatile RuntimeException failure;
        private long nextNs = NONE;
        private Sender sender;

        Source(final JournalFiles files, final int journal, final int ringLength, final boolean isClockSet)
        {
            this.files = files;
            this.journal = journal;
            bytes = new UnsafeBuffer(
                ByteBuffer.allocateDirect(ringLength + RingBufferDescriptor.TRAILER_LENGTH));
            ring = new OneToOneRingBuffer(bytes);
            requests = new RecordedRequests[files.manifest(journal).shardCount()];
            for (final int shard : files.manifest(journal).shards())
            {
                requests[shard] = new RecordedRequests(shard, isClockSet, this::put);
            }
            thread = new Thread(this::read, "bench-recording-" + journal);
            thread.setDaemon(true);
        }

        boolean isOver()
        {
            requireNoFailure();
            // In this order: what was read last is seen once the reading is seen to have ended.
            return isRead && ring.size() == 0;
        }

        long nextNs()
        {
            requireNoFailure();
            if (nextNs == NONE)
            {
                ring.controlledRead(peek, 1);
            }
            return nextNs;
        }

        private void requireNoFailure()
        {
            if (failure != null)
            {
                throw failure;
            }
        }

        boolean trySend(final Sender newSender)
        {
            sender = newSender;
            ring.controlledRead(send, 1);
            return nextNs == NONE;
        }

        private ControlledMessageHandler.Action onPeek(
            final int type, final DirectBuffer buffer, final int offset, final int length)
        {
            nextNs = buffer.getLong(offset + RecordedRequests.TIME_OFFSET);
            return ControlledMessageHandler.Action.ABORT;
        }

        private ControlledMessageHandler.Action onSend(
            final int type, final DirectBuffer buffer, final int offset, final int length)
        {
            if (!sender.trySend(type - 1, buffer, offset, length))
            {
                return ControlledMessageHandler.Action.ABORT;
            }
            nextNs = NONE;
            return ControlledMessageHandler.Action.CONTINUE;
        }

        private void read()
        {
            try
            {
                RecordedJournal.scan(files, journal, (shard, buffer, offset, length) ->
                    requests[shard].onEntry(buffer, offset, length));
                for (final int shard : files.manifest(journal).shards())
                {
                    requests[shard].finish();
                }
            }
            catch (final Ended ex)
            {
                // Nobody sends any more.
            }
            catch (final RuntimeException ex)
            {
                failure = ex;
            }
            isRead = true;
        }

        private void put(final int shard, final DirectBuffer buffer, final int length)
        {
            while (!ring.write(shard + 1, buffer, 0, length))
            {
                if (isClosed)
                {
                    throw Ended.INSTANCE;
                }
                LockSupport.parkNanos(FULL_PARK_NS);
            }
        }
    }

    /** Ends the reading from within its handler. */
    private static final class Ended extends RuntimeException
    {
        private static final long serialVersionUID = 1L;
        private static final Ended INSTANCE = new Ended();

        private Ended()
        {
            super(null, null, false, false);
        }
    }
}
