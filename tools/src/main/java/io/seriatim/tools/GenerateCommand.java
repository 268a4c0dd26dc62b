package io.seriatim.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Writes a made-up workload as files for {@code import}.
 */
@Command(
    name = "generate",
    description = "Write a made-up payment workload: accounts.csv, transfers.csv and the balances that must come " +
        "out of it, expected_balances.csv. The same settings give the same files, byte for byte.",
    footer = {
        "%nExample: a million transfers in three currencies",
        "  seriatim generate --accounts 10000 --transfers 1000000 --ledgers 3 --seed 7 --out workload",
        "%nExample: some of everything",
        "  seriatim generate --pending 20 --balancing 5 --closing 1 --history --out workload" })
final class GenerateCommand implements Callable<Integer>
{
    private static final int PROGRESS_EVERY = 1 << 14;

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--accounts",
        paramLabel = "N",
        defaultValue = "" + WorkloadConfig.ACCOUNT_COUNT_DEFAULT,
        description = "How many accounts. Default: ${DEFAULT-VALUE}")
    private int accountCount;

    @Option(
        names = "--transfers",
        paramLabel = "M",
        defaultValue = "" + WorkloadConfig.TRANSFER_COUNT_DEFAULT,
        description = "How many transfers. Default: ${DEFAULT-VALUE}")
    private long transferCount;

    @Option(
        names = "--ledgers",
        paramLabel = "L",
        defaultValue = "1",
        description = "How many ledgers: 840, 978, 826, ... Default: ${DEFAULT-VALUE}")
    private int ledgerCount;

    @Option(
        names = "--seed",
        paramLabel = "S",
        defaultValue = "1",
        description = "Another seed gives another workload. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        required = true,
        description = "Directory for the files; it is made, and files of the same names are replaced.")
    private Path directory;

    @Mixin
    private WorkloadOptions workloadOptions;

    @Option(names = "--gzip", description = "Compress the files; their names end in .gz.")
    private boolean isGzip;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    @Override
    public Integer call() throws IOException
    {
        final WorkloadConfig config = workloadOptions.applyTo(new WorkloadConfig()
            .accountCount(accountCount)
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

        final long startNs = System.nanoTime();
        final WorkloadGenerator workload = new WorkloadGenerator(config);
        Files.createDirectories(directory);
        writeAccounts(workload);
        writeTransfers(workload);
        writeExpectations(workload, config.hasPhases());
        summarise(workload, System.nanoTime() - startNs);
        return ExitCode.DONE.code();
    }

    private void writeAccounts(final WorkloadGenerator workload) throws IOException
    {
        try (RowWriter writer = new RowWriter(file("accounts"), isGzip, AccountRows.HEADER))
        {
            final RowSource<AccountRow> source = workload.accounts();
            final AccountRow row = new AccountRow();
            while (source.next(row))
            {
                writer.account(row);
            }
            writer.finish();
        }
    }

    private void writeTransfers(final WorkloadGenerator workload) throws IOException
    {
        try (RowWriter writer = new RowWriter(file("transfers"), isGzip, TransferRows.HEADER);
            Progress progress = new Progress("generate", " transfers", transferCount,
                Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(), System::nanoTime))
        {
            final RowSource<TransferRow> source = workload.transfers();
            final TransferRow row = new TransferRow();
            long count = 0;
            while (source.next(row))
            {
                writer.transfer(row);
                if (++count % PROGRESS_EVERY == 0)
                {
                    progress.advanceTo(count);
                }
            }
            progress.advanceTo(count);
            writer.finish();
        }
    }

    private void writeExpectations(final WorkloadGenerator workload, final boolean hasPending) throws IOException
    {
        try (RowWriter writer = new RowWriter(
            file("expected_balances"), isGzip, hasPending ? BalanceRows.HEADER_WITH_PENDING : BalanceRows.HEADER))
        {
            for (int account = 0; account < accountCount; account++)
            {
                final long id = WorkloadAccounts.id(account);
                final long debitsPosted = workload.expectedDebitsPosted(account);
                final long creditsPosted = workload.expectedCreditsPosted(account);
                final int ledger = Ledgers.number(account % ledgerCount);
                if (hasPending)
                {
                    writer.expectation(
                        id, debitsPosted, creditsPosted, ledger, workload.expectedDebitsPending(account),
                        workload.expectedCreditsPending(account));
                }
                else
                {
                    writer.expectation(id, debitsPosted, creditsPosted, ledger);
                }
            }
            writer.finish();
        }
    }

    private Path file(final String name)
    {
        return directory.resolve(name + (isGzip ? ".csv.gz" : ".csv"));
    }

    private void summarise(final WorkloadGenerator workload, final long elapsedNs)
    {
        final PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%-44s %,16d accounts%n", file("accounts"), accountCount);
        out.printf(Locale.ROOT, "%-44s %,16d transfers%n", file("transfers"), transferCount);
        out.printf(Locale.ROOT, "%-44s %,16d balances%n", file("expected_balances"), accountCount);
        for (final WorkloadOutcome outcome : WorkloadOutcome.values())
        {
            // What there is always is told always, the rest only if it was asked for.
            if (outcome.compareTo(WorkloadOutcome.LINKED_EVENT_FAILED) > 0 && workload.expectedCount(outcome) == 0)
            {
                continue;
            }
            out.printf(Locale.ROOT, "  expected %-33s %,18d%n",
                outcome.name().toLowerCase(Locale.ROOT), workload.expectedCount(outcome));
        }
        out.printf(Locale.ROOT, "in %.2f s%n", elapsedNs / 1e9);
        out.flush();
    }
}
