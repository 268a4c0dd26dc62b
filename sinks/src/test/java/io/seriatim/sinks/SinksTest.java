package io.seriatim.sinks;

import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedException;
import io.seriatim.replay.FeedOffsetFile;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.FeedRetry;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalFeed;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files of JSON lines, and webhooks against the receiver of the documents, killed and started again. */
class SinksTest
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(50);
    private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.UTF_8);
    private static final JsonMapper MAPPER = new JsonMapper();

    @TempDir
    private Path directory;
    private Path books;
    private Path seen;

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        seen = directory.resolve("seen");
        TestBooks.write(books, 2, 3);
    }

    @Test
    void shouldWriteALineForEachEntryThatNamesTheOneBefore() throws Exception
    {
        final Path file = directory.resolve("entries.jsonl");
        feedTo(file, 40);
        // A process was killed in the middle of a line.
        Files.writeString(file, "{\"shard\":0,\"seq", StandardOpenOption.APPEND);
        feedTo(file, Long.MAX_VALUE);
        final Map<Integer, Long> nextByShard = new HashMap<>();
        final Map<String, String> lastByAccount = new HashMap<>();
        for (final String line : Files.readAllLines(file))
        {
            final JsonNode entry = MAPPER.readTree(line);
            final int shard = entry.get("shard").asInt();
            final long sequence = Long.parseLong(entry.get("sequence").asString());
            assertEquals(sequence, nextByShard.merge(shard, 1L, Long::sum) - 1, line);
            for (final String side : List.of("debit", "credit"))
            {
                final JsonNode account = entry.get(side + "_account");
                if (account != null)
                {
                    final JsonNode previous = entry.get("previous_" + side + "_sequence");
                    assertEquals(
                        lastByAccount.put(shard + "/" + account.asString(), Long.toString(sequence)),
                        previous.isNull() ? null : previous.asString(), line);
                }
            }
        }
        assertTrue(nextByShard.values().stream().allMatch(count -> count > 50), nextByShard::toString);
    }

    /** Up to a sequence of each shard; what was written before stays. */
    private void feedTo(final Path file, final long to) throws Exception
    {
        try (JsonLinesSink sink = new JsonLinesSink(file);
            JournalFeed feed = JournalFeed.open(
                JournalDirectories.journalsOf(books), new FeedConfig().isBounded(true)
                    .isHistoryKept(true).batchCountMax(16).retry(FeedRetry.NEVER)
                    .offsetStore(new FeedOffsetFile(
                        directory.resolve("offset"), JournalDirectories.journalsOf(books).get(0).logUuid()))
                    .handler(entry ->
                    {
                        if (entry.sequence() > to)
                        {
                            throw new IOException("enough");
                        }
                        sink.onEntry(entry);
                    })))
        {
            if (to == Long.MAX_VALUE)
            {
                assertTrue(feed.awaitEnd(TIMEOUT_NS));
            }
            else
            {
                assertThrows(FeedException.class, () -> feed.awaitEnd(TIMEOUT_NS));
            }
            sink.force();
        }
    }

    @Test
    void shouldReachAReceiverThatIsKilledAndStartedAgain() throws Exception
    {
        final Path secretFile = Files.write(directory.resolve("secret"), SECRET);
        Process receiver = start(0, secretFile);
        final BufferedReader said =
            new BufferedReader(new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8));
        final int port = Integer.parseInt(said.readLine().replaceAll("\\D", ""));
        final URI url = URI.create("http://127.0.0.1:" + port + "/");
        try
        {
            final FeedConfig config = new FeedConfig()
                .ordering(FeedOrdering.BY_KEY).capacity(16).isBounded(true).isHistoryKept(true)
                .filter(entry -> entry.kind() == EntryKind.TRANSFER || entry.kind() == EntryKind.ACCOUNT)
                .retry(new FeedRetry(200, 10_000_000, 200_000_000))
                .handler(new WebhookSink(url, SECRET, Duration.ofSeconds(5)));
            try (JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), config))
            {
                final long startNs = System.nanoTime();
                while (feed.progress().doneCount() < 50 && System.nanoTime() - startNs < TIMEOUT_NS)
                {
                    Thread.sleep(1);
                }
                receiver.destroyForcibly().waitFor();
                receiver = start(port, secretFile);
                assertTrue(feed.awaitEnd(TIMEOUT_NS), () -> "done=" + feed.progress().doneCount());
                assertTrue(feed.retryCount() > 0);
                assertEquals(expected(), accepted(Files.readAllLines(seen)));
            }
        }
        finally
        {
            receiver.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldFailWhereTheReceiverDoesNotKnowTheSecretOrIsNotThere() throws Exception
    {
        final Path secretFile = Files.write(directory.resolve("secret"), SECRET);
        final Process receiver = start(0, secretFile);
        try (BufferedReader said =
            new BufferedReader(new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8)))
        {
            final int port = Integer.parseInt(said.readLine().replaceAll("\\D", ""));
            final FeedException refused = assertThrows(
                FeedException.class, () -> post(port, "another one".getBytes(StandardCharsets.UTF_8)));
            assertTrue(refused.getMessage().contains("has answered 401"), refused.getMessage());
            receiver.destroyForcibly().waitFor();
            final FeedException absent = assertThrows(FeedException.class, () -> post(port, SECRET));
            assertTrue(absent.getMessage().contains("ConnectException"), absent.getMessage());
        }
        finally
        {
            receiver.destroyForcibly().waitFor();
        }
        assertFalse(Files.exists(seen));
        assertThrows(
            IllegalArgumentException.class,
            () -> new WebhookSink(URI.create("ftp://host/"), SECRET, Duration.ofSeconds(1)));
        assertThrows(
            IllegalArgumentException.class,
            () -> new WebhookSink(URI.create("http://host/"), new byte[0], Duration.ofSeconds(1)));
    }

    private void post(final int port, final byte[] secret) throws InterruptedException
    {
        try (JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), new FeedConfig()
            .isBounded(true).retry(new FeedRetry(1, 1_000_000, 1_000_000))
            .handler(new WebhookSink(URI.create("http://127.0.0.1:" + port + "/"), secret, Duration.ofSeconds(5)))))
        {
            feed.awaitEnd(TIMEOUT_NS);
        }
    }

    /** Account and sequence of all that the receiver should have taken. */
    private List<String> expected() throws InterruptedException
    {
        final TreeSet<String> lines = new TreeSet<>();
        try (JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), new FeedConfig()
            .isBounded(true).filter(entry -> entry.kind() == EntryKind.TRANSFER || entry.kind() == EntryKind.ACCOUNT)
            .handler(entry ->
            {
                final JsonNode json = MAPPER.readTree(EntryJson.encode(entry));
                for (final String side : List.of("debit_account", "credit_account"))
                {
                    if (json.has(side))
                    {
                        lines.add(entry.shard() + "/" + json.get(side).asString() + " " + entry.sequence());
                    }
                }
            })))
        {
            assertTrue(feed.awaitEnd(TIMEOUT_NS));
        }
        return new ArrayList<>(lines);
    }

    private static List<String> accepted(final List<String> lines)
    {
        return new ArrayList<>(new TreeSet<>(lines));
    }

    private Process start(final int port, final Path secretFile) throws IOException
    {
        return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
            Path.of("..", "docs", "receiver", "WebhookReceiver.java").toString(), Integer.toString(port),
            secretFile.toString(), seen.toString()).redirectErrorStream(true).start();
    }
}
