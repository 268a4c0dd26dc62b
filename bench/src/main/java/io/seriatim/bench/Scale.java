package io.seriatim.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * An axis: which share of its length a value lies at, and which values are written beside it.
 * <p>
 * Shape: immutable.<br>
 * Threads: any.
 */
final class Scale
{
    private static final double[] STEPS = {1, 2, 5};
    private static final int TICK_COUNT = 6;
    private static final double ROUNDING = 1e-9;

    /** Of its length, beyond the ends. */
    private static final double ROOM = 0.04;

    /** Over more, there is no room for all labels. */
    private static final double LABELS_DECADES = 3.4;

    private final DoubleUnaryOperator place;
    private final double from;
    private final double to;
    private final List<Tick> ticks;

    /**
     * A value that is written beside the axis.
     *
     * @param share of the length.
     * @param label of it; empty for a line without one.
     */
    record Tick(double share, String label)
    {
    }

    private Scale(
        final DoubleUnaryOperator place,
        final double min,
        final double max,
        final List<Double> values,
        final DoubleFunction<String> label)
    {
        this.place = place;
        from = place.applyAsDouble(min);
        to = place.applyAsDouble(max);
        ticks = values.stream().map(value -> new Tick(share(value), label.apply(value))).toList();
    }

    /** Even steps from one value to a greater one. */
    static Scale linear(final double min, final double max, final DoubleFunction<String> label)
    {
        final double top = max > min ? max : min + 1;
        final double raw = (top - min) / TICK_COUNT;
        final double decade = Math.pow(10, Math.floor(Math.log10(raw)));
        final double step = decade * (raw / decade > 5 ? 10 : raw / decade > 2 ? 5 : raw / decade > 1 ? 2 : 1);
        final List<Double> values = new ArrayList<>();
        for (long i = (long)Math.ceil(min / step - ROUNDING); i * step <= top * (1 + ROUNDING); i++)
        {
            values.add(i * step);
        }
        return new Scale(DoubleUnaryOperator.identity(), min, top, values, label);
    }

    /**
     * Even factors. All of 1, 2 and 5 times a power of ten have a line; over many decades only the powers a label.
     *
     * @param min above zero.
     * @param max above it.
     */
    static Scale logarithmic(final double min, final double max, final DoubleFunction<String> label)
    {
        final double top = max > min ? max : min * 10;
        final boolean isLong = Math.log10(top / min) > LABELS_DECADES;
        final List<Double> values = new ArrayList<>();
        for (int decade = (int)Math.floor(Math.log10(min)); Math.pow(10, decade) <= top; decade++)
        {
            for (final double step : STEPS)
            {
                final double value = Double.parseDouble(step + "e" + decade);
                if (value >= min * (1 - ROUNDING) && value <= top * (1 + ROUNDING))
                {
                    values.add(value);
                }
            }
        }
        return new Scale(Math::log10, min, top, values, value -> isLong && !isPowerOfTen(value) ? "" :
            label.apply(value));
    }

    /** A logarithmic axis on whose ends nothing lies. */
    static Scale roomy(final double least, final double most, final DoubleFunction<String> label)
    {
        final double room = Math.pow(Math.max(10, most / least), ROOM);
        return logarithmic(least / room, most * room, label);
    }

    /**
     * Percentiles, as long from 0 to 90 as from 90 to 99 and from there to 99.9: the tail is as wide as it matters.
     *
     * @param count of the values that the percentiles are of: the axis ends at the nines that so many can have.
     */
    static Scale nines(final long count)
    {
        final int nineCount = Math.max(2, (int)Math.ceil(Math.log10(Math.max(1, count)) - ROUNDING));
        final List<Double> values = new ArrayList<>(List.of(0.0, 50.0));
        for (int nines = 1; nines <= nineCount; nines++)
        {
            values.add(percentile(nines));
        }
        return new Scale(Scale::ninesOf, 0, percentile(nineCount), values, Scale::plain);
    }

    /** Columns, each of the length 1 and with its name in its middle. */
    static Scale columns(final List<String> names)
    {
        final List<Double> middles = new ArrayList<>();
        for (int i = 0; i < names.size(); i++)
        {
            middles.add(i + 0.5);
        }
        return new Scale(DoubleUnaryOperator.identity(), 0, names.size(), middles, value -> names.get((int)value));
    }

    /** How many nines a percentile has: 1 for 90, 2 for 99, 0.3 for 50. */
    static double ninesOf(final double percentile)
    {
        return -Math.log10(1 - percentile / 100);
    }

    /** The percentile of so many nines. */
    static double percentile(final double nines)
    {
        return 100 - 100 * Math.pow(10, -nines);
    }

    /** Which share of the axis a value lies at, from 0 to 1; what lies beyond an end lies at it. */
    double share(final double value)
    {
        return Math.min(1, Math.max(0, (place.applyAsDouble(value) - from) / (to - from)));
    }

    List<Tick> ticks()
    {
        return ticks;
    }

    /** A time with its unit. */
    static String time(final double ns)
    {
        return ns < 1e3 ? plain(ns) + " ns" : ns < 1e6 ? plain(ns / 1e3) + " µs" : ns < 1e9 ? plain(ns / 1e6) + " ms" :
            plain(ns / 1e9) + " s";
    }

    /** A count, with k and M. */
    static String count(final double value)
    {
        return value < 1e3 ? plain(value) : value < 1e6 ? plain(value / 1e3) + "k" : plain(value / 1e6) + "M";
    }

    /** A number with no more digits than it needs. */
    static String plain(final double value)
    {
        final String text = String.format(Locale.ROOT, "%.6f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    private static boolean isPowerOfTen(final double value)
    {
        final double exponent = Math.log10(value);
        return Math.abs(exponent - Math.rint(exponent)) < ROUNDING;
    }
}
