package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Genesis;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.PosixFiles;
import io.seriatim.replay.JournalEntries;
import io.seriatim.resharding.BooksComparison;
import io.seriatim.resharding.BooksPrint;
import io.seriatim.resharding.Obstacle;
import io.seriatim.resharding.Obstacles;
import io.seriatim.resharding.RecordedBooks;
import io.seriatim.resharding.Resharding;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Makes books with another number of shards out of books.
 */
@Command(
    name = "reshard",
    sortOptions = false,
    description = "Make new books with more shards, or fewer, out of the books of a directory where no engine runs: " +
        "every command is executed again at the time that it had, on the shard where its ledger will live, and " +
        "compared; then the new books are read back and compared with the old ones, ledger by ledger. The old ones " +
        "are only read. The new ones are a log of their own, with roots of their own. If anything would come out " +
        "otherwise it says what, and there are no new books.",
    footer = {
        "%nUntil all is compared the new books are in DIR.unfinished. Exit code 1: something is in the way.",
        "%nExamples:",
        "  seriatim reshard --from books --to books-4 --shards 4",
        "  seriatim reshard --from books --to books-2 --shards 2 --place 840=0,978=1 --journals 2"})
final class ReshardCommand implements Callable<Integer>
{
    private static final String UNFINISHED = ".unfinished";

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--from",
        paramLabel = "DIR",
        required = true,
        description = "Data directory of an engine that does not run.")
    private Path from;

    @Option(
        names = "--to",
        paramLabel = "DIR",
        required = true,
        description = "Directory of the new books; it must not be there, or be empty.")
    private Path to;

    @Mixin
    private ShardingOptions sharding;

    @Option(
        names = "--split-requests",
        description = "A request whose ledgers would live on several shards becomes several, each event at its time. " +
            "Chains are never split. Without: such a request is in the way.")
    private boolean areRequestsSplit;

    @Option(
        names = "--batch-count-max",
        paramLabel = "N",
        description = "Most events of a request. Default: as in the old books")
    private Integer batchCountMax;

    @Option(
        names = "--origin",
        paramLabel = "NAME",
        description = "Name of the new log in its checkpoints, as of init. Default: seriatim/ and the log's uuid")
    private String origin;

    @Mixin
    private StateRootOptions stateRoots;

    @Option(
        names = "--state-root-every",
        paramLabel = "N",
        description = "The new order holds a state root every so many entries, 0 for none. Default: as in the old ones")
    private Long stateRootEvery;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    private PrintWriter out;

    @Override
    public Integer call() throws IOException
    {
        out = spec.commandLine().getOut();
        if (!sharding.isGiven())
        {
            throw new ParameterException(spec.commandLine(), "--shards or --settings must say how many shards");
        }
        requireApart();
        requireNothing(to);
        final Path unfinished = to.resolveSibling(to.getFileName() + UNFINISHED);
        requireNothing(unfinished);
        if (new JournalEntries(DataDirectory.require(from)).isLive())
        {
            throw new ToolException(
                ExitCode.IN_USE, "an engine runs on the old books: directory=" + from + "; stop it first");
        }
        return reshard(config(new JournalEntries(from).genesis(0), unfinished), unfinished).code();
    }

    /** What can not be given its name in the end, or lies within the old books, is told at once. */
    private void requireApart()
    {
        final Path newBooks = to.toAbsolutePath().normalize();
        if (newBooks.getFileName() == null || newBooks.startsWith(from.toAbsolutePath().normalize()) ||
            Path.of("").toAbsolutePath().startsWith(newBooks))
        {
            throw new ParameterException(
                spec.commandLine(), "--to is a new directory outside of the old books, and not the one that this is " +
                "run in: to=" + to + ", from=" + from);
        }
    }

    private ExitCode reshard(final EngineConfig config, final Path unfinished) throws IOException
    {
        boolean isKept = false;
        try
        {
            // What is wrong with the settings is told before anything long begins.
            EngineOptions.launch(config).close();
            final RecordedBooks books = new RecordedBooks(from);
            final BooksPrint print = check(books);
            final Obstacles obstacles = withProgress("reshard", books.entryCount(), progress ->
                new Resharding(books, unfinished, areRequestsSplit, stateRoots.key()).run(progress));
            if (!obstacles.isEmpty())
            {
                tell(obstacles);
                return ExitCode.DIFFERENCE;
            }
            out.println("executed again on " + config.shardCount() + " shards: no difference");
            // From here on they hold what somebody may want to look at.
            isKept = true;
            return finish(print, unfinished);
        }
        finally
        {
            if (!isKept)
            {
                IoUtil.delete(unfinished.toFile(), true);
            }
        }
    }

    private BooksPrint check(final RecordedBooks books)
    {
        final BooksPrint print = print(books, "check", null);
        if (!print.audit().isClean())
        {
            throw new ToolException(
                ExitCode.DIFFERENCE, "the old books are not what they have to be, see seriatim verify --data " + from);
        }
        out.println(
            from + ": " + Progress.grouped(print.entryCount()) + " entries of " + print.ledgerCount() +
            " ledgers with " + Progress.grouped(print.accountCount()) + " accounts, executed again as recorded");
        out.flush();
        return print;
    }

    private ExitCode finish(final BooksPrint print, final Path unfinished) throws IOException
    {
        final BooksPrint newPrint = print(new RecordedBooks(unfinished), "compare", stateRoots);
        final List<String> differences = new BooksComparison(print, newPrint, !areRequestsSplit).differences();
        if (!differences.isEmpty())
        {
            differences.forEach(out::println);
            out.flush();
            throw new ToolException(
                ExitCode.DIFFERENCE, "the new books, as they were written, are not the old ones: differences=" +
                differences.size() + "; they are left in " + unfinished + " to be looked at, and are not to be used");
        }
        out.println("read back: every ledger, entry, account and definition is the same");
        try
        {
            print.books().requireUnchanged();
        }
        catch (final JournalException ex)
        {
            throw new ToolException(
                ExitCode.DIFFERENCE, ex.getMessage() + "; the new books, which lack what came since, are left in " +
                unfinished + ", and are not to be used", ex);
        }
        Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE);
        PosixFiles.forceDirectory(to.toAbsolutePath().getParent());
        tell(print, from);
        tell(newPrint, to);
        out.println(to + " is ready; " + from + " is as it was, and still proves what was signed of it");
        out.flush();
        return ExitCode.DONE;
    }

    private EngineConfig config(final Genesis old, final Path directory) throws IOException
    {
        final EngineConfig config = new EngineConfig().dataDirectory(directory).origin(origin);
        sharding.apply(config);
        config.batchCountMax(
            batchCountMax == null ? old.batchCountMax() : sharding.atLeastOne("--batch-count-max", batchCountMax));
        if (stateRootEvery != null && stateRootEvery < 0)
        {
            throw new ParameterException(
                spec.commandLine(), "--state-root-every is at least 0: state-root-every=" + stateRootEvery);
        }
        final long every = stateRootEvery == null ? old.stateRootEvery() : stateRootEvery;
        if (every > 0 && !stateRoots.isGiven())
        {
            throw new ParameterException(
                spec.commandLine(), "a state root every " + every + " entries needs --state-root-key; or none are " +
                "made with --state-root-every 0");
        }
        if (stateRootEvery != null && every == 0 && stateRoots.isGiven())
        {
            throw new ParameterException(spec.commandLine(), "--state-root-every 0 needs no --state-root-key");
        }
        return config.stateRoots(stateRoots.config(every));
    }

    private static void requireNothing(final Path directory) throws IOException
    {
        EngineOptions.requireNoFile(directory);
        if (!Files.exists(directory))
        {
            return;
        }
        try (var files = Files.list(directory))
        {
            if (files.findAny().isPresent())
            {
                throw new ToolException(
                    ExitCode.BAD_INPUT, "there is something already: directory=" + directory + "; it was left as it " +
                    "is; give another directory, or remove it if it is of no use any more");
            }
        }
    }

    private BooksPrint print(final RecordedBooks books, final String task, final StateRootOptions key)
    {
        return withProgress(task, 2 * books.entryCount(), progress ->
            new BooksPrint(books, !areRequestsSplit, key == null ? null : key.key(), progress));
    }

    private <T> T withProgress(final String task, final long total, final Function<LongConsumer, T> work)
    {
        try (Progress progress = new Progress(
            task, " entries", total, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(),
            System::nanoTime))
        {
            return work.apply(progress::advanceTo);
        }
    }

    private void tell(final Obstacles obstacles)
    {
        for (final Obstacle obstacle : obstacles.counts().keySet())
        {
            out.println();
            final long count = obstacles.counts().get(obstacle);
            out.println(Progress.grouped(count) + " " + obstacle.text() + ":");
            obstacles.cases(obstacle).forEach(each -> out.println("  " + each));
            if (count > obstacles.cases(obstacle).size())
            {
                out.println("  and " + Progress.grouped(count - obstacles.cases(obstacle).size()) + " more");
            }
        }
        out.println();
        out.println(
            "no new books were made: place ledgers that belong together on one shard (--place)" +
            (obstacles.counts().containsKey(Obstacle.REQUEST_TORN) ? ", or allow --split-requests" : ""));
        out.flush();
    }

    private void tell(final BooksPrint print, final Path directory)
    {
        for (final BooksPrint.ShardRoot root : print.roots())
        {
            out.println(
                directory + " shard " + root.shard() + ": " + Progress.grouped(root.entryCount()) + " entries, root " +
                root.root());
        }
    }
}
