package io.seriatim.engine;

import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.StateRootBuilder;
import io.seriatim.ledger.StateRootCopy;
import io.seriatim.ledger.StateRootKey;
import io.seriatim.ledger.StateRootTask;
import io.seriatim.ledger.StateRoots;
import io.seriatim.ledger.StateRowHandler;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * Makes the state roots of one shard beside it: the shard's thread copies slices of the state between its requests, and
 * the thread of the {@link StateRootAgent} makes the root of them. Where no buffer is free the shard goes on.
 * <p>
 * Shape: {@link #SLICE_COUNT} buffers of {@link #SLICE_LENGTH} bytes off-heap.<br>
 * Threads: the shard's thread makes and copies; {@link #hash} is the agent's.
 */
final class StateRootWork implements StateRoots.Maker
{
    static final int SLICE_LENGTH = 32 * 1024;
    static final int SLICE_COUNT = 16;

    /** Another slice is begun in a pass only before that. */
    private static final long SLICES_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final StateRootKey key;
    private final long keyFingerprint;
    private final OneToOneConcurrentArrayQueue<Slice> free = new OneToOneConcurrentArrayQueue<>(SLICE_COUNT);
    private final OneToOneConcurrentArrayQueue<Slice> full = new OneToOneConcurrentArrayQueue<>(SLICE_COUNT);
    private StateRootCopy copy;
    private StateRootTask copied;
    private StateRootTask hashed;
    private StateRootBuilder builder;
    private volatile long startNs;
    private volatile long durationNs;
    private volatile Throwable failure;

    /** A buffer on its way. */
    private static final class Slice
    {
        private final UnsafeBuffer buffer =
            new UnsafeBuffer(ByteBuffer.allocateDirect(SLICE_LENGTH).order(ByteOrder.LITTLE_ENDIAN));
        private StateRootTask task;
        private int length;
        private boolean isLast;
    }

    /**
     * Nothing is made yet.
     *
     * @param key          that salts the rows.
     * @param stateMachine of the shard.
     */
    StateRootWork(final StateRootKey key, final LedgerStateMachine stateMachine)
    {
        this.key = key.copy();
        keyFingerprint = key.fingerprint();
        for (int i = 0; i < SLICE_COUNT; i++)
        {
            free.add(new Slice());
        }
        // The first beginning makes the tables beside the rows: here nobody waits for it.
        stateMachine.beginRootCopy().cancel();
    }

    // The shard's thread.

    @Override
    public void make(final LedgerStateMachine stateMachine, final StateRootTask task)
    {
        startNs = System.nanoTime();
        copy = stateMachine.beginRootCopy();
        copied = task;
    }

    /**
     * At the end of a pass, copy some slices if a root was begun.
     *
     * @return how many; 0 if none.
     * @throws IllegalStateException if roots can not be made any more.
     */
    int copySlices()
    {
        if (failure != null)
        {
            throw new IllegalStateException("a state root can not be made: " + failure, failure);
        }
        if (copied == null)
        {
            return 0;
        }
        final long passStartNs = System.nanoTime();
        int count = 0;
        while (copied != null && copySlice())
        {
            count++;
            if (System.nanoTime() - passStartNs >= SLICES_NS)
            {
                break;
            }
        }
        return count;
    }

    private boolean copySlice()
    {
        final Slice slice = free.poll();
        if (slice == null)
        {
            return false;
        }
        slice.task = copied;
        slice.length = copy.copy(slice.buffer, 0, SLICE_LENGTH);
        slice.isLast = !copy.isActive();
        copied = slice.isLast ? null : copied;
        full.add(slice);
        return true;
    }

    /** How long it took to make the last one that was made; 0 if none was. */
    long durationNs()
    {
        return durationNs;
    }

    /** What tells the key from others. */
    long keyFingerprint()
    {
        return keyFingerprint;
    }

    // The agent's thread.

    /**
     * Take the next slice.
     *
     * @return false if there is none.
     */
    boolean hash()
    {
        final Slice slice = full.poll();
        if (slice == null)
        {
            return false;
        }
        try
        {
            hash(slice);
        }
        catch (final Throwable ex)
        {
            failure = ex;
        }
        slice.task = null;
        free.add(slice);
        return true;
    }

    private void hash(final Slice slice)
    {
        if (slice.task != hashed)
        {
            hashed = slice.task;
            builder = new StateRootBuilder(key, hashed.asOfSequence(), StateRowHandler.NONE);
        }
        if (slice.length > 0)
        {
            builder.onChunk(slice.buffer, 0, slice.length);
        }
        if (slice.isLast)
        {
            durationNs = System.nanoTime() - startNs;
            hashed.complete(builder.end());
            builder = null;
        }
    }
}
