package io.seriatim.tools;

import io.seriatim.advice.Advice;
import io.seriatim.advice.Advisor;
import io.seriatim.advice.KeptOrder;
import io.seriatim.advice.ShardCosts;
import io.seriatim.advice.WhatIf;
import io.seriatim.advice.Workload;
import io.seriatim.advice.WorkloadProfile;
import io.seriatim.engine.StageKind;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Interval;
import io.seriatim.instruments.StageFigures;
import io.seriatim.instruments.Thresholds;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.JournalEntries;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Says which order a workload needs and what it costs.
 */
@Command(
    name = "advise",
    sortOptions = false,
    description = "Say which order something needs, how many shards and workers there is a use for, and what they " +
        "can do: from what is given here, from a file of transfers, from the journal of a directory, or from the " +
        "engine that runs on it. With --what-if the commands of a journal are executed in other orders, and what " +
        "comes out otherwise is counted.",
    footer = {
        "%nExamples:",
        "  seriatim advise --scopes 50 --service-time 10ms --workers 100",
        "  seriatim advise --data books --out order.properties",
        "  seriatim advise --data books --what-if",
        "  seriatim advise --data books --swap 1041,1057",
        "%ndocs/ORDER.md tells how to decide."})
final class AdviseCommand implements Callable<Integer>
{
    private static final int SAMPLE_MS = 1_000;
    private static final int WINDOW_MAX = 1_000_000_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", description = "Take the workload from the journal in a directory.")
    private Path directory;

    @Option(
        names = "--live",
        description = "With --data: take rates and handlers from the engine and the feeds that are running there, " +
            "as they are in the next second.")
    private boolean isLive;

    @Option(names = "--csv", paramLabel = "FILE", description = "Take it from a file of transfers, as import takes it.")
    private Path csvFile;

    @Option(names = "--rate", paramLabel = "N", description = "Entries a second that have to be done.")
    private Double rate;

    @Option(
        names = "--scopes",
        paramLabel = "N",
        description = "Orders that can run side by side: keys, accounts, customers. Default: 1")
    private Long scopeCount;

    @Option(
        names = "--heaviest",
        paramLabel = "SHARE",
        description = "Share of the work that the busiest of them has, 0 to 1. Default: all have the same")
    private Double heaviestShare;

    @Option(
        names = "--service-time",
        paramLabel = "TIME",
        converter = ShortDuration.class,
        description = "How long a handler takes for an entry, such as 10ms. Default: there are no handlers")
    private Long serviceTimeNs;

    @Option(
        names = "--workers",
        paramLabel = "N",
        description = "Handlers that run at once. Default: as many as there is a use for")
    private Long workerCount;

    @Option(
        names = "--ordered",
        paramLabel = "SHARE",
        description = "Share of the work that has to be in order at all, 0 to 1. Default: 1")
    private Double orderedShare;

    @Option(names = "--ledgers", paramLabel = "N", description = "Ledgers of the engine. Default: 1")
    private Long ledgerCount;

    @Option(
        names = "--heaviest-ledger",
        paramLabel = "SHARE",
        description = "Share of the transfers that the busiest ledger has, 0 to 1. Default: all have the same")
    private Double heaviestLedgerShare;

    @Option(
        names = "--cross-ledger",
        paramLabel = "SHARE",
        description = "Share of requests that change several ledgers at once, 0 to 1. Default: 0")
    private Double crossLedgerShare;

    @Option(
        names = "--dependent",
        paramLabel = "SHARE",
        description = "Share of the entries whose outcomes depend on others: limits, chains, pending. Default: 1")
    private Double dependentShare;

    @Option(names = "--may-lag", description = "What comes out may be behind for a while.")
    private boolean mayLag;

    @Option(names = "--may-be-corrected", description = "What comes out may be wrong for a while.")
    private boolean mayBeCorrected;

    @Option(names = "--cores", paramLabel = "N", description = "Cores of the machine. Default: those of this one")
    private Integer coreCount;

    @Option(
        names = "--costs",
        paramLabel = "FILE",
        description = "What shards cost on the machine: a file that scripts/bench shards --costs FILE has written. " +
            "Default: what was measured for this version")
    private Path costsFile;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Write settings that seriatim init and seriatim feed take with --settings FILE.")
    private Path settingsFile;

