package io.seriatim.bench;

import io.seriatim.tools.ExitCode;
import org.agrona.IoUtil;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Compares with what was stored: figures that a machine's mood does not touch in narrow bands, ratios in wide ones.
 */
@Command(
    name = "guard",
    sortOptions = false,
    description = "Runs short forms of the scenarios and says what has moved since the figures were stored that come " +
        "with the sources: bytes, passes of the journal, allocations and lines read, which are the same on every " +
        "machine, in narrow bands; ratios to a ceiling of the same run in wide ones. No absolute time is compared.",
    footer = "%nExit codes: 0 nothing has become worse, 1 something has, 2 bad input.%n%nExamples:%n" +
        "  scripts/bench guard%n  scripts/bench guard --store bench/src/main/resources/io/seriatim/bench/guard.json")
final class GuardCommand implements Callable<Integer>
{
    /** Where the stored figures lie beside this class. */
    static final String STORED = "guard.json";

    /** What is the same on every machine may differ by so much. */
    private static final double NARROW = 0.03;

    /** A ratio to a ceiling may, on a machine that is shared. */
    private static final double WIDE = 0.5;

    /** What must be nothing, such as bytes allocated, may be so much. */
    private static final double NOTHING = 0.05;

    private static final double WARMUP_SECONDS = 4;

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--stored",
        paramLabel = "FILE",
        description = "Figures to compare with. Default: those that come with the sources")
    private Path storedFile;

    @Option(
        names = "--store",
        paramLabel = "FILE",
        description = "Write what was measured to a file, to be compared with from now on, and compare nothing.")
    private Path newFile;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "6",
        description = "For each of the engine's scenarios, on each side; what is stored holds for the same time. " +
            "Default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
        names = "--transfers",
        paramLabel = "N",
        defaultValue = "2000000",
        description = "In the tables that are looked at; what is stored holds for the same number. Default: " +
            "${DEFAULT-VALUE}")
    private int transferCount;

    private final Map<String, Figure> figures = new LinkedHashMap<>();

    /**
     * One figure.
     *
     * @param value    as measured.
     * @param band     by which part it may differ.
     * @param isBetter what is better: less or more.
     */
    record Figure(double value, double band, Better isBetter)
    {
    }

    /** Which way is the good one. */
    enum Better
    {
        LESS, MORE
    }

    /** What has become of a figure. */
    enum Verdict
    {
        SAME("as it was"), BETTER("better"), WORSE("WORSE"), NEW("not stored");

        private final String text;

        Verdict(final String text)
        {
            this.text = text;
        }
    }

    @Override
    public Integer call() throws IOException
    {
        EngineOptions.check(spec.commandLine(), () ->
        {
            EngineOptions.require(seconds > 0 && seconds <= 600, "--seconds", seconds);
            EngineOptions.require(transferCount >= 1_000, "--transfers", transferCount);
        });
        final JsonNode stored = newFile != null ? null : readStored();
        final Path directory = Files.createTempDirectory("seriatim-guard-");
        try
        {
            measure(directory);
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (newFile != null)
        {
            store(out);
            return 0;
        }
        return compare(stored, out) ? 0 : ExitCode.DIFFERENCE.code();
    }

    private void measure(final Path directory)
    {
        final String transfers = Integer.toString(transferCount);
        final String slices = Integer.toString(Math.max(2, (int)(seconds * 2)));
        final JsonNode tables = run(
            directory, "state-machine", "--accounts", "10000", "--transfers", transfers, "--slices", slices)
            .get("rows").get(0);
        put("tables: bytes an account", tables.get("bytesPerAccount").asDouble(), NARROW, Better.LESS);
        put("tables: bytes a transfer", tables.get("bytesPerTransfer").asDouble(), NARROW, Better.LESS);
        put("state machine: heap bytes a transfer", tables.get("heapBytesPerTransfer").asDouble(), NARROW, Better.LESS);
        put("state machine: batches / one by one", tables.get("batchesByOneByOne").asDouble(), WIDE, Better.LESS);
        put("state machine: batches / bare writes", tables.get("batchesByBareWrites").asDouble(), WIDE, Better.LESS);
        final JsonNode memory = run(
            directory, "memory", "--accounts", "10000", "--transfers", transfers, "--generators", "8").get("rows");
        put(
            "index: lines read for an id", memory.get(memory.size() - 1).get("indexLinesMean").asDouble(), NARROW,
            Better.LESS);
        for (final String durability : List.of("os", "fsync"))
        {
            final String[] common = {
                "--durability", durability, "--seconds", Double.toString(seconds), "--slices", slices,
                "--warmup-seconds", Double.toString(Math.min(WARMUP_SECONDS, seconds))};
            // When a snapshot comes is chance, and its bytes would be in a narrow figure.
            final String[] fullLoad = Arrays.copyOf(common, common.length + 1);
            fullLoad[common.length] = "--no-snapshots";
            final JsonNode full = run(directory, "throughput", fullLoad);
            final double created = full.get("engine").get("answeredRequests").asDouble() * 1_000;
            put(
                durability + ", full load: engine / bare archive", median(full, "rate"), WIDE, Better.MORE);
            put(
                durability + ", full load: bytes written a transfer",
                full.get("engine").get("bytesWrittenPerTransfer").asDouble(), NARROW, Better.LESS);
            put(
                durability + ", full load: heap bytes a transfer on shard threads",
                full.get("engine").get("allocatedBytesByThread").path("shards").asDouble() / created, NARROW,
                Better.LESS);
            final JsonNode lone = run(directory, "latency", common);
            put(durability + ", 10,000/s: p50 / bare archive", median(lone, "p50"), WIDE, Better.LESS);
        }
        final JsonNode replay = run(
            directory, "replay", "--transfers", transfers, "--rounds", "5", "--durability", "OS", "--data-dir",
            directory.toString());
        put("replay: launch / walk", replay.get("launch").get("byWalk").get("median").asDouble(), WIDE, Better.MORE);
        put("replay: audit / walk", replay.get("audit").get("byWalk").get("median").asDouble(), WIDE, Better.MORE);
    }

    private static double median(final JsonNode summary, final String figure)
    {
        return summary.get("ratios").get(figure).get("all").get("median").asDouble();
    }

    private void put(final String name, final double value, final double band, final Better isBetter)
    {
        figures.put(name, new Figure(value, band, isBetter));
    }

    private JsonNode run(final Path directory, final String scenario, final String... arguments)
    {
        final PrintWriter out = spec.commandLine().getOut();
        out.println("measuring: " + scenario + ' ' + String.join(" ", arguments));
        out.flush();
        final Path results = directory.resolve(scenario);
        final PrintWriter silence = new PrintWriter(PrintWriter.nullWriter());
        final CommandLine commandLine = BenchMain.commandLine(silence, spec.commandLine().getErr());
        final String[] line = new String[arguments.length + 3];
        line[0] = scenario;
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        line[line.length - 2] = "--out";
        line[line.length - 1] = results.toString();
        final int exitCode = commandLine.execute(line);
        if (exitCode != 0)
        {
            throw new BenchException("a scenario failed: " + scenario + ", exit code=" + exitCode);
        }
        return JSON.readTree(results.resolve("summary.json").toFile());
    }

    private void store(final PrintWriter out)
    {
        final Map<String, Object> values = new LinkedHashMap<>();
        figures.forEach((name, figure) -> values.put(name, figure.value()));
        final Map<String, Object> stored = new LinkedHashMap<>();
        stored.put("environment", Environment.of(EngineOptions.home(), commandLine()));
        stored.put("figures", values);
        JSON.writeValue(newFile.toFile(), stored);
        figures.forEach((name, figure) -> out.printf(Locale.ROOT, "%-60s %10.3f%n", name, figure.value()));
        out.println("Stored: " + newFile);
        out.flush();
    }

    private String commandLine()
    {
        return "scripts/bench " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }

    private JsonNode readStored() throws IOException
    {
        if (storedFile != null)
        {
            if (!Files.isRegularFile(storedFile))
            {
                throw new ParameterException(spec.commandLine(), "no such file: " + storedFile);
            }
            return requireFigures(JSON.readTree(storedFile.toFile()), storedFile.toString());
        }
        try (InputStream stream = GuardCommand.class.getResourceAsStream(STORED))
        {
            if (stream == null)
            {
                throw new ParameterException(spec.commandLine(), "no figures come with this build; see --store");
            }
            return requireFigures(JSON.readTree(stream), STORED);
        }
    }

    private JsonNode requireFigures(final JsonNode stored, final String from)
    {
        if (!stored.path("figures").isObject())
        {
            throw new ParameterException(spec.commandLine(), "holds no figures of a guard: " + from);
        }
        return stored;
    }

    /** Print all; false if one has become worse. */
    private boolean compare(final JsonNode stored, final PrintWriter out)
    {
        out.println();
        Environment.of(EngineOptions.home(), commandLine())
            .forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        out.printf(
            "stored       %s, commit %s%n%n", stored.path("environment").path("date").asString("unknown"),
            stored.path("environment").path("commit").asString("unknown"));
        out.printf("%-60s %10s %10s %6s%n", "figure", "stored", "now", "band");
        boolean isGood = true;
        for (final Map.Entry<String, Figure> entry : figures.entrySet())
        {
            final Figure figure = entry.getValue();
            final JsonNode before = stored.get("figures").get(entry.getKey());
            final Verdict verdict = before == null ? Verdict.NEW : verdict(before.asDouble(), figure);
            out.printf(
                Locale.ROOT, "%-60s %10s %10.3f %5.0f%% %s%n", entry.getKey(),
                before == null ? "-" : String.format(Locale.ROOT, "%.3f", before.asDouble()), figure.value(),
                figure.band() * 100, verdict.text);
            isGood &= verdict != Verdict.WORSE;
        }
        out.println(isGood ? "Nothing has become worse." : "SOMETHING HAS BECOME WORSE, see above.");
        out.flush();
        return isGood;
    }

    /** What has become of a figure: it may differ by its band, and what was nothing by a little. */
    static Verdict verdict(final double before, final Figure now)
    {
        final double room = Math.max(Math.abs(before) * now.band(), NOTHING);
        final double gain = now.isBetter() == Better.LESS ? before - now.value() : now.value() - before;
        if (Math.abs(gain) <= room)
        {
            return Verdict.SAME;
        }
        return gain > 0 ? Verdict.BETTER : Verdict.WORSE;
    }
}
