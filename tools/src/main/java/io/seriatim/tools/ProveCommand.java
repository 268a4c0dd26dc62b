package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.Explanation;
import io.seriatim.ledger.Uint128;
import io.seriatim.merkle.Receipt;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.StateProof;
import io.seriatim.replay.EntryExplainer;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.StateRowText;
import io.seriatim.sealing.Prover;
import io.seriatim.sealing.SignedCheckpoints;
import io.seriatim.sealing.StateProver;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Makes receipts.
 */
@Command(
    name = "prove",
    sortOptions = false,
    description = "Write a proof that can be checked offline, for ever, by `check` or without this code: that an " +
        "entry is at its place in the order, whatever its outcome (a receipt, C2SP tlog-proof); what an account " +
        "held, under a state root; or, for --ledger alone, that these are all entries of the ledger, with nothing " +
        "of others. Reads only, beside a running engine too.",
    footer = {
        "%nExamples:",
        "  seriatim prove --data books --transfer 1001 --out 1001.tlog-proof",
        "  seriatim prove --data books --sequence 7 --explain",
        "  seriatim prove --data books --account 1000001 --at 2000000 --state-root-key roots.key --out a.state-proof",
        "  seriatim prove --data books --ledger 840 --state-root-key roots.key --out 840.ledger-proof"})
final class ProveCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @ArgGroup
    private Wanted wanted = new Wanted();

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Option(
        names = "--at",
        paramLabel = "SEQUENCE",
        description = "With --account: under the newest state root as of this entry or one before. Default: the newest")
    private Long at;

    @Option(
        names = "--from",
        paramLabel = "SEQUENCE",
        description = "With --ledger alone: from the newest state root before this entry on. Default: the beginning")
    private Long from;

    @Option(
        names = "--to",
        paramLabel = "SEQUENCE",
        description = "With --ledger alone: up to the oldest state root as of this entry or a later one. " +
            "Default: the newest")
    private Long to;

    @Mixin
    private StateRootOptions stateRoots;

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

        @Option(
            names = "--account",
            paramLabel = "ID",
            description = "Id of an account: what it held, under a state root. Needs --state-root-key.")
        private String accountId;

        private boolean isGiven()
        {
            return transferId != null || sequence != null || accountId != null;
        }
    }

    @Override
    public Integer call() throws IOException
    {
        requireSense();
        final JournalEntries entries = new JournalEntries(DataDirectory.require(directory));
        final int shard = selection.shardOf(spec, entries);
        try (Prover prover = prover(shard))
        {
            if (wanted.accountId != null)
            {
                proveAccount(prover, shard);
                return ExitCode.DONE.code();
            }
            if (!wanted.isGiven())
            {
                proveLedger(prover, shard);
                return ExitCode.DONE.code();
            }
            final Receipt receipt = prover.receipt(wanted.sequence != null ? wanted.sequence : find(prover));
            write(receipt.toBytes());
            spec.commandLine().getErr().println(EntryText.line(new UnsafeBuffer(receipt.entry()), 0));
            spec.commandLine().getErr().println("under " + prover.head());
            if (isExplained)
            {
                explain(shard, receipt.index());
            }
        }
        return ExitCode.DONE.code();
    }

    private void requireSense()
    {
        final boolean isOfLedger = !wanted.isGiven();
        if (isOfLedger && selection.ledger() == null)
        {
            throw new ParameterException(
                spec.commandLine(), "say what is to be proven: --transfer, --sequence or --account, or --ledger " +
                "alone for all entries of a ledger");
        }
        if (at != null && wanted.accountId == null || (from != null || to != null) && !isOfLedger ||
            isExplained && (isOfLedger || wanted.accountId != null))
        {
            throw new ParameterException(
                spec.commandLine(), "--at goes with --account; --from and --to with --ledger alone; --explain with " +
                "--transfer or --sequence");
        }
        if (from != null && to != null && from > to)
        {
            throw new ParameterException(
                spec.commandLine(), "--from is not behind --to: from=" + from + ", to=" + to);
        }
        if ((isOfLedger || wanted.accountId != null) && !stateRoots.isGiven())
        {
            throw new ParameterException(
                spec.commandLine(), "what lies under state roots is made again with their key: give --state-root-key");
        }
    }

    private void write(final byte[] proof)
    {
        if (file != null)
        {
            OutputFile.write(file, proof);
        }
        else
        {
            spec.commandLine().getOut().print(new String(proof, StandardCharsets.UTF_8));
            spec.commandLine().getOut().flush();
        }
    }

    private void proveAccount(final Prover prover, final int shard)
    {
        final Uint128 id = id(wanted.accountId);
        final StateProof proof;
        try (Progress progress = progress("executed", -1))
        {
            proof = new StateProver(directory, shard, prover, stateRoots.key(), progress::advanceTo)
                .account(id.high(), id.low(), at == null ? Long.MAX_VALUE : at);
        }
        if (proof == null)
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there was no such account by then, and that there was none is not proven: " +
                "account=" + wanted.accountId + ", shard=" + shard);
        }
        write(proof.toBytes());
        final PrintWriter err = spec.commandLine().getErr();
        StateRowText.fields(proof.row().row()).forEach((name, value) -> err.println(name + ": " + value));
        err.println("under the state root at sequence " + proof.receipt().index() + ", under " + prover.head());
    }

    private void proveLedger(final Prover prover, final int shard) throws IOException
    {
        final int ledger = selection.ledger().intValue();
        final long[] count = new long[1];
        try (Progress progress = progress("executed", -1))
        {
            final StateProver states = new StateProver(directory, shard, prover, stateRoots.key(), progress::advanceTo);
            final OutputFile.Content content = out ->
            {
                count[0] = states.ledger(ledger, from == null ? 0 : from, to == null ? Long.MAX_VALUE : to, out);
                if (count[0] < 0)
                {
                    throw new ToolException(
                        ExitCode.BAD_INPUT, "the ledger had no account by then, and that it had none is not proven: " +
                        "ledger=" + selection.ledger() + ", shard=" + shard);
                }
            };
            if (file != null)
            {
                OutputFile.write(file, content);
            }
            else
            {
                content.writeTo(spec.commandLine().getOut());
                spec.commandLine().getOut().flush();
            }
        }
        spec.commandLine().getErr().println(
            "all " + count[0] + " entries of ledger " + selection.ledger() + ", under " + prover.head());
    }

    private Progress progress(final String verb, final long count)
    {
        return new Progress(
            verb, " entries", count, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(),
            System::nanoTime);
    }

    private Uint128 id(final String text)
    {
        try
        {
            return Uint128.parse(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }

    private void explain(final int shard, final long sequence)
    {
        final PrintWriter err = spec.commandLine().getErr();
        final Explanation explanation;
        try (Progress progress = progress("followed", sequence + 1))
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
        final Uint128 id = id(wanted.transferId);
        final PrintWriter err = spec.commandLine().getErr();
        final Prover.Found found;
        try (Progress progress = progress("searched", prover.head().size()))
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
