package io.seriatim.tools;

import io.seriatim.engine.Genesis;
import io.seriatim.journal.Entries;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.replay.JournalEntries;
import io.seriatim.tools.RecordOutput.Field;
import io.seriatim.totals.Contribution;
import io.seriatim.totals.Totals;
import io.seriatim.totals.TotalsCounter;
import io.seriatim.totals.TotalsText;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Adds transfers up over any number of directories and nodes.
 */
@Command(
    name = "totals",
    sortOptions = false,
    description = "Add transfers up by ledger, code and outcome, over the shards of any number of directories, and " +
        "over what other nodes have added up. Each shard's part is of a sequence, and the later one of two counts: " +
        "files may come late, twice and in any order. Reads only, beside running engines too.",
    footer = {
        "%nExamples:",
        "  seriatim totals --data books",
        "  seriatim totals --data books --save here.totals",
        "  seriatim totals --from here.totals --from there.totals"})
final class TotalsCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", description = "Data directory of an engine; may be given often.")
    private List<Path> directories = new ArrayList<>();

    @Option(
        names = "--from",
        paramLabel = "FILE",
        description = "What was saved elsewhere; may be given often.")
    private List<Path> files = new ArrayList<>();

    @Option(
        names = "--save",
        paramLabel = "FILE",
        description = "Where all of it is kept: what is there already is merged, and journals are read from there on.")
    private Path savedFile;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "table, csv or json. Default: ${DEFAULT-VALUE}")
    private RecordOutput.Format format;

    @Override
    public Integer call() throws IOException
    {
        if (directories.isEmpty() && files.isEmpty() && savedFile == null)
        {
            throw new ParameterException(spec.commandLine(), "nothing to add up: --data, --from or --save is needed");
        }
        Totals totals = Totals.NONE;
        try
        {
            for (final Path file : files)
            {
                totals = totals.merge(read(file));
            }
            if (savedFile != null && Files.exists(savedFile))
            {
                totals = totals.merge(read(savedFile));
            }
            for (final Path directory : directories)
            {
                totals = totals.merge(count(directory, totals));
            }
        }
        catch (final IllegalStateException ex)
        {
            throw new ToolException(ExitCode.DIFFERENCE, ex.getMessage(), ex);
        }
        if (savedFile != null)
        {
            save(totals);
        }
        print(totals);
        return ExitCode.DONE.code();
    }

    private Totals read(final Path file) throws IOException
    {
        try
        {
            return TotalsText.decode(Files.readString(file));
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ToolException(ExitCode.BAD_INPUT, ex.getMessage() + ", file=" + file, ex);
        }
    }

    private static Totals count(final Path directory, final Totals known)
    {
        final JournalEntries entries = new JournalEntries(DataDirectory.require(directory));
        Totals totals = Totals.NONE;
        for (int shard = 0; shard < entries.shardCount(); shard++)
        {
            final Genesis genesis = entries.genesis(shard);
            final Contribution before = known.of(new Contribution.Source(genesis.logUuid(), shard));
            final TotalsCounter counter =
                before == null ? new TotalsCounter(genesis.logUuid(), shard) : new TotalsCounter(before);
            // The last one that was taken is looked for too: without it this is not the history that was added up.
            final long[] first = {-1};
            entries.read(shard, Math.max(0, counter.nextSequence() - 1), (buffer, offset, length) ->
            {
                first[0] = first[0] < 0 ? Entries.sequence(buffer, offset) : first[0];
                counter.onEntry(buffer, offset);
                return true;
            });
            if (first[0] < 0 && before != null)
            {
                throw new IllegalStateException(
                    "the journal ends before what was added up: directory=" + directory + ", shard=" + shard +
                    ", added up to sequence=" + before.sequence() + "; were the books restored from a copy?");
            }
            totals = totals.merge(counter.contribution());
        }
        return totals;
    }

    /** In one go, so that nobody finds half of it. */
    private void save(final Totals totals)
    {
        OutputFile.write(savedFile, TotalsText.encode(totals).getBytes(StandardCharsets.UTF_8));
    }

    private void print(final Totals totals)
    {
        final PrintWriter out = spec.commandLine().getOut();
        try (RecordOutput output = new RecordOutput(
            format, out,
            Field.number("ledger"), Field.number("code"), Field.text("outcome"), Field.number("count"),
            Field.number("moved"), Field.number("pending_opened"), Field.number("pending_open")))
        {
            totals.sums().forEach((key, sums) -> output.record(
                Integer.toUnsignedLong(key.ledger()), key.code(), TransferOutcome.of(key.outcome()).label(),
                sums.count(), sums.moved().toString(), sums.pendingOpened(), sums.pendingOpen()));
        }
        if (format == RecordOutput.Format.TABLE)
        {
            totals.contributions().forEach(each -> out.println(
                "log " + each.log() + " shard " + each.shard() + " as of sequence " + each.sequence()));
        }
        out.flush();
    }
}
