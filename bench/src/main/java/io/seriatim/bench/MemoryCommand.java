package io.seriatim.bench;

import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * How much memory decisions take, and whether the check for duplicates stays as fast when there are many transfers.
 */
@Command(
    name = "memory",
    sortOptions = false,
    description = "Memory of the tables that decisions need, an account and a transfer, and what the check for " +
        "duplicates costs while the transfers grow to as many as are asked for: cache lines of the index that are " +
        "read for an id, and how long one transfer takes.",
    footer = "%nExample: a hundred million transfers between ten million accounts%n" +
        "  scripts/bench memory --accounts 10000000 --transfers 100000000")
final class MemoryCommand implements Callable<Integer>
{
    private static final int FIRST_LOOK = 1_000_000;
    private static final int LOOK_FACTOR = 10;
    private static final int SAMPLE_COUNT = 200_000;
    private static final int BATCH_COUNT = 8_189;
    private static final int CLOCK_READS = 100_000;
    private static final String CHECKED =
        "Checked: every transfer was created, and the balances add up.";

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--accounts",
        paramLabel = "N",
        defaultValue = "1000000",
        description = "Between how many accounts. Default: ${DEFAULT-VALUE}")
    private int accountCount;

    @Option(
        names = "--transfers",
        paramLabel = "N",
        defaultValue = "10000000",
        description = "So many in the end; looked at with 1, 10 and 100 million on the way. Default: ${DEFAULT-VALUE}")
    private long transferCount;

    @Option(
        names = "--generators",
        paramLabel = "N",
        split = ",",
        defaultValue = "1,8",
        description = "How many generators of ids, each of which counts up from a place of its own; several make " +
            "several runs. Default: ${DEFAULT-VALUE}")
    private int[] generatorCounts;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where summary.json goes. Default: a new directory in bench/target/results")
    private Path resultsDirectory;

    private final List<Map<String, Object>> rows = new ArrayList<>();
    private final Chart times = new Chart("One transfer", "transfers in the tables", "p99, ns");
    private final Chart lines = new Chart("Index", "transfers in the tables", "cache lines read for a new id, mean");
    private final Chart bytes = new Chart("Memory", "transfers in the tables", "bytes a transfer");
    private PrintWriter out;

    @Override
    public Integer call()
    {
        EngineOptions.check(spec.commandLine(), this::validate);
        final Results results = new Results(resultsDirectory, "memory");
        out = results.printing(spec.commandLine().getOut());
        final Map<String, String> environment = Environment.of(
            EngineOptions.home(), "scripts/bench " + String.join(
            " ", spec.commandLine().getParseResult().originalArgs()));
        environment.forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        out.println("durability   none: nothing is journaled, nothing is written to a file");
        out.printf(
            Locale.ROOT, "lines = cache lines of the index read for an id that is not known, mean and most of %,d; " +
            "p50, p99, p99.9 = ns for one transfer alone, of %,d, the clock's %d ns included.%n", SAMPLE_COUNT,
            SAMPLE_COUNT, clockNs());
        for (final int generatorCount : generatorCounts)
        {
            run(generatorCount);
        }
        final Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("scenario", "memory");
        summary.put("title", String.format(
            Locale.ROOT, "Memory: %,d transfers between %,d accounts", transferCount, accountCount));
        summary.put("environment", environment);
        summary.put("checked", CHECKED);
        summary.put("rows", rows);
        summary.put("charts", List.of(times.toMap(), lines.toMap(), bytes.toMap()));
        results.writeSummary(summary);
        results.writeReport();
        out.println("Files: " + results.directory());
        return 0;
    }

    private void validate()
    {
        EngineOptions.require(accountCount >= 2 && accountCount <= 100_000_000, "--accounts", accountCount);
        EngineOptions.require(transferCount >= 1 && transferCount <= 1_000_000_000, "--transfers", transferCount);
        for (final int generatorCount : generatorCounts)
        {
            EngineOptions.require(generatorCount >= 1 && generatorCount <= 1_000, "--generators", generatorCount);
        }
    }

    private void run(final int generatorCount)
    {
        final long residentBefore = ProcessMemory.residentMiB();
        try (StateMachineLoad load = new StateMachineLoad(accountCount, BATCH_COUNT, generatorCount))
        {
            final long accountBytes = load.allocatedBytes();
            out.printf(
                Locale.ROOT, "%n%,d accounts: %.1f bytes an account in tables; resident %,d MiB more; %d generators " +
                "of ids%n", accountCount, accountBytes / (double)accountCount,
                ProcessMemory.residentMiB() - residentBefore, generatorCount);
            out.printf(
                "%13s %10s %13s %7s %5s %8s %8s %8s %11s%n", "transfers", "bytes each", "resident MiB", "lines", "most",
                "p50", "p99", "p99.9", "p99 / first");
            load.apply(SAMPLE_COUNT, new Histogram(3));
            double first = 0;
            for (long look = Math.min(FIRST_LOOK, transferCount); look > 0; look = next(look))
            {
                load.apply((int)Math.max(0, look - load.sentCount()), true);
                final Histogram transferTimes = new Histogram(3);
                load.apply(SAMPLE_COUNT, transferTimes);
                first = first == 0 ? transferTimes.getValueAtPercentile(99) : first;
                final Histogram indexLines = load.linesOfNext(SAMPLE_COUNT);
                out.printf(
                    Locale.ROOT, "%,13d %10.1f %,13d %7.2f %5d %,8d %,8d %,8d %11.2f%n", load.sentCount(),
                    (load.allocatedBytes() - accountBytes) / (double)load.sentCount(), ProcessMemory.residentMiB(),
                    indexLines.getMean(), indexLines.getMaxValue(), transferTimes.getValueAtPercentile(50),
                    transferTimes.getValueAtPercentile(99), transferTimes.getValueAtPercentile(99.9),
                    transferTimes.getValueAtPercentile(99) / first);
                out.flush();
                final Map<String, Object> row = toMap(load, generatorCount, accountBytes, indexLines, transferTimes);
                rows.add(row);
                final String column = Scale.count(look);
                final String name = generatorCount + " generator(s) of ids";
                times.add(column, name, transferTimes.getValueAtPercentile(99));
                lines.add(column, name, indexLines.getMean());
                bytes.add(column, name, (double)row.get("bytesPerTransfer"));
            }
            load.check();
            out.println(CHECKED);
        }
    }

    private static Map<String, Object> toMap(
        final StateMachineLoad load,
        final int generatorCount,
        final long accountBytes,
        final Histogram lines,
        final Histogram times)
    {
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("accounts", load.accountCount());
        row.put("generators", generatorCount);
        row.put("transfers", load.sentCount());
        row.put("bytesPerAccount", accountBytes / (double)load.accountCount());
        row.put("bytesPerTransfer", (load.allocatedBytes() - accountBytes) / (double)load.sentCount());
        row.put("residentMiB", ProcessMemory.residentMiB());
        row.put("indexLinesMean", lines.getMean());
        row.put("indexLinesMax", lines.getMaxValue());
        row.put("p50Ns", times.getValueAtPercentile(50));
        row.put("p99Ns", times.getValueAtPercentile(99));
        row.put("p999Ns", times.getValueAtPercentile(99.9));
        return row;
    }

    private long next(final long look)
    {
        return look >= transferCount ? 0 : Math.min(look * LOOK_FACTOR, transferCount);
    }

    /** What it costs to read the clock twice. */
    private static long clockNs()
    {
        final long[] times = new long[CLOCK_READS];
        for (int i = 0; i < CLOCK_READS; i++)
        {
            final long startNs = System.nanoTime();
            times[i] = System.nanoTime() - startNs;
        }
        Arrays.sort(times);
        return times[CLOCK_READS / 2];
    }
}
