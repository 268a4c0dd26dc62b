package io.seriatim.bench;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
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
    private LoadOptions options = new LoadOptions();

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

    private final Map<String, String> sides = new LinkedHashMap<>();
    private final Map<String, Integer> batchCounts = new LinkedHashMap<>();
    private final Map<String, Object> ratios = new LinkedHashMap<>();
    private final Map<String, Object> planned = new LinkedHashMap<>();
    private final List<Map<String, Object>> pairs = new ArrayList<>();
    private Results results;
    private PrintWriter out;
    private Map<String, String> environment;

    /** Name of the scenario, and so of its results. */
    abstract String name();

    /** What the run is about, for its header. */
    abstract String title();

    abstract int batchCount();

    /** What is wrong with the options of this scenario alone. */
    abstract void validate();

    /** What its ratios are, in words. */
    abstract String ratioOf();

    /**
     * Measure, print, check the books, and put what comes out into the summary.
     *
     * @return what was checked, in words.
     */
    abstract String measure(Rounds rounds, PrintWriter out, Map<String, Object> summary);

    final LoadOptions options()
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
        results = new Results(options.out, name());
        out = results.printing(spec.commandLine().getOut());
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
            final String checked = measure(rounds, out, summary);
            out.println(checked);
            if (sliceCount < ROUNDS_TO_PUBLISH)
            {
                out.printf("Fewer than %d rounds: a look, not a result.%n", ROUNDS_TO_PUBLISH);
            }
            final List<String> warnings = new ArrayList<>();
            if (options.durability() != Durability.MEMORY && Environment.isInMemory(rounds.directory()))
            {
                warnings.add("THE DATA DIRECTORY IS IN MEMORY: a force costs nothing there; see --data-dir");
            }
            warnings.forEach(warning -> out.println("!!! " + warning));
            summary.put("checked", checked);
            summary.put("warnings", warnings);
            summary.put("sides", sides);
            summary.put("batchCounts", batchCounts);
            summary.put("ratioOf", ratioOf());
            summary.put("ratios", ratios);
            summary.put("planned", planned);
            summary.put("pairs", pairs);
            results.writeSummary(summary);
            results.writeReport();
            out.println("Files: " + results.directory());
            out.flush();
        }
        return 0;
    }

    /**
     * Write the histograms of one caller in one turn.
     *
     * @param log    name of the file and of the side in the summary.
     * @param label  to be read.
     * @param slices of it in order.
     */
    final void writeLog(final String log, final String label, final List<Slice> slices)
    {
        results.writeLog(log, slices, environment);
        sides.put(log, label);
        batchCounts.put(log, slices.get(0).batchCount());
    }

    /**
     * Print a ratio over all rounds and over those that nothing disturbed, and keep both.
     *
     * @param rounds that were run.
     * @param key    of the ratio in the summary.
     * @param name   of the ratio, for a person.
     * @param ratio  in one round.
     * @param bound  that it should keep; null if there is none.
     * @return the same for JSON.
     */
    final Map<String, Object> print(
        final List<Rounds.Round> rounds,
        final String key,
        final String name,
        final ToDoubleFunction<Rounds.Round> ratio,
        final Scenario.Bound bound)
    {
        final Mood mood = new Mood(rounds);
        final Ratios all = new Ratios(rounds.stream().mapToDouble(ratio).toArray());
        final Ratios good = new Ratios(rounds.stream().filter(mood::isGood).mapToDouble(ratio).toArray());
        out.printf(Locale.ROOT, "  %-44s median %s%s%n", name, all, bound == null ? "" : "; planned " + bound);
        out.printf(Locale.ROOT, "  %-44s unmarked %s%n", "", good.count() == 0 ? "none" : good);
        for (int i = 0; i < rounds.size(); i++)
        {
            if (i == pairs.size())
            {
                pairs.add(new LinkedHashMap<>());
            }
            pairs.get(i).put(key + "Ratio", ratio.applyAsDouble(rounds.get(i)));
        }
        if (bound != null)
        {
            planned.put(key, bound.toMap());
        }
        final Map<String, Object> map = Map.of("all", all.toMap(), "unmarked", good.toMap());
        ratios.put(key, map);
        return map;
    }
}
