package io.seriatim.bench;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The times of one slice, in intervals by when each was answered, so that a stall is seen where it was.
 * <p>
 * Shape: one histogram for each interval of the plan, made before the slice; once looked at, packed and summed up. A
 * slice that takes much longer than its plan has longer intervals.<br>
 * Cost: a comparison for each value; nothing is allocated, unless the slice takes an interval more than its plan.<br>
 * Threads: confined to the one that measures.
 */
final class Recording
{
    /** Length of an interval, unless the slice is long. */
    static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** So many intervals a slice is cut into at most. */
    static final int INTERVAL_COUNT_MAX = 300;

    private long intervalNs;
    private int plannedCount;
    private final List<Histogram> open = new ArrayList<>();
    private final List<AbstractHistogram> packed = new ArrayList<>();
    private final List<Long> endsNs = new ArrayList<>();
    private Histogram sum;
    private Histogram current;
    private int index;
    private long count;
    private long startMs;
    private long startNs;
    private long borderNs;

    /** For a slice whose length nobody knows. */
    static Recording ofUnknownLength()
    {
        return new Recording(INTERVAL_NS * INTERVAL_COUNT_MAX);
    }

    /**
     * Room for one slice.
     *
     * @param durationNs of its plan.
     */
    Recording(final long durationNs)
    {
        intervalNs = Math.max(INTERVAL_NS, durationNs / INTERVAL_COUNT_MAX);
        plannedCount = (int)Math.max(1, durationNs / intervalNs);
        for (int i = 0; i < plannedCount; i++)
        {
            open.add(PairedRun.newHistogram());
        }
    }

    /** The slice begins. */
    void begin(final long startMs, final long startNs)
    {
        this.startMs = startMs;
        this.startNs = startNs;
        borderNs = startNs;
        index = -1;
        next();
    }

    /**
     * Take one value.
     *
     * @param nowNs   when the answer came.
     * @param valueNs how long it took; what is below zero counts as zero, what is too long as the longest.
     */
    void record(final long nowNs, final long valueNs)
    {
        while (nowNs - borderNs >= 0)
        {
            next();
        }
        current.recordValue(Math.min(Math.max(0, valueNs), current.getHighestTrackableValue()));
        count++;
    }

    /** The slice is over. */
    void end(final long endNs)
    {
        endsNs.set(index, Math.max(endNs, index == 0 ? startNs : endsNs.get(index - 1)));
    }

    /** How many values were taken. */
    long count()
    {
        return count;
    }

    /** All values of the slice. */
    Histogram histogram()
    {
        pack();
        return sum;
    }

    /** Its intervals in order, those without a value too, with their times by the wall clock. */
    List<AbstractHistogram> intervals()
    {
        pack();
        return packed;
    }

    /** The last interval of the plan takes what is answered behind it, so that none is but a few milliseconds long. */
    private void next()
    {
        index++;
        if (index == 2 * INTERVAL_COUNT_MAX)
        {
            takeTogether();
        }
        if (index == open.size())
        {
            open.add(PairedRun.newHistogram());
        }
        current = open.get(index);
        borderNs += index == plannedCount - 1 ? 2 * intervalNs : intervalNs;
        endsNs.add(borderNs);
    }

    /** Two intervals become one, and those that follow are as long. */
    private void takeTogether()
    {
        for (int i = 0; i < INTERVAL_COUNT_MAX; i++)
        {
            open.get(i).add(open.remove(i + 1));
            endsNs.remove(i);
        }
        index = INTERVAL_COUNT_MAX;
        plannedCount = 0;
        intervalNs *= 2;
    }

    private void pack()
    {
        if (sum != null)
        {
            return;
        }
        sum = PairedRun.newHistogram();
        long fromMs = startMs;
        for (int i = 0; i <= index; i++)
        {
            final AbstractHistogram interval =
                new PackedHistogram(sum.getHighestTrackableValue(), sum.getNumberOfSignificantValueDigits());
            interval.add(open.get(i));
            interval.setStartTimeStamp(fromMs);
            fromMs = Math.max(fromMs + 1, startMs + Math.round((endsNs.get(i) - startNs) / 1e6));
            interval.setEndTimeStamp(fromMs);
            packed.add(interval);
            sum.add(open.get(i));
        }
        open.clear();
    }
}