    @Option(
        names = "--what-if",
        description = "With --data: execute the commands of the journal in other orders, and count what comes out " +
            "otherwise.")
    private boolean isWhatIf;

    @Option(
        names = "--swap",
        paramLabel = "SEQ,SEQ",
        split = ",",
        arity = "1",
        description = "With --data: execute it with these two commands in each other's places.")
    private List<Long> swapped = List.of();

    @Option(
        names = "--count",
        paramLabel = "N",
        defaultValue = "1000000",
        description = "With --what-if: how many commands from the first one on; they are held in memory, half a " +
            "KiB to more than one each. Default: ${DEFAULT-VALUE}")
    private int commandCountMax;

    @Option(
        names = "--window",
        paramLabel = "N",
        defaultValue = "1000",
        description = "With --what-if: how many commands one can be overtaken by at most. Default: ${DEFAULT-VALUE}")
    private int window;

    @Option(
        names = "--seed",
        paramLabel = "SEED",
        defaultValue = "1",
        description = "With --what-if: of the delays. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
        names = "--as-new",
        description = "With --what-if: take imported accounts and transfers as if they had been made when they came. " +
            "What is imported depends on time itself, so that nothing of it could be moved.")
    private boolean isImportIgnored;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        validate();
        if (isWhatIf || !swapped.isEmpty())
        {
            return whatIf();
        }
        final Workload workload = workload();
        final Advice advice = new Advisor(costs()).advise(workload);
        final PrintWriter out = spec.commandLine().getOut();
        new AdviceText(out).print(workload, advice);
        if (settingsFile != null)
        {
            final StringBuilder text = new StringBuilder("# by seriatim advise: the order is " +
                advice.scope().label() + ", as " + advice.reason() + "\n");
            advice.settings().forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
            Files.writeString(settingsFile, text, StandardCharsets.UTF_8);
            out.println("Settings: " + settingsFile);
        }
        out.flush();
        return ExitCode.DONE.code();
    }

    private void validate()
    {
        if (directory != null && csvFile != null)
        {
            throw new ParameterException(spec.commandLine(), "either --data or --csv says where transfers are");
        }
        if (directory == null && (isWhatIf || isLive || !swapped.isEmpty()))
        {
            throw new ParameterException(spec.commandLine(), "--what-if, --swap and --live need --data");
        }
        if (!swapped.isEmpty() && swapped.size() != 2 || commandCountMax < 1 || window < 1 || window > WINDOW_MAX)
        {
            throw new ParameterException(
                spec.commandLine(), "--swap names two sequences, --count is at least 1 and --window 1 to " +
                WINDOW_MAX + ": swap=" + swapped + ", count=" + commandCountMax + ", window=" + window);
        }
        final boolean isExecuting = isWhatIf || !swapped.isEmpty();
        if (isExecuting && (settingsFile != null || isLive))
        {
            throw new ParameterException(spec.commandLine(), "--out and --live do not go with --what-if or --swap");
        }
        if (!isExecuting && (isImportIgnored || selection.isGiven()))
        {
            throw new ParameterException(
                spec.commandLine(), "--as-new, --shard and --ledger go with --what-if or --swap: advice is about all " +
                "shards");
        }
    }

    private ShardCosts costs() throws IOException
    {
        if (costsFile == null)
        {
            return ShardCosts.measured();
        }
        try (Reader reader = Files.newBufferedReader(costsFile))
        {
            return ShardCosts.read(reader);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), "--costs " + costsFile + ": " + ex.getMessage(), ex);
        }
    }

    /** What was found, and over it what was said. */
    private Workload workload() throws IOException, InterruptedException
    {
        try
        {
            final Workload workload = found();
            workload.coreCount(coreCount == null ? Runtime.getRuntime().availableProcessors() : coreCount)
                .mayLag(mayLag).mayBeCorrected(mayBeCorrected);
            apply(rate, workload::rate);
            apply(scopeCount, workload::scopeCount);
            apply(heaviestShare, workload::heaviestShare);
            apply(serviceTimeNs, workload::serviceTimeNs);
            apply(workerCount, workload::workerCount);
            apply(orderedShare, workload::orderedShare);
            apply(ledgerCount, workload::ledgerCount);
            apply(heaviestLedgerShare, workload::heaviestLedgerShare);
            apply(crossLedgerShare, workload::crossLedgerShare);
            apply(dependentShare, workload::dependentShare);
            return workload;
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }

    private static <T> void apply(final T value, final Consumer<T> setter)
    {
        if (value != null)
        {
            setter.accept(value);
        }
    }

    private Workload found() throws IOException, InterruptedException
    {
        final WorkloadProfile profile = new WorkloadProfile();
        if (directory != null)
        {
            final JournalEntries entries = new JournalEntries(DataDirectory.require(directory));
            for (int shard = 0; shard < entries.shardCount(); shard++)
            {
                entries.read(shard, 0, (buffer, offset, length) ->
                {
                    profile.onEntry(buffer, offset);
                    return true;
                });
            }
        }
        else if (csvFile != null)
        {
            readCsv(profile);
        }
        else
        {
            return new Workload();
        }
        if (profile.transferCount() == 0)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there is no transfer that advice could be about: " +
                (directory != null ? "directory=" + directory : "file=" + csvFile));
        }
        spec.commandLine().getOut().printf("%,d transfers were read%n", profile.transferCount());
        final Workload workload = profile.workload();
        if (csvFile != null)
        {
            // Whether its accounts have limits is not known.
            workload.dependentShare(1);
        }
        return isLive ? live(workload) : workload;
    }

    private void readCsv(final WorkloadProfile profile)
    {
        try (TransferRows rows = new TransferRows(csvFile))
        {
            final TransferRow row = new TransferRow();
            while (rows.next(row))
            {
                profile.onTransfer(
                    row.ledger, new Uint128(row.debitAccountIdHigh, row.debitAccountIdLow),
                    new Uint128(row.creditAccountIdHigh, row.creditAccountIdLow), row.flags, row.timestampNs);
            }
        }
    }

    /** Rates as they are now; of the busiest feed its handlers. */
    private Workload live(final Workload workload) throws InterruptedException
    {
        final Instruments instruments = Instruments.open(directory, new Thresholds());
        Thread.sleep(SAMPLE_MS);
        final Interval interval = instruments.sample();
        final double now = interval.of(StageKind.JOURNAL).mapToDouble(StageFigures::throughput).sum();
        if (now > 0)
        {
            workload.rate(now);
        }
        else
        {
            spec.commandLine().getOut().println(
                "the engine is idle: the busiest second of the journal counts");
        }
        interval.feeds().max(Comparator.comparingLong(StageFigures::busyNs)).ifPresent(feed ->
            workload.serviceTimeNs((long)feed.latencies().mean()).workerCount(feed.workers()));
        return workload;
    }

    private Integer whatIf()
    {
        final JournalEntries entries = new JournalEntries(DataDirectory.require(directory));
        final int shard = selection.shardOf(spec, entries);
        final PrintWriter out = spec.commandLine().getOut();
        try (WhatIf whatIf = new WhatIf(entries.genesis(shard).batchCountMax(), isImportIgnored))
        {
            entries.read(shard, 0, (buffer, offset, length) ->
            {
                whatIf.onEntry(buffer, offset, length);
                return whatIf.commandCount() < commandCountMax || !whatIf.isAtTheEndOfAChain();
            });
            final long differenceCount = whatIf.begin();
            final WhatIfText text = new WhatIfText(out);
            final boolean isForeseen;
            if (swapped.isEmpty())
            {
                text.print(whatIf, differenceCount);
                isForeseen = text.print(whatIf, window, seed, KeptOrder.values());
            }
            else
            {
                try
                {
                    isForeseen = text.printSwap(whatIf.swap(swapped.get(0), swapped.get(1)), swapped);
                }
                catch (final IllegalArgumentException ex)
                {
                    throw new ParameterException(spec.commandLine(), "--swap: " + ex.getMessage(), ex);
                }
            }
            out.flush();
            return (isForeseen ? ExitCode.DONE : ExitCode.DIFFERENCE).code();
        }
        catch (final IllegalStateException ex)
        {
            throw new ToolException(ExitCode.DIFFERENCE, ex.getMessage(), ex);
        }
        catch (final ArithmeticException | OutOfMemoryError ex)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there are too many commands to be held in memory: count=" + commandCountMax +
                "; give a smaller --count, or more memory by JAVA_OPTS", ex);
        }
    }
}
