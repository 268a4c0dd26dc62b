package io.seriatim.tools;

import io.seriatim.engine.JournalSource;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedException;
import io.seriatim.replay.FeedFailure;
import io.seriatim.replay.FeedHandler;
import io.seriatim.replay.FeedKeys;
import io.seriatim.replay.FeedOffsetFile;
import io.seriatim.replay.FeedOffsetStore;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.FeedRetry;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalFeed;
import io.seriatim.sinks.JsonLinesSink;
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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Sends the committed entries of a directory to where they are wanted.
 */
@Command(
    name = "feed",
    sortOptions = false,
    description = "Send committed entries to a file of JSON lines, to standard output or to a webhook, in the order " +
        "that is needed. Reads only, beside a running engine too. With --offset it goes on where it was, and what " +
        "was not done by then comes again: at least once.",
    footer = {
        "%nExamples:",
        "  seriatim feed --data books --to entries.jsonl --offset entries.offset",
        "  seriatim feed --data books --to http://127.0.0.1:8080/ --secret-file secret --ordering by-account " +
            "--follow",
        "%nWhat a webhook gets, and a receiver that checks it: docs/FEEDS.md."})
final class FeedCommand implements Callable<Integer>
{
    private static final int BATCH_COUNT_MAX = 256;
    private static final int CREDENTIAL_LENGTH_MAX = 4_096;
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Names of orderings on the command line. */
    enum Ordering
    {
        TOTAL("total"), BY_ACCOUNT("by-account"), BY_LEDGER("by-ledger"), NONE("none");

        private final String label;

        Ordering(final String label)
        {
            this.label = label;
        }

        @Override
        public String toString()
        {
            return label;
        }
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @Option(
        names = "--to",
        paramLabel = "SINK",
        required = true,
        description = "A file of JSON lines, - for standard output, or an http or https URL.")
    private String sink;

    @Option(
        names = "--ordering",
        paramLabel = "ORDER",
        defaultValue = "total",
        description = "One of: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Ordering ordering;

    @Option(
        names = "--capacity",
        paramLabel = "N",
        defaultValue = "1024",
        description = "How many entries may be under way at once. Default: ${DEFAULT-VALUE}")
    private int capacity;

    @Option(
        names = "--offset",
        paramLabel = "FILE",
        description = "Where it is kept how far the feed has come; one file for each feed.")
    private Path offsetFile;

    @Option(names = "--follow", description = "Go on with what is committed later, until the command is ended.")
    private boolean isFollowing;

    @Option(
        names = "--kind",
        paramLabel = "KIND",
        split = ",",
        description = "Only these: genesis, ledger_definition, account, transfer, expiry, state_root.")
    private Set<String> kinds = Set.of();

    @Option(names = "--ledger", paramLabel = "L", split = ",", description = "Only what belongs to these ledgers.")
    private Set<Integer> ledgers = Set.of();

    @Option(names = "--code", paramLabel = "C", split = ",", description = "Only what has these codes.")
    private Set<Integer> codes = Set.of();

    @Option(names = "--created-only", description = "Leave out what was refused.")
    private boolean isCreatedOnly;

    @Option(
        names = "--secret-file",
        paramLabel = "FILE",
        description = "Secret that a webhook's requests are signed with; line ends at its end do not count.")
    private Path secretFile;

    @Option(
        names = "--timeout-ms",
        paramLabel = "MS",
        defaultValue = "10000",
        description = "How long a webhook may take to answer. Default: ${DEFAULT-VALUE}")
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
        final List<JournalSource> journals = JournalDirectories.journalsOf(DataDirectory.require(directory));
        final FeedHandler handler = openSink();
        final JournalFeed feed = JournalFeed.open(journals, config(journals, handler));
        final Thread hook = new Thread(feed::close, "seriatim-feed-close");
        try
        {
            Runtime.getRuntime().addShutdownHook(hook);
            await(feed);
        }
        finally
        {
            feed.close();
            if (handler instanceof AutoCloseable)
            {
                CloseHelper.close((AutoCloseable)handler);
            }
            removeHook(hook);
        }
        return ExitCode.DONE.code();
    }

