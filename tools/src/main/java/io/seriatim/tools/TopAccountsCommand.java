package io.seriatim.tools;

import io.seriatim.replay.JournalEntries;
import io.seriatim.standings.Finding;
import io.seriatim.standings.Measure;
import io.seriatim.standings.Reconciliation;
import io.seriatim.standings.Standing;
import io.seriatim.standings.StandingsText;
import io.seriatim.standings.TopAccounts;
import io.seriatim.tools.RecordOutput.Field;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * Shows the accounts that hold most, and compares a view that was kept of them with the books.
 */
@Command(
    name = "top-accounts",
    sortOptions = false,
    description = "Show the accounts that were credited or debited most, worked out from the journal. With --view it " +
        "is a reconciliation: each standing that a view was saved with is compared with the books, at its own " +
        "sequence and at the last one, and --repair puts the file right. Reads only, beside a running engine too. " +
        "Amounts are in the ledger's smallest unit.",
    footer = {
        "%nExamples:",
        "  seriatim top-accounts --data books --by balance --ledger 840",
        "  seriatim top-accounts --data books --view accounts.standings --repair",
        "%nHow such a view is kept: docs/ORDER.md. With --view it ends with 1 if a standing was never right, or is " +
            "missing, and was not repaired; one that only lags is none, and one ahead of the journal is not judged."})
final class TopAccountsCommand implements Callable<Integer>
{
    private static final int FINDINGS_SHOWN = 20;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(
        names = "--by",
        paramLabel = "MEASURE",
        defaultValue = "credits",
        description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Measure measure;

    @Option(
        names = "--count",
        paramLabel = "N",
        defaultValue = "10",
        description = "How many accounts, at most. Default: ${DEFAULT-VALUE}")
    private int count;

    @Option(names = "--ledger", paramLabel = "L", description = "Only accounts of this ledger, 1 to 4294967295.")
    private Long ledger;

    @Option(names = "--view", paramLabel = "FILE", description = "Standings that a view has saved, to be compared.")
    private Path viewFile;

    @Option(names = "--repair", description = "Put FILE right; where there is none, write it.")
    private boolean isRepairing;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "table, csv or json. Default: ${DEFAULT-VALUE}")
    private RecordOutput.Format format;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    @Override
    public Integer call() throws IOException
    {
        if (count < 0 || ledger != null && (ledger < 1 || ledger > 0xFFFF_FFFFL) || isRepairing && viewFile == null)
        {
            throw new ParameterException(
                spec.commandLine(), "--count is at least 0, --ledger from 1 to 4294967295, and --repair needs " +
                "--view: count=" + count + ", ledger=" + ledger + ", view=" + viewFile);
        }
        final JournalEntries journal = new JournalEntries(DataDirectory.require(directory));
        final UUID log = journal.genesis(0).logUuid();
        // Before the journal is looked at: so no standing is newer than what is found there, if that is the books.
        final String saved = saved();
        final List<Standing> view = view(saved, log);
        final Reconciliation reconciliation;
        try (Progress progress = new Progress(
            "read", " entries", -1, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(), System::nanoTime))
        {
            reconciliation = Reconciliation.of(journal, view, progress::advanceTo);
        }
        if (isRepairing)
        {
            if (!saved().equals(saved))
            {
                throw new ToolException(
                    ExitCode.DIFFERENCE, "the view was saved anew meanwhile, and is left as it is: " + viewFile +
                    "; let its owner rest, or try again");
            }
            OutputFile.write(
                viewFile, StandingsText.encode(log, reconciliation.right()).getBytes(StandardCharsets.UTF_8));
        }
        show(reconciliation);
        final boolean isSpoilt = reconciliation.count(Finding.Kind.WRONG) > 0 ||
            reconciliation.count(Finding.Kind.UNKNOWN) > 0 || reconciliation.count(Finding.Kind.MISSING) > 0;
        return (viewFile != null && isSpoilt && !isRepairing ? ExitCode.DIFFERENCE : ExitCode.DONE).code();
    }

    /** What the view was saved with; nothing if there is none, and none is needed. */
    private String saved() throws IOException
    {
        if (viewFile == null || isRepairing && !Files.exists(viewFile))
        {
            return "";
        }
        if (!Files.isRegularFile(viewFile))
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "there is no such view: " + viewFile + "; --repair writes one from the books");
        }
        return Files.readString(viewFile);
    }

    private List<Standing> view(final String saved, final UUID log)
    {
        if (viewFile == null || saved.isEmpty() && !Files.exists(viewFile))
        {
            return List.of();
        }
        try
        {
            return StandingsText.decode(saved, log);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ToolException(ExitCode.BAD_INPUT, ex.getMessage() + ", file=" + viewFile, ex);
        }
    }

    private void show(final Reconciliation reconciliation)
    {
        final PrintWriter out = spec.commandLine().getOut();
        try (RecordOutput output = new RecordOutput(
            format, out,
            Field.number("place"), Field.number("ledger"), Field.text("id"), Field.number("debits_posted"),
            Field.number("credits_posted"), Field.number("balance"), Field.number("shard")))
        {
            int place = 0;
            for (final Standing standing : TopAccounts.top(
                reconciliation.right(), count, measure, each -> ledger == null || each.ledger() == ledger.intValue()))
            {
                place++;
                output.record(
                    place, Integer.toUnsignedString(standing.ledger()), standing.id().toString(),
                    standing.debitsPosted().toString(), standing.creditsPosted().toString(),
                    standing.balance().toString(), standing.shard());
            }
        }
        final PrintWriter report = format == RecordOutput.Format.TABLE ? out : spec.commandLine().getErr();
        reconciliation.sequences().forEach(
            (shard, sequence) -> report.println("shard " + shard + " as of sequence " + sequence));
        if (viewFile != null)
        {
            report(reconciliation, report);
        }
        report.flush();
    }

    private void report(final Reconciliation reconciliation, final PrintWriter report)
    {
        report.printf(
            Locale.ROOT, "%nview %s: %,d right, %,d lagging by up to %,d entries, %,d wrong, %,d missing, " +
            "%,d unknown, %,d ahead%n",
            viewFile, reconciliation.rightCount(), reconciliation.count(Finding.Kind.LAGGING),
            reconciliation.lagMax(), reconciliation.count(Finding.Kind.WRONG),
            reconciliation.count(Finding.Kind.MISSING), reconciliation.count(Finding.Kind.UNKNOWN),
            reconciliation.count(Finding.Kind.AHEAD));
        final List<Finding> findings = reconciliation.findings();
        findings.stream().filter(each -> each.kind() != Finding.Kind.LAGGING).limit(FINDINGS_SHOWN)
            .forEach(each -> report.println("  " + line(each)));
        if (isRepairing)
        {
            report.println(
                "repaired: " + viewFile + " holds " + reconciliation.right().size() + " standings of the books");
        }
        else if (!findings.isEmpty())
        {
            report.println("--repair puts the file right");
        }
    }

    private static String line(final Finding finding)
    {
        final Standing any = finding.known() == null ? finding.right() : finding.known();
        return finding.kind().name().toLowerCase(Locale.ROOT) + " account " + any.id() + ": view " +
            text(finding.known()) + ", books " + text(finding.right());
    }

    private static String text(final Standing standing)
    {
        return standing == null ? "nothing" : "debits=" + standing.debitsPosted() + " credits=" +
            standing.creditsPosted() + " at sequence " + standing.sequence();
    }
}
