package io.seriatim.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Looks at the answers of a subject as they pass: how long there was none though a request waited.
 * <p>
 * Cost: one reading of the clock for each answer and each poll.<br>
 * Threads: confined to the one that measures.
 */
final class AnswerWatch implements Subject
{
    /** From here on a wait is a stall that is counted. */
    static final long[] STALL_LIMITS_NS = {
        TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.MILLISECONDS.toNanos(100),
        TimeUnit.MILLISECONDS.toNanos(500)};

    /** So many of the worst are described. */
    static final int WORST_COUNT = 20;

    private static final long TELL_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** More starts of stalls than this are not kept; all are counted. */
    private static final int START_COUNT_MAX = 100_000;

    private final Subject subject;
    private final LongConsumer progress;
    private final PriorityQueue<Stall> worst = new PriorityQueue<>(Comparator.comparingLong(Stall::lengthNs));
    private final long[] stallCounts = new long[STALL_LIMITS_NS.length];
    private final List<Long> stallStartsNs = new ArrayList<>();
    private final AnswerHandler watching = this::onAnswer;
    private AnswerHandler handler;
    private long startNs;
    private long toldNs;
    private long answeredCount;
    private long waitingSinceNs;
    private long lastPollNs;
    private long awayNs;

    /**
     * A time without an answer, though a request waited for one.
     *
     * @param startNs  when the last answer came or, if nothing waited then, the first request that did was due.
     * @param lengthNs until the next answer came.
     * @param awayNs   the longest time in it in which nobody looked for one: the thread that measures did not run.
     */
    record Stall(long startNs, long lengthNs, long awayNs)
    {
        long endNs()
        {
            return startNs + lengthNs;
        }
    }

    /**
     * Watch a subject.
     *
     * @param subject  to watch.
     * @param progress is told once a second how many requests were answered so far.
     */
    AnswerWatch(final Subject subject, final LongConsumer progress)
    {
        this.subject = subject;
        this.progress = progress;
    }

    @Override
    public String name()
    {
        return subject.name();
    }

    @Override
    public int batchCount()
    {
        return subject.batchCount();
    }

    @Override
    public void resume()
    {
        subject.resume();
        startNs = System.nanoTime();
        lastPollNs = startNs;
        waitingSinceNs = startNs;
        toldNs = startNs;
    }

    @Override
    public boolean isExhausted()
    {
        return subject.isExhausted();
    }

    @Override
    public boolean trySend(final long intendedNs)
    {
        final boolean isFirst = subject.inFlight() == 0;
        final boolean isSent = subject.trySend(intendedNs);
        if (isSent && isFirst)
        {
            waitingSinceNs = Math.max(waitingSinceNs, intendedNs);
        }
        return isSent;
    }

    @Override
    public int poll(final AnswerHandler answerHandler)
    {
        final long nowNs = System.nanoTime();
        awayNs = Math.max(awayNs, nowNs - lastPollNs);
        lastPollNs = nowNs;
        handler = answerHandler;
        return subject.poll(watching);
    }

    @Override
    public long inFlight()
    {
        return subject.inFlight();
    }

    @Override
    public void pause()
    {
        subject.pause();
    }

    /** Whoever made the subject closes it. */
    @Override
    public void close()
    {
        // Nothing is held.
    }

    /** When the run began. */
    long startNs()
    {
        return startNs;
    }

    /** The longest stalls, longest first. */
    List<Stall> worst()
    {
        return worst.stream().sorted(Comparator.comparingLong(Stall::lengthNs).reversed()).toList();
    }

    /** Length of the longest time without an answer; 0 if there was none. */
    long longestNs()
    {
        return worst.stream().mapToLong(Stall::lengthNs).max().orElse(0);
    }

    /** How many stalls were longer than each of {@link #STALL_LIMITS_NS}. */
    long[] stallCounts()
    {
        return stallCounts.clone();
    }

    /** When the stalls above the first of the limits began, in their order. */
    List<Long> stallStartsNs()
    {
        return stallStartsNs;
    }

    private void onAnswer(final long intendedNs)
    {
        final long nowNs = System.nanoTime();
        handler.onAnswer(intendedNs);
        onGap(nowNs);
        if (nowNs - toldNs >= TELL_INTERVAL_NS)
        {
            progress.accept(answeredCount);
            toldNs = nowNs;
        }
    }

    private void onGap(final long nowNs)
    {
        answeredCount++;
        final long lengthNs = nowNs - waitingSinceNs;
        if (worst.size() < WORST_COUNT || lengthNs > worst.peek().lengthNs())
        {
            worst.add(new Stall(waitingSinceNs, lengthNs, Math.min(awayNs, lengthNs)));
            if (worst.size() > WORST_COUNT)
            {
                worst.poll();
            }
        }
        if (lengthNs > STALL_LIMITS_NS[0] && stallStartsNs.size() < START_COUNT_MAX)
        {
            stallStartsNs.add(waitingSinceNs);
        }
        for (int i = 0; i < stallCounts.length; i++)
        {
            stallCounts[i] += lengthNs > STALL_LIMITS_NS[i] ? 1 : 0;
        }
        waitingSinceNs = nowNs;
        awayNs = 0;
    }
}
