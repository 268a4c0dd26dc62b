package io.seriatim.engine;

import org.agrona.concurrent.EpochNanoClock;

/**
 * A clock that stands still until it is moved, for tests, simulations and replays of what happened. It starts at 0 and
 * never goes back. {@link Ledger#advanceClock} and {@link Ledger#setClock} move it at a place in the order of requests,
 * and release what is due by then.
 * <p>
 * Threads: any may read it; the threads of shards move it, one at a time.
 */
public final class ManualClock implements EpochNanoClock
{
    private volatile long nowNs;

    @Override
    public long nanoTime()
    {
        return nowNs;
    }

    synchronized void set(final long newNowNs)
    {
        nowNs = newNowNs;
    }

    /** Advance from where it stands, or from the earliest time if that is later; false if it would pass the end. */
    synchronized boolean tryAdvance(final long earliestNs, final long spanNs)
    {
        final long fromNs = Math.max(nowNs, earliestNs);
        if (spanNs < 0 || spanNs > Long.MAX_VALUE - fromNs)
        {
            return false;
        }
        nowNs = fromNs + spanNs;
        return true;
    }

    /** Set it; false if it would go back, or to before the earliest time. */
    synchronized boolean trySet(final long earliestNs, final long newNowNs)
    {
        if (newNowNs < Math.max(nowNs, earliestNs))
        {
            return false;
        }
        nowNs = newNowNs;
        return true;
    }
}
