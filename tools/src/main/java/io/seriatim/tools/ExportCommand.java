package io.seriatim.tools;

import io.seriatim.engine.Genesis;
import io.seriatim.engine.JournalSource;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedFilter;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.JournalFeed;
import io.seriatim.sinks.SqliteSink;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Writes books in formats of others.
 */
@Command(
    name = "export",
    sortOptions = false,
    description = "Write the movements of a shard for other programs: as plain text accounting that hledger and " +
        "ledger read, with balance assertions and the hash of each entry's leaf; as CSV; as JSON lines of all " +
        "entries, refused ones too; as an SQLite database with views; or as Parquet files. What was begun and " +
        "broken off goes on where it was. Reads the books only, beside a running engine too.",
    footer = {
        "%nExamples:",
        "  seriatim export --data books --format ledger --out books.journal",
        "  seriatim export --data books --format ledger --split day --out journals",
        "  seriatim export --data books --format csv --ledger 840 --from 2026-01-01 --to 2026-01-31 --out january.csv",
        "  seriatim export --data books --format sqlite --out books.db",
        "  seriatim export --data books --format sqlite --from 2026-01-01 --to 2026-01-31 --out january.db",
        "  seriatim export --data books --format parquet --ledger 840 --out movements"})
final class ExportCommand implements Callable<Integer>
{
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int ENTRIES_A_PROGRESS = 1_024;
    private static final long MOVEMENTS_PER_FILE_DEFAULT = 1_000_000;

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

    @Option(
        names = "--out",
        paramLabel = "FILE",
        required = true,
        description = "File to write; with --split, and for parquet, the directory of the files.")
    private Path file;

    @Option(
        names = "--split",
        paramLabel = "day",
        description = "For ledger: write a file for each day into the directory --out, and main.journal, which " +
            "includes them all.")
    private Split split;

    @Option(
        names = "--amounts",
        paramLabel = "decimal|text",
        description = "For parquet: amounts as numbers of up to 38 digits, and a larger one ends the export; or as " +
            "text of any size. Both are whole numbers of the ledger's smallest unit. Default: decimal")
    private ParquetExport.Amounts amounts;

