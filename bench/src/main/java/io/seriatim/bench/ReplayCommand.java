package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.journal.Durability;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.ScanStart;
import io.seriatim.replay.AuditReplay;
import io.seriatim.replay.AuditReport;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * How fast a journal is executed again, beside a walk of its files that only looks at them, and beside how fast it was
 * written.
 */
@Command(
    name = "replay",
    sortOptions = false,
    description = "How fast a journal is executed again: by a launch of the engine, which compares every entry with " +
        "what it comes to, and by an audit, which also checks each entry without the state machine; beside a walk " +
        "of the files that checks frames only, in turn, and beside how fast it was written.",
    footer = "%nExample:%n  scripts/bench replay --transfers 10000000 --durability OS")
final class ReplayCommand implements Callable<Integer>
{
    private static final int WALK = 0;
    private static final int LAUNCH = 1;
    private static final int AUDIT = 2;
    private static final String CHECKED =
        "Checked: walks and audits saw all entries, audits no difference, launches the same balances.";
    private static final String[] SIDES = {"walk", "launch", "audit"};

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--transfers",
        paramLabel = "N",
        defaultValue = "2000000",
        description = "How many there are. Default: ${DEFAULT-VALUE}")
    private int transferCount;

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
        description = "FSYNC or OS, while it is written. Default: ${DEFAULT-VALUE}")
    private Durability durability;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "5",
        description = "So often each is done, in turn. Default: ${DEFAULT-VALUE}")
    private int roundCount;

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

    private final Chart chart = new Chart("Rates of reading a journal", "round", "entries/s");
    private Path directory;
    private PrintWriter out;
    private String balance;

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

    private void validate()
    {
        EngineOptions.require(transferCount >= 1, "--transfers", transferCount);
        EngineOptions.require(accountCount >= 2, "--accounts", accountCount);
        EngineOptions.require(roundCount >= 1, "--rounds", roundCount);
        if (durability == Durability.MEMORY)
        {
            throw new IllegalArgumentException("--durability is FSYNC or OS: what is not kept can not be replayed");
        }
    }

    private void run() throws Exception
    {
        final Results results = new Results(resultsDirectory, "replay");
        out = results.printing(spec.commandLine().getOut());
        final Map<String, String> environment = Environment.of(
            directory, "scripts/bench " + String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        environment.forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        out.printf(
            "%nwritten under %s, one shard, %,d accounts, %,d transfers, one in %d of them pending; read from the " +
            "page cache as far as it holds them%n",
            durability, accountCount, transferCount, BooksWriter.PENDING_EVERY);
        final double writtenPerSecond = write();
        final long entryCount = new AuditReplay(directory).entryCountExpected();
        out.printf(
            Locale.ROOT, "written      %,.0f transfers/s in full batches%n%5s %15s %15s %15s   entries/s%n",
            writtenPerSecond, "round", SIDES[WALK], SIDES[LAUNCH], SIDES[AUDIT]);
        final double[][] rates = new double[SIDES.length][roundCount];
        for (int round = 0; round < roundCount; round++)
        {
            for (int turn = 0; turn < SIDES.length; turn++)
            {
                final int side = (round + turn) % SIDES.length;
                rates[side][round] = entryCount * 1e9 / measure(side, entryCount);
            }
            for (int side = 0; side < SIDES.length; side++)
            {
                chart.add(Integer.toString(round + 1), SIDES[side], rates[side][round]);
            }
            out.printf(
                Locale.ROOT, "%5d %,15.0f %,15.0f %,15.0f%n", round + 1, rates[WALK][round], rates[LAUNCH][round],
                rates[AUDIT][round]);
            out.flush();
        }
        final Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("scenario", "replay");
        summary.put("title", String.format(
            Locale.ROOT, "Replay: %,d transfers between %,d accounts, written under %s", transferCount, accountCount,
            durability));
        summary.put("environment", environment);
        summary.put("durability", durability.name());
        summary.put("writtenPerSecond", writtenPerSecond);
        for (int side = 0; side < SIDES.length; side++)
        {
            final double[] ofWalk = new double[roundCount];
            for (int round = 0; round < roundCount; round++)
            {
                ofWalk[round] = rates[side][round] / rates[WALK][round];
            }
            out.printf(
                Locale.ROOT, "%-12s %,.0f entries/s (median); / written %.2f; / walk %s%n", SIDES[side],
                new Ratios(rates[side]).median(), new Ratios(rates[side]).median() / writtenPerSecond,
                new Ratios(ofWalk));
            summary.put(SIDES[side], Map.of(
                "entriesPerSecond", new Ratios(rates[side]).toMap(), "byWalk", new Ratios(ofWalk).toMap()));
        }
        out.println(CHECKED);
        summary.put("checked", CHECKED);
        summary.put("charts", List.of(chart.toMap()));
        results.writeSummary(summary);
        results.writeReport();
        out.println("Files: " + results.directory());
    }

    private double write() throws Exception
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final BooksWriter books = new BooksWriter(accountCount);
            books.createAccounts(engine);
            final LedgerSession session = books.openSession(engine);
            final long durationNs = books.transfer(session, transferCount);
            balance = engine.trialBalance().toString();
            return transferCount * 1e9 / durationNs;
        }
    }

    private EngineConfig config()
    {
        return new EngineConfig()
            .dataDirectory(directory).durability(durability).readModel(false).snapshotEntries(0)
            .requestTimeoutNs(Long.MAX_VALUE / 2);
    }

    /** Nanoseconds for all entries. */
    private long measure(final int side, final long entryCount)
    {
        final long startNs = System.nanoTime();
        final long seen;
        switch (side)
        {
            case WALK -> seen = walk();
            case LAUNCH ->
            {
                final LedgerEngine engine = LedgerEngine.launch(config());
                final long durationNs = System.nanoTime() - startNs;
                try (engine)
                {
                    requireSame(engine.trialBalance().toString());
                }
                return durationNs;
            }
            default ->
            {
                final AuditReport report = new AuditReplay(directory).run();
                if (!report.isClean())
                {
                    throw new BenchException("the audit found differences: " + report.differenceCount());
                }
                seen = report.entryCount();
            }
        }
        final long durationNs = System.nanoTime() - startNs;
        requireAll(SIDES[side], seen, entryCount);
        return durationNs;
    }

    private long walk()
    {
        final long[] count = new long[1];
        JournalFiles.open(directory).scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) ->
            count[0] += Frames.entryCount(buffer, offset));
        return count[0];
    }

    private void requireSame(final String launched)
    {
        if (!launched.equals(balance))
        {
            throw new BenchException("the books differ: written=" + balance + ", launched=" + launched);
        }
    }

    private static void requireAll(final String side, final long seen, final long expected)
    {
        if (seen != expected)
        {
            throw new BenchException("not all were seen by the " + side + ": seen=" + seen + ", expected=" + expected);
        }
    }
}
