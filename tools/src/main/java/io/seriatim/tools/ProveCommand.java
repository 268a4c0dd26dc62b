package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.Explanation;
import io.seriatim.ledger.Uint128;
import io.seriatim.merkle.Receipt;
import io.seriatim.merkle.SignedNote;
import io.seriatim.replay.EntryExplainer;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.JournalEntries;
import io.seriatim.sealing.Prover;
import io.seriatim.sealing.SignedCheckpoints;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Makes receipts.
 */
@Command(
    name = "prove",
    sortOptions = false,
    description = "Write a receipt (C2SP tlog-proof): that an entry is at its place in the order, whatever its " +
        "outcome. It can be checked offline, for ever, by `check` or without this code. Reads only, beside a " +
        "running engine too.",
    footer = {
        "%nExamples:",
        "  seriatim prove --data books --transfer 1001 --out 1001.tlog-proof",
        "  seriatim prove --data books --sequence 7 --explain"})
final class ProveCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @ArgGroup(multiplicity = "1")
    private Wanted wanted;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Option(
        names = "--witnessed",
        description = "Under the newest checkpoint that enough witnesses have signed, instead of the newest of all.")
    private boolean isWitnessed;

    @Option(
        names = "--explain",
        description = "Also say on standard error why the entry has its outcome: the rule, what it compared, and the " +
            "accounts as they stood before. Reads the journal up to the entry.")
    private boolean isExplained;

    @Option(names = "--out", paramLabel = "FILE", description = "Where the receipt goes. Default: standard output")
    private Path file;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    /** What is to be proven. */
    static final class Wanted
    {
        @Option(
            names = "--transfer",
            paramLabel = "ID",
            description = "Id of a transfer: the entry that created it, else the last one that refused it.")
        private String transferId;

        @Option(names = "--sequence", paramLabel = "N", description = "Sequence of the entry in its shard.")
        private Long sequence;
    }

    @Override
    public Integer call()
    {
        final JournalEntries entries = new JournalEntries(DataDirectory.require(directory));
        final int shard = selection.shardOf(spec, entries);
        try (Prover prover = prover(shard))
        {
            final Receipt receipt = prover.receipt(wanted.sequence != null ? wanted.sequence : find(prover));
            if (file != null)
            {
                OutputFile.write(file, receipt.toBytes());
            }
            else
            {
                spec.commandLine().getOut().print(receipt);
                spec.commandLine().getOut().flush();
            }
            spec.commandLine().getErr().println(EntryText.line(new UnsafeBuffer(receipt.entry()), 0));
            spec.commandLine().getErr().println("under " + prover.head());
            if (isExplained)
            {
                explain(shard, receipt.index());
            }
        }
        return ExitCode.DONE.code();
    }

    private void explain(final int shard, final long sequence)
    {
        final PrintWriter err = spec.commandLine().getErr();
        final Explanation explanation;
        try (Progress progress = new Progress(
            "followed", " entries", sequence + 1, Progress.Mode.of(isProgressWanted), err, System::nanoTime))
        {
            explanation = new EntryExplainer(directory, shard).explain(sequence, progress::advanceTo);
        }
        err.println("because: " + explanation.rule());
        explanation.values().forEach((name, value) -> err.println("  " + name + ": " + value));
        account(err, "debit", explanation.debitAccount());
        account(err, "credit", explanation.creditAccount());
        if (explanation.pending() != null)
        {
            err.println("  pending transfer " + explanation.pending().id() + ": " +
                explanation.pendingState().name().toLowerCase(Locale.ROOT));
        }
        if (explanation.originalSequence() != 0)
        {
            err.println("  the id was taken at sequence " + explanation.originalSequence());
        }
    }

    private static void account(final PrintWriter err, final String side, final Account account)
    {
        if (account != null)
        {
            err.println("  " + side + " account " + account.id() + " before: debits_posted " +
                account.debitsPosted() + ", credits_posted " + account.creditsPosted() + ", debits_pending " +
                account.debitsPending() + ", credits_pending " + account.creditsPending());
        }
    }

    private Prover prover(final int shard)
    {
        if (!isWitnessed)
        {
            return new Prover(directory, shard);
        }
        final SignedNote witnessed = new SignedCheckpoints(directory, shard).witnessed();
        if (witnessed == null)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "no checkpoint of shard " + shard + " was cosigned: seal with --policy");
        }
        return new Prover(directory, shard, witnessed);
    }

    private long find(final Prover prover)
    {
        final Uint128 id;
        try
        {
            id = Uint128.parse(wanted.transferId);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        final PrintWriter err = spec.commandLine().getErr();
        final Prover.Found found;
        try (Progress progress = new Progress(
            "searched", " entries", prover.head().size(), Progress.Mode.of(isProgressWanted), err, System::nanoTime))
        {
            found = prover.find(id.high(), id.low(), progress::advanceTo);
        }
        if (found.best() < 0)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "no entry of a transfer with this id is under the checkpoint: transfer=" +
                wanted.transferId + ", " + prover.head());
        }
        if (found.sequences().size() > 1)
        {
            err.println(
                "the id was used in entries " + found.sequences() + "; this is the receipt of " + found.best() +
                ", the others have theirs by --sequence");
        }
        return found.best();
    }
}