    @Option(
        names = "--movements-per-file",
        paramLabel = "N",
        description = "For parquet: so many movements are in each file but the last. Default: " +
            MOVEMENTS_PER_FILE_DEFAULT)
    private Long movementsPerFile;

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
        LEDGER, CSV, JSONL, SQLITE, PARQUET
    }

    /** By what it is split. */
    enum Split
    {
        DAY
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException
    {
        DataDirectory.require(directory);
        checkOptions();
        if (format == Format.SQLITE)
        {
            writeDatabase();
            return ExitCode.DONE.code();
        }
        final JournalEntries entries = new JournalEntries(directory);
        final int shard = selection.shardOf(spec, entries);
        final Genesis genesis = entries.genesis(shard);
        final ExportPart part = part(shard);
        final long count;
        try (ExportWriter writer = writer(part, genesis))
        {
            write(entries, shard, writer);
            writer.finish();
            count = writer.recordCount();
        }
        spec.commandLine().getErr().println("written: " + count + " records in " + file);
        return ExitCode.DONE.code();
    }

    private void checkOptions()
    {
        checkFormat(split != null, "--split", Format.LEDGER);
        checkFormat(amounts != null, "--amounts", Format.PARQUET);
        checkFormat(movementsPerFile != null, "--movements-per-file", Format.PARQUET);
        if (movementsPerFile != null && movementsPerFile < 1)
        {
            throw new ParameterException(
                spec.commandLine(), "--movements-per-file has to be above zero: found=" + movementsPerFile);
        }
    }

    private void checkFormat(final boolean isGiven, final String option, final Format wanted)
    {
        if (isGiven && format != wanted)
        {
            throw new ParameterException(
                spec.commandLine(), option + " is for --format " + wanted.name().toLowerCase(Locale.ROOT) +
                ": format=" + format.name().toLowerCase(Locale.ROOT));
        }
    }

    private ExportPart part(final int shard)
    {
        final PlaceInOrder before = from == null ? PlaceInOrder.BEGINNING :
            BooksOptions.place(spec, "--from", from).justBefore();
        final PlaceInOrder last = to == null ? PlaceInOrder.END : BooksOptions.place(spec, "--to", to);
        BooksOptions.requireOrder(spec, before, last);
        return new ExportPart(shard, selection.ledger() == null ? 0 : selection.ledger(), before, last);
    }

    /** What is written, in words that have to be the same for what was broken off to go on. */
    static String head(final Format format, final Genesis genesis, final ExportPart part)
    {
        return format + ", log " + genesis.logUuid() + ", " + part;
    }

    private ExportWriter writer(final ExportPart part, final Genesis genesis) throws IOException
    {
        final String head = head(format, genesis, part);
        switch (format)
        {
            case LEDGER:
                return new PlainTextExport(
                    part, split == null ? ResumableFile.open(file, head) : DayFiles.open(file, head), genesis);
            case CSV:
                return new TextExport.Csv(part, ResumableFile.open(file, head));
            case PARQUET:
                final ParquetExport.Amounts form = amounts == null ? ParquetExport.Amounts.DECIMAL : amounts;
                return new ParquetExport(
                    part, ResumableDirectory.open(file, head + ", amounts as " + form), genesis, form,
                    movementsPerFile == null ? MOVEMENTS_PER_FILE_DEFAULT : movementsPerFile);
            default:
                return new TextExport.JsonLines(part, ResumableFile.open(file, head));
        }
    }

    private void write(final JournalEntries entries, final int shard, final ExportWriter writer)
    {
        try (Progress progress = new Progress(
            "exported", " entries", -1, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(),
            System::nanoTime))
        {
            entries.read(shard, 0, (buffer, offset, length) ->
            {
                final boolean isMoreWanted = writer.onEntry(buffer, offset, length);
                if (writer.entryCount() % ENTRIES_A_PROGRESS == 0)
                {
                    progress.advanceTo(writer.entryCount());
                }
                return isMoreWanted;
            });
        }
    }

    private void writeDatabase() throws IOException, SQLException, InterruptedException
    {
        final var journals = JournalDirectories.journalsOf(directory);
        final UUID logUuid = journals.get(0).logUuid();
        final FeedConfig config = new FeedConfig().name("export").isHistoryKept(true).isBounded(true)
            .filter(entryFilter());
        final ExportPart part = databasePart();
        final boolean isAllTime = from == null && to == null;
        final long count;
        try (SqliteSink sink = new SqliteSink(
            file, logUuid, isAllTime && !selection.isGiven() ? null : part.toString()))
        {
            if (isAllTime)
            {
                count = feed(journals, config.handler(sink).offsetStore(sink), () -> false);
            }
            else
            {
                final DatabasePart handler = new DatabasePart(part, sink);
                feed(journals, config.handler(handler).offsetStore(DatabasePart.fromTheBeginning(sink)),
                    handler::isDone);
                handler.finish();
                count = handler.count();
            }
        }
        spec.commandLine().getErr().println("written: " + count + " entries to " + file);
    }

    /** A database is of all shards, unless the user says which one, or names a place in the order of one. */
    private ExportPart databasePart()
    {
        final ExportPart part = part(ExportPart.ALL_SHARDS);
        return selection.isGiven() || part.before() != PlaceInOrder.BEGINNING && part.before().isSequence() ||
            part.last() != PlaceInOrder.END && part.last().isSequence() ?
            part(selection.shardOf(spec, new JournalEntries(directory))) : part;
    }

    private Predicate<FeedEntry> entryFilter()
    {
        if (!selection.isGiven())
        {
            return FeedFilter.ALL;
        }
        final int shard = selection.shardOf(spec, new JournalEntries(directory));
        final Long ledger = selection.ledger();
        return ledger == null ? entry -> entry.shard() == shard : FeedFilter.parse("ledger=" + ledger);
    }

    /** Feed to the end, or until no more is wanted. Says how many entries were done. */
    private long feed(final List<JournalSource> journals, final FeedConfig config, final BooleanSupplier isEnough)
        throws InterruptedException
    {
        try (JournalFeed feed = JournalFeed.open(journals, config);
            Progress progress = new Progress(
                "exported", " entries", -1, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(),
                System::nanoTime))
        {
            while (!feed.awaitEnd(POLL_NS) && !isEnough.getAsBoolean())
            {
                progress.advanceTo(feed.progress().doneCount());
            }
            progress.advanceTo(feed.progress().doneCount());
            return feed.progress().doneCount();
        }
    }
}
