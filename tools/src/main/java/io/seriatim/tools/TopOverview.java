package io.seriatim.tools;

import io.seriatim.engine.StageKind;
import io.seriatim.instruments.Bottleneck;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Interval;
import io.seriatim.instruments.OrderFigures;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.totals.Sums;
import io.seriatim.totals.Totals;
import io.seriatim.totals.TotalsKey;
import org.jline.utils.AttributedString;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What {@code top} shows of several engines: a line for each, and what they all add up to.
 * <p>
 * Threads: confined to one.
 */
final class TopOverview
{
    private static final long FIGURES_OVER_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int TOTALS_SHOWN = 20;
    private static final int WIDE = 108;
    private static final long CAUGHT_UP_BYTES = 1 << 20;

    private final List<String> names;
    private final boolean isUnicode;
    private final ZoneId zone;
    private Map<TotalsKey, Sums> before = Map.of();
    private long beforeNs;

    TopOverview(final List<String> names, final boolean isUnicode, final ZoneId zone)
    {
        this.names = names;
        this.isUnicode = isUnicode;
        this.zone = zone;
    }

    /**
     * Draw.
     *
     * @param all     instruments of each engine, sampled.
     * @param totals  of all of them; null if they are not counted.
     * @param lag     bytes of their journals that are not counted yet.
     * @param nowNs   monotonic.
     * @param columns of the terminal.
     * @return lines, none longer than the terminal is wide, or than {@link ScreenLines#WIDTH_MIN}.
     */
    List<AttributedString> draw(
        final List<Instruments> all, final Totals totals, final long lag, final long nowNs, final int columns)
    {
        final ScreenLines lines = new ScreenLines(columns, isUnicode);
        final long endMs = all.stream().mapToLong(each -> each.hour().over(1).endMs()).max().orElse(0);
        lines.line(
            "seriatim top  " + names.size() + " directories  " + DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT)
                .withZone(zone).format(Instant.ofEpochMilli(endMs)), ScreenLines.TITLE);
        lines.line("");
        final int nameWidth = lines.width() >= WIDE ? 40 : 16;
        lines.line(String.format(
            Locale.ROOT, "%-" + nameWidth + "s %11s %11s %7s %5s  %s", "data", "per second", "possible", "lag", "order",
            "bottleneck"), ScreenLines.TITLE);
        for (int i = 0; i < names.size(); i++)
        {
            engine(lines, nameWidth, names.get(i), all.get(i));
        }
        if (totals != null)
        {
            totals(lines, totals, lag, nowNs);
        }
        return lines.all();
    }

    private static void engine(
        final ScreenLines lines, final int nameWidth, final String name, final Instruments instruments)
    {
        // Of two directories with long names the ends tell them apart.
        final String shown = name.length() <= nameWidth ? name : "..." + name.substring(name.length() - nameWidth + 3);
        final Interval recent = instruments.hour().over(FIGURES_OVER_NS);
        if (!instruments.isEngineAlive() && recent.stages().isEmpty())
        {
            lines.line(String.format(Locale.ROOT, "%-" + nameWidth + "s no engine is at work here", shown),
                ScreenLines.BAD);
            return;
        }
        final OrderFigures order = OrderFigures.of(recent);
        final long lagNs = recent.of(StageKind.COMMIT)
            .mapToLong(commit -> Math.max(commit.oldestAgeNs(), commit.latencies().at(0.99))).max().orElse(0);
        final Bottleneck bottleneck = instruments.verdict().bottleneck();
        lines.line(String.format(
            Locale.ROOT, "%-" + nameWidth + "s %11s %11s %7s %4.0f%%  %s", shown, TopScreen.count(order.throughput()),
            TopScreen.count(order.theoreticalMaximum()), TopScreen.time(lagNs), 100 * order.orderedShare(),
            bottleneck.name().toLowerCase(Locale.ROOT)),
            ScreenLines.badIf(bottleneck != Bottleneck.BALANCED));
    }

    private void totals(final ScreenLines lines, final Totals totals, final long lag, final long nowNs)
    {
        final Map<TotalsKey, Sums> sums = totals.sums();
        final boolean isCatchingUp = lag > CAUGHT_UP_BYTES;
        // While it catches up the rate is that of the reading.
        final double seconds = before.isEmpty() || isCatchingUp ? 0 : (nowNs - beforeNs) / 1e9;
        lines.line("");
        lines.line("totals of " + totals.contributions().size() + " shards, each exact as of sequence " +
            String.join(", ", totals.contributions().stream().map(each -> Long.toString(each.sequence())).toList()),
            ScreenLines.TITLE);
        if (isCatchingUp)
        {
            lines.line(
                String.format(Locale.ROOT, "still to be counted: %,d MiB of journal", lag >> 20), ScreenLines.BAD);
        }
        lines.line(String.format(
            Locale.ROOT, "%10s %5s %-20s %12s %10s %s", "ledger", "code", "outcome", "count", "per second",
            "        moved"), ScreenLines.TITLE);
        int shownCount = 0;
        for (final Map.Entry<TotalsKey, Sums> entry : sums.entrySet())
        {
            if (shownCount == TOTALS_SHOWN)
            {
                lines.line("and " + (sums.size() - TOTALS_SHOWN) + " more; seriatim totals shows all");
                break;
            }
            shownCount++;
            final TotalsKey key = entry.getKey();
            final Sums sum = entry.getValue();
            final long newCount = sum.count() - before.getOrDefault(key, Sums.ZERO).count();
            lines.line(String.format(
                Locale.ROOT, "%10s %5d %-20s %,12d %10s %13s", Integer.toUnsignedString(key.ledger()), key.code(),
                TransferOutcome.of(key.outcome()).label(), sum.count(),
                seconds == 0 ? "-" : TopScreen.count(newCount / seconds), sum.moved()));
        }
        before = isCatchingUp ? Map.of() : sums;
        beforeNs = nowNs;
    }
}
