package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.SnapshotInfo;
import io.seriatim.journal.Durability;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How long a launch takes from a snapshot and what came after it, and from the start of the journal, with how much
 * memory; and what the snapshot cost the shard while it was under load.
 */
@Command(
    name = "recovery",
    sortOptions = false,
    description = "How long a launch takes from a snapshot and from the start of the journal, and what taking the " +
        "snapshot costs a shard under load.",
    footer = "%nExample:%n  scripts/bench recovery --transfers 10000000 --durability FSYNC")
final class RecoveryCommand implements Callable<Integer>
{
    private static final double MILLISECOND_NS = 1e6;
    private static final double MEBIBYTE = 1024 * 1024;
    private static final long MODEL_SNAPSHOT_WAIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final String CHECKED = "Checked: the same balances before and after each launch.";

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--transfers",
        paramLabel = "N",
        defaultValue = "1000000",
        description = "How many there are. Default: ${DEFAULT-VALUE}")
    private int transferCount;

    @Option(
        names = "--tail",
        paramLabel = "N",
        defaultValue = "100000",
        description = "How many of them come after the snapshot. Default: ${DEFAULT-VALUE}")
    private int tailCount;

    @Option(
        names = "--accounts",
        paramLabel = "N",
        defaultValue = "100000",
        description = "Between how many accounts. Default: ${DEFAULT-VALUE}")
    private int accountCount;

    @Option(
        names = "--durability",
        paramLabel = "POLICY",
        defaultValue = "FSYNC",
        description = "FSYNC or OS. Default: ${DEFAULT-VALUE}")
    private Durability durability;

    @Option(
        names = "--read-model",
        description = "Build the read model too, and tell when it has come up with the journal.")
    private boolean isReadModel;

    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "Where to make the fresh data directory, which is deleted at the end; it decides which disk is " +
            "measured. Default: bench/target")
    private Path base;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where summary.json goes. Default: a new directory in bench/target/results")
    private Path resultsDirectory;

    private final Map<String, Object> summary = new LinkedHashMap<>();
    private final List<Map<String, Object>> launches = new ArrayList<>();
    private final Chart readyTimes = new Chart("From launch to ready", "launch", "ms");
    private final Chart memory = new Chart("Memory", "launch", "resident MiB at most");
    private Path directory;
    private PrintWriter out;

    @Override
    public Integer call() throws Exception
    {
        EngineOptions.check(spec.commandLine(), this::validate);
        directory = EngineOptions.freshDirectory(base);
        try
        {
            run();
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
        return 0;
    }

    private void run() throws Exception
    {
        final Results results = new Results(resultsDirectory, "recovery");
        out = results.printing(spec.commandLine().getOut());
        final Map<String, String> environment = Environment.of(
            directory, "scripts/bench " + String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        environment.forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        summary.put("scenario", "recovery");
        summary.put("title", String.format(
            Locale.ROOT, "Recovery: %,d transfers between %,d accounts under %s, %,d of them behind the snapshot",
            transferCount, accountCount, durability, tailCount));
        summary.put("environment", environment);
        out.printf(
            "%nunder %s, one shard, %,d accounts, %,d transfers, one in %d of them pending%n",
            durability, accountCount, transferCount, BooksWriter.PENDING_EVERY);
        final String balance = fill();
        final String fromSnapshot = launch("from snapshot");
        final String again = launch("once more");
        deleteSnapshots();
        final String fromStart = launch("from start");
        if (!List.of(balance, balance, balance).equals(List.of(fromSnapshot, again, fromStart)))
        {
            throw new BenchException(
                "the books differ: before=" + balance + ", from snapshot=" + fromSnapshot + ", once more=" + again +
                ", from start=" + fromStart);
        }
        out.println(CHECKED);
        summary.put("checked", CHECKED);
        summary.put("launches", launches);
        summary.put("charts", List.of(readyTimes.toMap(), memory.toMap()));
        results.writeSummary(summary);
        results.writeReport();
        out.println("Files: " + results.directory());
        out.flush();
    }

    private void validate()
    {
        EngineOptions.require(transferCount >= 1, "--transfers", transferCount);
        EngineOptions.require(accountCount >= 2, "--accounts", accountCount);
        EngineOptions.require(tailCount >= 0 && tailCount <= transferCount, "--tail", tailCount);
        if (durability == Durability.MEMORY)
        {
            throw new IllegalArgumentException("--durability is FSYNC or OS: what is not kept can not be recovered");
        }
    }

    private EngineConfig config()
    {
        return new EngineConfig()
            .dataDirectory(directory).durability(durability).readModel(isReadModel).snapshotEntries(0)
            .readModelMemoryMax(Long.MAX_VALUE)
            .requestTimeoutNs(Long.MAX_VALUE / 2);
    }

    private String fill() throws Exception
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final BooksWriter books = new BooksWriter(accountCount);
            books.createAccounts(engine);
            final LedgerSession session = books.openSession(engine);
            final int headCount = transferCount - tailCount;
            report("filled", headCount, books.transfer(session, headCount));
            final CompletableFuture<List<SnapshotInfo>> asked = CompletableFuture.supplyAsync(engine::snapshot);
            report("under it", tailCount, books.transfer(session, tailCount));
            for (final SnapshotInfo info : asked.get())
            {
                out.printf(
                    Locale.ROOT,
                    "snapshot     at sequence %,d: %.1f MiB, there after %,.0f ms, longest slice %.3f ms%n",
                    info.sequence(), info.length() / MEBIBYTE, info.durationNs() / MILLISECOND_NS,
                    info.longestSliceNs() / MILLISECOND_NS);
                summary.put("snapshotBytes", info.length());
                summary.put("snapshotMs", info.durationNs() / MILLISECOND_NS);
                summary.put("snapshotLongestSliceMs", info.longestSliceNs() / MILLISECOND_NS);
            }
            awaitReadModelSnapshot();
            return engine.trialBalance().toString();
        }
    }

    private void report(final String what, final int count, final long durationNs)
    {
        out.printf(
            "%-12s %,d transfers in %,d ms: %,d a second%n", what, count, durationNs / 1_000_000,
            (long)(count / (durationNs / 1e9)));
    }

    private String launch(final String what) throws IOException, InterruptedException
    {
        System.gc();
        ProcessMemory.resetPeak();
        final long memoryBefore = ProcessMemory.residentMiB();
        final long startNs = System.nanoTime();
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final long launchNs = System.nanoTime() - startNs;
            final long modelNs = awaitReadModel(engine, startNs);
            final long peak = ProcessMemory.peakMiB();
            System.gc();
            final long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            out.printf(
                "%-12s ready in %,d ms; resident %,d MiB before, %,d MiB at most; live heap %,d MiB%n", what,
                launchNs / 1_000_000, memoryBefore, peak, heap / (1024 * 1024));
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("launch", what);
            row.put("readyMs", launchNs / MILLISECOND_NS);
            row.put("residentBeforeMiB", memoryBefore);
            row.put("residentPeakMiB", peak);
            row.put("liveHeapBytes", heap);
            launches.add(row);
            readyTimes.add(what, "engine", launchNs / MILLISECOND_NS);
            memory.add(what, "engine", peak);
            if (isReadModel)
            {
                row.put("readModelReadyMs", modelNs / MILLISECOND_NS);
                readyTimes.add(what, "read model", modelNs / MILLISECOND_NS);
                out.printf(
                    "%-12s read model ready in %,d ms; %,d MiB%n", "", modelNs / 1_000_000,
                    engine.readModelBytes() / (1024 * 1024));
            }
            engine.launchReport().forEach(line -> out.println("             " + line));
            return engine.trialBalance().toString();
        }
    }

    private static long awaitReadModel(final LedgerEngine engine, final long startNs) throws InterruptedException
    {
        while (engine.readModelProgress() < 1)
        {
            Thread.sleep(1);
        }
        return System.nanoTime() - startNs;
    }

    /** It is written when the read model has come up to it, or left out if that is behind by a whole snapshot. */
    private void awaitReadModelSnapshot() throws IOException, InterruptedException
    {
        final Path snapshots = directory.resolve("journal-0").resolve("snapshots");
        final long untilNs = System.nanoTime() + MODEL_SNAPSHOT_WAIT_NS;
        boolean isThere = !isReadModel;
        while (!isThere && System.nanoTime() - untilNs < 0)
        {
            Thread.sleep(10);
            try (Stream<Path> files = Files.isDirectory(snapshots) ? Files.list(snapshots) : Stream.of())
            {
                for (final Path file : files.filter(each -> each.toString().endsWith(".snap")).toList())
                {
                    isThere = true;
                    out.printf(
                        Locale.ROOT, "             read model's own: %.1f MiB%n", Files.size(file) / MEBIBYTE);
                }
            }
        }
        if (!isThere)
        {
            out.println("             read model's own: none was written, as it was behind by a whole snapshot");
        }
    }

    private void deleteSnapshots() throws IOException
    {
        for (final Path snapshots : List.of(
            directory.resolve("shard-0"), directory.resolve("journal-0").resolve("snapshots")))
        {
            if (Files.isDirectory(snapshots))
            {
                try (Stream<Path> files = Files.walk(snapshots))
                {
                    for (final Path file : files.sorted(Comparator.reverseOrder()).toList())
                    {
                        Files.delete(file);
                    }
                }
            }
        }
    }
}
