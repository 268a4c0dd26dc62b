package io.seriatim.tools;

import io.seriatim.journal.Entries;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalRepair;
import io.seriatim.journal.RepairRecord;
import io.seriatim.replay.EntryText;
import org.agrona.DirectBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Cuts a journal that a launch refuses, as an operator's explicit act.
 */
@Command(
    name = "repair",
    description = "Give up what lies behind a position of a journal that a launch refuses. It first prints, for each " +
        "shard, the last sequence that is kept and the entries that go; what goes is kept in quarantine, and the " +
        "manifest says for ever who did it, when and why. A backup is better than this: entries that were " +
        "acknowledged may go.",
    footer = {
        "%nWithout --yes it asks on a terminal, and does nothing without one.",
        "%nExample: see what is wrong, then cut%n  seriatim inspect --data books%n" +
            "  seriatim repair --data books --journal 0 --truncate-at 4096 --reason \"disk swapped\""})
final class RepairCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private SeriatimMain main;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Directory of the books.")
    private Path directory;

    @Option(names = "--journal", paramLabel = "N", description = "Journal to cut, from 0. Default: ${DEFAULT-VALUE}")
    private int journal;

    @Option(
        names = "--truncate-at",
        paramLabel = "POSITION",
        required = true,
        description = "End of the last good group that is kept, as inspect tells it.")
    private long position;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; it stays in the manifest.")
    private String reason;

    @Option(
        names = "--operator",
        paramLabel = "NAME",
        description = "Who; it stays in the manifest. Default: the user of the system.")
    private String operator = System.getProperty("user.name");

    @Option(names = "--yes", description = "Do not ask.")
    private boolean isConfirmed;

    @Override
    public Integer call() throws IOException
    {
        if (reason.isBlank() || operator.isBlank())
        {
            throw new ToolException(ExitCode.BAD_INPUT, "--reason and --operator must say something");
        }
        final PrintWriter out = spec.commandLine().getOut();
        try (JournalRepair repair = JournalRepair.open(DataDirectory.require(directory), journal))
        {
            out.println(repair.inspection().refusal() != null ? repair.inspection().refusal() :
                "A launch would take this journal as it is: " + repair.inspection().found().report());
            final List<String> removed = new ArrayList<>();
            final JournalRepair.Plan plan = repair.plan(
                position, (at, buffer, offset, length) -> describe(buffer, offset, length, removed));
            print(plan, removed, out);
            if (!isConfirmed && !isAgreed(out))
            {
                out.println("Nothing was changed.");
                out.flush();
                return ExitCode.DONE.code();
            }
            final Path entries = removed.isEmpty() ? null : repair.keep(removed);
            final RepairRecord record = repair.cut(plan, operator, reason);
            out.println("Done: " + record);
            out.println(
                "What went is in " + repair.quarantine() + (entries == null ? "" : ", its entries in " + entries) +
                ". Launch, or look at it with seriatim inspect and seriatim verify.");
        }
        catch (final IllegalArgumentException e)
        {
            throw new ToolException(ExitCode.BAD_INPUT, e.getMessage() + "; nothing was changed");
        }
        out.flush();
        return ExitCode.DONE.code();
    }

    private static void describe(
        final DirectBuffer buffer, final int offset, final int length, final List<String> removed)
    {
        int at = offset + Frames.HEADER_LENGTH;
        for (int i = 0; i < Frames.entryCount(buffer, offset); i++)
        {
            removed.add("shard=" + Frames.shard(buffer, offset) + " " + EntryText.line(buffer, at));
            at += Entries.length(buffer, at, offset + length);
        }
    }

    private static void print(final JournalRepair.Plan plan, final List<String> removed, final PrintWriter out)
    {
        out.println();
        out.println(
            "Cut at position " + plan.position() + ": " + (plan.contentEnd() - plan.position()) +
            " bytes go, with " + removed.size() + " readable entries.");
        for (final RepairRecord.ShardCut cut : plan.shards())
        {
            out.println(
                "  shard " + cut.shard() + ": kept up to sequence " + cut.lastSequence() + "; removed " +
                cut.removedCount() + " readable entries; " + (cut.acknowledgedCount() == 0 ?
                "none behind is known to have been acknowledged" :
                cut.acknowledgedCount() + " entries behind were CERTAINLY ACKNOWLEDGED and are given up"));
        }
        out.flush();
    }

    private boolean isAgreed(final PrintWriter out) throws IOException
    {
        if (!main.isOnTerminal())
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "this needs your consent: add --yes, or run it on a terminal; nothing was changed");
        }
        out.print("Cut? Type yes: ");
        out.flush();
        final String answer =
            new BufferedReader(new InputStreamReader(main.in(), StandardCharsets.UTF_8)).readLine();
        return answer != null && answer.strip().equals("yes");
    }
}
