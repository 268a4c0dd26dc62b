package io.seriatim.bench;

import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedHandler;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits with each entry, as a handler does that calls somebody else, so that a hundred of them are honest on two
 * cores; and tells how long it has really waited, which is the time that was asked for and what the timer and the
 * scheduler add.
 * <p>
 * Threads: any.
 */
final class WaitingHandler implements FeedHandler
{
    private final long serviceNs;
    private final LongAdder count = new LongAdder();
    private final LongAdder waitedNs = new LongAdder();

    /**
     * One that waits.
     *
     * @param serviceNs for each entry.
     */
    WaitingHandler(final long serviceNs)
    {
        this.serviceNs = serviceNs;
    }

    @Override
    public void onEntry(final FeedEntry entry)
    {
        final long startNs = System.nanoTime();
        long leftNs = serviceNs;
        while (leftNs > 0)
        {
            LockSupport.parkNanos(leftNs);
            leftNs = startNs + serviceNs - System.nanoTime();
        }
        waitedNs.add(serviceNs - leftNs);
        count.increment();
    }

    /** How long it waits for each, as it was asked to. */
    long serviceNs()
    {
        return serviceNs;
    }

    /** How long it has waited for each on average. */
    double meanNs()
    {
        return count.sum() == 0 ? serviceNs : (double)waitedNs.sum() / count.sum();
    }
}
