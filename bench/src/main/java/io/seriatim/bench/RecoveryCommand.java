package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.SnapshotInfo;
import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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
        names = "--data",
        paramLabel = "DIR",
        defaultValue = "target/bench-recovery",
        description = "Where the books are kept; must not exist. Default: ${DEFAULT-VALUE}")
    private Path directory;

    private PrintWriter out;

    @Override
    public Integer call() throws Exception
    {
        if (Files.exists(directory))
        {
            throw new BenchException("the directory exists already: " + directory.toAbsolutePath());
        }
        if (tailCount > transferCount || durability == Durability.MEMORY)
        {
            throw new BenchException("the tail is a part of the transfers, and they are kept: FSYNC or OS");
        }
        Files.createDirectories(directory);
        out = spec.commandLine().getOut();
        Environment.of(directory, String.join(" ", spec.commandLine().getParseResult().originalArgs()))
            .forEach((name, value) -> out.printf("%-12s %s%n", name, value));
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
        out.println("balances     the same before and after each launch");
        return 0;
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
            if (isReadModel)
            {
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

    /** It is written when the read model has come up to it. */
    private void awaitReadModelSnapshot() throws IOException, InterruptedException
    {
        final Path snapshots = directory.resolve("journal-0").resolve("snapshots");
        boolean isThere = !isReadModel;
        while (!isThere)
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
