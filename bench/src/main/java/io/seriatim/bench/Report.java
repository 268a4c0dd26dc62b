package io.seriatim.bench;

import io.seriatim.tools.HtmlPage;
import org.HdrHistogram.AbstractHistogram;
import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The page of a run, or of several over each other: what was run and what came of it in words, then drawings.
 * <p>
 * Threads: confined to one.
 */
final class Report
{
    /** Of a page with drawings. */
    static final String STYLE = Plot.STYLE +
        "figure{margin:1.5em 0;break-inside:avoid}pre{font:12px/1.35 ui-monospace,monospace;overflow-x:auto}" +
        "dd{overflow-wrap:anywhere}@media screen and (prefers-color-scheme:dark){body{background:#17191c;" +
        "color:#e6e6e6}dt{color:#a5a5a5}th,td{border-color:#3a3d42}.bad{color:#ff8a7a}.good{color:#6fd08c}}" +
        "@media print{pre{font-size:6.5px;white-space:pre-wrap}}";

    private static final int HEIGHT = 320;
    private static final double NINES_STEP = 0.02;
    private static final double GOAL_WIDTH = 0.07;
    private static final double ROOM = 1.08;

    /** Intervals of one slice lie closer, so much is lost where the clock is rounded. */
    private static final long GAP_MS = 5;

    private final List<SavedRun> runs;
    private final boolean isOne;

    Report(final List<SavedRun> runs)
    {
        this.runs = runs;
        isOne = runs.size() == 1;
    }

    /** The whole page. */
    String html()
    {
        final SavedRun first = runs.get(0);
        final HtmlPage page = new HtmlPage(isOne ? first.title() : runs.size() + " runs over each other", STYLE);
        for (final SavedRun run : runs)
        {
            if (!isOne)
            {
                page.heading(run.name());
                page.paragraph(run.title());
            }
            page.verdict(true, run.text("checked"));
            run.warnings().forEach(warning -> page.verdict(false, warning));
            run.environment().forEach(page::fact);
            if (isOne)
            {
                page.heading("As printed");
                page.lines(run.text("printed"));
            }
        }
        if (runs.stream().anyMatch(run -> !run.figures().isEmpty()))
        {
            page.heading("Ratios, pair by pair");
            table(page);
            page.drawing(new RatioPlot(runs).draw(HEIGHT).svg());
        }
        runs.forEach(run -> run.charts().forEach(chart -> page.drawing(chart.draw(HEIGHT).svg())));
        runs.forEach(run -> run.curves().forEach(curves -> page.drawing(curves.draw(HEIGHT).svg())));
        if (sides().findAny().isPresent())
        {
            page.heading("Latency");
            page.drawing(percentiles().svg());
            page.heading("Over time");
            page.drawing(throughput().svg());
            heatMaps(page);
        }
        if (!isOne)
        {
            runs.forEach(run ->
            {
                page.heading(run.name() + ", as printed");
                page.lines(run.text("printed"));
            });
        }
        return page.toString();
    }

    private void table(final HtmlPage page)
    {
        page.table(List.of("figure", "ratio", "pairs", "median", "quartiles", "all", "count", "planned"));
        for (final SavedRun run : runs)
        {
            for (final String figure : run.figures())
            {
                for (final String pairs : List.of("all", "unmarked"))
                {
                    final JsonNode ratios = run.summary().path("ratios").path(figure).path(pairs);
                    page.row(
                        figure, isOne ? run.text("ratioOf") : run.name() + ": " + run.text("ratioOf"), pairs,
                        ratio(ratios, "median"), range(ratios, "quartile1", "quartile3"), range(ratios, "min", "max"),
                        ratios.path("pairs").asInt(0),
                        run.planned(figure));
                }
            }
        }
    }

    private static String range(final JsonNode ratios, final String from, final String to)
    {
        return ratios.path(from).isNumber() ? ratio(ratios, from) + " to " + ratio(ratios, to) : "none";
    }

    private static String ratio(final JsonNode ratios, final String name)
    {
        return ratios.path(name).isNumber() ?
            String.format(Locale.ROOT, "%.3f", ratios.get(name).asDouble()) : "none";
    }

    private Plot percentiles()
    {
        final long most = sides().mapToLong(side -> side.sum().getTotalCount()).max().orElse(1);
        final List<double[]> goals = runs.stream().flatMap(run -> goals(run).stream()).toList();
        final Plot plot = new Plot(
            "Latency by percentile", Scale.nines(most),
            "percentile of requests, %, each nine as long as the one before",
            timeScale(goals.stream().mapToDouble(goal -> goal[1]).max().orElse(0)), "latency", HEIGHT);
        for (int i = 0; i < runs.size(); i++)
        {
            final SavedRun run = runs.get(i);
            for (int j = 0; j < run.sides().size(); j++)
            {
                final SavedRun.Side side = run.sides().get(j);
                plot.curve(name(run, side), look(i, j), percentiles(side.sum()));
            }
        }
        for (final double[] goal : goals)
        {
            plot.level(
                true, Scale.percentile(goal[0] - GOAL_WIDTH), Scale.percentile(goal[0] + GOAL_WIDTH), goal[1]);
        }
        return goals.isEmpty() ? plot :
            plot.levelLegend("planned for " + runs.get(0).sides().get(0).label() + ", at most", true);
    }

