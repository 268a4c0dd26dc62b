package io.seriatim.sinks;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedException;
import io.seriatim.replay.FeedHandler;
import io.seriatim.replay.FeedOffsetFile;
import io.seriatim.replay.FeedRetry;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalFeed;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A queue of a real broker, in a process of its own that is killed and started again: nothing is lost. */
@Timeout(180)
class AmqpSinkTest
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(120);

    @TempDir
    private Path directory;
    private Path books;
    private int port;

    @BeforeEach
    void write() throws IOException
    {
        books = directory.resolve("books");
        TestBooks.write(books, 2, 6);
        try (ServerSocket socket = new ServerSocket(0))
        {
            port = socket.getLocalPort();
        }
    }

    @Test
    void shouldLoseNothingThoughTheBrokerIsKilled() throws Exception
    {
        final long[] counts = new long[2];
        Process broker = start();
        try (AmqpSink sink = sink())
        {
            final FeedConfig config = new FeedConfig().isBounded(true).isHistoryKept(true).batchCountMax(16)
                .offsetIntervalNs(1_000_000).retry(new FeedRetry(200, 10_000_000, 300_000_000))
                .offsetStore(new FeedOffsetFile(
                    directory.resolve("offset"), JournalDirectories.journalsOf(books).get(0).logUuid()))
                .handler(new SlowSink(sink, counts));
            try (JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), config))
            {
                final long startNs = System.nanoTime();
                while (feed.progress().doneCount() < 100 && System.nanoTime() - startNs < TIMEOUT_NS)
                {
                    Thread.sleep(1);
                }
                broker.destroyForcibly().waitFor();
                broker = start();
                assertTrue(feed.awaitEnd(TIMEOUT_NS), () -> "done=" + feed.progress().doneCount());
            }
            assertReceivedInOrder(drain(), counts);
        }
        finally
        {
            broker.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldStopWhereThereIsNoBroker()
    {
        try (AmqpSink sink = sink(); JournalFeed feed = JournalFeed.open(
            JournalDirectories.journalsOf(books),
            new FeedConfig().isBounded(true).retry(new FeedRetry(1, 1_000_000, 1_000_000)).handler(sink)))
        {
            final FeedException ex = assertThrows(FeedException.class, () -> feed.awaitEnd(TIMEOUT_NS));
            assertTrue(ex.getMessage().contains("127.0.0.1:" + port + ", queue=entries"), ex.getMessage());
        }
    }

    @Test
    void shouldRefuseWhatIsNotTheUriOfABroker()
    {
        for (final String wrong : List.of(
            "amqp://host", "amqp://host/?queue=", "amqp:///?queue=q", "http://host/?queue=q",
            "amqp://host/?queue=a%20b"))
        {
            assertThrows(
                IllegalArgumentException.class,
                () -> new AmqpSink(URI.create(wrong), null, Duration.ofSeconds(1)), wrong);
        }
    }

    /** Hands on, slowly enough for a broker to be killed meanwhile, and counts what has come of each shard. */
    private record SlowSink(AmqpSink sink, long[] counts) implements FeedHandler
    {
        @Override
        public void onEntry(final FeedEntry entry) throws IOException
        {
            sink.onEntry(entry);
            counts[entry.shard()] = Math.max(counts[entry.shard()], entry.sequence() + 1);
            LockSupport.parkNanos(1_000_000);
        }

        @Override
        public void force() throws IOException
        {
            sink.force();
        }
    }

    /** What is seen for the first time comes in order; what comes again was seen before. */
    private static void assertReceivedInOrder(final List<JsonNode> received, final long[] counts)
    {
        final Map<Integer, Long> nexts = new HashMap<>();
        final Set<String> seen = new HashSet<>();
        for (final JsonNode entry : received)
        {
            final int shard = entry.get("shard").asInt();
            final long sequence = Long.parseLong(entry.get("sequence").asString());
            if (seen.add(shard + "/" + sequence))
            {
                assertEquals(nexts.getOrDefault(shard, 0L), sequence, "shard=" + shard);
                nexts.put(shard, sequence + 1);
            }
        }
        assertEquals(Map.of(0, counts[0], 1, counts[1]), nexts);
    }

    private AmqpSink sink()
    {
        return new AmqpSink(
            URI.create("amqp://127.0.0.1:" + port + "/?queue=entries"), null, Duration.ofSeconds(10));
    }

    private List<JsonNode> drain() throws Exception
    {
        final ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(port);
        final List<JsonNode> received = new ArrayList<>();
        try (Connection connection = factory.newConnection(); Channel channel = connection.createChannel())
        {
            GetResponse response = channel.basicGet("entries", true);
            while (response != null)
            {
                received.add(new JsonMapper().readTree(response.getBody()));
                response = channel.basicGet("entries", true);
            }
        }
        return received;
    }

    private Process start() throws Exception
    {
        final Path log = Files.createTempFile(directory, "broker", ".log");
        final Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
            "-Dderby.stream.error.file=" + directory.resolve("derby.log"), "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            BrokerProcess.class.getName(), Integer.toString(port), directory.resolve("broker").toString())
            .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        final long startNs = System.nanoTime();
        while (!Files.readString(log).contains("ready\n"))
        {
            assertTrue(process.isAlive() && System.nanoTime() - startNs < TIMEOUT_NS, Files.readString(log));
            Thread.sleep(20);
        }
        return process;
    }
}
