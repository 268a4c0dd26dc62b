package io.seriatim.bench;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Throughput at full load.
 */
@Command(
    name = "throughput",
    sortOptions = false,
    description = "Durable transfers a second: one thread keeps several batches in flight. Beside it, in alternating " +
        "slices, a bare Aeron Archive that records frames of the same lengths as fast as it takes them.",
    footer = "%nExample:%n  scripts/bench throughput --durability os --batch 8189")
final class ThroughputCommand extends Scenario
{
    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "1000",
        description = "Transfers in a request. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "64",
        description = "Most requests in flight in the engine; its rings may take fewer. The bare archive takes what " +
            "its window lets it. Default: ${DEFAULT-VALUE}")
    private int inFlightMax;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "10",
        description = "Measured on each side. Default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
        names = "--slices",
        paramLabel = "N",
        defaultValue = "10",
        description = "How many slices the seconds are cut into, on each side. Default: ${DEFAULT-VALUE}")
    private int sliceCount;

    @Override
    String name()
    {
        return "throughput";
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
        EngineOptions.require(inFlightMax >= 1 && inFlightMax <= 1 << 16, "--in-flight", inFlightMax);
        options().requireRoom(seconds + options().warmupSeconds);
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "Throughput: requests of %d, closed loop, up to %d in flight; durability %s, threading %s, " +
            "%d shard(s) on 1 journal, %,d accounts; %d slices of %.2f s on each side after %.0f s of warm-up",
            batchCount, inFlightMax, options().durability, options().threading, options().shardCount,
            options().accountCount, sliceCount, seconds / sliceCount, options().warmupSeconds);
    }

    @Override
    PairedRun.Loop loop()
    {
        return (subject, durationNs, recording) -> ClosedLoop.run(
            subject, subject instanceof EngineSubject ? inFlightMax : Long.MAX_VALUE, durationNs, recording);
    }

    @Override
    void printHead(final PrintWriter out, final String ceiling)
    {
        out.println(
            "disk = fdatasync of a small append before the slice, p50/p99 in us; others = cores that other " +
            "processes took; p50, p99 = ms from sending a request to its answer.");
        out.printf(
            "       %-47s%s%n", "engine",
            ceiling.isEmpty() ? "" : String.format("| %-46s| engine", ceiling));
        out.printf("pair   %s%s%n", side(), ceiling.isEmpty() ? "" : "| " + side() + "| /ceiling");
    }

    private static String side()
    {
        return String.format("%11s %6s %12s %7s %7s ", "disk", "others", "transfers/s", "p50", "p99");
    }

    @Override
    String row(final PairedRun.Pair pair)
    {
        final String engine = side(Mood.text(pair.engineDisk(), pair.engineOthers()), pair.engine());
        return pair.raw() == null ? engine : engine + String.format(
            Locale.ROOT, "| %s| %6.2f", side(Mood.text(pair.rawDisk(), pair.rawOthers()), pair.raw()),
            SliceSums.ratio(pair, Slice::transfersPerSecond));
    }

    private static String side(final String mood, final Slice slice)
    {
        return String.format(
            Locale.ROOT, "%s %,12.0f %7.2f %7.2f ",
            mood, slice.transfersPerSecond(), slice.us(50) / 1e3, slice.us(99) / 1e3);
    }

    @Override
    Map<String, ToDoubleFunction<Slice>> figures()
    {
        final Map<String, ToDoubleFunction<Slice>> figures = new LinkedHashMap<>();
        figures.put("rate", Slice::transfersPerSecond);
        return figures;
    }

    @Override
    Map<String, Bound> planned()
    {
        return options().durability() == Durability.FSYNC && options().shardCount == 1 ?
            Map.of("rate", new Bound(true, 0.8)) : Map.of();
    }

    @Override
    List<String> warnings(final List<PairedRun.Pair> pairs)
    {
        return List.of();
    }
}
