package io.seriatim.bench;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures over figures: a curve for each series, through its points in the order in which they were added.
 *
 * @param title         above it.
 * @param across        what lies from left to right, with its unit.
 * @param upward        what lies from bottom to top, with its unit.
 * @param isLogarithmic whether both axes are of even factors; else they are even and begin at 0.
 * @param series        points, each x and y, by name.
 */
record Curves(
    String title, String across, String upward, boolean isLogarithmic, Map<String, List<double[]>> series)
{
    private static final double ROOM = 1.1;

    Curves(final String title, final String across, final String upward, final boolean isLogarithmic)
    {
        this(title, across, upward, isLogarithmic, new LinkedHashMap<>());
    }

    /** One more point of a series. */
    void add(final String name, final double x, final double y)
    {
        series.computeIfAbsent(name, any -> new ArrayList<>()).add(new double[] {x, y});
    }

    Map<String, Object> toMap()
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("title", title);
        map.put("across", across);
        map.put("upward", upward);
        map.put("isLogarithmic", isLogarithmic);
        map.put("series", series);
        return map;
    }

    static Curves read(final JsonNode node)
    {
        final Curves curves = new Curves(
            node.path("title").asString(""), node.path("across").asString(""), node.path("upward").asString(""),
            node.path("isLogarithmic").asBoolean(false));
        node.path("series").properties().forEach(series -> series.getValue().forEach(point ->
            curves.add(series.getKey(), point.path(0).asDouble(), point.path(1).asDouble())));
        return curves;
    }

    Plot draw(final int height)
    {
        final Plot plot = new Plot(title, scale(0), across, scale(1), upward, height);
        int number = 0;
        for (final Map.Entry<String, List<double[]>> each : series.entrySet())
        {
            final Plot.Look look = new Plot.Look(number++, false);
            plot.curve(each.getKey(), look, each.getValue());
            each.getValue().forEach(point -> plot.point(
                look, Plot.Mark.FULL, point[0], point[1],
                each.getKey() + ": " + Scale.count(point[0]) + ", " + Scale.count(point[1])));
        }
        return plot;
    }

    private Scale scale(final int axis)
    {
        final double[] values = series.values().stream().flatMap(List::stream)
            .mapToDouble(point -> point[axis]).filter(value -> value > 0).toArray();
        final Ratios range = new Ratios(values);
        final double most = range.count() == 0 ? 1 : range.at(1);
        return isLogarithmic ? Scale.roomy(range.count() == 0 ? most : range.at(0), most, Scale::count) :
            Scale.linear(0, axis == 0 ? most : most * ROOM, Scale::count);
    }
}
