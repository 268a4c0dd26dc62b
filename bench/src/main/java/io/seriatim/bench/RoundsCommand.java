package io.seriatim.bench;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The way of a scenario that compares engines with engines: say where it runs, measure in rounds, sum up the ratios of
 * each round, write the files.
 */
abstract class RoundsCommand implements Callable<Integer>
{
    private static final int ROUNDS_TO_PUBLISH = 20;

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "20",
        description = "Measured of each turn. Default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
        names = "--slices",
        paramLabel = "N",
        defaultValue = "20",
        description = "How many slices the seconds are cut into, of each turn. Default: ${DEFAULT-VALUE}")
    private int sliceCount;

    private Results results;
    private Map<String, String> environment;

    /** Name of the scenario, and so of its results. */
    abstract String name();

    /** What the run is about, for its header. */
    abstract String title();

    abstract int batchCount();

    /** What is wrong with the options of this scenario alone. */
    abstract void validate();

    /** Measure, print, check the books, and put what comes out into the summary. */
    abstract void measure(Rounds rounds, PrintWriter out, Map<String, Object> summary);

    final EngineOptions options()
    {
        return options;
    }

    final double seconds()
    {
        return seconds;
    }

    final int sliceCount()
    {
        return sliceCount;
    }

    final long sliceNs()
    {
        return (long)(seconds / sliceCount * TimeUnit.SECONDS.toNanos(1));
    }

    final long warmUpNs()
    {
        return (long)(options.warmupSeconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Override
    public final Integer call()
    {
        EngineOptions.check(spec.commandLine(), () ->
        {
            options.validate(batchCount(), seconds, sliceCount);
            validate();
        });
        final PrintWriter out = spec.commandLine().getOut();
        results = new Results(options.out, name());
        try (Rounds rounds = new Rounds(options))
        {
            environment = Environment.of(rounds.directory(), "scripts/bench " +
                String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
            out.println(title());
            environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
            out.flush();
            final Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("scenario", name());
            summary.put("title", title());
            summary.put("environment", environment);
            measure(rounds, out, summary);
            if (sliceCount < ROUNDS_TO_PUBLISH)
            {
                out.printf("Fewer than %d rounds: a look, not a result.%n", ROUNDS_TO_PUBLISH);
            }
            if (options.durability() != Durability.MEMORY && Environment.isInMemory(rounds.directory()))
            {
                out.println("!!! THE DATA DIRECTORY IS IN MEMORY: a force costs nothing there; see --data-dir");
            }
            results.writeSummary(summary);
            out.println("Files: " + results.directory());
            out.flush();
        }
        return 0;
    }

    /** Write the histograms of one caller in one turn. */
    final void writeLog(final String log, final List<Slice> slices)
    {
        results.writeLog(log, slices, environment);
    }

    /**
     * Print a ratio over all rounds and over those that nothing disturbed.
     *
     * @param out    to print to.
     * @param rounds that were run.
     * @param name   of the ratio.
     * @param ratio  in one round.
     * @param target that it should reach, for a person; empty if there is none.
     * @return the same for JSON.
     */
    static Map<String, Object> print(
        final PrintWriter out,
        final List<Rounds.Round> rounds,
        final String name,
        final ToDoubleFunction<Rounds.Round> ratio,
        final String target)
    {
        final Mood mood = new Mood(rounds);
        final Ratios all = new Ratios(rounds.stream().mapToDouble(ratio).toArray());
        final Ratios good = new Ratios(rounds.stream().filter(mood::isGood).mapToDouble(ratio).toArray());
        out.printf(Locale.ROOT, "  %-44s median %s%s%n", name, all, target.isEmpty() ? "" : "; target " + target);
        out.printf(Locale.ROOT, "  %-44s unmarked %s%n", "", good.count() == 0 ? "none" : good);
        return Map.of("all", all.toMap(), "unmarked", good.toMap());
    }
}
