package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.Durability;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The whole way once: transfers posted durably, the engine closed, opened again, and the balances compared before and
 * after.
 */
@Command(
    name = "run",
    description = "Post a made-up workload, or the files that are given, close the books, open them again, which " +
        "judges every entry anew, and check outcomes and balances. scripts/run adds verify to it.",
    footer = "%nExample: a million made-up transfers in six currencies on two shards%n" +
        "  seriatim run --data books")
final class RunCommand implements Callable<Integer>
{
    private static final int SHARD_COUNT_DEFAULT = 2;

    private static final int LEDGER_COUNT_DEFAULT = 6;

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Directory of the books; it is made if it is not there, and kept. Needed but for " +
            "--durability memory.")
    private Path directory;

    @Mixin
    private InputOptions inputs;

    @Mixin
    private EngineOptions engineOptions;

    @Mixin
    private WorkloadOptions workloadOptions;

    @Option(
        names = "--count",
        paramLabel = "N",
        defaultValue = "" + WorkloadConfig.TRANSFER_COUNT_DEFAULT,
        description = "Made-up transfers. Default: ${DEFAULT-VALUE}")
    private long transferCount;

    @Option(
        names = "--ledgers",
        paramLabel = "L",
        defaultValue = "" + LEDGER_COUNT_DEFAULT,
        description = "Ledgers of the made-up transfers. Default: ${DEFAULT-VALUE}")
    private int ledgerCount;

    @Option(
        names = "--seed",
        paramLabel = "S",
        defaultValue = "1",
        description = "Another seed makes up other transfers. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    private PrintWriter out;
    private boolean isRight = true;

    @Override
    public Integer call() throws IOException
    {
        out = spec.commandLine().getOut();
        if (directory == null && engineOptions.durability() != Durability.MEMORY)
        {
            throw new ParameterException(spec.commandLine(), "give --data, or --durability memory");
        }
        if (inputs.isEmpty() && inputs.expectations() != null)
        {
            throw new ParameterException(spec.commandLine(), "--expect goes with --accounts or --transfers");
        }
        if (inputs.isEmpty())
        {
            runWorkload();
        }
        else
        {
            runFiles();
        }
        out.flush();
        return (isRight ? ExitCode.DONE : ExitCode.DIFFERENCE).code();
    }

    private void runWorkload() throws IOException
    {
        final WorkloadConfig config = workloadOptions.applyTo(new WorkloadConfig()
            .accountCount(Math.max(
                WorkloadConfig.ACCOUNT_COUNT_DEFAULT, ledgerCount * WorkloadConfig.ACCOUNTS_PER_LEDGER_MIN))
            .transferCount(transferCount)
            .ledgerCount(ledgerCount)
            .seed(seed));
        try
        {
            config.validate();
        }
        catch (final IllegalArgumentException e)
        {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        final WorkloadGenerator workload = new WorkloadGenerator(config);
        final EngineConfig engineConfig = engineConfig();
        try (LedgerEngine engine = launch(engineConfig))
        {
            final ImportJob job = job(engine);
            job.accounts(ImportInput.of(workload.accounts(), config.accountCount()));
            job.transfers(ImportInput.of(workload.transfers(), config.transferCount()));
            job.latencies();
            if (job.accountCounts().created() == config.accountCount())
            {
                require(workload.outcomesAre(job.transferCounts()), "outcomes: as they were foretold",
                    "outcomes: NOT as they were foretold");
            }
            check(engine, workload.expectedBalances());
        }
        if (engineOptions.durability() != Durability.MEMORY)
        {
            out.println("closed; opening again:");
            try (LedgerEngine engine = launch(engineConfig))
            {
                check(engine, workload.expectedBalances());
            }
        }
    }

    private void runFiles() throws IOException
    {
        try (ImportFiles files = new ImportFiles(inputs))
        {
            final EngineConfig engineConfig = engineConfig();
            try (LedgerEngine engine = launch(engineConfig))
            {
                final ImportJob job = job(engine);
                files.run(job);
                job.latencies();
                check(engine, files.expectations());
            }
            if (engineOptions.durability() != Durability.MEMORY)
            {
                out.println("closed; opening again:");
                try (ImportFiles again = new ImportFiles(inputs);
                    LedgerEngine engine = launch(engineConfig))
                {
                    check(engine, again.expectations());
                }
            }
        }
    }

    private EngineConfig engineConfig() throws IOException
    {
        final EngineConfig config = engineOptions.config(directory, SHARD_COUNT_DEFAULT).readModel(false);
        if (engineOptions.durability() != Durability.MEMORY)
        {
            tellDisk();
        }
        return config;
    }

    /** Figures of durability are about a disk, so say which one. */
    private void tellDisk() throws IOException
    {
        Path existing = directory.toAbsolutePath();
        while (!Files.exists(existing))
        {
            existing = existing.getParent();
        }
        final FileStore store = Files.getFileStore(existing);
        out.println("data: " + directory + " on " + store.type() + " (" + store.name() + ")");
        if (store.type().endsWith("tmpfs") || store.type().equals("ramfs"))
        {
            out.println("note: that is memory and no disk: what is forced there is gone with the power, and figures " +
                "under FSYNC say nothing");
        }
    }

    private LedgerEngine launch(final EngineConfig config)
    {
        final LedgerEngine engine = EngineOptions.launch(config);
        engine.launchReport().forEach(out::println);
        out.flush();
        return engine;
    }

    private ImportJob job(final LedgerEngine engine)
    {
        return new ImportJob(engine, engineOptions.durability(), out, spec.commandLine().getErr(),
            Progress.Mode.of(isProgressWanted));
    }

    private void check(final LedgerEngine engine, final BalanceSource expected)
    {
        isRight &= ImportJob.trialBalance(engine, out);
        isRight &= expected == null || ImportJob.compare(engine, expected, out);
    }

    private void require(final boolean isTrue, final String good, final String bad)
    {
        out.println(isTrue ? good : bad);
        isRight &= isTrue;
    }
}
