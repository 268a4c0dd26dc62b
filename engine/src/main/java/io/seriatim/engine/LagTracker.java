package io.seriatim.engine;

import java.util.concurrent.TimeUnit;

/**
 * Remembers when there was how much to do, so that what is behind can tell since when the oldest of it waits.
 * <p>
 * Shape: 1,024 marks, at least 10 ms apart: what is older than they reach is as old as the first of them.<br>
 * Threads: confined to one.
 */
public final class LagTracker
{
    private static final int CAPACITY = 1_024;
    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final long[] targets = new long[CAPACITY];
    private final long[] timesNs = new long[CAPACITY];
    private long head;
    private long tail;

    /**
     * There is something to do.
     *
     * @param nowNs  what {@link System#nanoTime()} says.
     * @param target number of the last item that is there; it never falls.
     */
    public void note(final long nowNs, final long target)
    {
        if (tail > head)
        {
            final int last = (int)(tail - 1) & CAPACITY - 1;
            if (targets[last] == target || nowNs - timesNs[last] < INTERVAL_NS)
            {
                return;
            }
            if (tail - head == CAPACITY)
            {
                timesNs[(int)(head + 1) & CAPACITY - 1] = timesNs[(int)head & CAPACITY - 1];
                head++;
            }
        }
        targets[(int)tail & CAPACITY - 1] = target;
        timesNs[(int)tail & CAPACITY - 1] = nowNs;
        tail++;
    }

    /**
     * Since when the oldest item waits.
     *
     * @param done number of the last item that is done.
     * @return what {@link System#nanoTime()} said when it was first seen; 0 if nothing that was noted waits.
     */
    public long sinceNs(final long done)
    {
        while (head < tail && targets[(int)head & CAPACITY - 1] <= done)
        {
            head++;
        }
        return head == tail ? 0 : timesNs[(int)head & CAPACITY - 1];
    }
}
