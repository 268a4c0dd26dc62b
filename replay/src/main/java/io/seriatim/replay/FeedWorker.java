package io.seriatim.replay;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

import java.util.function.BooleanSupplier;

/**
 * Gives entries to the handler, one at a time. Of a feed in total order there is one, which goes on to the next entry
 * when the one before is done, deferred or tried again as it may be; else it reports what has failed, and goes on.
 * <p>
 * Threads: {@link #doWork} and {@link #park} are the worker's; {@link #hand}, {@link #busyCount} the feed's;
 * {@link #wake} any.
 */
final class FeedWorker implements Agent
{
    /** Stands for an entry that was handed over and given back: the feed comes to its end. */
    static final Throwable NOT_TRIED = new FeedException("not tried", null);

    private static final long PARK_MAX_NS = 100_000_000;
    private static final long PARK_AT_END_NS = 1_000_000;

    private final String name;
    private final FeedAgent agent;
    private final FeedHandler handler;
    private final FeedRetry retry;
    private final boolean isInOrder;
    private final boolean isStoppedByFailure;
    private final OneToOneConcurrentArrayQueue<FeedEntry> queue;
    private final Parking parking = new Parking();
    private final BooleanSupplier isIdle = this::isIdle;

    /** Entries whose handler's method has returned; in total order those that are over. */
    private volatile long returnedCount;
    private long handedCount;

    // The entry that keeps the next one from its turn, in total order.
    private FeedEntry current;
    private boolean isCurrentTried;
    private long retryNs;
    private boolean isHalted;

    FeedWorker(final String name, final FeedAgent agent, final FeedConfig config, final int queueLength)
    {
        this.name = name;
        this.agent = agent;
        handler = config.handler();
        retry = config.retry();
        isInOrder = config.ordering() == FeedOrdering.TOTAL;
        isStoppedByFailure = config.failure() != FeedFailure.DEAD_LETTER;
        queue = new OneToOneConcurrentArrayQueue<>(Math.max(2, queueLength));
    }

    @Override
    public String roleName()
    {
        return name;
    }

    @Override
    public int doWork()
    {
        if (isHalted)
        {
            return giveBack();
        }
        if (current == null)
        {
            current = queue.poll();
            if (current == null)
            {
                return 0;
            }
            isCurrentTried = false;
        }
        return isCurrentTried ? goOn() : handle();
    }

    // The feed's thread.

    /** Give it an entry; there is room, as the feed counts what is under way. */
    void hand(final FeedEntry entry)
    {
        entry.worker = this;
        if (!queue.offer(entry))
        {
            throw new IllegalStateException("a worker was given more than it has room for: " + name);
        }
        handedCount++;
    }

    /** How many entries it was given whose handler's method has not returned. */
    long busyCount()
    {
        return handedCount - returnedCount;
    }

    // Waiting.

    /** Wait until there may be something to do. */
    void park()
    {
        final long waitMaxNs = agent.isEnded() ? PARK_AT_END_NS : PARK_MAX_NS;
        final long waitNs = current != null && retryNs != 0 ? retryNs - System.nanoTime() : waitMaxNs;
        parking.park(isIdle, Math.max(1, Math.min(waitMaxNs, waitNs)));
    }

    /** There is something to do: called behind what it is was made known by. */
    void wake()
    {
        parking.wake();
    }

    private boolean isIdle()
    {
        return queue.isEmpty() && (current == null || !isDue());
    }

    private boolean isDue()
    {
        return !isCurrentTried || (current.deferral != null && retryNs == 0 ?
            current.deferral.isTold() : retryNs - System.nanoTime() <= 0);
    }

    private int handle()
    {
        final FeedEntry entry = current;
        // Once its end is told the entry may be another one.
        final boolean isLastOfBatch = entry.isLastOfBatch;
        Throwable failure = null;
        entry.begin();
        try
        {
            handler.onEntry(entry);
        }
        catch (final Throwable ex)
        {
            failure = ex;
        }
        isCurrentTried = true;
        retryNs = 0;
        if (isInOrder)
        {
            if (failure != null && entry.deferral != null)
            {
                entry.deferral.onThrown(failure);
            }
            if (failure != null || entry.deferral == null)
            {
                endInOrder(failure);
            }
        }
        else
        {
            current = null;
            endParallel(entry, failure);
        }
        if (isLastOfBatch)
        {
            endBatch();
        }
        return 1;
    }

    private void endParallel(final FeedEntry entry, final Throwable failure)
    {
        final FeedEntry.Completion deferral = entry.deferral;
        if (failure != null && deferral != null)
        {
            deferral.onThrown(failure);
        }
        else if (deferral != null && !deferral.onReturned())
        {
            returnedCount++;
            return;
        }
        returnedCount++;
        agent.onEnd(entry, failure != null || deferral == null ? failure : deferral.cause());
    }

    /** In total order the entry was tried, and is not over. */
    private int goOn()
    {
        if (retryNs != 0 && agent.isClosing())
        {
            isHalted = true;
            endInOrder(NOT_TRIED);
            return 1;
        }
        if (!isDue())
        {
            return 0;
        }
        if (retryNs != 0)
        {
            return handle();
        }
        endInOrder(current.deferral.cause());
        return 1;
    }

    private void endInOrder(final Throwable failure)
    {
        final FeedEntry entry = current;
        if (failure != null && failure != NOT_TRIED && entry.attempt() <= retry.countMax())
        {
            agent.onRetry();
            retryNs = System.nanoTime() + retry.delayNs(entry.attempt());
            return;
        }
        isHalted = failure != null && isStoppedByFailure;
        current = null;
        returnedCount++;
        agent.onEnd(entry, failure);
    }

    private int giveBack()
    {
        final FeedEntry entry = queue.poll();
        if (entry == null)
        {
            return 0;
        }
        returnedCount++;
        agent.onEnd(entry, NOT_TRIED);
        return 1;
    }

    private void endBatch()
    {
        try
        {
            handler.onBatchEnd();
        }
        catch (final Throwable ex)
        {
            isHalted = true;
            agent.onFailure(ex);
        }
    }
}
