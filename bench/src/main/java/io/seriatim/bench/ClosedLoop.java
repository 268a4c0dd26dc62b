package io.seriatim.bench;

/**
 * Keeps a number of requests in flight, or as many as the subject takes, for a time. What is in flight at its end is
 * waited for, and counts.
 * <p>
 * Threads: confined to one, which sends and polls.
 */
final class ClosedLoop extends LoadLoop
{
    private final long inFlightMax;

    /**
     * A load for one slice.
     *
     * @param subject     to send to.
     * @param inFlightMax most requests in flight.
     * @param durationNs  after which nothing is sent any more, unless the subject is exhausted before.
     * @param recording   that takes the times from sending to the answer, in nanoseconds.
     */
    ClosedLoop(final Subject subject, final long inFlightMax, final long durationNs, final Recording recording)
    {
        super(subject, durationNs, recording);
        this.inFlightMax = inFlightMax;
    }

    /** Run one slice, as {@link #ClosedLoop}. */
    static Slice run(
        final Subject subject, final long inFlightMax, final long durationNs, final Recording recording)
    {
        final ClosedLoop loop = new ClosedLoop(subject, inFlightMax, durationNs, recording);
        run(loop);
        return loop.slice();
    }

    @Override
    boolean isSending(final long passedNs)
    {
        return passedNs < durationNs() && !isExhausted();
    }

    @Override
    int send(final long nowNs, final long passedNs)
    {
        return inFlight() < inFlightMax && trySend(nowNs) ? 1 : 0;
    }

    @Override
    long plannedCount()
    {
        return sentCount();
    }

    @Override
    long lateCount()
    {
        return 0;
    }
}
