package io.seriatim.replay;

import org.agrona.collections.Int2ObjectHashMap;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far a feed has come, in counts.
 * <p>
 * Threads: the feed's counts; any looks, and may see one count newer than another.
 */
public final class FeedProgress
{
    private final Map<Integer, long[]> positions = new ConcurrentHashMap<>();
    private final Int2ObjectHashMap<long[]> positionByJournal = new Int2ObjectHashMap<>();
    private volatile long readCount;
    private volatile long skippedCount;
    private volatile long doneCount;
    private volatile long deadLetterCount;
    private volatile long leftOpenCount;
    private volatile long inFlightCount;
    private volatile long underWayCount;
    private volatile long offsetCount;

    FeedProgress()
    {
    }

    /**
     * Entries that were read to be handed out.
     *
     * @return a count.
     */
    public long readCount()
    {
        return readCount;
    }

    /**
     * Entries that the filter left out.
     *
     * @return a count.
     */
    public long skippedCount()
    {
        return skippedCount;
    }

    /**
     * Entries that are done, dead letters among them.
     *
     * @return a count.
     */
    public long doneCount()
    {
        return doneCount;
    }

    /**
     * Entries that have failed for good and were written to the dead-letter file.
     *
     * @return a count.
     */
    public long deadLetterCount()
    {
        return deadLetterCount;
    }

    /**
     * Entries that are left open, as their key is stopped.
     *
     * @return a count.
     */
    public long leftOpenCount()
    {
        return leftOpenCount;
    }

    /**
     * Entries that hold a place: read, and either not over or behind one that is not.
     *
     * @return a count, at most the capacity.
     */
    public long inFlightCount()
    {
        return inFlightCount;
    }

    /**
     * Entries that a worker has, or that are deferred.
     *
     * @return a count.
     */
    public long underWayCount()
    {
        return underWayCount;
    }

    /**
     * How often the offset was stored.
     *
     * @return a count.
     */
    public long offsetCount()
    {
        return offsetCount;
    }

    /**
     * How many bytes of committed journal were not read when the feed looked last.
     *
     * @return a number of bytes over all journals.
     */
    public long lagBytes()
    {
        long sum = 0;
        for (final long[] each : positions.values())
        {
            sum += Math.max(0, each[1] - each[0]);
        }
        return sum;
    }

    void position(final int journal, final long position, final long committedPosition)
    {
        long[] pair = positionByJournal.get(journal);
        if (pair == null || pair[0] != position || pair[1] != committedPosition)
        {
            pair = new long[] {position, committedPosition};
            positionByJournal.put(journal, pair);
            positions.put(journal, pair);
        }
    }

    void read()
    {
        readCount++;
    }

    void skipped()
    {
        skippedCount++;
    }

    void done()
    {
        doneCount++;
    }

    void deadLetter()
    {
        deadLetterCount++;
    }

    void leftOpen()
    {
        leftOpenCount++;
    }

    void inFlight(final long count)
    {
        inFlightCount = count;
    }

    void underWay(final int change)
    {
        underWayCount += change;
    }

    long underWay()
    {
        return underWayCount;
    }

    void offsetStored()
    {
        offsetCount++;
    }
}
