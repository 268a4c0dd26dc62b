package io.seriatim.bench;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The paired ratios of runs, each pair a point, with the quartiles and the median.
 * <p>
 * Threads: confined to one.
 */
final class RatioPlot
{
    private static final double POINTS_FROM = 0.2;
    private static final double POINTS_WIDTH = 0.7;

    /** At least so much is shown on both sides of no difference. */
    private static final double NEAR_LEAST = 0.8;
    private static final double NEAR_MOST = 1.25;

    /** Signs that fit into a drawing's width. */
    private static final int SIGNS = 115;

    private final List<SavedRun> runs;
    private final boolean isOne;

    RatioPlot(final List<SavedRun> runs)
    {
        this.runs = runs;
        isOne = runs.size() == 1;
    }

    /** Those of all figures and runs that can be drawn. */
    private Ratios all()
    {
        return new Ratios(runs.stream().flatMapToDouble(run -> run.figures().stream().flatMapToDouble(
            figure -> Arrays.stream(run.ratios(figure)))).filter(ratio -> ratio > 0).toArray());
    }

    /** A column for each figure and run: its pairs in their order, the quartiles and the median. */
    Plot draw(final int height)
    {
        final Ratios all = all();
        final List<String> columns = new ArrayList<>();
        final List<String> names =
            runs.stream().flatMap(run -> run.figures().stream()).distinct().toList();
        final int count = (int)runs.stream().mapToLong(run -> run.figures().size()).sum();
        for (final String figure : names)
        {
            runs.stream().filter(run -> run.figures().contains(figure)).forEach(run ->
                columns.add(cut(isOne ? figure : figure + ", " + run.name(), SIGNS / count)));
        }
        final Plot plot = new Plot(
            isOne ? runs.get(0).text("ratioOf") + ", pair by pair" : "Ratios, pair by pair", Scale.columns(columns),
            "figure; within each, the pairs in the order in which they were measured",
            Scale.roomy(all.count() == 0 ? NEAR_LEAST : Math.min(NEAR_LEAST, all.at(0)),
                all.count() == 0 ? NEAR_MOST : Math.max(NEAR_MOST, all.at(1)), Scale::plain), "ratio", height);
        int column = 0;
        for (final String figure : names)
        {
            for (int i = 0; i < runs.size(); i++)
            {
                if (runs.get(i).figures().contains(figure))
                {
                    drawRatios(plot, column++, runs.get(i), figure, new Plot.Look(i, false));
                }
            }
        }
        for (int i = 0; i < runs.size(); i++)
        {
            plot.pointLegend(isOne ? "pair" : runs.get(i).name(), new Plot.Look(i, false), Plot.Mark.FULL);
        }
        plot.pointLegend("on a busy machine", new Plot.Look(0, false), Plot.Mark.HOLLOW)
            .pointLegend("bad disk probe", new Plot.Look(0, false), Plot.Mark.CROSS)
            .boxLegend("quartiles of all pairs", new Plot.Look(0, false)).levelLegend("no difference", false);
        if (runs.stream().anyMatch(run -> run.figures().stream().anyMatch(each -> !run.planned(each).isEmpty())))
        {
            plot.levelLegend("planned", true);
        }
        return plot.level(false, 0, columns.size(), 1);
    }

    private static void drawRatios(
        final Plot plot, final int column, final SavedRun run, final String figure, final Plot.Look look)
    {
        final double[] values = run.ratios(figure);
        final Ratios ratios = new Ratios(values);
        if (ratios.count() == 0)
        {
            return;
        }
        plot.box(look, column + 0.02, column + 0.98, ratios.at(0.25), ratios.at(0.75));
        for (int i = 0; i < values.length; i++)
        {
            final JsonNode pair = run.summary().path("pairs").get(i);
            final boolean isDiskBad = pair.path("badDisk").asBoolean(false);
            final boolean isBusy = pair.path("busyMachine").asBoolean(false);
            if (Double.isFinite(values[i]) && values[i] > 0)
            {
                plot.point(
                    look, isDiskBad ? Plot.Mark.CROSS : isBusy ? Plot.Mark.HOLLOW : Plot.Mark.FULL,
                    column + POINTS_FROM + POINTS_WIDTH * (i + 0.5) / values.length, values[i],
                    String.format(
                        Locale.ROOT, "pair %d: %.3f%s%s", i + 1, values[i], isDiskBad ? ", bad disk" : "",
                        isBusy ? ", busy machine" : ""));
            }
        }
        final double median = ratios.median();
        plot.curve("", look, List.of(new double[] {column + 0.02, median}, new double[] {column + 0.98, median}))
            .words(column + 0.03, median, String.format(Locale.ROOT, "%.3f", median));
        if (Double.isFinite(run.plannedBound(figure)))
        {
            plot.level(true, column + 0.02, column + 0.98, run.plannedBound(figure));
        }
    }

    private static String cut(final String text, final int length)
    {
        return text.length() <= length ? text : text.substring(0, Math.max(1, length - 1)) + '…';
    }
}
