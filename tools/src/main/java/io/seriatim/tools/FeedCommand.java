package io.seriatim.tools;

import io.seriatim.engine.CounterTable;
import io.seriatim.engine.JournalSource;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedException;
import io.seriatim.replay.FeedFailure;
import io.seriatim.replay.FeedFilter;
import io.seriatim.replay.FeedHandler;
import io.seriatim.replay.FeedOffsetFile;
import io.seriatim.replay.FeedOffsetStore;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.FeedProgress;
import io.seriatim.replay.FeedRetry;
import io.seriatim.replay.FeedSettings;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalFeed;
import io.seriatim.sinks.AmqpSink;
import io.seriatim.sinks.JsonLinesSink;
import io.seriatim.sinks.SqliteSink;
import io.seriatim.sinks.WebhookSink;
import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Sends the committed entries of a directory to where they are wanted.
 */
@Command(
    name = "feed",
    sortOptions = false,
    description = "Send committed entries to a file of JSON lines, standard output, an SQLite database, a webhook or " +
        "a broker's queue, in the order that is needed. Reads only, beside a running engine too. With --offset it " +
        "goes on where it was, and what was not done by then comes again: at least once. A database keeps its own " +
        "offset: there each entry is exactly once.",
    footer = {
        "%nExamples:",
        "  seriatim feed --data books --to entries.jsonl --offset entries.offset",
        "  seriatim feed --data books --to sqlite:books.db --follow",
        "  seriatim feed --data books --to 'amqp://127.0.0.1/?queue=entries' --offset queue.offset --follow",
        "  seriatim feed --data books --to http://127.0.0.1:8080/ --secret-file secret --ordering by-account " +
            "--follow",
        "  seriatim feed --data books --routes routes --offset offsets --secret-file secret",
        "%nWhat a webhook gets, and a receiver that checks it: docs/FEEDS.md."})
final class FeedCommand implements Callable<Integer>
{
    private static final String SQLITE = "sqlite:";
    private static final int CAPACITY_DEFAULT = 1_024;
    private static final int BATCH_COUNT_MAX = 256;
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(200);

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(
        names = "--to",
        paramLabel = "SINK",
        description = "A file of JSON lines, - for standard output, sqlite:FILE, an http or https URL, or " +
            "amqp[s]://USER@HOST:PORT/VHOST?queue=NAME.")
    private String to;

    @Option(
        names = "--ordering",
        paramLabel = "ORDER",
        description = "One of: ${COMPLETION-CANDIDATES}. Default: total")
    private FeedRoute.Ordering ordering;

    @Option(
        names = "--where",
        paramLabel = "CONDITIONS",
        defaultValue = "",
        description = "Only some entries, such as \"kind=transfer ledger=840,978 code=7 flags=pending " +
            "outcome=created\"; all conditions must hold. Default: all entries")
    private String where;

    @Option(
        names = "--routes",
        paramLabel = "FILE",
        description = "Several feeds at once, a line each: NAME ORDERING SINK CONDITIONS. Instead of --to, " +
            "--ordering and --where.")
    private Path routesFile;

    @Option(
        names = "--capacity",
        paramLabel = "N",
        description = "How many entries may be under way at once. Default: " + CAPACITY_DEFAULT)
    private Integer capacity;

    @Option(
        names = "--workers",
        paramLabel = "N",
        description = "How many entries are handled at once, where the order lets them. Default: 1")
    private Integer workerCount;

    @Option(
        names = "--settings",
        paramLabel = "FILE",
        description = "Ordering, workers and capacity out of a file that seriatim advise --out has written; what is " +
            "given here besides counts more.")
    private Path settingsFile;

    @Option(
        names = "--offset",
        paramLabel = "FILE",
        description = "Where it is kept how far the feed has come; with --routes a directory, in which each route " +
            "has NAME.offset.")
    private Path offsetFile;

    @Option(names = "--follow", description = "Go on with what is committed later, until the command is ended.")
    private boolean isFollowing;

    @Option(
        names = "--secret-file",
        paramLabel = "FILE",
        description = "Secret that a webhook's requests are signed with, or password of the broker's user; line " +
            "ends at its end do not count.")
    private Path secretFile;

