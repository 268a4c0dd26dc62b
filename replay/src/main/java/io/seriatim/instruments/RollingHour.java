package io.seriatim.instruments;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The intervals of the last hour.
 * <p>
 * Shape: as many intervals as were taken in it, 3,600 if one is taken each second; some 10 KB each at ten stages.<br>
 * Threads: confined to one.
 */
public final class RollingHour
{
    private static final long HOUR_NS = 3_600L * 1_000_000_000L;

    private final Deque<Interval> intervals = new ArrayDeque<>();
    private long spanNs;

    /** Take the newest interval; what is older than an hour by then is forgotten. */
    void add(final Interval interval)
    {
        intervals.addLast(interval);
        spanNs += interval.spanNs();
        while (spanNs - intervals.peekFirst().spanNs() >= HOUR_NS)
        {
            spanNs -= intervals.removeFirst().spanNs();
        }
    }

    /**
     * The intervals, oldest first.
     *
     * @return a copy.
     */
    public List<Interval> intervals()
    {
        return new ArrayList<>(intervals);
    }

    /**
     * The newest intervals as one.
     *
     * @param lastNs how far back, in nanoseconds: as many whole intervals as fit, and at least the newest.
     * @return one interval, its distributions merged; {@link Interval#NONE} if there is none yet.
     */
    public Interval over(final long lastNs)
    {
        final ArrayDeque<Interval> newest = new ArrayDeque<>();
        long sumNs = 0;
        final var backwards = intervals.descendingIterator();
        while (backwards.hasNext())
        {
            final Interval interval = backwards.next();
            sumNs += interval.spanNs();
            if (sumNs > lastNs && !newest.isEmpty())
            {
                break;
            }
            newest.addFirst(interval);
        }
        return Interval.merge(List.copyOf(newest));
    }
}
