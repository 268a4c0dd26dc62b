package io.seriatim.bench;

import java.util.concurrent.TimeUnit;

/**
 * Sends requests at the times that a plan says, whatever has become of those before, and measures each from the time
 * it was meant to be sent: a request that had to wait because the subject was stuck counts its wait, so nothing is
 * left out where it is slow.
 * <p>
 * Threads: confined to one, which sends and polls.
 */
final class OpenLoop extends LoadLoop
{
    /** A request that left so much after its time was late. */
    static final long LATE_NS = TimeUnit.MICROSECONDS.toNanos(100);

    /** A slice that is behind may take this much longer; what is not sent by then is not sent. */
    static final int OVERRUN_FACTOR = 3;

    private final double intervalNs;
    private final long plannedCount;
    private long lateCount;

    /**
     * A plan for one slice.
     *
     * @param subject           to send to.
     * @param requestsPerSecond of the plan, evenly spread.
     * @param durationNs        of the plan.
     * @param recording         that takes the latencies in nanoseconds.
     */
    OpenLoop(
        final Subject subject, final double requestsPerSecond, final long durationNs, final Recording recording)
    {
        super(subject, durationNs, recording);
        intervalNs = 1e9 / requestsPerSecond;
        plannedCount = Math.max(1, (long)(durationNs / intervalNs));
    }

    /** Run one slice, as {@link #OpenLoop}. */
    static Slice run(
        final Subject subject, final double requestsPerSecond, final long durationNs, final Recording recording)
    {
        final OpenLoop loop = new OpenLoop(subject, requestsPerSecond, durationNs, recording);
        run(loop);
        return loop.slice();
    }

    @Override
    boolean isSending(final long passedNs)
    {
        return sentCount() < plannedCount && passedNs < OVERRUN_FACTOR * durationNs();
    }

    @Override
    int send(final long nowNs, final long passedNs)
    {
        int count = 0;
        while (sentCount() < plannedCount && intendedNs() <= nowNs)
        {
            final long intendedNs = intendedNs();
            if (!trySend(intendedNs))
            {
                break;
            }
            lateCount += nowNs - intendedNs > LATE_NS ? 1 : 0;
            count++;
        }
        return count;
    }

    @Override
    long plannedCount()
    {
        return plannedCount;
    }

    @Override
    long lateCount()
    {
        return lateCount;
    }

    private long intendedNs()
    {
        return startNs() + (long)(sentCount() * intervalNs);
    }
}
