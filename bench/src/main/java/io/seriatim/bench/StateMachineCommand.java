package io.seriatim.bench;

import com.sun.management.ThreadMXBean;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * What a transfer costs in the state machine alone, beside what its accesses to memory cost without a ledger.
 */
@Command(
    name = "state-machine",
    sortOptions = false,
    description = "Nanoseconds and bytes allocated per transfer in the state machine alone, on tables that have " +
        "grown: one by one, in batches that are read ahead of, and beside them, in alternating slices, bare writes " +
        "to as much memory.",
    footer = "%nExamples:%n  scripts/bench state-machine --accounts 10000,1000000%n" +
        "  scripts/bench state-machine --jmh   the same load under JMH, with its profiler of allocations")
final class StateMachineCommand implements Callable<Integer>
{
    private static final ThreadMXBean THREADS = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private static final int SLICE_TRANSFERS = 131_072;
    private static final int WARMUP_SLICES = 10;
    private static final int ONE_BY_ONE = 0;
    private static final int IN_BATCHES = 1;
    private static final int RAW = 2;
    private static final int SIDES = 3;

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--accounts",
        paramLabel = "N",
        split = ",",
        defaultValue = "10000,1000000",
        description = "How many accounts; several make several runs. Default: ${DEFAULT-VALUE}")
    private int[] accountCounts;

    @Option(
        names = "--transfers",
        paramLabel = "N",
        defaultValue = "10000000",
        description = "So many are there before it is measured. Default: ${DEFAULT-VALUE}")
    private long transferCount;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "8189",
        description = "Transfers in a batch. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--slices",
        paramLabel = "N",
        defaultValue = "30",
        description = "Slices of 131,072 transfers on each side. Default: ${DEFAULT-VALUE}")
    private int sliceCount;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where summary.json goes. Default: a new directory in bench/target/results")
    private Path resultsDirectory;

    @Option(names = "--jmh", description = "Run the same load under JMH, with its profiler of allocations.")
    private boolean isJmh;

    private final Chart chart = new Chart("One transfer", "accounts", "ns, median of the slices");

    @Override
    public Integer call() throws RunnerException
    {
        EngineOptions.check(spec.commandLine(), this::validate);
        if (isJmh)
        {
            runJmh();
            return 0;
        }
        final Results results = new Results(resultsDirectory, "state-machine");
        final PrintWriter out = results.printing(spec.commandLine().getOut());
        final Map<String, String> environment = Environment.of(
            EngineOptions.home(), "scripts/bench " + String.join(
            " ", spec.commandLine().getParseResult().originalArgs()));
        environment.forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        out.println("durability   none: nothing is journaled, nothing is written to a file");
        out.println("Nanoseconds per transfer, medians and quartiles of the slices; ratios of slices side by side.");
        out.printf(
            "%11s %12s %18s %18s %18s %7s %7s %7s%n", "accounts", "transfers", "one by one", "in batches",
            "bare writes", "batches", "one by", "in bat.");
        out.printf("%81s %7s %7s %7s%n", "", "/ one by", "/ bare", "/ bare");
        out.flush();
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (final int accountCount : accountCounts)
        {
            rows.add(measure(accountCount, out));
        }
        final Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("scenario", "state-machine");
        summary.put("title", String.format(
            Locale.ROOT, "State machine: %,d transfers in the tables, then %d slices of %,d on each side",
            transferCount, sliceCount, SLICE_TRANSFERS));
        summary.put("environment", environment);
        summary.put("checked", "Checked: every transfer was created, and the balances add up.");
        summary.put("rows", rows);
        summary.put("charts", List.of(chart.toMap()));
        results.writeSummary(summary);
        results.writeReport();
        out.println("Files: " + results.directory());
        return 0;
    }

    private void validate()
    {
        for (final int accountCount : accountCounts)
        {
            EngineOptions.require(accountCount >= 2 && accountCount <= 100_000_000, "--accounts", accountCount);
        }
        EngineOptions.require(transferCount >= 0 && transferCount <= 1_000_000_000, "--transfers", transferCount);
        EngineOptions.require(batchCount >= 1 && batchCount <= StateMachineLoad.WINDOW_CAPACITY, "--batch", batchCount);
        EngineOptions.require(sliceCount >= 1, "--slices", sliceCount);
    }

    private Map<String, Object> measure(final int accountCount, final PrintWriter out)
    {
        try (StateMachineLoad load = new StateMachineLoad(accountCount, batchCount, 1))
        {
            final long accountBytes = load.allocatedBytes();
            while (load.sentCount() < transferCount)
            {
                load.apply((int)Math.min(SLICE_TRANSFERS, transferCount - load.sentCount()), true);
            }
            try (RawMemory raw = new RawMemory(accountCount, load.allocatedBytes() - accountBytes))
            {
                for (int i = 0; i < WARMUP_SLICES * SIDES; i++)
                {
                    slice(i % SIDES, load, raw);
                }
                final long allocatedBefore = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
                final double[][] ns = new double[SIDES][sliceCount];
                for (int i = 0; i < sliceCount; i++)
                {
                    for (int turn = 0; turn < SIDES; turn++)
                    {
                        final int side = (i + turn) % SIDES;
                        ns[side][i] = slice(side, load, raw);
                    }
                }
                final long allocated =
                    THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocatedBefore;
                load.check();
                raw.check();
                print(load, ns, out);
                out.printf(
                    Locale.ROOT, "%11s tables: %.1f bytes an account, then %.1f a transfer; allocated on the heap: " +
                    "%.3f bytes a transfer; books checked%n", "", accountBytes / (double)accountCount,
                    (load.allocatedBytes() - accountBytes) / (double)load.sentCount(),
                    allocated / (double)(2L * sliceCount * SLICE_TRANSFERS));
                out.flush();
                final String column = Scale.count(accountCount);
                chart.add(column, "one by one", new Ratios(ns[ONE_BY_ONE]).median());
                chart.add(column, "in batches", new Ratios(ns[IN_BATCHES]).median());
                chart.add(column, "bare writes to as much memory", new Ratios(ns[RAW]).median());
                return toMap(load, accountBytes, ns, allocated);
            }
        }
    }

    /** Nanoseconds per transfer. */
    private static double slice(final int side, final StateMachineLoad load, final RawMemory raw)
    {
        final long startNs = System.nanoTime();
        switch (side)
        {
            case ONE_BY_ONE -> load.apply(SLICE_TRANSFERS, false);
            case IN_BATCHES -> load.apply(SLICE_TRANSFERS, true);
            default -> raw.apply(SLICE_TRANSFERS);
        }
        return (System.nanoTime() - startNs) / (double)SLICE_TRANSFERS;
    }

    private static void print(final StateMachineLoad load, final double[][] ns, final PrintWriter out)
    {
        final List<String> cells = new ArrayList<>();
        for (final double[] side : ns)
        {
            final Ratios figures = new Ratios(side);
            cells.add(String.format(
                Locale.ROOT, "%.0f (%.0f-%.0f)", figures.median(), figures.at(0.25), figures.at(0.75)));
        }
        out.printf(
            Locale.ROOT, "%,11d %,12d %18s %18s %18s %7.2f %7.2f %7.2f%n", load.accountCount(), load.sentCount(),
            cells.get(ONE_BY_ONE), cells.get(IN_BATCHES), cells.get(RAW),
            ratio(ns, IN_BATCHES, ONE_BY_ONE), ratio(ns, ONE_BY_ONE, RAW), ratio(ns, IN_BATCHES, RAW));
    }

    private Map<String, Object> toMap(
        final StateMachineLoad load, final long accountBytes, final double[][] ns, final long allocated)
    {
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("accounts", load.accountCount());
        row.put("transfers", load.sentCount());
        row.put("oneByOneNs", new Ratios(ns[ONE_BY_ONE]).toMap());
        row.put("inBatchesNs", new Ratios(ns[IN_BATCHES]).toMap());
        row.put("bareWritesNs", new Ratios(ns[RAW]).toMap());
        row.put("batchesByOneByOne", ratio(ns, IN_BATCHES, ONE_BY_ONE));
        row.put("oneByOneByBareWrites", ratio(ns, ONE_BY_ONE, RAW));
        row.put("batchesByBareWrites", ratio(ns, IN_BATCHES, RAW));
        row.put("bytesPerAccount", accountBytes / (double)load.accountCount());
        row.put("bytesPerTransfer", (load.allocatedBytes() - accountBytes) / (double)load.sentCount());
        row.put("heapBytesPerTransfer", allocated / (double)(2L * sliceCount * SLICE_TRANSFERS));
        return row;
    }

    private static double ratio(final double[][] ns, final int above, final int below)
    {
        final double[] ratios = new double[ns[above].length];
        for (int i = 0; i < ratios.length; i++)
        {
            ratios[i] = ns[above][i] / ns[below][i];
        }
        return new Ratios(ratios).median();
    }

    private void runJmh() throws RunnerException
    {
        final String[] accounts = Arrays.stream(accountCounts)
            .mapToObj(Integer::toString).toArray(String[]::new);
        new Runner(new OptionsBuilder()
            .include(LedgerStateMachineBenchmark.class.getSimpleName())
            .param("accountCount", accounts)
            .param("batchCount", Integer.toString(batchCount))
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .build()).run();
    }
}
