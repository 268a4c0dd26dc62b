package io.seriatim.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which slices met a bad disk: one whose probe was far from what was usual in the run. They are shown and marked, and
 * the medians are given with and without them.
 */
final class DiskMood
{
    private static final double P50_FACTOR = 2;
    private static final double P99_FACTOR = 4;

    private final double p50MaxUs;
    private final double p99MaxUs;

    DiskMood(final List<PairedRun.Pair> pairs)
    {
        p50MaxUs = P50_FACTOR * new Ratios(probes(pairs).mapToDouble(DiskProbe.Result::p50Us).toArray()).median();
        p99MaxUs = P99_FACTOR * new Ratios(probes(pairs).mapToDouble(DiskProbe.Result::p99Us).toArray()).median();
    }

    private static Stream<DiskProbe.Result> probes(final List<PairedRun.Pair> pairs)
    {
        return pairs.stream().flatMap(pair -> Stream.of(pair.engineDisk(), pair.rawDisk()));
    }

    boolean isBad(final DiskProbe.Result probe)
    {
        return probe.p50Us() > p50MaxUs || probe.p99Us() > p99MaxUs;
    }

    boolean isBad(final PairedRun.Pair pair)
    {
        return isBad(pair.engineDisk()) || isBad(pair.rawDisk());
    }

    /** What makes a probe bad, for the foot of a table. */
    @Override
    public String toString()
    {
        return String.format(
            Locale.ROOT, "fdatasync p50 above %.0f us (%.0f times the run's median) or p99 above %.0f us " +
            "(%.0f times)", p50MaxUs, P50_FACTOR, p99MaxUs, P99_FACTOR);
    }
}
