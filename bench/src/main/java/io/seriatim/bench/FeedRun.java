package io.seriatim.bench;

import com.sun.management.OperatingSystemMXBean;
import io.seriatim.engine.JournalSource;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedException;
import io.seriatim.replay.FeedHandler;
import io.seriatim.replay.FeedKeys;
import io.seriatim.replay.JournalFeed;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Hands out a number of entries by a feed, and measures how many a second. The steady rate leaves out the first and
 * the last part, in which the feed opens and not all workers have something to do any more: it is that between two
 * entries that were done in between.
 * <p>
 * Threads: confined to one.
 */
final class FeedRun
{
    private static final double NANOS = 1e9;
    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long SAMPLE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** So much of the entries is left out at each end. */
    private static final int EDGE = 10;

    private final List<JournalSource> journals;
    private final FeedConfig config;
    private final int count;
    private final Handled handled;
    private final AtomicInteger doneCount = new AtomicInteger();
    private int wantedCount;
    private volatile long steadyStartNs;
    private volatile long steadyEndNs;

    /**
     * What a run came to.
     *
     * @param count           of entries.
     * @param perSecond       entries, from the opening of the feed until the last one was done.
     * @param steadyPerSecond entries, without the first and the last part.
     * @param cpuShare        cores that the process took.
     */
    record Measured(int count, double perSecond, double steadyPerSecond, double cpuShare)
    {
    }

    /**
     * A run that has not begun.
     *
     * @param journals to read.
     * @param config   of the feed, with its handler and its filter.
     * @param count    of entries to hand out, which the journals have.
     * @param handled  takes what becomes of them.
     */
    FeedRun(
        final List<JournalSource> journals, final FeedConfig config, final int count, final Handled handled)
    {
        this.journals = journals;
        this.config = config;
        this.count = count;
        this.handled = handled;
    }

    /**
     * Run it to its end.
     *
     * @param atOnce how many entries are handled at once: the steady part is a multiple of them.
     * @param sample called five times a second meanwhile.
     * @return what it came to; what was handled is to be looked at by the caller.
     */
    Measured run(final int atOnce, final Runnable sample)
    {
        final int edge = (Math.max(1, count / EDGE) + atOnce - 1) / atOnce * atOnce;
        final int steadyCount = Math.max(0, count - 2 * edge) / atOnce * atOnce;
        final FeedHandler handler = config.handler();
        final FeedKeys keys = config.keys();
        final Predicate<FeedEntry> filter = config.filter();
        config.filter(entry -> wantedCount < count && filter.test(entry) && handled.want(entry) && ++wantedCount > 0)
            .handler(entry ->
            {
                handled.begin(entry, keys);
                handler.onEntry(entry);
                handled.end(entry, keys);
                final int done = doneCount.incrementAndGet();
                if (done == edge)
                {
                    steadyStartNs = System.nanoTime();
                }
                else if (done == edge + steadyCount)
                {
                    steadyEndNs = System.nanoTime();
                }
            });
        final long cpuNs = cpuNs();
        final long startNs = System.nanoTime();
        final double durationNs;
        final double cpuShare;
        try (JournalFeed feed = JournalFeed.open(journals, config))
        {
            await(feed, startNs, sample);
            durationNs = System.nanoTime() - startNs;
            cpuShare = (cpuNs() - cpuNs) / durationNs;
        }
        catch (final FeedException ex)
        {
            throw new BenchException("the feed has failed: " + ex.getMessage(), ex);
        }
        final double perSecond = count / durationNs * NANOS;
        return new Measured(count, perSecond, steadyCount == 0 ? perSecond :
            steadyCount * NANOS / (steadyEndNs - steadyStartNs), cpuShare);
    }

    private void await(final JournalFeed feed, final long startNs, final Runnable sample)
    {
        long sampledNs = startNs;
        while (doneCount.get() < count && feed.failure() == null)
        {
            final long nowNs = System.nanoTime();
            if (nowNs - startNs > TIMEOUT_NS)
            {
                throw new BenchException("the feed did not come to its end in time: done=" + doneCount + " of " +
                    count);
            }
            if (nowNs - sampledNs >= SAMPLE_NS)
            {
                sampledNs = nowNs;
                sample.run();
            }
            LockSupport.parkNanos(POLL_NS);
        }
        if (feed.failure() != null)
        {
            throw new BenchException("the feed has stopped: " + feed.failure().getMessage(), feed.failure());
        }
    }

    private static long cpuNs()
    {
        return ((OperatingSystemMXBean)ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
