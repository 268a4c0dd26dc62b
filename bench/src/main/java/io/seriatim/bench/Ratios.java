package io.seriatim.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Paired ratios of a run, in order of size.
 */
final class Ratios
{
    private final double[] sorted;

    Ratios(final double[] values)
    {
        sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    }

    int count()
    {
        return sorted.length;
    }

    double median()
    {
        return at(0.5);
    }

    /** Value below which a part of the ratios lies, between neighbours in proportion; NaN if there is none. */
    double at(final double part)
    {
        if (sorted.length == 0)
        {
            return Double.NaN;
        }
        final double place = part * (sorted.length - 1);
        final int below = (int)place;
        final int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    Map<String, Object> toMap()
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("pairs", count());
        map.put("median", finite(median()));
        map.put("quartile1", finite(at(0.25)));
        map.put("quartile3", finite(at(0.75)));
        map.put("min", finite(at(0)));
        map.put("max", finite(at(1)));
        return map;
    }

    /** JSON has no NaN. */
    static Double finite(final double value)
    {
        return Double.isFinite(value) ? value : null;
    }

    @Override
    public String toString()
    {
        return String.format(
            Locale.ROOT, "%.2f (quartiles %.2f to %.2f, all %.2f to %.2f, %d pairs)",
            median(), at(0.25), at(0.75), at(0), at(1), count());
    }
}
