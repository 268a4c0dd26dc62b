package io.seriatim.instruments;

import io.seriatim.engine.StageKind;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Says where the bottleneck is. A feed that is behind comes first, as that is what goes on getting worse; then the
 * shards and their journals. A verdict changes when some intervals in a row say the same, and the limits of
 * the one that stands are a little lower, so that it does not flicker.
 * <p>
 * Threads: confined to one.
 */
public final class Judge
{
    private static final double SCOPES_BUSY = 0.7;
    private static final double RING_FULL = 0.5;

    private final Thresholds thresholds;
    private Verdict verdict = Verdict.NONE;
    private Bottleneck candidate = Bottleneck.BALANCED;
    private int candidateCount;

    /**
     * Nothing was seen.
     *
     * @param thresholds from where on something is at its limit.
     */
    public Judge(final Thresholds thresholds)
    {
        this.thresholds = thresholds;
    }

    /**
     * The verdict that stands.
     *
     * @return the last one.
     */
    public Verdict verdict()
    {
        return verdict;
    }

    /**
     * Look at another interval.
     *
     * @param interval the newest.
     * @return the verdict that stands now.
     */
    public Verdict judge(final Interval interval)
    {
        final Verdict seen = look(interval);
        if (seen.bottleneck() == verdict.bottleneck())
        {
            candidateCount = 0;
            verdict = seen;
        }
        else if (seen.bottleneck() == candidate && ++candidateCount >= thresholds.intervalCount() ||
            thresholds.intervalCount() == 1)
        {
            candidateCount = 0;
            verdict = seen;
        }
        else if (seen.bottleneck() != candidate)
        {
            candidate = seen.bottleneck();
            candidateCount = 1;
        }
        return verdict;
    }

    private Verdict look(final Interval interval)
    {
        return interval.feeds().filter(this::isBehind)
            .max(Comparator.comparingLong(StageFigures::oldestAgeNs)).map(this::lookAtFeed)
            .or(() -> lookAtShards(interval))
            .or(() -> lookAtJournals(interval))
            .orElseGet(() -> balanced(interval));
    }

    private boolean isBehind(final StageFigures feed)
    {
        final boolean isStanding = verdict.bottleneck() == Bottleneck.CONSUMERS ||
            verdict.bottleneck() == Bottleneck.PARTITIONS;
        return feed.oldestAgeNs() >= thresholds.lagAgeNs() * (isStanding ? thresholds.hysteresis() : 1);
    }

    private Verdict lookAtFeed(final StageFigures feed)
    {
        final boolean isHeldByOrder = feed.kind() == StageKind.PARALLEL_FEED && feed.scopes() > 0 &&
            feed.scopes() < feed.workers() && feed.busyWorkers() >= SCOPES_BUSY * feed.scopes();
        return new Verdict(
            isHeldByOrder ? Bottleneck.PARTITIONS : Bottleneck.CONSUMERS,
            format("%s: its oldest entry waits %.1f s, %,d entries behind; %.1f of %d workers at work, ",
                feed.label(), seconds(feed.oldestAgeNs()), feed.lag(), feed.busyWorkers(), feed.workers()) +
            (isHeldByOrder ? format("as only %d orders are there to be kept", feed.scopes()) :
                format("%.1f ms for an entry", feed.latencies().mean() / 1e6)));
    }

    private Optional<Verdict> lookAtShards(final Interval interval)
    {
        final StageFigures hottest = interval.of(StageKind.APPLY)
            .max(Comparator.comparingDouble(StageFigures::utilisation)).orElse(null);
        if (hottest == null || hottest.utilisation() < limit(Bottleneck.PROCESSING, Bottleneck.PARTITIONS))
        {
            return Optional.empty();
        }
        final double variance = OrderFigures.variance(interval);
        final long shardCount = interval.of(StageKind.APPLY).count();
        final boolean isUneven = shardCount > 1 && variance >= thresholds.utilisationVariance();
        final StageFigures ring = stageOf(interval, StageKind.RING, hottest.scope());
        return Optional.of(new Verdict(
            isUneven ? Bottleneck.PARTITIONS : Bottleneck.PROCESSING,
            format("shard %d is at work %.0f %% of the time, %.0f ns for an entry, ",
                hottest.scope(), 100 * hottest.utilisation(), hottest.latencies().mean()) +
            (isUneven ? format("its %d neighbours less: variance %.2f", shardCount - 1, variance) :
                ring == null ? "" : format(
                    "%,d requests wait, p99 %.1f ms", ring.depth(), ring.latencies().at(0.99) / 1e6))));
    }

    private Optional<Verdict> lookAtJournals(final Interval interval)
    {
        final StageFigures busiest = interval.of(StageKind.JOURNAL_THREAD)
            .max(Comparator.comparingDouble(StageFigures::utilisation)).orElse(null);
        final boolean isAnyFull = interval.of(StageKind.JOURNAL).anyMatch(stage -> stage.backPressure() > 0) &&
            interval.of(StageKind.RING).anyMatch(ring -> ring.depth() >= RING_FULL * ring.capacity());
        if (busiest == null || busiest.utilisation() < limit(Bottleneck.JOURNAL, Bottleneck.JOURNAL) && !isAnyFull)
        {
            return Optional.empty();
        }
        final StageFigures journal = interval.of(StageKind.JOURNAL)
            .max(Comparator.comparingLong(stage -> stage.latencies().at(0.5))).orElse(busiest);
        return Optional.of(new Verdict(
            Bottleneck.JOURNAL,
            format(
                "the thread of journal %d is at work %.0f %% of the time; a frame waits %.2f ms for its commit, p99 " +
                "%.2f ms; the busiest shard is at work %.0f %%",
                busiest.scope(), 100 * busiest.utilisation(), journal.latencies().at(0.5) / 1e6,
                journal.latencies().at(0.99) / 1e6,
                100 * interval.of(StageKind.APPLY).mapToDouble(StageFigures::utilisation).max().orElse(0))));
    }

    private static Verdict balanced(final Interval interval)
    {
        return new Verdict(Bottleneck.BALANCED, format(
            "the busiest shard is at work %.0f %% of the time, the busiest journal %.0f %%; no feed is behind",
            100 * interval.of(StageKind.APPLY).mapToDouble(StageFigures::utilisation).max().orElse(0),
            100 * interval.of(StageKind.JOURNAL_THREAD).mapToDouble(StageFigures::utilisation).max().orElse(0)));
    }

    private double limit(final Bottleneck one, final Bottleneck other)
    {
        final boolean isStanding = verdict.bottleneck() == one || verdict.bottleneck() == other;
        return thresholds.utilisation() * (isStanding ? thresholds.hysteresis() : 1);
    }

    private static StageFigures stageOf(final Interval interval, final StageKind kind, final int scope)
    {
        return interval.of(kind).filter(stage -> stage.scope() == scope).findFirst().orElse(null);
    }

    private static double seconds(final long ns)
    {
        return (double)ns / TimeUnit.SECONDS.toNanos(1);
    }

    private static String format(final String text, final Object... values)
    {
        return String.format(Locale.ROOT, text, values);
    }
}
