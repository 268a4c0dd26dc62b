package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.journal.Durability;
import org.agrona.IoUtil;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What something costs that an engine does beside its work: an engine with it and one without, of the same settings, in
 * alternating slices of a closed loop.
 */
abstract class CostCommand implements Callable<Integer>
{
    private static final int PAIRS_TO_PUBLISH = 20;
    private static final String CHECKED = "Checked: every balance as sent, on both sides.";

    @Mixin
    private RunOptions options = new RunOptions();

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "1",
        description = "Transfers in a request. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "64",
        description = "Most requests in flight. Default: ${DEFAULT-VALUE}")
    private int inFlightMax;

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

    /** A slice and what it met. */
    private record Measured(DiskProbe.Result disk, double others, Slice slice)
    {
    }

    /** What costs. */
    abstract String what();

    /** An engine with it. */
    abstract EngineConfig with(EngineConfig config, Path directory) throws IOException;

    /** An engine without it. */
    EngineConfig without(final EngineConfig config)
    {
        return config;
    }

    /** What has to come to its end before the other engine's turn. */
    void afterSliceWith(final EngineSubject subject)
    {
        // Nothing is left behind.
    }

    /** A line of its own, when all is measured; the engine's side of a pair is that with what costs. */
    String remark(final List<PairedRun.Pair> pairs)
    {
        return "";
    }

    @Override
    public Integer call() throws IOException
    {
        try
        {
            options.validate(batchCount, seconds, sliceCount);
            EngineOptions.require(inFlightMax >= 1 && inFlightMax <= 1 << 16, "--in-flight", inFlightMax);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        final Path directory = EngineOptions.freshDirectory(options.base());
        final Results results = new Results(options.out, what());
        final PrintWriter out = results.printing(spec.commandLine().getOut());
        try (EngineSubject with = subject(directory.resolve("with"), with(options.engineConfig(), directory));
            EngineSubject without = subject(directory.resolve("without"), without(options.engineConfig()));
            DiskProbe probe = options.durability() == Durability.MEMORY ? null : new DiskProbe(directory))
        {
            final Map<String, String> environment = Environment.of(directory, "scripts/bench " +
                String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
            out.println(title());
            environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
            final List<PairedRun.Pair> pairs = measure(out, with, without, probe);
            with.requireAllBooked();
            without.requireAllBooked();
            sumUp(out, results, pairs, environment);
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
        return 0;
    }

    private String title()
    {
        return String.format(
            Locale.ROOT, "Cost of %s: requests of %d, closed loop, up to %d in flight; durability %s, threading " +
            "%s; %d slices of %.2f s on each side",
            what(), batchCount, inFlightMax, options.durability, options.threading, sliceCount, seconds / sliceCount);
    }

    private EngineSubject subject(final Path directory, final EngineConfig config)
    {
        final boolean isWritten = options.durability() != Durability.MEMORY;
        final EngineSubject subject = new EngineSubject(
            config.dataDirectory(isWritten ? directory : null),
            options.shardCount, options.accountCount, batchCount);
        subject.pause();
        return subject;
    }

    private List<PairedRun.Pair> measure(
        final PrintWriter out, final EngineSubject with, final EngineSubject without, final DiskProbe probe)
    {
        run(with, options.warmupSeconds);
        afterSliceWith(with);
        run(without, options.warmupSeconds);
        out.printf(
            "%ndisk = fdatasync of a small append before the slice, p50/p99 in us; others = cores that other " +
            "processes took.%n       %s | %s | %6s%n", head("with/s"), head("without/s"), "rate");
        final List<PairedRun.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < sliceCount; i++)
        {
            final boolean isWithFirst = i % 2 == 0;
            final Measured first = measure(isWithFirst ? with : without, isWithFirst, probe);
            final Measured second = measure(isWithFirst ? without : with, !isWithFirst, probe);
            final Measured one = isWithFirst ? first : second;
            final Measured other = isWithFirst ? second : first;
            final PairedRun.Pair pair = new PairedRun.Pair(
                isWithFirst, one.disk(), one.others(), one.slice(), other.disk(), other.others(), other.slice());
            pairs.add(pair);
            final Mood mood = new Mood(pairs);
            out.printf(
                Locale.ROOT, "%4d%s%s %s | %s | %6.3f%n", pairs.size(), mood.isDiskBad(pair) ? "*" : " ",
                Mood.isBusy(pair) ? "+" : " ", side(one), side(other),
                SliceSums.ratio(pair, Slice::transfersPerSecond));
            out.flush();
        }
        return pairs;
    }

    private Measured measure(final EngineSubject subject, final boolean isWith, final DiskProbe probe)
    {
        final DiskProbe.Result disk = probe == null ? DiskProbe.Result.NONE : probe.probe();
        final Resources before = Resources.now();
        final Slice slice = run(subject, seconds / sliceCount);
        final double others = Resources.now().since(before).othersCores();
        if (isWith)
        {
            afterSliceWith(subject);
        }
        return new Measured(disk, others, slice);
    }

    private Slice run(final EngineSubject subject, final double sliceSeconds)
    {
        final long durationNs = (long)(sliceSeconds * TimeUnit.SECONDS.toNanos(1));
        return ClosedLoop.run(subject, inFlightMax, durationNs, new Recording(durationNs));
    }

    private static String head(final String rate)
    {
        return String.format("%11s %6s %14s %9s %9s", "disk", "others", rate, "p50 us", "p99 us");
    }

    private static String side(final Measured measured)
    {
        final Slice slice = measured.slice();
        return String.format(
            Locale.ROOT, "%s %,14.0f %9.1f %9.1f", Mood.text(measured.disk(), measured.others()),
            slice.transfersPerSecond(), slice.us(50), slice.us(99));
    }

    private void sumUp(
        final PrintWriter out,
        final Results results,
        final List<PairedRun.Pair> pairs,
        final Map<String, String> environment)
    {
        final Mood mood = new Mood(pairs);
        final Map<String, ToDoubleFunction<Slice>> figures = new LinkedHashMap<>();
        figures.put("rate", Slice::transfersPerSecond);
        figures.put("p50", slice -> slice.us(50));
        figures.put("p99", slice -> slice.us(99));
        final Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("scenario", what());
        summary.put("title", title());
        summary.put("environment", environment);
        summary.put("batchCount", batchCount);
        final Map<String, String> sides = new LinkedHashMap<>();
        sides.put("with", "with " + what());
        sides.put("without", "without " + what());
        summary.put("sides", sides);
        out.printf("%n%s%nWith %s divided by without, pair by pair:%n", mood.legend(), what());
        final Map<String, Object> allRatios = new LinkedHashMap<>();
        figures.forEach((name, figure) ->
        {
            final Ratios all = ratios(pairs.stream(), figure);
            final Ratios good = ratios(pairs.stream().filter(mood::isGood), figure);
            out.printf("  %-5s median %s%n", name, text(all));
            out.printf("        unmarked %s%n", good.count() == 0 ? "none" : text(good));
            allRatios.put(name, Map.of("all", all.toMap(), "unmarked", good.toMap()));
        });
        summary.put("ratioOf", "With " + what() + " divided by without");
        summary.put("ratios", allRatios);
        if (pairs.size() < PAIRS_TO_PUBLISH)
        {
            out.printf("Fewer than %d pairs: a look, not a result.%n", PAIRS_TO_PUBLISH);
        }
        final String remark = remark(pairs);
        if (!remark.isEmpty())
        {
            out.println(remark);
        }
        summary.put("checked", CHECKED);
        out.println(CHECKED);
        summary.put("pairs", pairs.stream().map(
            pair -> SliceSums.toMap(pair, mood, figures, "with", "without")).toList());
        results.writeLog("with", pairs.stream().map(PairedRun.Pair::engine).toList(), environment);
        results.writeLog("without", pairs.stream().map(PairedRun.Pair::raw).toList(), environment);
        results.writeSummary(summary);
        results.writeReport();
        out.println("Files: " + results.directory());
        out.flush();
    }

    private static Ratios ratios(final Stream<PairedRun.Pair> pairs, final ToDoubleFunction<Slice> figure)
    {
        return new Ratios(pairs.mapToDouble(pair -> SliceSums.ratio(pair, figure)).toArray());
    }

    /** Costs are small: one digit more than elsewhere. */
    private static String text(final Ratios ratios)
    {
        return String.format(
            Locale.ROOT, "%.3f (quartiles %.3f to %.3f, all %.3f to %.3f, %d pairs)",
            ratios.median(), ratios.at(0.25), ratios.at(0.75), ratios.at(0), ratios.at(1), ratios.count());
    }
}