    @Option(
        names = "--timeout-ms",
        paramLabel = "MS",
        defaultValue = "10000",
        description = "How long a webhook or broker may take to answer. Default: ${DEFAULT-VALUE}")
    private int timeoutMs;

    @Option(
        names = "--retries",
        paramLabel = "N",
        defaultValue = "10",
        description = "How often an entry that fails is tried again, 100 ms to 10 s apart. Default: ${DEFAULT-VALUE}")
    private int retryCountMax;

    @Option(
        names = "--dead-letters",
        paramLabel = "FILE",
        description = "Where entries go that have failed for good, so that the feed goes on; without it, it stops.")
    private Path deadLetterFile;

    @Override
    public Integer call() throws Exception
    {
        if (retryCountMax < 0 || capacity != null && capacity < 2 || timeoutMs < 1 ||
            workerCount != null && workerCount < 1)
        {
            throw new ParameterException(
                spec.commandLine(), "--retries must be at least 0, --capacity at least 2, --workers and --timeout-ms " +
                "at least 1: retries=" + retryCountMax + ", capacity=" + capacity + ", workers=" + workerCount +
                ", timeout-ms=" + timeoutMs);
        }
        final List<FeedRoute> routes = routes();
        final List<JournalSource> journals = JournalDirectories.journalsOf(DataDirectory.require(directory));
        if (routesFile != null && offsetFile != null)
        {
            Files.createDirectories(offsetFile);
        }
        final CounterTable counters = CounterTable.create(
            directory, "feed-" + ProcessHandle.current().pid(), journals.get(0).logUuid(), routes.size(), 0);
        final List<JournalFeed> feeds = new ArrayList<>();
        final List<FeedHandler> sinks = new ArrayList<>();
        final ExitHook hook =
            new ExitHook("seriatim-feed-close", () -> List.copyOf(feeds).forEach(JournalFeed::close));
        try
        {
            for (final FeedRoute route : routes)
            {
                sinks.add(openSink(route.sink(), journals.get(0).logUuid()));
            }
            for (int i = 0; i < routes.size(); i++)
            {
                feeds.add(open(journals, config(journals, routes.get(i), sinks.get(i)).counters(counters)));
            }
            await(routes, feeds, counters);
        }
        finally
        {
            feeds.forEach(JournalFeed::close);
            for (final FeedHandler sink : sinks)
            {
                if (sink instanceof AutoCloseable)
                {
                    CloseHelper.close((AutoCloseable)sink);
                }
            }
            hook.remove();
            counters.close();
        }
        return ExitCode.DONE.code();
    }

