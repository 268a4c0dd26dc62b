package io.seriatim.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which pairs met a bad disk, by a probe far from what was usual in the run, or a machine that others kept busy. They
 * are shown and marked, and the medians are given with and without them. Neither measure depends on what the measured
 * side itself did, so no pair is left out for being slow.
 */
final class Mood
{
    private static final double P50_FACTOR = 2;
    private static final double P99_FACTOR = 4;

    /** So many cores may others take before a pair is marked. */
    private static final double OTHERS_MAX = 0.2;

    private final List<? extends Met> pairs;
    private final double p50MaxUs;
    private final double p99MaxUs;

    /** Slices that belong together have met this. */
    interface Met
    {
        /** The disk before each. */
        List<DiskProbe.Result> disks();

        /** Most cores that other processes took. */
        double othersCores();
    }

    Mood(final List<? extends Met> pairs)
    {
        this.pairs = pairs;
        p50MaxUs = P50_FACTOR * new Ratios(probes(pairs).mapToDouble(DiskProbe.Result::p50Us).toArray()).median();
        p99MaxUs = P99_FACTOR * new Ratios(probes(pairs).mapToDouble(DiskProbe.Result::p99Us).toArray()).median();
    }

    private static Stream<DiskProbe.Result> probes(final List<? extends Met> pairs)
    {
        return pairs.stream().flatMap(pair -> pair.disks().stream());
    }

    private boolean isBad(final DiskProbe.Result probe)
    {
        return probe.p50Us() > p50MaxUs || probe.p99Us() > p99MaxUs;
    }

    boolean isDiskBad(final Met pair)
    {
        return pair.disks().stream().anyMatch(this::isBad);
    }

    static boolean isBusy(final Met pair)
    {
        return pair.othersCores() > OTHERS_MAX;
    }

    boolean isGood(final Met pair)
    {
        return !isDiskBad(pair) && !isBusy(pair);
    }

    /** Mark of a row. */
    String mark(final Met pair)
    {
        return (isDiskBad(pair) ? "*" : " ") + (isBusy(pair) ? "+" : " ");
    }

    /** What a slice met, as columns. */
    static String text(final DiskProbe.Result disk, final double others)
    {
        return String.format(
            Locale.ROOT, "%11s %6.1f",
            Double.isNaN(disk.p50Us()) ? "-" : String.format(Locale.ROOT, "%.0f/%.0f", disk.p50Us(), disk.p99Us()),
            others);
    }

    /** What the marks mean, and who bears them. */
    String legend()
    {
        final String busy = String.format(
            Locale.ROOT, "+ busy machine: other processes took more than %.1f cores; pairs: %s", OTHERS_MAX,
            numbers(Mood::isBusy));
        return Double.isNaN(p50MaxUs) ? busy : busy + String.format(
            Locale.ROOT,
            "%n* bad disk, by the measure of the whole run: fdatasync p50 above %.0f us (%.0f times its median) or " +
            "p99 above %.0f us (%.0f times); pairs: %s",
            p50MaxUs, P50_FACTOR, p99MaxUs, P99_FACTOR, numbers(this::isDiskBad));
    }

    private String numbers(final Predicate<Met> predicate)
    {
        final List<String> numbers = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++)
        {
            if (predicate.test(pairs.get(i)))
            {
                numbers.add(Integer.toString(i + 1));
            }
        }
        return numbers.isEmpty() ? "none" : String.join(" ", numbers);
    }
}
