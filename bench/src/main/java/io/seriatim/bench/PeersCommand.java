package io.seriatim.bench;

import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a user would pick instead, doing the same work on the same disk in the same minutes.
 */
@Command(
    name = "peers",
    sortOptions = false,
    description = "What a user would pick instead: PostgreSQL, SQLite and H2 doing the same double-entry work under " +
        "the same policy, and Chronicle Queue as a journal only, in alternating slices with Seriatim on the same " +
        "disk. Each point has so many callers with one transfer in flight each; batches are a point apart.",
    footer = {
        "%nEvery database checks that the id is new, that both accounts exist in one ledger and differ, and the " +
            "limit of the debit account; it inserts a row and updates two balances. Rows, sums and every balance are " +
            "checked at the end of each point. Accounts have no limit, ids and amounts of the databases are 64 bits " +
            "wide.",
        "%nPostgreSQL is looked for in /usr/lib/postgresql/*/bin and on the PATH; the command makes, starts and ends " +
            "a private one.",
        "%nExample:%n  scripts/bench peers --callers 1,64 --rounds 20 --durability os"})
final class PeersCommand implements Callable<Integer>
{
    private static final int CALLERS_MAX = 512;
    private static final int ROUNDS_TO_PUBLISH = 20;
    private static final String CHECKED =
        "Checked: every transfer answered as created is there once, every balance as sent, debits equal credits, of " +
        "each at each point.";
    private static final String SHARED = "shared";
    private static final String OWN = "own";

