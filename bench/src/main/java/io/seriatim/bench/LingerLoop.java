package io.seriatim.bench;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Transfers come one by one at a rate, whatever has become of those before; a request leaves when it is full, or when
 * the first of its transfers has waited for the linger, as soon as there is room for it in flight. Each transfer is
 * measured from the time it was meant to come until its request is durable.
 * <p>
 * Threads: confined to one, which sends and polls.
 */
final class LingerLoop
{
    /** What has not been sent after so many times the plan is not sent: the rate was not kept. */
    static final int OVERRUN_FACTOR = 2;

    private static final long DRAIN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private final EngineSubject subject;
    private final double intervalNs;
    private final long plannedCount;
    private final long durationNs;
    private final int batchCount;
    private final long lingerNs;
    private final int inFlightMax;
    private final Recording recording;
    private final ArrayDeque<Integer> sizes = new ArrayDeque<>();
    private long startNs;
    private long sentCount;
    private long requestCount;

    /**
     * A load for one slice.
     *
     * @param subject            to send to.
     * @param transfersPerSecond that come.
     * @param durationNs         of the plan.
     * @param batchCount         most transfers in a request.
     * @param lingerNs           how long the first of a request waits for others.
     * @param inFlightMax        most requests in flight.
     * @param recording          of the transfers, in nanoseconds.
     */
    LingerLoop(
        final EngineSubject subject,
        final double transfersPerSecond,
        final long durationNs,
        final int batchCount,
        final long lingerNs,
        final int inFlightMax,
        final Recording recording)
    {
        this.subject = subject;
        intervalNs = 1e9 / transfersPerSecond;
        plannedCount = Math.max(1, (long)(durationNs / intervalNs));
        this.durationNs = durationNs;
        this.batchCount = batchCount;
        this.lingerNs = lingerNs;
        this.inFlightMax = inFlightMax;
        this.recording = recording;
    }

    /** Run it, and say what happened; the slice counts transfers, not requests. */
    Slice run()
    {
        final long startMs = System.currentTimeMillis();
        subject.resume();
        startNs = System.nanoTime();
        recording.begin(startMs, startNs);
        int idleCount = 0;
        long passedNs = 0;
        while (isSending(passedNs) || subject.inFlight() > 0)
        {
            passedNs = System.nanoTime() - startNs;
            final boolean hasSent = isSending(passedNs) && send(passedNs);
            if (subject.poll(this::onAnswer) > 0 || hasSent)
            {
                idleCount = 0;
            }
            else
            {
                LoadLoop.idle(++idleCount);
            }
            if (passedNs > OVERRUN_FACTOR * durationNs + DRAIN_TIMEOUT_NS)
            {
                throw new BenchException("the engine gives no answers any more: inFlight=" + subject.inFlight());
            }
        }
        final long endNs = System.nanoTime();
        recording.end(endNs);
        subject.pause();
        return new Slice(
            subject.name(), 1, plannedCount, sentCount, recording.count(), 0, 0, startMs, endNs - startNs, recording);
    }

    private boolean isSending(final long passedNs)
    {
        return sentCount < plannedCount && passedNs < OVERRUN_FACTOR * durationNs;
    }

    /** Transfers in a request, on average. */
    double meanSize()
    {
        return requestCount == 0 ? 0 : (double)sentCount / requestCount;
    }

    private boolean send(final long passedNs)
    {
        final long come = Math.min(plannedCount, 1 + (long)(passedNs / intervalNs));
        final int size = (int)Math.min(batchCount, come - sentCount);
        if (size == 0 || subject.inFlight() >= inFlightMax ||
            size < batchCount && come < plannedCount && passedNs - plannedNs(sentCount) < lingerNs)
        {
            return false;
        }
        subject.batchCount(size);
        if (!subject.trySend(sentCount))
        {
            return false;
        }
        sizes.add(size);
        sentCount += size;
        requestCount++;
        return true;
    }

    /** The tag of a request is the number of its first transfer; answers come in the order of requests. */
    private void onAnswer(final long first)
    {
        final long nowNs = System.nanoTime();
        final int size = sizes.remove();
        for (int i = 0; i < size; i++)
        {
            recording.record(nowNs, nowNs - startNs - plannedNs(first + i));
        }
    }

    private long plannedNs(final long index)
    {
        return (long)(index * intervalNs);
    }
}
