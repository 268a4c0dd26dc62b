package io.seriatim.bench;

import io.seriatim.advice.Advice;
import io.seriatim.advice.Advisor;
import io.seriatim.advice.Ceiling;
import io.seriatim.advice.ShardCosts;
import io.seriatim.advice.Workload;
import io.seriatim.engine.EngineConfig;
import io.seriatim.instruments.Verdict;
import io.seriatim.journal.Durability;
import org.agrona.IoUtil;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * The way of a scenario that shows an application on a real engine: say where it runs, measure, hold what was measured
 * against what the advice foretells, check the books, show what the instruments say, leave a picture and a page.
 * <p>
 * One more is a subclass, and a line in {@link ScenarioCommand}.
 */
abstract class AppliedScenario implements Callable<Integer>
{
    /** What was measured of waiting handlers agrees with the advice if it differs by no more than this. */
    static final double TOLERANCE = 0.05;

    private static final int HEIGHT = 320;

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "10",
        description = "How long each part is measured, about. Default: ${DEFAULT-VALUE}")
    private double seconds;

    private final Advisor advisor = new Advisor(ShardCosts.measured());
    private final Map<String, Object> summary = new LinkedHashMap<>();
    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<Map<String, Object>> charts = new ArrayList<>();
    private final List<Map<String, Object>> curves = new ArrayList<>();
    private Results results;
    private PrintWriter out;

    /** What the run is about, for its header. */
    abstract String title();

    /** What is wrong with the options of this scenario alone. */
    void validate()
    {
    }

    /**
     * Measure, print, check.
     *
     * @param directory fresh, for the data.
     * @return what was checked, in words.
     */
    abstract String measure(Path directory) throws Exception;

    final String name()
    {
        return spec.name();
    }

    final EngineOptions options()
    {
        return options;
    }

    final double seconds()
    {
        return seconds;
    }

    final long durationNs()
    {
        return (long)(seconds * TimeUnit.SECONDS.toNanos(1));
    }

    /** Settings of the engine in a directory. */
    final EngineConfig engineConfig(final Path directory)
    {
        return options.engineConfig()
            .dataDirectory(options.durability() == Durability.MEMORY ? null : directory.resolve("engine"));
    }

    @Override
    public final Integer call() throws Exception
    {
        EngineOptions.check(spec.commandLine(), () ->
        {
            options.durability();
            options.threading();
            EngineOptions.require(seconds > 0 && seconds <= TimeUnit.HOURS.toSeconds(1), "--seconds", seconds);
            validate();
        });
        results = new Results(options.out, name());
        out = results.printing(spec.commandLine().getOut());
        final Path directory = EngineOptions.freshDirectory(options.dataDirectory);
        try
        {
            run(directory);
        }
        finally
        {
            out.flush();
            IoUtil.delete(directory.toFile(), true);
        }
        return 0;
    }

    private void run(final Path directory) throws Exception
    {
        final Map<String, String> environment = Environment.of(directory, "scripts/bench " +
            String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
        summary.put("scenario", name());
        summary.put("title", title());
        summary.put("environment", environment);
        out.println(title());
        environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
        out.flush();
        final String checked = measure(directory);
        if (options.durability() != Durability.MEMORY && Environment.isInMemory(directory))
        {
            warn("THE DATA DIRECTORY IS IN MEMORY: a force costs nothing there; see --data-dir");
        }
        print("%n%s%n", checked);
        warnings.forEach(warning -> print("!!! %s%n", warning));
        summary.put("checked", checked);
        summary.put("warnings", warnings);
        summary.put("figures", figures);
        summary.put("charts", charts);
        summary.put("curves", curves);
        results.writeSummary(summary);
        results.writeReport();
        print("Files: %s%n", results.directory());
    }

    final void print(final String format, final Object... values)
    {
        out.printf(Locale.ROOT, format, values);
        out.flush();
    }

    /** A heading of a part. */
    final void heading(final String format, final Object... values)
    {
        print("%n" + format + "%n", values);
    }

    /** What has to be said loudly. */
    final void warn(final String format, final Object... values)
    {
        warnings.add(String.format(Locale.ROOT, format, values));
    }

    /** A figure for the summary. */
    final void keep(final String key, final double figure)
    {
        figures.put(key, figure);
    }

    /** What the advice is for a workload, in a few lines. */
    final Advice advise(final Workload workload)
    {
        final Advice advice = advisor.advise(workload.coreCount(Runtime.getRuntime().availableProcessors()));
        final Ceiling ceiling = advice.ceiling();
        print("  advice       %s: %s%n", advice.scope().label(), advice.reason());
        print("               %s%n", ceiling.arithmetic());
        print(
            "               limited by %s; more would need %s%n", ceiling.limit().label(), ceiling.limit().remedy());
        return advice;
    }

    /** What the instruments say, as {@code seriatim top} shows it. */
    final void show(final Verdict verdict)
    {
        print("  instruments  %s: %s%n", verdict.bottleneck().name().toLowerCase(Locale.ROOT), verdict.evidence());
        print("               %s%n", verdict.bottleneck().advice());
    }

    /**
     * Hold the rate of waiting handlers against what was foretold. A ratio that is off by more than
     * {@link #TOLERANCE} is a warning: it says that the machine had no time, or that the advice is wrong.
     *
     * @param key       of the figures.
     * @param perSecond measured, in a steady part.
     * @param ceiling   that was foretold.
     * @param handler   that has waited.
     */
    final void compare(
        final String key, final double perSecond, final Ceiling ceiling, final WaitingHandler handler)
    {
        final double ratio = perSecond / ceiling.perSecond();
        print(
            "  measured     %,.1f/s of %,.1f/s: ratio %.3f; handlers were asked to wait %.2f ms and took %.2f: by " +
            "that alone %.3f%n",
            perSecond, ceiling.perSecond(), ratio, handler.serviceNs() / 1e6, handler.meanNs() / 1e6,
            handler.serviceNs() / handler.meanNs());
        if (Math.abs(ratio - 1) > TOLERANCE)
        {
            warn("%s: MEASURED AND FORETOLD DIFFER BY MORE THAN %.0f %%: ratio %.3f, by the time that handlers " +
                "really took %.3f", key, 100 * TOLERANCE, ratio, ratio * handler.meanNs() / handler.serviceNs());
        }
        keep(key + "PerSecond", perSecond);
        keep(key + "Foretold", ceiling.perSecond());
        keep(key + "Ratio", ratio);
        keep(key + "ServiceMs", handler.meanNs() / 1e6);
    }

    /** A picture, for the page and as a file of the scenario's name; a second one has a name added. */
    final void draw(final Chart chart) throws IOException
    {
        charts.add(chart.toMap());
        write(chart.draw(HEIGHT));
    }

    /** A picture, as {@link #draw(Chart)}. */
    final void draw(final Curves drawn) throws IOException
    {
        curves.add(drawn.toMap());
        write(drawn.draw(HEIGHT));
    }

    private void write(final Plot plot) throws IOException
    {
        final int number = charts.size() + curves.size();
        Files.writeString(
            results.directory().resolve(name() + (number == 1 ? "" : "-" + number) + ".svg"), plot.file(),
            StandardCharsets.UTF_8);
    }
}
