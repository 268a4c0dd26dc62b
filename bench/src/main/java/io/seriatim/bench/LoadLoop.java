package io.seriatim.bench;

import java.util.concurrent.TimeUnit;

/**
 * Sends requests to one subject by some plan and takes its answers, until the plan is over and all is answered. Several
 * can share a thread, each with a subject of its own.
 * <p>
 * When none has anything to do, the thread spins a little and then yields, as on a small machine the threads that it
 * waits for may need its core.<br>
 * Threads: confined to one.
 */
abstract class LoadLoop
{
    private static final long DRAIN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int SPINS = 20;

    private final Subject subject;
    private final long durationNs;
    private final Recording recording;
    private final Subject.AnswerHandler handler;
    private long startMs;
    private long startNs;
    private long endNs;
    private boolean isOver;
    private long lastWorkNs;
    private long sentCount;
    private long backPressuredCount;
    private long lastBackPressured = -1;

    LoadLoop(final Subject subject, final long durationNs, final Recording recording)
    {
        this.subject = subject;
        this.durationNs = durationNs;
        this.recording = recording;
        handler = fromNs ->
        {
            final long nowNs = System.nanoTime();
            recording.record(nowNs, nowNs - fromNs);
        };
    }

    /**
     * Send what is due.
     *
     * @param nowNs    the time.
     * @param passedNs since the begin.
     * @return how many were sent.
     */
    abstract int send(long nowNs, long passedNs);

    /** Whether there is more to be sent, now or later. */
    abstract boolean isSending(long passedNs);

    /** How many requests the plan has. */
    abstract long plannedCount();

    /** How many requests left late. */
    abstract long lateCount();

    /** Run loops side by side on this thread until all are over. */
    static void run(final LoadLoop... loops)
    {
        for (final LoadLoop loop : loops)
        {
            loop.begin();
        }
        int idleCount = 0;
        boolean isOver = false;
        while (!isOver)
        {
            isOver = true;
            int workCount = 0;
            for (final LoadLoop loop : loops)
            {
                if (!loop.isOver)
                {
                    workCount += loop.pass();
                    isOver &= loop.isOver;
                }
            }
            if (workCount > 0)
            {
                idleCount = 0;
            }
            else if (!isOver)
            {
                idle(++idleCount);
            }
        }
        for (final LoadLoop loop : loops)
        {
            loop.subject.pause();
        }
    }

    /** What happened, once it is over. */
    final Slice slice()
    {
        return new Slice(
            subject.name(), subject.batchCount(), plannedCount(), sentCount,
            recording.count(), backPressuredCount, lateCount(), startMs, endNs - startNs, recording);
    }

    final long startNs()
    {
        return startNs;
    }

    final long durationNs()
    {
        return durationNs;
    }

    final long inFlight()
    {
        return subject.inFlight();
    }

    final long sentCount()
    {
        return sentCount;
    }

    final boolean isExhausted()
    {
        return subject.isExhausted();
    }

    /** Send one request, or note that there was no room for it. */
    final boolean trySend(final long fromNs)
    {
        if (subject.trySend(fromNs))
        {
            sentCount++;
            return true;
        }
        backPressuredCount += lastBackPressured == sentCount ? 0 : 1;
        lastBackPressured = sentCount;
        return false;
    }

    private void begin()
    {
        startMs = System.currentTimeMillis();
        subject.resume();
        startNs = System.nanoTime();
        lastWorkNs = startNs;
        recording.begin(startMs, startNs);
    }

    private int pass()
    {
        final long nowNs = System.nanoTime();
        final long passedNs = nowNs - startNs;
        final int workCount = (isSending(passedNs) ? send(nowNs, passedNs) : 0) + subject.poll(handler);
        if (workCount > 0)
        {
            lastWorkNs = nowNs;
        }
        else
        {
            requireProgress(nowNs);
        }
        if (subject.inFlight() == 0 && !isSending(passedNs))
        {
            endNs = System.nanoTime();
            recording.end(endNs);
            isOver = true;
        }
        return workCount;
    }

    /** Give way, the more the longer nothing was done. */
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

    private void requireProgress(final long nowNs)
    {
        if (subject.inFlight() > 0 && nowNs - lastWorkNs > DRAIN_TIMEOUT_NS + durationNs)
        {
            throw new BenchException(
                subject.name() + " gives no answers any more: inFlight=" + subject.inFlight() + ", waitedNs=" +
                (nowNs - lastWorkNs));
        }
    }
}
