package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Thresholds;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.JournalFeed;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What {@code seriatim top} shows of an engine at work, of one that is gone, and of none. */
class TopCommandTest
{
    private static final int SHARD_COUNT = 20;
    private static final int TRANSFER_COUNT = 50;

    @TempDir
    private Path directory;

    @Test
    void shouldShowAnEngineAtWorkAndItsFeeds() throws InterruptedException
    {
        final Path books = directory.resolve("books");
        final AtomicBoolean isEnded = new AtomicBoolean();
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books)))
        {
            final Thread caller = new Thread(() -> post(engine, isEnded));
            caller.start();
            try (JournalFeed feed = JournalFeed.open(engine.journals(), new FeedConfig()
                .name("audit").handler(entry -> {}).counters(engine.counters())))
            {
                final CommandRun text = CommandRun.of("top", "--data", books, "--interval-ms", 200, "--count", 2);
                assertEquals(ExitCode.DONE.code(), text.exitCode(), text::toString);
                assertTrue(text.out().contains("pid " + ProcessHandle.current().pid()), text::toString);
                assertTrue(text.out().contains("shard 0: commit"), text::toString);
                assertTrue(text.out().contains("journal 0: read-model"), text::toString);
                assertTrue(text.out().contains("feed audit"), text::toString);
                assertEquals(2, text.out().split("seriatim top", -1).length - 1, text::toString);

                final CommandRun json =
                    CommandRun.of("top", "--data", books, "--interval-ms", 500, "--json", "--count", 1);
                final JsonNode node = new JsonMapper().readTree(json.out());
                assertTrue(node.get("engine_alive").asBoolean(), json::toString);
                assertTrue(node.get("order").get("throughput").asDouble() > 0, json::toString);
                assertEquals("balanced", node.get("bottleneck").asString(), json::toString);
                final JsonNode hottest = node.get("hot_accounts").get(0);
                assertEquals(0.5, hottest.get("share").asDouble(), 0.01, json::toString);
                final JsonNode commit = node.get("stages").get(3);
                assertEquals("shard 0: commit", commit.get("stage").asString());
                assertTrue(commit.get("latency_ns").get("p99").asLong() > 0, json::toString);
                assertTrue(feed.progress().doneCount() > 0);
            }
            finally
            {
                isEnded.set(true);
                caller.join();
            }
        }
        final CommandRun gone = CommandRun.of("top", "--data", books, "--interval-ms", 10);
        assertEquals(ExitCode.DONE.code(), gone.exitCode(), gone::toString);
        assertTrue(gone.out().contains("no engine is at work here"), gone::toString);
    }

    @Test
    void shouldShowSeveralEnginesAndWhatTheyAddUpTo() throws InterruptedException
    {
        final Path east = directory.resolve("a-directory-with-a-name-that-is-longer-than-there-is-room-for-east");
        final Path west = directory.resolve("a-directory-with-a-name-that-is-longer-than-there-is-room-for-west");
        final AtomicBoolean isEnded = new AtomicBoolean();
        try (LedgerEngine one = LedgerEngine.launch(new EngineConfig().dataDirectory(east));
            LedgerEngine two = LedgerEngine.launch(new EngineConfig().dataDirectory(west).shardCount(2)))
        {
            final Thread caller = new Thread(() -> post(one, isEnded));
            caller.start();
            post(two, new AtomicBoolean(true));
            for (int i = 1; i <= 5; i++)
            {
                two.ledger(840).createTransfer(1_000_000 + i, 1, 2, 3, 9);
            }
            try
            {
                final CommandRun text = CommandRun.of(
                    "top", "--data", east, "--data", west, "--totals", "--interval-ms", 300, "--count", 2);
                assertEquals(ExitCode.DONE.code(), text.exitCode(), text::toString);
                assertTrue(text.out().contains("2 directories"), text::toString);
                assertTrue(text.out().contains("...") && text.out().contains("for-west "), text::toString);
                assertTrue(text.out().matches("(?s).*\\n *840 +9 created +5 +0 +15\\n.*"), text::toString);
                assertTrue(text.out().lines().allMatch(line -> line.length() <= 108), text::toString);

                final CommandRun json = CommandRun.of(
                    "top", "--data", east, "--data", west, "--data", east, "--totals", "--interval-ms", 500, "--json",
                    "--count", 1);
                final JsonNode node = new JsonMapper().readTree(json.out());
                assertEquals(3, node.get("engines").size());
                assertEquals(west.toString(), node.get("engines").get(1).get("data").asString());
                assertTrue(node.get("engines").get(0).get("engine_alive").asBoolean(), json::toString);
                assertTrue(node.get("totals").get(0).get("count").asLong() > 0, json::toString);
                assertEquals(3, node.get("totals_as_of").size(), "a directory counts once, however often it is named");
                final JsonNode nine = node.get("totals").get(1);
                assertEquals("9 created 5 15", nine.get("code").asInt() + " " + nine.get("outcome").asString() + " " +
                    nine.get("count").asLong() + " " + nine.get("moved").asString(), json::toString);
            }
            finally
            {
                isEnded.set(true);
                caller.join();
            }
        }
        final CommandRun gone =
            CommandRun.of("top", "--data", east, "--data", west, "--width", 60, "--interval-ms", 10);
        assertTrue(gone.out().contains("no engine is at work here") && !gone.out().contains("totals"), gone::toString);
        assertTrue(gone.out().lines().allMatch(line -> line.length() <= 60), gone::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 80, 108, 200})
    void shouldFitTheTerminal(final int columns)
    {
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig()
            .dataDirectory(directory.resolve("books")).shardCount(SHARD_COUNT).journalCount(2)))
        {
            final Instruments instruments = Instruments.of(engine.counters());
            for (int ledger = 1; ledger <= SHARD_COUNT; ledger++)
            {
                engine.ledger(ledger).createAccount(1, 1, 0);
                instruments.sample();
            }
            final TopScreen screen = new TopScreen("books", new Thresholds(), true, ZoneOffset.UTC);
            final List<AttributedString> lines = screen.draw(instruments, columns);
            final String text = lines.stream().map(AttributedString::toString).collect(Collectors.joining("\n"));
            for (final AttributedString line : lines)
            {
                assertTrue(line.length() <= Math.max(ScreenLines.WIDTH_MIN, columns), line::toString);
            }
            assertTrue(text.contains("and " + (engine.shardCount() - 16) + " more"), text);
            assertTrue(text.contains("uneven"), text);
            assertEquals(columns >= 108, text.contains("p99.9"), text);
            assertFalse(text.contains("what helps"), text);
        }
    }

    @Test
    void shouldWriteTimesAndCountsShort()
    {
        assertEquals(
            List.of("-", "1ns", "999ns", "1.0us", "9.9us", "10us", "999us", "1.0ms", "60s"),
            List.of(
                TopScreen.time(0), TopScreen.time(1), TopScreen.time(999), TopScreen.time(1_000),
                TopScreen.time(9_949), TopScreen.time(9_950), TopScreen.time(999_400), TopScreen.time(999_500),
                TopScreen.time(60_000_000_000L)));
        assertEquals(
            List.of("0", "0.5", "9.9", "10", "99,999", "100.0k", "999.9k", "1.0M", "12.3M"),
            List.of(
                TopScreen.count(0), TopScreen.count(0.5), TopScreen.count(9.94), TopScreen.count(9.95),
                TopScreen.count(99_999), TopScreen.count(99_999.5), TopScreen.count(999_940),
                TopScreen.count(999_950), TopScreen.count(12_345_678)));
    }

    @Test
    void shouldRefuseOptionsThatAreOutOfRange()
    {
        for (final String[] wrong : new String[][]{
            {"--interval-ms", "9"}, {"--count", "-1"}, {"--width", "59"}})
        {
            final CommandRun run = CommandRun.of("top", "--data", directory, wrong[0], wrong[1]);
            assertEquals(ExitCode.BAD_INPUT.code(), run.exitCode(), run::toString);
            assertTrue(run.err().contains("--width at least 60"), run::toString);
        }
        final CommandRun none = CommandRun.of("top", "--data", directory.resolve("none"));
        assertEquals(ExitCode.BAD_INPUT.code(), none.exitCode(), none::toString);
    }

    private static void post(final LedgerEngine engine, final AtomicBoolean isEnded)
    {
        engine.ledger(840).createAccount(1, 1, 0);
        engine.ledger(840).createAccount(2, 1, 0);
        for (int id = 1; !isEnded.get(); id++)
        {
            engine.ledger(840).createTransfer(id, 1, 2, 1, 1);
            if (id % TRANSFER_COUNT == 0)
            {
                Thread.yield();
            }
        }
    }
}
