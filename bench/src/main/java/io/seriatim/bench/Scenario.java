package io.seriatim.bench;

import io.seriatim.journal.Durability;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The way of every scenario with an engine: say where it runs, warm up, measure pair by pair, check the books, sum up,
 * write the files.
 */
abstract class Scenario implements Callable<Integer>
{
    private static final int PAIRS_TO_PUBLISH = 20;
    static final List<String> ENGINE_THREADS = List.of("shards", "journal", "client", "engine");
    private static final List<String> RAW_THREADS = List.of("raw journal");

    @Mixin
    private RunOptions options = new RunOptions();

    @Spec
    private CommandSpec spec;

    /**
     * What is aimed at.
     *
     * @param isLeast whether the ratio should not be below it; else not above it.
     * @param ratio   of the engine to its ceiling.
     */
    record Bound(boolean isLeast, double ratio)
    {
        Map<String, Object> toMap()
        {
            return Map.of(isLeast ? "atLeast" : "atMost", ratio);
        }

        @Override
        public String toString()
        {
            return (isLeast ? "at least " : "at most ") + ratio;
        }
    }

    private Consumer<EngineSubject> beforeCheck = engine ->
    {
    };

    /** Name of the scenario, and so of its results. */
    abstract String name();

    abstract int batchCount();

    abstract double seconds();

    abstract int sliceCount();

    /** What is wrong with the options of this scenario alone. */
    abstract void validate();

    /** What the run is about, for its header. */
    abstract String title();

    abstract PairedRun.Loop loop();

    /** What both sides do before anything is measured, one after the other, each for as long as the warm-up. */
    List<PairedRun.Loop> warmUps()
    {
        return List.of(loop());
    }

    /** Head of the table; the ceiling is empty if there is none. */
    abstract void printHead(PrintWriter out, String ceiling);

    /** One line of the table. */
    abstract String row(PairedRun.Pair pair);

    /** The figures whose ratios count, by name. */
    abstract Map<String, ToDoubleFunction<Slice>> figures();

    /** What has to be said loudly of a run, if anything. */
    abstract List<String> warnings(List<PairedRun.Pair> pairs);

    /** The ratios that are aimed at, by figure; none by default. */
    Map<String, Bound> planned()
    {
        return Map.of();
    }

    RunOptions options()
    {
        return options;
    }

    /** Called before the books are checked, for a test of the check. */
    void beforeCheck(final Consumer<EngineSubject> action)
    {
        beforeCheck = action;
    }

    @Override
    public final Integer call()
    {
        EngineOptions.check(spec.commandLine(), () ->
        {
            options.validate(batchCount(), seconds(), sliceCount());
            validate();
        });
        final Results results = new Results(options.out, name());
        final PrintWriter out = results.printing(spec.commandLine().getOut());
        try (PairedRun run = new PairedRun(options, batchCount()))
        {
            final Map<String, String> environment = Environment.of(run.directory(), commandLine());
            final boolean isMemory = options.durability() == Durability.MEMORY;
            out.println(title());
            environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
            out.println();
            printHead(out, run.ceiling());
            out.flush();

            warmUps().forEach(loop -> run.warmUp(loop, options.warmupSeconds));
            final List<PairedRun.Pair> pairs = new ArrayList<>();
            run.run(loop(), seconds(), sliceCount(), pair ->
            {
                pairs.add(pair);
                final Mood mood = new Mood(pairs);
                out.printf("%4d%s %s%n", pairs.size(), mood.mark(pair), row(pair));
                out.flush();
            });
            beforeCheck.accept(run.engine());
            run.engine().requireAllBooked();
            final List<String> warnings = new ArrayList<>(warnings(pairs));
            if (!isMemory && Environment.isInMemory(run.directory()))
            {
                warnings.add("THE DATA DIRECTORY IS IN MEMORY: a force costs nothing there; see --data-dir");
            }
            sumUp(out, results, run, pairs, environment, warnings);
        }
        return 0;
    }