    private FeedConfig config(final List<JournalSource> journals, final FeedHandler handler)
    {
        if (retryCountMax < 0 || capacity < 2)
        {
            throw new ParameterException(
                spec.commandLine(), "--retries must be at least 0 and --capacity at least 2: retries=" +
                retryCountMax + ", capacity=" + capacity);
        }
        final FeedConfig config = new FeedConfig().name("command").handler(handler).filter(filter())
            .isHistoryKept(true).isBounded(!isFollowing).capacity(capacity)
            .retry(new FeedRetry(retryCountMax, FeedRetry.DEFAULT.firstDelayNs(), FeedRetry.DEFAULT.delayMaxNs()))
            .failure(deadLetterFile == null ? FeedFailure.STOP : FeedFailure.DEAD_LETTER)
            .deadLetterFile(deadLetterFile)
            .offsetStore(offsetFile == null ? FeedOffsetStore.NONE :
                new FeedOffsetFile(offsetFile, journals.get(0).logUuid()));
        switch (ordering)
        {
            case BY_ACCOUNT:
                return config.ordering(FeedOrdering.BY_KEY).keys(FeedKeys.ACCOUNTS);
            case BY_LEDGER:
                return config.ordering(FeedOrdering.BY_KEY).keys(FeedKeys.LEDGER);
            case NONE:
                return config.ordering(FeedOrdering.NONE);
            default:
                return config.ordering(FeedOrdering.TOTAL).batchCountMax(Math.min(capacity, BATCH_COUNT_MAX));
        }
    }

    private Predicate<FeedEntry> filter()
    {
        for (final String kind : kinds)
        {
            if (List.of(EntryKind.values()).stream().noneMatch(each -> each.label().equals(kind)))
            {
                throw new ParameterException(
                    spec.commandLine(), "there is no such kind of entry: kind=" + kind + ", allowed=" +
                    String.join(", ", List.of(EntryKind.values()).stream().map(EntryKind::label).toList()));
            }
        }
        return entry -> (kinds.isEmpty() || kinds.contains(entry.kind().label())) &&
            (ledgers.isEmpty() || ledgers.contains(entry.ledger())) &&
            (codes.isEmpty() || codes.contains(entry.code())) && (!isCreatedOnly || entry.isCreated());
    }

    private FeedHandler openSink() throws IOException
    {
        if (sink.startsWith("http:") || sink.startsWith("https:"))
        {
            if (secretFile == null)
            {
                throw new ParameterException(
                    spec.commandLine(), "a webhook needs --secret-file: whoever receives it must be able to tell " +
                    "that it is from here");
            }
            final String secret = Files.size(secretFile) > CREDENTIAL_LENGTH_MAX ? "" :
                Files.readString(secretFile, StandardCharsets.UTF_8).stripTrailing();
            if (secret.isEmpty() || timeoutMs < 1)
            {
                throw new ParameterException(
                    spec.commandLine(), "the secret has 1 to " + CREDENTIAL_LENGTH_MAX +
                    " bytes, and --timeout-ms is at least 1: file=" + secretFile + ", timeout-ms=" + timeoutMs);
            }
            try
            {
                return new WebhookSink(
                    URI.create(sink), secret.getBytes(StandardCharsets.UTF_8), Duration.ofMillis(timeoutMs));
            }
            catch (final IllegalArgumentException ex)
            {
                throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
            }
        }
        return sink.equals("-") ? new JsonLinesSink(new WriterStream(spec.commandLine().getOut())) :
            new JsonLinesSink(Path.of(sink));
    }

    private void await(final JournalFeed feed) throws InterruptedException
    {
        final PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = new Progress(
            "fed", " entries", -1, Progress.Mode.of(null), err, System::nanoTime))
        {
            while (!feed.awaitEnd(POLL_NS))
            {
                progress.advanceTo(feed.progress().doneCount());
            }
        }
        catch (final FeedException ex)
        {
            throw new ToolException(
                ExitCode.ENVIRONMENT, ex.getMessage() + "; done=" + feed.progress().doneCount() +
                (offsetFile == null ? "" : "; it goes on from there when it is started again"), ex);
        }
        err.println("done: " + feed.progress().doneCount() + " entries" +
            (feed.progress().deadLetterCount() == 0 ? "" :
            ", " + feed.progress().deadLetterCount() + " of them in " + deadLetterFile));
    }

    private static void removeHook(final Thread hook)
    {
        try
        {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        catch (final IllegalStateException ignored)
        {
            // The hook is running: it has closed the feed, or waits for the same end.
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
