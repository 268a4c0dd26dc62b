package io.seriatim.engine;

import org.agrona.concurrent.EpochNanoClock;

/**
 * A clock that stands still until it is moved, for tests, simulations and replays of what happened. It starts at 0 and
 * never goes back. {@link Ledger#advanceClock} and {@link Ledger#setClock} move it at a place in the order of requests,
 * and release what is due by then.
 * <p>
 * Threads: any may read it; the shard's thread moves it.
 */
public final class ManualClock implements EpochNanoClock
{
    private volatile long nowNs;

    @Override
    public long nanoTime()
    {
        return nowNs;
    }

    void set(final long newNowNs)
    {
        nowNs = newNowNs;
    }
}
