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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What something costs that an engine does beside its work: an engine with it and one without, of the same settings, in
 * alternating slices of a closed loop.
 */
abstract class CostCommand implements Callable<Integer>
{
    private static final int PAIRS_TO_PUBLISH = 20;

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

    /** Slices that belong together. */
    private record Pair(Slice with, Slice without)
    {
        double ratio(final ToDoubleFunction<Slice> figure)
        {
            return figure.applyAsDouble(with) / figure.applyAsDouble(without);
        }
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

    /** A line of its own, when all is measured. */
    String remark()
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
        final PrintWriter out = spec.commandLine().getOut();
        final Path base = options.base();
        Files.createDirectories(base);
        final Path directory = Files.createTempDirectory(base, "data-");
        final Results results = new Results(options.out, what());
        try (EngineSubject with = subject(directory.resolve("with"), with(options.engineConfig(), directory));
            EngineSubject without = subject(directory.resolve("without"), without(options.engineConfig())))
        {
            final Map<String, String> environment = Environment.of(directory, "scripts/bench " +
                String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
            out.printf(
                Locale.ROOT, "Cost of %s: requests of %d, closed loop, up to %d in flight; durability %s, threading " +
                "%s; %d slices of %.2f s on each side%n",
                what(), batchCount, inFlightMax, options.durability, options.threading, sliceCount,
                seconds / sliceCount);
            environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
            final List<Pair> pairs = measure(out, with, without);
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

    private EngineSubject subject(final Path directory, final EngineConfig config)
    {
        final boolean isWritten = options.durability() != Durability.MEMORY;
        final EngineSubject subject = new EngineSubject(
            config.dataDirectory(isWritten ? directory : null),
            options.shardCount, options.accountCount, batchCount);
        subject.pause();
        return subject;
    }

    private List<Pair> measure(final PrintWriter out, final EngineSubject with, final EngineSubject without)
    {
        run(with, options.warmupSeconds);
        afterSliceWith(with);
        run(without, options.warmupSeconds);
        out.printf("%n%4s %14s %9s %9s | %14s %9s %9s | %6s%n", "pair", "with/s", "p50 us", "p99 us", "without/s",
            "p50 us", "p99 us", "rate");
        final List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < sliceCount; i++)
        {
            final Pair pair;
            if (i % 2 == 0)
            {
                final Slice first = runWith(with);
                pair = new Pair(first, run(without, seconds / sliceCount));
            }
            else
            {
                final Slice first = run(without, seconds / sliceCount);
                pair = new Pair(runWith(with), first);
            }
            pairs.add(pair);
            out.printf(Locale.ROOT, "%4d %s | %s | %6.3f%n", pairs.size(), side(pair.with()), side(pair.without()),
                pair.ratio(Slice::transfersPerSecond));
            out.flush();
        }
        return pairs;
    }

    private Slice runWith(final EngineSubject subject)
    {
        final Slice slice = run(subject, seconds / sliceCount);
        afterSliceWith(subject);
        return slice;
    }

    private Slice run(final EngineSubject subject, final double sliceSeconds)
    {
        return ClosedLoop.run(
            subject, inFlightMax, (long)(sliceSeconds * TimeUnit.SECONDS.toNanos(1)), PairedRun.newHistogram());
    }

    private static String side(final Slice slice)
    {
        return String.format(
            Locale.ROOT, "%,14.0f %9.1f %9.1f", slice.transfersPerSecond(), slice.us(50), slice.us(99));
    }

    private void sumUp(
        final PrintWriter out, final Results results, final List<Pair> pairs, final Map<String, String> environment)
    {
        final Map<String, ToDoubleFunction<Slice>> figures = new LinkedHashMap<>();
        figures.put("rate", Slice::transfersPerSecond);
        figures.put("p50", slice -> slice.us(50));
        figures.put("p99", slice -> slice.us(99));
        final Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("environment", environment);
        out.printf("%nWith %s divided by without, pair by pair:%n", what());
        figures.forEach((name, figure) ->
        {
            final Ratios ratios = new Ratios(pairs.stream().mapToDouble(pair -> pair.ratio(figure)).toArray());
            out.printf(
                Locale.ROOT, "  %-5s median %.3f (quartiles %.3f to %.3f, all %.3f to %.3f, %d pairs)%n", name,
                ratios.median(), ratios.at(0.25), ratios.at(0.75), ratios.at(0), ratios.at(1), ratios.count());
            summary.put(name, ratios.toMap());
        });
        if (pairs.size() < PAIRS_TO_PUBLISH)
        {
            out.printf("Fewer than %d pairs: a look, not a result.%n", PAIRS_TO_PUBLISH);
        }
        if (!remark().isEmpty())
        {
            out.println(remark());
        }
        out.println("Checked: every balance as sent, on both sides.");
        results.writeSummary(summary);
        out.println("Files: " + results.directory());
    }
}