    private void sumUp(
        final PrintWriter out,
        final Results results,
        final PairedRun run,
        final List<PairedRun.Pair> pairs,
        final Map<String, String> environment,
        final List<String> warnings)
    {
        final Mood mood = new Mood(pairs);
        final List<Slice> engine = pairs.stream().map(PairedRun.Pair::engine).toList();
        final Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("scenario", name());
        summary.put("title", title());
        summary.put("environment", environment);
        summary.put("batchCount", batchCount());
        final Map<String, String> sides = new LinkedHashMap<>(Map.of("engine", "engine"));
        summary.put("sides", sides);
        out.println();
        out.println(mood.legend());
        if (pairs.get(0).raw() != null)
        {
            final List<Slice> raw = pairs.stream().map(PairedRun.Pair::raw).toList();
            sides.put("raw", run.ceiling());
            out.printf("Engine divided by %s, pair by pair:%n", run.ceiling());
            final Map<String, Object> ratios = new LinkedHashMap<>();
            figures().forEach((name, figure) ->
            {
                final Ratios all = ratios(pairs, figure);
                final Ratios good = ratios(pairs.stream().filter(mood::isGood).toList(), figure);
                out.printf("  %-6s median %s%n", name, all);
                out.printf("         unmarked %s%n", good.count() == 0 ? "none" : good);
                ratios.put(name, Map.of("all", all.toMap(), "unmarked", good.toMap()));
            });
            summary.put("ratioOf", "Engine divided by " + run.ceiling());
            summary.put("ratios", ratios);
            final Map<String, Object> planned = new LinkedHashMap<>();
            planned().forEach((name, bound) -> planned.put(name, bound.toMap()));
            summary.put("planned", planned);
            summary.put("raw", SliceSums.of(raw, run.rawUse(), run.rawDeviceBytes(), out));
            results.writeLog("raw", raw, environment);
            out.printf(
                Locale.ROOT, "Idle threads of the engine took %.2f cores from the %s, its idle thread %.2f from the " +
                "engine.%n",
                cores(run.rawUse(), ENGINE_THREADS), run.ceiling(), cores(run.engineUse(), RAW_THREADS));
        }
        summary.put("engine", SliceSums.of(engine, run.engineUse(), run.engineDeviceBytes(), out));
        results.writeLog("engine", engine, environment);
        final String checked = String.format(
            Locale.ROOT, "Checked: %,d transfers answered CREATED, every balance as sent, debits equal credits.",
            run.engine().createdCount());
        out.println(checked);
        summary.put("checked", checked);
        if (pairs.size() < PAIRS_TO_PUBLISH)
        {
            out.printf("Fewer than %d pairs: a look, not a result.%n", PAIRS_TO_PUBLISH);
        }
        warnings.forEach(warning -> out.println("!!! " + warning));
        summary.put("createdTransfers", run.engine().createdCount());
        summary.put("warnings", warnings);
        final List<Map<String, Object>> rows = new ArrayList<>();
        pairs.forEach(pair -> rows.add(SliceSums.toMap(pair, mood, figures(), "engine", "raw")));
        summary.put("pairs", rows);
        results.writeSummary(summary);
        results.writeReport();
        out.println("Files: " + results.directory());
        out.flush();
    }

    /** Cores that threads of some kinds took. */
    static double cores(final Resources used, final List<String> roles)
    {
        return roles.stream().mapToDouble(role -> used.cores().getOrDefault(role, 0.0)).sum();
    }

    private static Ratios ratios(final List<PairedRun.Pair> pairs, final ToDoubleFunction<Slice> figure)
    {
        return new Ratios(pairs.stream().mapToDouble(pair -> SliceSums.ratio(pair, figure)).toArray());
    }

    private String commandLine()
    {
        return "scripts/bench " +
            String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }

    static Histogram sum(final List<Slice> slices)
    {
        final Histogram sum = PairedRun.newHistogram();
        slices.forEach(slice -> sum.add(slice.histogram()));
        return sum;
    }
}
