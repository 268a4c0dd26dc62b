package io.seriatim.bench;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramIterationValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many values fell where: a column for each interval, rows of even factors, levels of even factors of the count.
 * <p>
 * Threads: confined to one.
 */
final class HeatMap
{
    /** How many colours there are. */
    static final int LEVEL_COUNT = 8;

    /** Rows from one power of ten to the next. */
    static final int ROWS_PER_DECADE = 12;

    private final List<Column> columns = new ArrayList<>();
    private long countMax;

    private record Column(double from, double to, Map<Integer, Long> counts)
    {
    }

    /** Add an interval from one x to another. */
    HeatMap add(final double from, final double to, final AbstractHistogram histogram)
    {
        final Map<Integer, Long> counts = new TreeMap<>();
        for (final HistogramIterationValue each : histogram.recordedValues())
        {
            counts.merge(row(each.getValueIteratedTo()), each.getCountAddedInThisIterationStep(), Long::sum);
        }
        columns.add(new Column(from, to, counts));
        countMax = Math.max(countMax, counts.values().stream().mapToLong(Long::longValue).max().orElse(0));
        return this;
    }

    /** Most values in a cell. */
    long countMax()
    {
        return countMax;
    }

    /** Which row a value falls into; 0 begins with 1, and what is below it falls there too. */
    static int row(final double value)
    {
        return value < 1 ? 0 : (int)Math.floor(Math.log10(value) * ROWS_PER_DECADE);
    }

    /** Least value of a row. */
    static double least(final int row)
    {
        return Math.pow(10, (double)row / ROWS_PER_DECADE);
    }

    /** The colour of a count, from 1 to {@link #LEVEL_COUNT}: 1 for a single value, the greatest for the most. */
    static int level(final long count, final long most)
    {
        return count >= most ? LEVEL_COUNT : 1 + (int)(Math.log(count) / Math.log(most) * (LEVEL_COUNT - 1));
    }

    /** Draw it, with the colours of a most that several share. */
    void draw(final Plot plot, final long most)
    {
        for (int level = 1; level <= LEVEL_COUNT; level++)
        {
            final List<double[]> cells = new ArrayList<>();
            for (final Column column : columns)
            {
                for (final Map.Entry<Integer, Long> cell : column.counts().entrySet())
                {
                    if (level(cell.getValue(), most) == level)
                    {
                        cells.add(new double[] {
                            column.from(), least(cell.getKey()), column.to(), least(cell.getKey() + 1)});
                    }
                }
            }
            if (!cells.isEmpty())
            {
                plot.cells(level, cells);
            }
        }
        plot.cellLegend("1 answer", Scale.plain(most) + " answers in a cell");
    }
}
