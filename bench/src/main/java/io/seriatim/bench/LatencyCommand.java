package io.seriatim.bench;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Latency at a rate.
 */
@Command(
    name = "latency",
    sortOptions = false,
    description = "Latency at a rate: requests leave at planned times, and each is measured from its time to its " +
        "durable reply. Beside it, in alternating slices, what a bare Aeron Archive needs from its planned time to " +
        "its recorded position for frames of the bytes of one request.",
    footer = "%nExample: a hundred thousand transfers a second, acknowledged by the page cache%n" +
        "  scripts/bench latency --rate 100000 --durability os --threading single")
final class LatencyCommand extends Scenario
{
    private static final int WARMUP_IN_FLIGHT = 64;

    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "10000",
        description = "Transfers a second, evenly spread. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "1",
        description = "Transfers in a request; rate/batch requests leave in a second. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "20",
        description = "Measured on each side. Default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
        names = "--slices",
        paramLabel = "N",
        defaultValue = "20",
        description = "How many slices the seconds are cut into, on each side. Default: ${DEFAULT-VALUE}")
    private int sliceCount;

    @Override
    String name()
    {
        return "latency";
    }

    @Override
    int batchCount()
    {
        return batchCount;
    }

    @Override
    double seconds()
    {
        return seconds;
    }

    @Override
    int sliceCount()
    {
        return sliceCount;
    }

    @Override
    void validate()
    {
        EngineOptions.require(rate >= 1 && rate <= 1e9, "--rate", rate);
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "Latency: %,.0f transfers/s in requests of %d, open loop; durability %s, threading %s, " +
            "%d shard(s) on 1 journal, %,d accounts; %d slices of %.2f s on each side after %.0f s of warm-up " +
            "at full load and as long at the rate",
            rate, batchCount, options().durability, options().threading, options().shardCount,
            options().accountCount, sliceCount, seconds / sliceCount, options().warmupSeconds);
    }

    @Override
    PairedRun.Loop loop()
    {
        return (subject, durationNs, recording) -> OpenLoop.run(subject, rate / batchCount, durationNs, recording);
    }

    /** At a low rate it takes minutes until the compiler has seen enough, and it would disturb what is measured. */
    @Override
    List<PairedRun.Loop> warmUps()
    {
        return List.of(
            (subject, durationNs, recording) ->
                ClosedLoop.run(subject, WARMUP_IN_FLIGHT, durationNs, recording), loop());
    }

    @Override
    void printHead(final PrintWriter out, final String ceiling)
    {
        out.println(
            "All times in microseconds. disk = fdatasync of a small append before the slice, p50/p99; others = cores " +
            "that other processes took.");
        out.printf(
            "       %-51s%s%n", "engine",
            ceiling.isEmpty() ? "" : String.format("| %-50s| engine/ceiling", ceiling));
        out.printf("pair   %s%s%n", side(), ceiling.isEmpty() ? "" : "| " + side() + "|  p50   p99 p99.9");
    }

    private static String side()
    {
        return String.format("%11s %6s %7s %7s %7s %8s ", "disk", "others", "p50", "p99", "p99.9", "max");
    }

    @Override
    String row(final PairedRun.Pair pair)
    {
        final StringBuilder row = new StringBuilder();
        row.append(side(Mood.text(pair.engineDisk(), pair.engineOthers()), pair.engine()));
        if (pair.raw() != null)
        {
            row.append("| ");
            row.append(side(Mood.text(pair.rawDisk(), pair.rawOthers()), pair.raw())).append('|');
            figures().values().forEach(figure ->
                row.append(String.format(Locale.ROOT, " %5.2f", SliceSums.ratio(pair, figure))));
        }
        note(row, pair.engine());
        note(row, pair.raw());
        return row.toString();
    }

    private static String side(final String mood, final Slice slice)
    {
        return String.format(
            Locale.ROOT, "%s %7.1f %7.1f %7.1f %8.1f ",
            mood, slice.us(50), slice.us(99), slice.us(99.9), slice.maxUs());
    }

    private void note(final StringBuilder row, final Slice slice)
    {
        if (slice != null && slice.backPressuredCount() > 0)
        {
            row.append("  ").append(slice.subject()).append(" back-pressured ").append(slice.backPressuredCount());
        }
        if (slice != null && !slice.isSustained(sliceNs()))
        {
            row.append("  ").append(slice.subject()).append(" RATE NOT KEPT");
        }
    }

    @Override
    Map<String, ToDoubleFunction<Slice>> figures()
    {
        final Map<String, ToDoubleFunction<Slice>> figures = new LinkedHashMap<>();
        figures.put("p50", slice -> slice.us(50));
        figures.put("p99", slice -> slice.us(99));
        figures.put("p99.9", slice -> slice.us(99.9));
        return figures;
    }

    @Override
    Map<String, Bound> planned()
    {
        final Map<String, Bound> planned = new LinkedHashMap<>();
        if (batchCount == 1 && options().durability() == Durability.OS)
        {
            planned.put("p50", new Bound(false, 3));
            planned.put("p99", new Bound(false, 2));
            planned.put("p99.9", new Bound(false, 2));
        }
        else if (batchCount == 1 && options().durability() == Durability.FSYNC)
        {
            planned.put("p50", new Bound(false, 1.3));
            planned.put("p99", new Bound(false, 1.5));
        }
        return planned;
    }

    @Override
    List<String> warnings(final List<PairedRun.Pair> pairs)
    {
        final List<String> warnings = new ArrayList<>();
        warn(warnings, pairs.stream().map(PairedRun.Pair::engine).toList());
        if (pairs.get(0).raw() != null)
        {
            warn(warnings, pairs.stream().map(PairedRun.Pair::raw).toList());
        }
        return warnings;
    }

    private void warn(final List<String> warnings, final List<Slice> slices)
    {
        final long failed = slices.stream().filter(slice -> !slice.isSustained(sliceNs())).count();
        if (failed > 0)
        {
            final double achieved = slices.stream().mapToDouble(slice -> slice.answeredCount() * (double)batchCount)
                .sum() * 1e9 / slices.stream().mapToLong(Slice::elapsedNs).sum();
            final long unsent = slices.stream().mapToLong(slice -> slice.plannedCount() - slice.sentCount()).sum();
            warnings.add(String.format(
                Locale.ROOT, "THE RATE WAS NOT KEPT by %s in %d of %d slices: intended %,.0f transfers/s, achieved " +
                "%,.0f; requests never sent: %,d. The latencies are those of a queue that grows.",
                slices.get(0).subject(), failed, slices.size(), rate, achieved, unsent));
        }
    }

    private long sliceNs()
    {
        return (long)(seconds / sliceCount * TimeUnit.SECONDS.toNanos(1));
    }
}
