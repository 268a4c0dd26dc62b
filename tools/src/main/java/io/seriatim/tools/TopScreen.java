package io.seriatim.tools;

import io.seriatim.engine.StageKind;
import io.seriatim.instruments.Bottleneck;
import io.seriatim.instruments.HotAccounts;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Interval;
import io.seriatim.instruments.OrderFigures;
import io.seriatim.instruments.StageFigures;
import io.seriatim.instruments.Thresholds;
import io.seriatim.instruments.Verdict;
import io.seriatim.ledger.Uint128;
import org.jline.utils.AttributedString;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What {@code top} shows, as lines of at most the terminal's width: verdict, throughput, what order costs, the lag of
 * shards over time, the stages, feeds and hot accounts.
 * <p>
 * Threads: confined to one.
 */
final class TopScreen
{
    private static final int WIDE = 108;
    private static final int HOT_ACCOUNTS = 5;
    private static final int SHARDS_SHOWN = 16;
    private static final long FIGURES_OVER_NS = TimeUnit.SECONDS.toNanos(10);
    private static final String UNICODE_LEVELS = "·▁▂▃▄▅▆▇█";
    private static final String ASCII_LEVELS = ".:-=+*#%@";
    private static final double LAG_LOWEST_NS = 30_000;
    private static final double LAG_STEP = 4;

    private final String name;
    private final Thresholds thresholds;
    private final boolean isUnicode;
    private final ZoneId zone;
    private int width;
    private ScreenLines lines;

    /**
     * A screen.
     *
     * @param name       of what is looked at.
     * @param thresholds from where on a figure is concerning.
     * @param isUnicode  whether blocks can be drawn.
     * @param zone       of the clock shown.
     */
    TopScreen(final String name, final Thresholds thresholds, final boolean isUnicode, final ZoneId zone)
    {
        this.name = name;
        this.thresholds = thresholds;
        this.isUnicode = isUnicode;
        this.zone = zone;
    }

    /**
     * Draw.
     *
     * @param instruments that were sampled.
     * @param columns     of the terminal.
     * @return lines, none longer than the terminal is wide, or than {@link ScreenLines#WIDTH_MIN}.
     */
    List<AttributedString> draw(final Instruments instruments, final int columns)
    {
        lines = new ScreenLines(columns, isUnicode);
        width = lines.width();
        final Interval recent = instruments.hour().over(FIGURES_OVER_NS);
        head(instruments, recent);
        if (!instruments.isEngineAlive() && recent.stages().isEmpty())
        {
            lines.line("no engine is at work here, and no feed; waiting for one", ScreenLines.BAD);
            return lines.all();
        }
        verdict(instruments.verdict());
        order(OrderFigures.of(recent), instruments);
        shards(instruments);
        stages(recent);
        feeds(recent);
        accounts(instruments.hotAccounts());
        return lines.all();
    }

