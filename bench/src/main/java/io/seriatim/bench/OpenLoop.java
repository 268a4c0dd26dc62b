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

    private final Plan plan;
    private long lateCount;

    /**
     * When requests are meant to leave.
     */
    interface Plan
    {
        /** How many requests there are. */
        long count();

        /** How long it takes. */
        long durationNs();

        /** How long requests may be sent; what is not sent by then is not sent. */
        long limitNs();

        /**
         * Time of a request from the beginning; never before that of the request in front of it. It is asked for that
         * of the next request only.
         */
        long offsetNs(long index);
    }

    /** Requests at a rate. */
    private record EvenPlan(long count, long durationNs, double intervalNs) implements Plan
    {
        @Override
        public long limitNs()
        {
            return OVERRUN_FACTOR * durationNs;
        }

        @Override
        public long offsetNs(final long index)
        {
            return (long)(index * intervalNs);
        }
    }

    /**
     * A plan for one slice at a rate.
     *
     * @param subject           to send to.
     * @param requestsPerSecond of the plan, evenly spread.
     * @param durationNs        of the plan.
     * @param recording         that takes the latencies in nanoseconds.
     */
    OpenLoop(
        final Subject subject, final double requestsPerSecond, final long durationNs, final Recording recording)
    {
        this(subject, evenly(requestsPerSecond, durationNs), recording);
    }

    /**
     * A load by a plan.
     *
     * @param subject   to send to.
     * @param plan      of the requests.
     * @param recording that takes the latencies in nanoseconds.
     */
    OpenLoop(final Subject subject, final Plan plan, final Recording recording)
    {
        super(subject, plan.durationNs(), recording);
        this.plan = plan;
    }

    private static Plan evenly(final double requestsPerSecond, final long durationNs)
    {
        final double intervalNs = 1e9 / requestsPerSecond;
        return new EvenPlan(Math.max(1, (long)(durationNs / intervalNs)), durationNs, intervalNs);
    }

    /** Run one slice, as {@link #OpenLoop}. */
    static Slice run(
        final Subject subject, final double requestsPerSecond, final long durationNs, final Recording recording)
    {
        return run(subject, evenly(requestsPerSecond, durationNs), recording);
    }

    /** Run a plan, as {@link #OpenLoop}. */
    static Slice run(final Subject subject, final Plan plan, final Recording recording)
    {
        final OpenLoop loop = new OpenLoop(subject, plan, recording);
        run(loop);
        return loop.slice();
    }

    @Override
    boolean isSending(final long passedNs)
    {
        return sentCount() < plan.count() && passedNs < plan.limitNs();
    }

    @Override
    int send(final long nowNs, final long passedNs)
    {
        int count = 0;
        while (sentCount() < plan.count() && plan.offsetNs(sentCount()) <= passedNs)
        {
            final long intendedNs = startNs() + plan.offsetNs(sentCount());
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
        return plan.count();
    }

    @Override
    long lateCount()
    {
        return lateCount;
    }
}
