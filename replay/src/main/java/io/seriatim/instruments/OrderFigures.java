package io.seriatim.instruments;

import io.seriatim.engine.StageKind;

import java.util.List;

/**
 * What order costs in an interval.
 *
 * @param orderedShare        order constraint ratio: busy time of the stages that hold an order, over that of all.
 * @param orderedItemShare    the same by the number of entries that the stages have done.
 * @param utilisationVariance coefficient of variation of the shards' busy times: 0 if all are equally at work.
 * @param busyWorkers         how many stages and workers were at work at a time, on average.
 * @param workers             how many could have been.
 * @param amdahl              how much faster than one after the other that many workers can be at most, by Amdahl's
 *                            law from the ordered share.
 * @param throughput          entries that were committed each second.
 * @param theoreticalMaximum  entries that could be committed each second: those of each shard over its busy time, as
 *                            long as no journal's thread is at work longer.
 */
public record OrderFigures(
    double orderedShare,
    double orderedItemShare,
    double utilisationVariance,
    double busyWorkers,
    long workers,
    double amdahl,
    double throughput,
    double theoreticalMaximum)
{
    /**
     * The figures of an interval.
     *
     * @param interval of any length.
     * @return its figures, 0 where nothing was done.
     */
    public static OrderFigures of(final Interval interval)
    {
        double ordered = 0;
        double all = 0;
        double orderedItems = 0;
        double allItems = 0;
        double busy = 0;
        long workers = 0;
        for (final StageFigures stage : interval.stages())
        {
            if (!isWorking(stage.kind()))
            {
                continue;
            }
            all += stage.busyNs();
            busy += Math.min(stage.busyWorkers(), stage.workers());
            workers += stage.workers();
            final boolean isOrdered = stage.kind().isOrdered();
            ordered += isOrdered ? stage.busyNs() : 0;
            if (stage.kind() != StageKind.JOURNAL_THREAD)
            {
                allItems += stage.items();
                orderedItems += isOrdered ? stage.items() : 0;
            }
        }
        final double share = all == 0 ? 0 : ordered / all;
        return new OrderFigures(
            share, allItems == 0 ? 0 : orderedItems / allItems, variance(interval), busy, workers,
            workers == 0 ? 0 : 1 / (share + (1 - share) / workers),
            interval.of(StageKind.JOURNAL).mapToDouble(StageFigures::throughput).sum(), maximum(interval));
    }

    private static boolean isWorking(final StageKind kind)
    {
        return kind == StageKind.APPLY || kind == StageKind.JOURNAL_THREAD || kind == StageKind.READ_MODEL ||
            kind.isFeed();
    }

    /**
     * How unevenly the shards are at work.
     *
     * @param interval of any length.
     * @return coefficient of variation of their busy times; 0 if there is one.
     */
    static double variance(final Interval interval)
    {
        final List<Long> busy = interval.of(StageKind.APPLY).map(StageFigures::busyNs).toList();
        final double mean = busy.stream().mapToLong(Long::longValue).average().orElse(0);
        final double square =
            busy.stream().mapToDouble(each -> (each - mean) * (each - mean)).average().orElse(0);
        return mean == 0 ? 0 : Math.sqrt(square) / mean;
    }

    /** Each shard alone could be as fast as its busy time allows; each journal likewise, as long as it serves them. */
    private static double maximum(final Interval interval)
    {
        final double applied = interval.of(StageKind.APPLY).mapToDouble(StageFigures::theoreticalMaximum).sum();
        final double journalBusy =
            interval.of(StageKind.JOURNAL_THREAD).mapToDouble(StageFigures::utilisation).max().orElse(0);
        final double throughput = interval.of(StageKind.JOURNAL).mapToDouble(StageFigures::throughput).sum();
        return journalBusy == 0 ? applied : Math.min(applied, throughput / journalBusy);
    }
}
