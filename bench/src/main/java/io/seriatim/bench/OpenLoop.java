package io.seriatim.bench;

import org.HdrHistogram.Histogram;

import java.util.concurrent.TimeUnit;

/**
 * Sends requests at the times that a plan says, whatever has become of those before, and measures each from the time
 * it was meant to be sent: a request that had to wait because the subject was stuck counts its wait, so nothing is
 * left out where it is slow.
 * <p>
 * One thread sends and polls. When it has nothing to do it spins a little and then yields, as on a small machine the
 * threads that it waits for may need its core.<br>
 * Threads: confined to one.
 */
final class OpenLoop
{
    /** A request that left so much after its time was late. */
    static final long LATE_NS = TimeUnit.MICROSECONDS.toNanos(100);

    /** A slice that is behind may take this much longer; what is not sent by then is not sent. */
    static final int OVERRUN_FACTOR = 3;

    private static final long DRAIN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int SPINS = 20;

    private OpenLoop()
    {
    }

    /**
     * Run one slice.
     *
     * @param subject           to send to.
     * @param requestsPerSecond of the plan, evenly spread.
     * @param durationNs        of the plan.
     * @param histogram         that takes the latencies in nanoseconds.
     * @return what happened.
     */
    static Slice run(
        final Subject subject, final double requestsPerSecond, final long durationNs, final Histogram histogram)
    {
        final double intervalNs = 1e9 / requestsPerSecond;
        final long count = Math.max(1, (long)(durationNs / intervalNs));
        final Subject.AnswerHandler handler = intendedNs -> record(histogram, System.nanoTime() - intendedNs);
        final long answeredBefore = histogram.getTotalCount();
        final long startMs = System.currentTimeMillis();
        subject.resume();
        final long startNs = System.nanoTime();
        long index = 0;
        long backPressuredCount = 0;
        long lateCount = 0;
        long lastBackPressured = -1;
        long lastWorkNs = startNs;
        int idleCount = 0;
        boolean isSending = true;
        while (isSending || subject.inFlight() > 0)
        {
            final long nowNs = System.nanoTime();
            int workCount = 0;
            while (isSending && startNs + (long)(index * intervalNs) <= nowNs)
            {
                final long intendedNs = startNs + (long)(index * intervalNs);
                if (!subject.trySend(intendedNs))
                {
                    backPressuredCount += lastBackPressured == index ? 0 : 1;
                    lastBackPressured = index;
                    isSending = nowNs - startNs < OVERRUN_FACTOR * durationNs;
                    break;
                }
                lateCount += nowNs - intendedNs > LATE_NS ? 1 : 0;
                workCount++;
                isSending = ++index < count && nowNs - startNs < OVERRUN_FACTOR * durationNs;
            }
            workCount += subject.poll(handler);
            if (workCount > 0)
            {
                idleCount = 0;
                lastWorkNs = nowNs;
            }
            else
            {
                idle(++idleCount);
                requireProgress(subject, nowNs, lastWorkNs, durationNs);
            }
        }
        final long endNs = System.nanoTime();
        subject.pause();
        return new Slice(
            subject.name(), subject.batchCount(), count, index, histogram.getTotalCount() - answeredBefore,
            backPressuredCount, lateCount, startMs, endNs - startNs, histogram);
    }

    static void idle(final int idleCount)
    {
        if (idleCount < SPINS)
        {
            Thread.onSpinWait();
        }
        else
        {
            Thread.yield();
        }
    }

    static void requireProgress(
        final Subject subject, final long nowNs, final long lastWorkNs, final long durationNs)
    {
        if (subject.inFlight() > 0 && nowNs - lastWorkNs > DRAIN_TIMEOUT_NS + durationNs)
        {
            throw new BenchException(
                subject.name() + " gives no answers any more: inFlight=" + subject.inFlight() + ", waitedNs=" +
                (nowNs - lastWorkNs));
        }
    }

    private static void record(final Histogram histogram, final long latencyNs)
    {
        histogram.recordValue(Math.min(Math.max(0, latencyNs), histogram.getHighestTrackableValue()));
    }
}
