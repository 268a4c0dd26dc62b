package io.seriatim.tools;

import io.seriatim.journal.RecoveredJournal;
import io.seriatim.replay.EntryText;
import io.seriatim.replay.JournalEntries;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.agrona.DirectBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * Shows a journal entry by entry.
 */
@Command(
    name = "entries",
    description = "Show the entries of a shard in their order, one a line: what was asked for, when, and the answer. " +
        "Reads only, beside a running engine too: then up to what is committed.",
    footer = "%nExample: the first ten entries from sequence 1000 on%n" +
        "  seriatim entries --data books --from 1000 --count 10")
final class EntriesCommand implements Callable<Integer>
{
    /** A pipe that nobody reads any more is noticed after so many lines. */
    private static final int CHECK_EVERY = 1024;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Option(
        names = "--from",
        paramLabel = "SEQ",
        defaultValue = "0",
        description = "Sequence of the first entry to show. Default: ${DEFAULT-VALUE}")
    private long fromSequence;

    @Option(names = "--count", paramLabel = "N", description = "How many entries to show. Default: all")
    private long countMax = Long.MAX_VALUE;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean isJson;

    private JsonMapper mapper;
    private long count;
    private int shard;
    private Long ledger;

    @Override
    public Integer call()
    {
        if (fromSequence < 0 || countMax < 1)
        {
            throw new ParameterException(
                spec.commandLine(),
                "--from must be at least 0 and --count at least 1: from=" + fromSequence + ", count=" + countMax);
        }
        final JournalEntries entries = new JournalEntries(DataDirectory.require(directory));
        ledger = selection.ledger();
        shard = selection.shardOf(spec, entries);
        mapper = isJson ? new JsonMapper() : null;
        final boolean isLive = entries.isLive();
        final RecoveredJournal found = entries.read(shard, fromSequence, this::onEntry);
        spec.commandLine().getOut().flush();
        if (found != null && found.tailLength() > 0 && !isLive)
        {
            spec.commandLine().getErr().println(
                "unacknowledged tail: " + found.tailLength() + " bytes from position " + found.position() +
                " on are not shown; nobody was told of what they hold");
        }
        return ExitCode.DONE.code();
    }

    private boolean onEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        final PrintWriter out = spec.commandLine().getOut();
        if (ledger != null || isJson)
        {
            final Map<String, Object> fields = EntryText.fields(buffer, offset);
            if (ledger != null && !ledger.equals(fields.get("ledger")) && !ledger.equals(fields.get("resolved_ledger")))
            {
                return true;
            }
            if (isJson)
            {
                final Map<String, Object> json = new LinkedHashMap<>();
                json.put("shard", shard);
                json.putAll(fields);
                out.print(mapper.writeValueAsString(json));
                out.print('\n');
            }
        }
        if (!isJson)
        {
            out.print(EntryText.line(buffer, offset));
            out.print('\n');
        }
        count++;
        return count < countMax && (count % CHECK_EVERY != 0 || !out.checkError());
    }
}