    private List<FeedRoute> routes() throws IOException
    {
        if (to == null == (routesFile == null))
        {
            throw new ParameterException(spec.commandLine(), "either --to or --routes is needed, and not both");
        }
        try
        {
            return routesFile != null ? FeedRoute.read(routesFile) :
                List.of(new FeedRoute("feed", ordering, to, FeedFilter.parse(where)));
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }

    private FeedConfig config(final List<JournalSource> journals, final FeedRoute route, final FeedHandler handler)
    {
        final FeedConfig config = new FeedConfig().name(route.name()).handler(handler).filter(route.filter())
            .isHistoryKept(true).isBounded(!isFollowing).capacity(CAPACITY_DEFAULT)
            .retry(new FeedRetry(retryCountMax, FeedRetry.DEFAULT.firstDelayNs(), FeedRetry.DEFAULT.delayMaxNs()))
            .failure(deadLetterFile == null ? FeedFailure.STOP : FeedFailure.DEAD_LETTER)
            .deadLetterFile(deadLetterFile == null || routesFile == null ? deadLetterFile :
                deadLetterFile.resolveSibling(deadLetterFile.getFileName() + "." + route.name()));
        if (handler instanceof FeedOffsetStore store)
        {
            config.offsetStore(store);
        }
        else if (offsetFile != null)
        {
            config.offsetStore(new FeedOffsetFile(
                routesFile == null ? offsetFile : offsetFile.resolve(route.name() + ".offset"),
                journals.get(0).logUuid()));
        }
        applySettings(config);
        if (capacity != null)
        {
            config.capacity(capacity);
        }
        if (route.ordering() != null)
        {
            route.ordering().applyTo(config);
        }
        if (config.ordering() == FeedOrdering.TOTAL)
        {
            // Whatever the settings say for another order.
            config.workerCount(1);
        }
        if (workerCount != null)
        {
            config.workerCount(workerCount);
        }
        // Entries are handed over together, but no more of them than may be under way.
        return config.batchCountMax(Math.min(config.capacity(), BATCH_COUNT_MAX));
    }

    private JournalFeed open(final List<JournalSource> journals, final FeedConfig config)
    {
        try
        {
            return JournalFeed.open(journals, config);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }

    private void applySettings(final FeedConfig config)
    {
        if (settingsFile != null)
        {
            try
            {
                FeedSettings.apply(settingsFile, config);
            }
            catch (final IllegalArgumentException ex)
            {
                throw new ParameterException(
                    spec.commandLine(), "--settings " + settingsFile + ": " + ex.getMessage(), ex);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }
    }

    private FeedHandler openSink(final String sink, final UUID logUuid) throws IOException, SQLException
    {
        if (sink.startsWith(SQLITE))
        {
            return new SqliteSink(Path.of(sink.substring(SQLITE.length())), logUuid);
        }
        if (sink.startsWith("amqp:") || sink.startsWith("amqps:"))
        {
            try
            {
                return new AmqpSink(
                    URI.create(sink), secretFile == null ? null : secret(), Duration.ofMillis(timeoutMs));
            }
            catch (final IllegalArgumentException ex)
            {
                throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
            }
        }
        if (sink.startsWith("http:") || sink.startsWith("https:"))
        {
            if (secretFile == null)
            {
                throw new ParameterException(
                    spec.commandLine(), "a webhook needs --secret-file: whoever receives it must be able to tell " +
                    "that it is from here");
            }
            try
            {
                return new WebhookSink(
                    URI.create(sink), secret().getBytes(StandardCharsets.UTF_8), Duration.ofMillis(timeoutMs));
            }
            catch (final IllegalArgumentException ex)
            {
                throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
            }
        }
        return sink.equals("-") ? new JsonLinesSink(new WriterStream(spec.commandLine().getOut())) :
            new JsonLinesSink(Path.of(sink));
    }

    private String secret() throws IOException
    {
        try
        {
            return SecretFile.read(secretFile);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
    }

    private void await(
        final List<FeedRoute> routes, final List<JournalFeed> feeds, final CounterTable counters)
        throws InterruptedException
    {
        final PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = new Progress(
            "fed", " entries", -1, Progress.Mode.of(null), err, System::nanoTime))
        {
            for (int i = 0; i < feeds.size(); i++)
            {
                while (!feeds.get(i).awaitEnd(POLL_NS))
                {
                    progress.advanceTo(feeds.stream().mapToLong(feed -> feed.progress().doneCount()).sum());
                    counters.alive(System.currentTimeMillis());
                    requireNoneFailed(feeds);
                }
            }
        }
        catch (final FeedException ex)
        {
            throw new ToolException(
                ExitCode.ENVIRONMENT, ex.getMessage() + "; done=" +
                feeds.stream().mapToLong(feed -> feed.progress().doneCount()).sum() +
                (offsetFile == null ? "" : "; it goes on from there when it is started again"), ex);
        }
        for (int i = 0; i < feeds.size(); i++)
        {
            final FeedProgress progress = feeds.get(i).progress();
            err.println((routesFile == null ? "" : routes.get(i).name() + " ") + "done: " + progress.doneCount() +
                " entries" + (progress.deadLetterCount() == 0 ? "" :
                ", " + progress.deadLetterCount() + " of them given up, in " + deadLetterFile));
        }
    }

    /** One that stops ends the command: nobody should find out by what is missing. */
    private static void requireNoneFailed(final List<JournalFeed> feeds) throws InterruptedException
    {
        for (final JournalFeed feed : feeds)
        {
            if (feed.failure() != null)
            {
                feed.awaitEnd(0);
            }
        }
    }

    /** Lines for whoever reads what a command prints. */
    private static final class WriterStream extends OutputStream
    {
        private final PrintWriter writer;

        WriterStream(final PrintWriter writer)
        {
            this.writer = writer;
        }

        @Override
        public void write(final int oneByte)
        {
            throw new UnsupportedOperationException("lines come whole");
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length)
        {
            writer.write(new String(bytes, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void flush()
        {
            writer.flush();
        }
    }
}