    private void head(final Instruments instruments, final Interval recent)
    {
        final String time = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone)
            .format(Instant.ofEpochMilli(recent.endMs()));
        final String engine = instruments.engine() == null || !instruments.isEngineAlive() ? "no engine" :
            "pid " + instruments.engine().processId() + ", up " +
            TimeUnit.MILLISECONDS.toSeconds(recent.endMs() - instruments.engine().startedMs()) + " s";
        lines.line("seriatim top  " + name + "  " + engine + "  " + time, ScreenLines.TITLE);
    }

    private void verdict(final Verdict verdict)
    {
        final boolean isGood = verdict.bottleneck() == Bottleneck.BALANCED;
        lines.wrapped("bottleneck  ", verdict.bottleneck().name().toLowerCase(Locale.ROOT) + ": " + verdict.evidence(),
            isGood ? ScreenLines.GOOD : ScreenLines.BAD);
        if (!isGood)
        {
            lines.wrapped("what helps  ", verdict.bottleneck().advice(), ScreenLines.PLAIN);
        }
    }

    private void order(final OrderFigures order, final Instruments instruments)
    {
        lines.line("");
        final double share = order.theoreticalMaximum() == 0 ? 0 : order.throughput() / order.theoreticalMaximum();
        lines.bar("throughput  ", String.format(
            Locale.ROOT, "%,.0f/s of %,.0f/s possible", order.throughput(), order.theoreticalMaximum()), share,
            ScreenLines.PLAIN);
        lines.bar("in order    ", String.format(
            Locale.ROOT, "%.0f %% of the busy time, %.0f %% of entries", 100 * order.orderedShare(),
            100 * order.orderedItemShare()), order.orderedShare(),
            ScreenLines.badIf(order.orderedShare() >= thresholds.orderedShare()));
        lines.bar("at work     ", String.format(
            Locale.ROOT, "%.1f of %d; Amdahl's limit %.1f", order.busyWorkers(), order.workers(), order.amdahl()),
            order.workers() == 0 ? 0 : order.busyWorkers() / order.workers(), ScreenLines.PLAIN);
        if (instruments.hour().over(1).of(StageKind.APPLY).count() > 1)
        {
            lines.line(String.format(Locale.ROOT, "uneven      %.2f among shards", order.utilisationVariance()),
                ScreenLines.badIf(order.utilisationVariance() >= thresholds.utilisationVariance()));
        }
    }

    /** A column for each interval, a line for each shard: how long a request had to wait for its commit. */
    private void shards(final Instruments instruments)
    {
        final List<Interval> intervals = instruments.hour().intervals();
        final List<StageFigures> commits = instruments.hour().over(1).of(StageKind.COMMIT).toList();
        if (commits.isEmpty())
        {
            return;
        }
        lines.line("");
        lines.line("shards, p99 from request to commit; newest on the right", ScreenLines.TITLE);
        final int columns = width - 22;
        for (final StageFigures commit : commits.subList(0, Math.min(SHARDS_SHOWN, commits.size())))
        {
            final StringBuilder map = new StringBuilder();
            for (int i = Math.max(0, intervals.size() - columns); i < intervals.size(); i++)
            {
                final StageFigures then = intervals.get(i).stage(commit.label());
                map.append(then == null ? ' ' : level(lagOf(then)));
            }
            lines.line(String.format(
                Locale.ROOT, "%5d %s %s", commit.scope(), " ".repeat(columns - map.length()) + map,
                time(lagOf(commit))), ScreenLines.badIf(commit.oldestAgeNs() >= thresholds.lagAgeNs()));
        }
        if (commits.size() > SHARDS_SHOWN)
        {
            lines.line("      and " + (commits.size() - SHARDS_SHOWN) + " more");
        }
    }

    private static long lagOf(final StageFigures commit)
    {
        return Math.max(commit.oldestAgeNs(), commit.latencies().at(0.99));
    }

    private void stages(final Interval recent)
    {
        lines.line("");
        lines.line(String.format(
            Locale.ROOT, "%-22s %11s %8s %8s%s %6s", "stage", "per second", "p50", "p99",
            width >= WIDE ? String.format("%9s %8s %9s %8s %9s", "p99.9", "max", "depth", "batch", "pressed") : "",
            "busy"), ScreenLines.TITLE);
        for (final StageFigures stage : recent.stages())
        {
            if (!stage.kind().isFeed() && (stage.scope() < SHARDS_SHOWN))
            {
                stage(stage);
            }
        }
    }

    private void stage(final StageFigures stage)
    {
        final boolean hasBusy = stage.kind() == StageKind.APPLY || stage.kind() == StageKind.JOURNAL_THREAD ||
            stage.kind() == StageKind.READ_MODEL;
        final boolean isBad = hasBusy && stage.utilisation() >= thresholds.utilisation() &&
            stage.kind() != StageKind.READ_MODEL;
        lines.line(String.format(
            Locale.ROOT, "%-22s %11s %8s %8s%s %6s", stage.label(),
            count(stage.throughput()) + (stage.kind() == StageKind.JOURNAL_THREAD ? " B" : ""),
            time(stage.latencies().at(0.5)), time(stage.latencies().at(0.99)),
            width >= WIDE ? String.format(
                Locale.ROOT, "%9s %8s %9s %8s %9s", time(stage.latencies().at(0.999)), time(stage.latencies().max()),
                count(stage.depth()), count(stage.batchSizes().mean()), count(stage.backPressure())) : "",
            hasBusy ? String.format(Locale.ROOT, "%.0f %%", 100 * stage.utilisation()) : ""), ScreenLines.badIf(isBad));
    }

    private void feeds(final Interval recent)
    {
        if (recent.feeds().findAny().isEmpty())
        {
            return;
        }
        lines.line("");
        lines.line(String.format(
            Locale.ROOT, "%-22s %10s %10s %8s %7s%s", "feed", "per second", "at most", "behind", "oldest",
            width >= WIDE ? String.format("%9s %9s %9s %9s", "p50", "p99", "at work", "in flight") : ""),
            ScreenLines.TITLE);
        recent.feeds().forEach(feed -> lines.line(String.format(
            Locale.ROOT, "%-22s %10s %10s %8s %7s%s", feed.label(), count(feed.throughput()),
            count(feed.theoreticalMaximum()), count(feed.lag()), time(feed.oldestAgeNs()),
            width >= WIDE ? String.format(
                Locale.ROOT, "%9s %9s %9s %9s", time(feed.latencies().at(0.5)), time(feed.latencies().at(0.99)),
                String.format(Locale.ROOT, "%.1f/%d", feed.busyWorkers(), feed.workers()), count(feed.depth())) : ""),
            ScreenLines.badIf(feed.oldestAgeNs() >= thresholds.lagAgeNs())));
    }

    private void accounts(final HotAccounts hotAccounts)
    {
        final List<HotAccounts.Heat> hottest = hotAccounts.top(HOT_ACCOUNTS);
        if (hottest.isEmpty())
        {
            return;
        }
        lines.line("");
        lines.line("hot accounts, share of all moves", ScreenLines.TITLE);
        for (final HotAccounts.Heat heat : hottest)
        {
            lines.bar("  ", String.format(
                Locale.ROOT, "%5.1f %%  %s", 100 * heat.share(), new Uint128(heat.idHigh(), heat.idLow())),
                heat.share(), ScreenLines.badIf(heat.share() >= thresholds.hotAccountShare()));
        }
    }

    private char level(final long lagNs)
    {
        final String levels = isUnicode ? UNICODE_LEVELS : ASCII_LEVELS;
        final double steps = lagNs <= 0 ? 0 : 1 + Math.log(lagNs / LAG_LOWEST_NS) / Math.log(LAG_STEP);
        return levels.charAt((int)Math.max(0, Math.min(levels.length() - 1, steps)));
    }

    /** A time with its unit, in at most six letters. */
    static String time(final long ns)
    {
        if (ns <= 0)
        {
            return "-";
        }
        final String[] units = {"ns", "us", "ms", "s"};
        double value = ns;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1)
        {
            value /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 && unit > 0 ? "%.1f%s" : "%.0f%s", value, units[unit]);
    }

    /** A count in at most seven letters. */
    static String count(final double value)
    {
        if (value < 99_999.5)
        {
            return String.format(Locale.ROOT, value > 0 && value < 9.95 ? "%.1f" : "%,.0f", value);
        }
        final boolean isMillions = value >= 999_950;
        return String.format(Locale.ROOT, "%.1f%s", value / (isMillions ? 1e6 : 1e3), isMillions ? "M" : "k");
    }
}
