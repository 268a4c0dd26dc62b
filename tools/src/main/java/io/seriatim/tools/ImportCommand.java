package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.Durability;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Brings files into the books.
 */
@Command(
    name = "import",
    description = "Create the accounts and transfers of CSV files, tell what became of them and how fast, and check " +
        "the balances. Importing the same files again changes nothing: what is there is counted as exists.",
    footer = {
        "%nFlags of an account, joined by |:",
        "  linked                          counts with the row after it, or not at all",
        "  debits_must_not_exceed_credits  pending debits count, pending credits do not",
        "  credits_must_not_exceed_debits  the mirror image",
        "  history                         keeps its balances after each transfer",
        "  imported                        created at the row's timestamp, ns since 1970",
        "  closed                          takes no transfer, ever",
        "%nFlags of a transfer, joined by |:",
        "  linked                 counts with the row after it, or not at all",
        "  pending                reserves the amount till it is posted, voided or expires",
        "  post_pending_transfer  posts what pending_id names; amount 2^128-1 = all of it",
        "  void_pending_transfer  releases what pending_id names; amount 0 or empty",
        "  balancing_debit        moves no more than the debit account has",
        "  balancing_credit       moves no more than the credit account owes",
        "  closing_debit          if pending: closes the debit account till void or expiry",
        "  closing_credit         if pending: closes the credit account likewise",
        "  imported               created at the row's timestamp, ns since 1970",
        "%nA timeout is in seconds from the row's arrival; 0 or nothing is for ever. What a",
        "row that posts or voids leaves empty, it has from the pending transfer: accounts,",
        "ledger, code, user data. Where there are several shards it has to name its ledger.",
        "%nExample:",
        "  seriatim import --data books --accounts accounts.csv.gz --transfers transfers.csv.gz " +
            "--expect expected_balances.csv" })
final class ImportCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        required = true,
        description = "Directory of the books; it is made if it is not there. Left alone under --durability memory.")
    private Path directory;

    @Option(
        names = "--ledgers",
        paramLabel = "L.csv[.gz]",
        description = "How ledgers are called and written, defined before any account: ledger, asset_code (such as " +
            "USD), scale (decimal digits, 0 to 38). What is defined so already makes no entry.")
    private Path ledgers;

    @Mixin
    private InputOptions inputs;

    @Mixin
    private EngineOptions engineOptions;

    @Option(names = "--strict", description = "A refused row, other than one that exists, ends in exit code 1.")
    private boolean isStrict;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    @Override
    public Integer call()
    {
        if (inputs.isEmpty() && ledgers == null)
        {
            throw new ParameterException(
                spec.commandLine(), "give --accounts, --transfers or both, or --ledgers");
        }
        // The files come first, so that a wrong name does not make a directory.
        try (ImportFiles files = new ImportFiles(inputs, ledgers))
        {
            final EngineConfig config = engineOptions.config(directory, 1).readModel(false);
            try (LedgerEngine engine = EngineOptions.launch(config))
            {
                return run(engine, files).code();
            }
        }
    }

    private ExitCode run(final LedgerEngine engine, final ImportFiles files)
    {
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        final Durability durability = engineOptions.durability();
        engine.launchReport().forEach(out::println);
        final ImportJob job =
            new ImportJob(engine, durability, out, err, Progress.Mode.of(isProgressWanted));
        files.run(job);
        job.latencies();
        boolean isDone = ImportJob.trialBalance(engine, out);
        isDone &= files.expectations() == null || ImportJob.compare(engine, files.expectations(), out);
        if (isStrict && job.refusedCount() > 0)
        {
            out.println("refused rows under --strict: " + Progress.grouped(job.refusedCount()));
            isDone = false;
        }
        return isDone ? ExitCode.DONE : ExitCode.DIFFERENCE;
    }
}
