package io.seriatim.bench;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of a run that are not latencies: a curve for each series over columns, on an axis of even factors.
 *
 * @param title   above it.
 * @param across  what the columns are.
 * @param upward  what the figures are, with their unit.
 * @param columns their names in order.
 * @param series  a figure for each column, by name; NaN where there is none.
 */
record Chart(String title, String across, String upward, List<String> columns, Map<String, List<Double>> series)
{
    private static final double LEAST = 1e-3;

    Chart(final String title, final String across, final String upward)
    {
        this(title, across, upward, new ArrayList<>(), new LinkedHashMap<>());
    }

    /** One more column, unless it is there, and a figure of it; columns come in the same order in all series. */
    void add(final String column, final String name, final double figure)
    {
        if (!columns.contains(column))
        {
            columns.add(column);
        }
        final List<Double> figures = series.computeIfAbsent(name, any -> new ArrayList<>());
        while (figures.size() < columns.indexOf(column))
        {
            figures.add(Double.NaN);
        }
        figures.add(figure);
    }

    Map<String, Object> toMap()
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("title", title);
        map.put("across", across);
        map.put("upward", upward);
        map.put("columns", columns);
        map.put("series", series);
        return map;
    }

    static Chart read(final JsonNode node)
    {
        final Chart chart = new Chart(
            node.path("title").asString(""), node.path("across").asString(""), node.path("upward").asString(""));
        node.path("columns").forEach(column -> chart.columns.add(column.asString("")));
        node.path("series").properties().forEach(series ->
        {
            final List<Double> figures = new ArrayList<>();
            series.getValue().forEach(figure -> figures.add(figure.asDouble(Double.NaN)));
            chart.series.put(series.getKey(), figures);
        });
        return chart;
    }

    Plot draw(final int height)
    {
        final double[] all = series.values().stream().flatMap(List::stream)
            .mapToDouble(Double::doubleValue).filter(figure -> figure > 0).toArray();
        final Ratios range = new Ratios(all);
        final Plot plot = new Plot(
            title, Scale.columns(columns), across,
            Scale.roomy(
                range.count() == 0 ? LEAST : Math.max(LEAST, range.at(0)),
                range.count() == 0 ? 1 : Math.max(LEAST, range.at(1)), Scale::count), upward, height);
        int number = 0;
        for (final Map.Entry<String, List<Double>> each : series.entrySet())
        {
            final Plot.Look look = new Plot.Look(number++, false);
            final List<double[]> points = new ArrayList<>();
            for (int i = 0; i < each.getValue().size(); i++)
            {
                final double figure = each.getValue().get(i);
                points.add(new double[] {i + 0.5, figure > 0 ? figure : Double.NaN});
                if (figure > 0)
                {
                    plot.point(
                        look, Plot.Mark.FULL, i + 0.5, figure,
                        each.getKey() + ", " + columns.get(i) + ": " + Scale.count(figure));
                }
            }
            plot.curve(each.getKey(), look, points);
        }
        return plot;
    }
}
