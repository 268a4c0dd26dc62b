package io.seriatim.bench;

import org.HdrHistogram.Histogram;

/**
 * Keeps a number of requests in flight, or as many as the subject takes, for a time.
 * <p>
 * Threads: confined to one, which sends and polls.
 */
final class ClosedLoop
{
    private ClosedLoop()
    {
    }

    /**
     * Run one slice.
     *
     * @param subject     to send to.
     * @param inFlightMax most requests in flight.
     * @param durationNs  after which nothing is sent any more; what is in flight is waited for, and counts.
     * @param histogram   that takes the times from sending to the answer, in nanoseconds.
     * @return what happened.
     */
    static Slice run(
        final Subject subject, final long inFlightMax, final long durationNs, final Histogram histogram)
    {
        final Subject.AnswerHandler handler =
            sentNs -> histogram.recordValue(Math.min(System.nanoTime() - sentNs, histogram.getHighestTrackableValue()));
        final long answeredBefore = histogram.getTotalCount();
        final long startMs = System.currentTimeMillis();
        subject.resume();
        final long startNs = System.nanoTime();
        long sentCount = 0;
        long backPressuredCount = 0;
        long lastBackPressured = -1;
        long lastWorkNs = startNs;
        long nowNs = startNs;
        int idleCount = 0;
        while (nowNs - startNs < durationNs || subject.inFlight() > 0)
        {
            int workCount = 0;
            if (nowNs - startNs < durationNs && subject.inFlight() < inFlightMax)
            {
                if (subject.trySend(nowNs))
                {
                    sentCount++;
                    workCount++;
                }
                else if (lastBackPressured != sentCount)
                {
                    backPressuredCount++;
                    lastBackPressured = sentCount;
                }
            }
            workCount += subject.poll(handler);
            nowNs = System.nanoTime();
            if (workCount > 0)
            {
                idleCount = 0;
                lastWorkNs = nowNs;
            }
            else
            {
                OpenLoop.idle(++idleCount);
                OpenLoop.requireProgress(subject, nowNs, lastWorkNs, durationNs);
            }
        }
        final long endNs = System.nanoTime();
        subject.pause();
        return new Slice(
            subject.name(), subject.batchCount(), sentCount, sentCount, histogram.getTotalCount() - answeredBefore,
            backPressuredCount, 0, startMs, endNs - startNs, histogram);
    }
}
