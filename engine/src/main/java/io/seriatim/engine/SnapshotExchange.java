package io.seriatim.engine;

import io.seriatim.ledger.StateRootTask;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What a shard thread and a {@link SnapshotAgent} hand to each other: a beginning, slices of state in buffers that go
 * round, and the result. The shard never waits: where no buffer is free it goes on with its requests.
 * <p>
 * Shape: {@link #SLICE_COUNT} buffers of {@link #SLICE_LENGTH} bytes off-heap.<br>
 * Threads: the shard thread begins, takes free buffers and hands over full ones; the agent takes those and gives them
 * back; any thread asks for a snapshot and looks at the result.
 */
final class SnapshotExchange
{
    static final int SLICE_LENGTH = 32 * 1024;
    static final int SLICE_COUNT = 32;

    /** A buffer on its way. */
    static final class Slice
    {
        final UnsafeBuffer buffer;
        int shardIndex;
        int length;
        boolean isLast;

        private Slice(final int capacity)
        {
            buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /**
     * Where a snapshot was begun.
     *
     * @param position      end of a group of every shard.
     * @param nextSequences of each shard, in the order of the agent's shards.
     * @param previousCrcs  of each shard.
     * @param waitingRoots  of each shard, null where none is waiting.
     * @param servedCount   how many of those who asked it serves.
     * @param startNs       when it was begun.
     */
    record Start(
        long position,
        long[] nextSequences,
        int[] previousCrcs,
        WaitingRoot[] waitingRoots,
        long servedCount,
        long startNs)
    {
        /** Whether all that is waiting is made. */
        boolean areRootsMade()
        {
            for (final WaitingRoot waiting : waitingRoots)
            {
                if (waiting != null && waiting.task().root() == null)
                {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * A state root whose entry is still to come: the state that it is of is gone, so a snapshot has to hold it.
     *
     * @param task           that makes it.
     * @param keyFingerprint of its key.
     */
    record WaitingRoot(StateRootTask task, long keyFingerprint)
    {
    }

    /**
     * How a snapshot ended.
     *
     * @param servedCount how many of those who asked were served by it, and by those before.
     * @param infos       of each shard; none if it failed.
     * @param failure     why it failed; or null.
     */
    record Result(long servedCount, List<SnapshotInfo> infos, Throwable failure)
    {
    }

    private final OneToOneConcurrentArrayQueue<Slice> free = new OneToOneConcurrentArrayQueue<>(SLICE_COUNT);
    private final OneToOneConcurrentArrayQueue<Slice> full = new OneToOneConcurrentArrayQueue<>(SLICE_COUNT);
    private volatile long askedCount;
    private volatile long longestSliceNs;
    private volatile Start start;
    private volatile Result result = new Result(0, List.of(), null);

    /** No snapshot is taken yet. */
    SnapshotExchange()
    {
        this(SLICE_COUNT, SLICE_LENGTH);
    }

    /** With fewer and shorter slices, for tests that make many of them. */
    SnapshotExchange(final int sliceCount, final int sliceLength)
    {
        for (int i = 0; i < sliceCount; i++)
        {
            free.add(new Slice(sliceLength));
        }
    }

    // Any thread.

    /** Ask for a snapshot; {@link Result#servedCount()} reaches the number when it is there. */
    synchronized long ask()
    {
        askedCount++;
        return askedCount;
    }

    /** How the last snapshot ended. */
    Result result()
    {
        return result;
    }

    long askedCount()
    {
        return askedCount;
    }

    // The shard thread.

    boolean isIdle()
    {
        return start == null;
    }

    void begin(final Start newStart)
    {
        longestSliceNs = 0;
        start = newStart;
    }

    /** A buffer to fill; null if none is free. */
    Slice takeFree()
    {
        return free.poll();
    }

    void handOver(final Slice slice)
    {
        full.add(slice);
    }

    void onSlice(final long durationNs)
    {
        if (durationNs > longestSliceNs)
        {
            longestSliceNs = durationNs;
        }
    }

    // The agent.

    Start start()
    {
        return start;
    }

    /** A buffer with state; null if none waits. */
    Slice takeFull()
    {
        return full.poll();
    }

    void giveBack(final Slice slice)
    {
        free.add(slice);
    }

    long longestSliceNs()
    {
        return longestSliceNs;
    }

    /** The snapshot is over; the next one may begin. */
    void end(final Result newResult)
    {
        result = newResult;
        start = null;
    }
}
