package io.seriatim.tools;

import io.seriatim.merkle.TreeHasher;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedFilter;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.JournalFeed;
import io.seriatim.sinks.SqliteSink;
import org.agrona.DirectBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Writes books in formats of others.
 */
@Command(
    name = "export",
    sortOptions = false,
    description = "Write the movements of a shard for other programs: as plain text accounting that hledger and " +
        "ledger read, with balance assertions and the hash of each entry's leaf; as CSV; as JSON lines of all " +
        "entries, refused ones too; or as an SQLite database with views. What was begun and broken off goes on " +
        "where it was. Reads the books only, beside a running engine too.",
    footer = {
        "%nExamples:",
        "  seriatim export --data books --format ledger --out books.journal",
        "  seriatim export --data books --format csv --ledger 840 --from 2026-01-01 --to 2026-01-31 --out january.csv",
        "  seriatim export --data books --format sqlite --out books.db"})
final class ExportCommand implements Callable<Integer>
{
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(200);

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        required = true,
        description = "One of: ${COMPLETION-CANDIDATES}")
    private Format format;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "File to write.")
    private Path file;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Option(
        names = "--from",
        paramLabel = "MOMENT",
        description = "The first moment that is written: " + PlaceInOrder.FORMS + ". Default: the beginning")
    private String from;

    @Option(
        names = "--to",
        paramLabel = "MOMENT",
        description = "The last one, in the same form. Default: the end")
    private String to;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    /** What is written. */
    enum Format
    {
        LEDGER, CSV, JSONL, SQLITE
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException
    {
        DataDirectory.require(directory);
        if (format == Format.SQLITE)
        {
            writeDatabase();
            return ExitCode.DONE.code();
        }
        final BooksReader reader = new BooksReader(spec, directory, isProgressWanted);
        final int shard = selection.shardOf(spec, reader.entries());
        final PlaceInOrder before = from == null ? PlaceInOrder.BEGINNING :
            BooksOptions.place(spec, "--from", from).justBefore();
        final PlaceInOrder last = to == null ? PlaceInOrder.END : BooksOptions.place(spec, "--to", to);
        final String head = format + " " + reader.entries().genesis(shard).logUuid() + " " + shard + " " + before +
            " " + last + " " + selection.ledger();
        final long count;
        try (ResumableFile out = ResumableFile.open(file, head))
        {
            count = write(reader, shard, before, last, out);
            out.finish();
        }
        spec.commandLine().getErr().println("written: " + count + " records in " + file);
        return ExitCode.DONE.code();
    }

    private long write(
        final BooksReader reader,
        final int shard,
        final PlaceInOrder before,
        final PlaceInOrder last,
        final ResumableFile out)
        throws IOException
    {
        final JournalEntries entries = reader.entries();
        final TreeHasher hasher = new TreeHasher();
        final ExportWriter writer = ExportWriter.of(
            format, shard, entries.genesis(shard), Integer.toUnsignedLong(
            selection.ledger() == null ? 0 : selection.ledger().intValue()), out);
        if (out.nextSequence() == 0)
        {
            writer.begin();
        }
        final BooksWalk walk = new BooksWalk(writer::onMovement);
        writer.books(walk);
        final IOException[] failure = new IOException[1];
        try (Progress progress = new Progress(
            "exported", " entries", -1, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(),
            System::nanoTime))
        {
            entries.read(shard, 0, (buffer, offset, length) ->
            {
                if (last.isBehind(buffer, offset))
                {
                    return false;
                }
                try
                {
                    if (last.includes(walk, buffer, offset))
                    {
                        final boolean isWritten = !before.includes(walk, buffer, offset);
                        final byte[] leaf = isWritten ? leaf(hasher, buffer, offset, length) : null;
                        writer.entry(buffer, offset, isWritten, leaf);
                        walk.onEntry(buffer, offset);
                        writer.endEntry();
                    }
                    else
                    {
                        walk.passOver(buffer, offset);
                    }
                }
                catch (final IOException ex)
                {
                    failure[0] = ex;
                    return false;
                }
                progress.advanceTo(writer.entryCount());
                return true;
            });
        }
        if (failure[0] != null)
        {
            throw failure[0];
        }
        return writer.recordCount();
    }

    private static byte[] leaf(
        final TreeHasher hasher, final DirectBuffer buffer, final int offset, final int length)
    {
        final byte[] entry = new byte[length];
        buffer.getBytes(offset, entry);
        return hasher.leaf(entry);
    }

    private void writeDatabase() throws IOException, SQLException, InterruptedException
    {
        if (from != null || to != null)
        {
            throw new ParameterException(
                spec.commandLine(), "a database holds all of the order: --from and --to are for the other formats");
        }
        final var journals = JournalDirectories.journalsOf(directory);
        try (SqliteSink sink = new SqliteSink(file, journals.get(0).logUuid());
            JournalFeed feed = JournalFeed.open(journals, new FeedConfig().name("export").handler(sink)
                .offsetStore(sink).isHistoryKept(true).isBounded(true)
                .filter(FeedFilter.parse(selection.ledger() == null ? "" : "ledger=" + selection.ledger()))))
        {
            while (!feed.awaitEnd(POLL_NS))
            {
                // It says by itself what is wrong.
            }
            spec.commandLine().getErr().println("written: " + feed.progress().doneCount() + " entries to " + file);
        }
    }
}