    @Mixin
    private RunOptions options = new RunOptions();

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--callers",
        paramLabel = "N",
        split = ",",
        defaultValue = "1,8,64,512",
        description = "Points of the curve, from 1 to " + CALLERS_MAX + ". Default: ${DEFAULT-VALUE}")
    private List<Integer> callers;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "1000",
        description = "Transfers in a transaction at the last points; 0 for none such. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--batch-callers",
        paramLabel = "N",
        split = ",",
        defaultValue = "1,8",
        description = "Points of batches: callers with one in flight each. In PostgreSQL several wait for each " +
            "other's accounts. Default: ${DEFAULT-VALUE}")
    private List<Integer> batchCallers;

    @Option(
        names = "--peers",
        paramLabel = "P",
        split = ",",
        defaultValue = "postgresql,sqlite,h2,chronicle",
        description = "Which of them. Default: ${DEFAULT-VALUE}")
    private List<String> peers;

    @Option(
        names = "--commit",
        paramLabel = "C",
        defaultValue = SHARED,
        description = "shared (the one writer of an embedded store commits together what waits together) or own " +
            "(each transfer has a commit of its own). Default: ${DEFAULT-VALUE}")
    private String commit;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "1",
        description = "Of each slice. Default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "20",
        description = "Slices of each at each point. Default: ${DEFAULT-VALUE}")
    private int roundCount;

    private Supplier<Optional<Path>> postgresFinder = () ->
        PostgresServer.find(PostgresServer.DEBIAN, System.getenv().getOrDefault("PATH", ""));
    private Consumer<Peer> beforeCheck = peer ->
    {
    };

    /** Look for PostgreSQL elsewhere, for a test. */
    void postgresFinder(final Supplier<Optional<Path>> finder)
    {
        postgresFinder = finder;
    }

    /** Called with each peer before the books are checked, for a test of the check. */
    void beforeCheck(final Consumer<Peer> action)
    {
        beforeCheck = action;
    }

    @Override
    public Integer call()
    {
        EngineOptions.check(spec.commandLine(), this::validate);
        final Results results = new Results(options.out, "peers");
        final PrintWriter out = results.printing(spec.commandLine().getOut());
        final List<String> wanted = List.copyOf(new LinkedHashSet<>(peers));
        try (PeersRun run = new PeersRun(options, wanted, SHARED.equals(commit), postgresFinder.get()))
        {
            final Map<String, String> environment = Environment.of(
                run.directory(),
                "scripts/bench " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
            environment.put("durability", options.durability);
            final String title = String.format(
                Locale.ROOT, "Peers: durability %s, %,d accounts; rounds of %s in turn, %d slices of %.2f s each at " +
                "each point", options.durability, options.accountCount, String.join(", ", run.names()), roundCount,
                seconds);
            out.println(title);
            environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
            run.versions().forEach((name, version) -> out.printf("  %-12s %s%n", name, version));
            final List<String> warnings = warnings(run);
            warnings.forEach(warning -> out.println("!!! " + warning));
            final List<PeersRun.Measured> all = new ArrayList<>();
            for (final PeerPoint point : points())
            {
                all.add(measure(run, point, out));
                all.get(all.size() - 1).names().forEach(name -> results.writeLog(
                    point.fileName() + '-' + name,
                    all.get(all.size() - 1).turns(name).stream().map(PeersRun.Turn::slice).toList(), environment));
            }
            PeersReport.print(out, all);
            warnings.forEach(warning -> out.println("!!! " + warning));
            out.println(CHECKED);
            if (roundCount < ROUNDS_TO_PUBLISH)
            {
                out.printf("Fewer than %d rounds: a look, not a result.%n", ROUNDS_TO_PUBLISH);
            }
            final Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("scenario", "peers");
            summary.put("title", title);
            summary.put("checked", CHECKED);
            summary.put("environment", environment);
            summary.put("versions", run.versions());
            summary.put("skipped", run.skipped());
            summary.put("warnings", warnings);
            summary.put("points", PeersReport.toMaps(all));
            summary.put("charts", PeersReport.charts(all).stream().map(Chart::toMap).toList());
            results.writeSummary(summary);
            results.writeReport();
            out.println("Files: " + results.directory());
            out.flush();
        }
        return 0;
    }

    private PeersRun.Measured measure(final PeersRun run, final PeerPoint point, final PrintWriter out)
    {
        final int[] number = {0};
        PeersReport.printHead(out, point, run.names());
        return run.measure(
            point, seconds, roundCount, turns -> PeersReport.printRound(out, ++number[0], turns), beforeCheck);
    }

    private List<PeerPoint> points()
    {
        final List<PeerPoint> points = new ArrayList<>();
        new LinkedHashSet<>(callers).forEach(count -> points.add(new PeerPoint(count, 1)));
        if (batchCount > 0)
        {
            new LinkedHashSet<>(batchCallers).forEach(count -> points.add(new PeerPoint(count, batchCount)));
        }
        return points;
    }

    private static List<String> warnings(final PeersRun run)
    {
        final List<String> warnings = new ArrayList<>();
        run.skipped().forEach((name, why) -> warnings.add(name + " IS SKIPPED: " + why));
        if (Environment.isInMemory(run.directory()))
        {
            warnings.add("THE DATA DIRECTORY IS IN MEMORY: a force costs nothing there; see --data-dir");
        }
        return warnings;
    }

    private static void requireCallers(final String option, final List<Integer> counts)
    {
        counts.forEach(count -> RunOptions.require(count >= 1 && count <= CALLERS_MAX, option, count));
    }

    private void validate()
    {
        options.validate(Math.max(1, batchCount), seconds, roundCount);
        EngineOptions.require(batchCount == 0 || batchCount > 1, "--batch", batchCount);
        requireCallers("--batch-callers", batchCallers);
        requireCallers("--callers", callers);
        options.requireRoom(seconds * roundCount);
        if (options.durability() == Durability.MEMORY)
        {
            throw new IllegalArgumentException("--durability is fsync or os here: " + options.durability);
        }
        if (options.isEngineAlone)
        {
            throw new IllegalArgumentException("--no-ceiling says nothing here, as there is no bare archive");
        }
        if (!SHARED.equals(commit) && !OWN.equals(commit))
        {
            throw new IllegalArgumentException("--commit is " + SHARED + " or " + OWN + ": " + commit);
        }
        for (final String peer : peers)
        {
            if (!PeersRun.PEERS.contains(peer))
            {
                throw new IllegalArgumentException("--peers are of " + PeersRun.PEERS + ": " + peer);
            }
        }
    }
}
