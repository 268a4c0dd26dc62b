package io.seriatim.instruments;

import io.seriatim.engine.StageKind;

/**
 * What a stage did in an interval, and how it stood at its end.
 *
 * @param kind         what it is.
 * @param scope        number of its shard or journal; -1 if it is neither's.
 * @param label        its name.
 * @param spanNs       length of the interval.
 * @param items        that were done.
 * @param batches      that they came in.
 * @param busyNs       time at work, of all workers together.
 * @param backPressure how often there was no room.
 * @param sequence     how far it has come.
 * @param depth        how many wait in it or are under way.
 * @param capacity     most that can; 0 if there is no bound.
 * @param lag          how many items it is behind.
 * @param oldestAgeNs  how long the oldest of them has waited.
 * @param workers      how many may work side by side.
 * @param scopes       how many orders it keeps; 0 if none.
 * @param latencies    in nanoseconds, of what {@link StageKind#latency()} says.
 * @param batchSizes   in items.
 */
public record StageFigures(
    StageKind kind,
    int scope,
    String label,
    long spanNs,
    long items,
    long batches,
    long busyNs,
    long backPressure,
    long sequence,
    long depth,
    long capacity,
    long lag,
    long oldestAgeNs,
    long workers,
    long scopes,
    Distribution latencies,
    Distribution batchSizes)
{
    private static final double NS_PER_S = 1e9;

    /**
     * Items done in a second.
     *
     * @return a rate.
     */
    public double throughput()
    {
        return spanNs == 0 ? 0 : items * NS_PER_S / spanNs;
    }

    /**
     * How many workers were at work at a time, on average: above their number if handlers end later than they return.
     *
     * @return busy time over time.
     */
    public double busyWorkers()
    {
        return spanNs == 0 ? 0 : (double)busyNs / spanNs;
    }

    /**
     * Share of the time that the workers were at work.
     *
     * @return busy workers over workers, 0 to 1 unless handlers end later than they return.
     */
    public double utilisation()
    {
        return busyWorkers() / Math.max(1, workers);
    }

    /**
     * How many can be handled at a time: as many as there are workers, or entries in flight if handlers end later than
     * they return, and no more than there are orders to keep.
     *
     * @return a count.
     */
    public long width()
    {
        final long side = busyWorkers() > workers * 1.05 && capacity > 0 ? capacity : workers;
        return scopes == 0 ? side : Math.min(side, scopes);
    }

    /**
     * Items a second that could be done at most: the width over the mean time of one.
     *
     * @return a rate; 0 if the time of one is not known.
     */
    public double theoreticalMaximum()
    {
        final double meanNs = items == 0 ? 0 : (double)busyNs / items;
        return meanNs == 0 ? 0 : width() * NS_PER_S / meanNs;
    }

    /** Both intervals together; the later one says how the stage stands. */
    StageFigures followedBy(final StageFigures later)
    {
        return new StageFigures(
            kind, scope, label, spanNs + later.spanNs, items + later.items, batches + later.batches,
            busyNs + later.busyNs, backPressure + later.backPressure, later.sequence, later.depth, later.capacity,
            later.lag, later.oldestAgeNs, later.workers, later.scopes, latencies.plus(later.latencies),
            batchSizes.plus(later.batchSizes));
    }
}