    /** The times that are planned for the first side, from those of the second: nines and nanoseconds. */
    private static List<double[]> goals(final SavedRun run)
    {
        final List<double[]> goals = new ArrayList<>();
        for (final String figure : run.figures())
        {
            if (figure.matches("p[0-9.]+") && !run.planned(figure).isEmpty() && run.sides().size() > 1)
            {
                final double percentile = Double.parseDouble(figure.substring(1));
                goals.add(new double[] {
                    Scale.ninesOf(percentile),
                    run.plannedBound(figure) * run.sides().get(1).sum().getValueAtPercentile(percentile)});
            }
        }
        return goals;
    }

    private static List<double[]> percentiles(final AbstractHistogram histogram)
    {
        final double end = Math.log10(histogram.getTotalCount());
        final List<double[]> points = new ArrayList<>();
        for (double nines = 0; nines < end; nines += NINES_STEP)
        {
            final double percentile = Scale.percentile(nines);
            points.add(new double[] {percentile, histogram.getValueAtPercentile(percentile)});
        }
        points.add(new double[] {Scale.percentile(end), histogram.getMaxValue()});
        return points;
    }

    private Plot throughput()
    {
        final double most = runs.stream().flatMap(run -> run.sides().stream().flatMap(
            side -> side.intervals().stream().map(interval -> run.rate(side, interval))))
            .mapToDouble(Double::doubleValue).max().orElse(1);
        final Plot plot = new Plot(
            "Throughput over time", timeLine(), "seconds since the first slice",
            Scale.linear(0, most * ROOM, Scale::count), "transfers/s", HEIGHT);
        for (int i = 0; i < runs.size(); i++)
        {
            final SavedRun run = runs.get(i);
            for (int j = 0; j < run.sides().size(); j++)
            {
                final SavedRun.Side side = run.sides().get(j);
                plot.curve(name(run, side), look(i, j), steps(run, side));
            }
        }
        markBad(plot, runs.get(0).sides());
        return plot;
    }

    private static List<double[]> steps(final SavedRun run, final SavedRun.Side side)
    {
        final List<double[]> points = new ArrayList<>();
        long endMs = Long.MIN_VALUE;
        for (final SavedRun.Interval interval : side.intervals())
        {
            if (interval.fromMs() - GAP_MS > endMs)
            {
                points.add(new double[] {Double.NaN, Double.NaN});
            }
            points.add(new double[] {seconds(run, interval.fromMs()), run.rate(side, interval)});
            points.add(new double[] {seconds(run, interval.toMs()), run.rate(side, interval)});
            endMs = interval.toMs();
        }
        return points;
    }

    private void heatMaps(final HtmlPage page)
    {
        final List<HeatMap> maps = new ArrayList<>();
        for (final SavedRun run : runs)
        {
            run.sides().forEach(side ->
            {
                final HeatMap map = new HeatMap();
                side.intervals().forEach(interval -> map.add(
                    seconds(run, interval.fromMs()), seconds(run, interval.toMs()), interval.histogram()));
                maps.add(map);
            });
        }
        final long most = maps.stream().mapToLong(HeatMap::countMax).max().orElse(1);
        int index = 0;
        for (final SavedRun run : runs)
        {
            for (final SavedRun.Side side : run.sides())
            {
                final Plot plot = new Plot(
                    "Latency over time: " + name(run, side), timeLine(), "seconds since the first slice", timeScale(0),
                    "latency", HEIGHT);
                maps.get(index++).draw(plot, most);
                markBad(plot, List.of(side));
                page.drawing(plot.svg());
            }
        }
    }

    /** Behind one run, the slices of the pairs whose disk was bad; behind several it would say nothing. */
    private void markBad(final Plot plot, final List<SavedRun.Side> sides)
    {
        boolean hasBad = false;
        for (final JsonNode pair : isOne ? runs.get(0).summary().path("pairs") : List.<JsonNode>of())
        {
            if (pair.path("badDisk").asBoolean(false))
            {
                for (final SavedRun.Side side : sides)
                {
                    final JsonNode slice = pair.path(side.key());
                    final long startMs = slice.path("startMs").asLong(0);
                    plot.band(
                        seconds(runs.get(0), startMs),
                        seconds(runs.get(0), startMs + Math.round(slice.path("elapsedMs").asDouble(0))));
                }
                hasBad = true;
            }
        }
        if (hasBad)
        {
            plot.bandLegend("pair with a bad disk probe");
        }
    }

    private Scale timeLine()
    {
        return Scale.linear(
            0, runs.stream().mapToDouble(run -> seconds(run, run.endMs())).max().orElse(1), Scale::plain);
    }

    /** From the least to the greatest of all, and of one more. */
    private Scale timeScale(final double more)
    {
        final ToDoubleFunction<SavedRun.Side> least = side -> side.sum().getValueAtPercentile(0);
        return Scale.roomy(
            Math.max(1, sides().mapToDouble(least).min().orElse(1)),
            Math.max(more, sides().mapToDouble(side -> side.sum().getMaxValue()).max().orElse(10)), Scale::time);
    }

    private Stream<SavedRun.Side> sides()
    {
        return runs.stream().flatMap(run -> run.sides().stream());
    }

    private static double seconds(final SavedRun run, final long ms)
    {
        return (ms - run.startMs()) / 1e3;
    }

    private Plot.Look look(final int run, final int side)
    {
        return isOne ? new Plot.Look(side, false) : new Plot.Look(run, side > 0);
    }

    private String name(final SavedRun run, final SavedRun.Side side)
    {
        return isOne ? side.label() : run.name() + ", " + side.label();
    }
}
