package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
import io.seriatim.tools.HtmlPage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * All scenarios, each in a process of its own: none finds code that another has made warm, or its memory.
 */
@Command(
    name = "all",
    sortOptions = false,
    description = "Runs all scenarios that measure, one after the other, each in a process of its own, and leaves a " +
        "page that leads to those of each. What fails is said and does not stop the others.%n%nWith --short " +
        "every figure is a look and not a result.",
    footer = "%nExit codes: 0 all have run and checked their books, 1 one has failed, 2 bad input.%n%nExample:%n" +
        "  scripts/bench all --short --only throughput,latency")
final class AllCommand implements Callable<Integer>
{
    private static final String PAGE = "index.html";
    private static final double SHORT_SECONDS = 3;

    /** These write nothing that could lie on a disk. */
    private static final Set<String> WITHOUT_FILES = Set.of("memory", "state-machine");

    @Spec
    private CommandSpec spec;

    @Option(names = "--short", description = "Short forms of all: a look.")
    private boolean isShort;

    @Option(
        names = "--only",
        paramLabel = "S",
        split = ",",
        description = "Scenarios to run. Default: all that --list shows")
    private List<String> only = new ArrayList<>();

    @Option(names = "--list", description = "Show which would be run, and run none.")
    private boolean isList;

    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "Where data directories are made; it decides which disk is measured. Default: bench/target")
    private Path dataDirectory;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where the results go, a directory for each. Default: a new directory in bench/target/results")
    private Path out;

    /**
     * One scenario with its options.
     *
     * @param name of its directory.
     * @param line of the command.
     */
    record Step(String name, List<String> line)
    {
        String scenario()
        {
            return line.get(0);
        }

        @Override
        public String toString()
        {
            return "scripts/bench " + String.join(" ", line);
        }
    }

    @Override
    public Integer call() throws IOException
    {
        final List<Step> steps = new ArrayList<>(steps(isShort));
        EngineOptions.check(spec.commandLine(), () -> requireKnown(steps));
        steps.removeIf(step -> !only.isEmpty() && !only.contains(step.scenario()));
        final PrintWriter writer = spec.commandLine().getOut();
        if (isList)
        {
            steps.forEach(writer::println);
            return 0;
        }
        final Path directory = new Results(out, "all").directory();
        final long startNs = System.nanoTime();
        final List<String> failed = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++)
        {
            writer.printf(
                Locale.ROOT, "%n=== %d of %d, after %d min: %s%n", i + 1, steps.size(),
                TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - startNs), steps.get(i));
            writer.flush();
            if (run(steps.get(i), directory) != 0)
            {
                failed.add(steps.get(i).name());
            }
        }
        Files.writeString(directory.resolve(PAGE), page(steps, directory, failed), StandardCharsets.UTF_8);
        writer.println(failed.isEmpty() ? "All have run, and checked their books." : "FAILED: " + failed);
        writer.println("Files: " + directory.resolve(PAGE));
        writer.flush();
        return failed.isEmpty() ? 0 : ExitCode.DIFFERENCE.code();
    }

    /** All of them, in the order in which they are run. */
    static List<Step> steps(final boolean isShort)
    {
        final String[] load = isShort ?
            new String[] {"--seconds", Double.toString(SHORT_SECONDS), "--slices", "6"} : new String[0];
        final String[] rounds = isShort ? new String[] {"--seconds", "0.2", "--rounds", "3"} : new String[0];
        final List<Step> steps = new ArrayList<>();
        for (final String durability : List.of("fsync", "os"))
        {
            steps.add(step("throughput-" + durability, load, "throughput", "--durability", durability));
            steps.add(step("fairness-" + durability, load, "fairness", "--durability", durability));
            steps.add(step("peers-" + durability, rounds, "peers", "--durability", durability));
        }
        steps.add(step("latency-fsync", load, "latency", "--durability", "fsync"));
        steps.add(step("latency-os", load, "latency", "--durability", "os", "--threading", "single"));
        steps.add(step("shards", load, "shards", "--durability", "fsync"));
        steps.add(step("sealing", load, "sealing"));
        steps.add(step("checkpointed", load, "checkpointed"));
        steps.add(step(
            "state-machine", isShort ? new String[] {"--slices", "6", "--transfers", "2000000"} : new String[0],
            "state-machine"));
        final String transfers = isShort ? "1000000" : "10000000";
        steps.add(step("memory", new String[] {"--transfers", transfers}, "memory"));
        steps.add(step("replay", new String[] {"--transfers", transfers}, "replay", "--durability", "OS"));
        steps.add(step("recovery", new String[] {"--transfers", transfers}, "recovery"));
        steps.add(step(
            "stall", new String[] {"--grow", transfers, "--minutes", isShort ? "0.2" : "5"}, "stall"));
        final String[] applied = isShort ? new String[] {"--seconds", Double.toString(SHORT_SECONDS)} : new String[0];
        new CommandLine(new ScenarioCommand()).getSubcommands().keySet().forEach(
            name -> steps.add(step("scenario-" + name, applied, "scenario", name)));
        return steps;
    }

    private static Step step(final String name, final String[] size, final String... line)
    {
        return new Step(name, Stream.of(line, size).flatMap(Stream::of).toList());
    }

    private void requireKnown(final List<Step> steps)
    {
        final Set<String> known = new LinkedHashSet<>();
        steps.forEach(step -> known.add(step.scenario()));
        for (final String name : only)
        {
            if (!known.contains(name))
            {
                throw new IllegalArgumentException("--only are of " + known + ": found " + name);
            }
        }
    }

    private int run(final Step step, final Path directory) throws IOException
    {
        final List<String> line = OtherJvm.line(BenchMain.class);
        line.addAll(step.line());
        line.addAll(List.of("--out", directory.resolve(step.name()).toString()));
        if (dataDirectory != null && !WITHOUT_FILES.contains(step.scenario()))
        {
            line.addAll(List.of("--data-dir", dataDirectory.toString()));
        }
        final Process process = new ProcessBuilder(line).inheritIO().start();
        try
        {
            return process.waitFor();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while a scenario ran: " + step, ex);
        }
        finally
        {
            process.destroy();
        }
    }

    private static String page(final List<Step> steps, final Path directory, final List<String> failed)
    {
        final HtmlPage page = new HtmlPage("All scenarios", Report.STYLE);
        page.verdict(failed.isEmpty(), failed.isEmpty() ? "All have run, and checked their books." : "FAILED: " +
            String.join(", ", failed));
        for (final Step step : steps)
        {
            page.heading(step.name());
            final Path summary = directory.resolve(step.name()).resolve(SavedRun.SUMMARY_FILE);
            if (Files.isRegularFile(summary))
            {
                final JsonNode saved = JsonMapper.builder().build().readTree(summary.toFile());
                page.paragraph(saved.path("title").asString(""));
                saved.path("warnings").forEach(warning -> page.verdict(false, warning.asString("")));
                page.link("its page", step.name() + '/' + ReportCommand.FILE);
            }
            else
            {
                page.verdict(false, "has left no result");
            }
            page.lines(step.toString());
        }
        return page.toString();
    }
}
