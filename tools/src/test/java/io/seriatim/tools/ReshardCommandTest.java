package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.replay.JournalEntries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code seriatim reshard}: the same books on other shards, or none. */
class ReshardCommandTest
{
    private static final long SEED = Long.getLong("seriatim.reshard.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private static final int USD = 840;
    private static final int EUR = 978;

    @TempDir
    private Path directory;

    private Path path(final String name)
    {
        return directory.resolve(name);
    }

    /** Two ledgers that share nothing but a request, if it is wanted. */
    private Path books(final boolean isRequestShared)
    {
        final Path books = path("books");
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            for (final int number : new int[] {USD, EUR})
            {
                final Ledger ledger = engine.ledger(number);
                ledger.createAccount(number + 1, 1, 0);
                ledger.createAccount(number + 2, 1, 0);
                ledger.createTransfer(number * 100L, number + 1, number + 2, 5, 1);
                ledger.createTransfer(
                    Transfer.of(number * 100L + 1, number + 1, number + 2, 7, 1).withFlags(TransferFlags.PENDING));
            }
            if (isRequestShared)
            {
                engine.scope(USD, EUR).createTransfers(List.of(
                    Transfer.of(1, USD + 1, USD + 2, 5, 1).withLedger(USD),
                    Transfer.of(2, EUR + 1, EUR + 2, 5, 1).withLedger(EUR)));
            }
        }
        return books;
    }

    private static EngineConfig config(final Path books)
    {
        return new EngineConfig().dataDirectory(books).clock(new ManualClock()).readModel(false);
    }

    private static Map<String, String> filesOf(final Path books) throws IOException
    {
        final Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(books))
        {
            for (final Path file : paths.filter(Files::isRegularFile).toList())
            {
                files.put(
                    books.relativize(file).toString(),
                    Files.getLastModifiedTime(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    @Test
    void shouldMakeTheSameBooksOnMoreShardsAndThenOnFewer() throws IOException
    {
        final String seed = "seed=" + SEED;
        final Path work = path("work");
        final Path one = path("one");
        CommandRun.of(
            "generate", "--out", work, "--transfers", 20_000, "--accounts", 400, "--ledgers", 4, "--pending", 20,
            "--balancing", 5, "--closing", 1, "--seed", SEED);
        final CommandRun imported = CommandRun.of(
            "import", "--data", one, "--durability", "os", "--accounts", work.resolve("accounts.csv"), "--transfers",
            work.resolve("transfers.csv"));
        assertEquals(0, imported.exitCode(), () -> seed + imported);
        final Map<String, String> before = filesOf(one);

        final CommandRun torn = CommandRun.of("reshard", "--from", one, "--to", path("four"), "--shards", 4);
        assertEquals(ExitCode.DIFFERENCE.code(), torn.exitCode(), () -> seed + torn);
        assertTrue(torn.out().contains("requests whose ledgers would live on several shards:\n  shard 0 sequence 1 "),
            () -> seed + torn);
        assertTrue(torn.out().endsWith("(--place), or allow --split-requests\n"), () -> seed + torn);
        assertFalse(Files.exists(path("four")));
        assertFalse(Files.exists(path("four.unfinished")));

        final CommandRun four = CommandRun.of(
            "reshard", "--from", one, "--to", path("four"), "--shards", 4, "--journals", 2, "--split-requests");
        assertEquals(0, four.exitCode(), () -> seed + four);
        assertTrue(four.out().contains("one: 20,400 entries of 4 ledgers with 400 accounts, executed again as " +
            "recorded\nexecuted again on 4 shards: no difference\nread back: every ledger, entry, account and " +
            "definition is the same\n"), () -> seed + four);
        assertTrue(four.out().endsWith(" is as it was, and still proves what was signed of it\n"), () -> seed + four);
        final CommandRun two = CommandRun.of("reshard", "--from", path("four"), "--to", path("two"), "--shards", 2);
        assertEquals(0, two.exitCode(), () -> seed + two);

        assertEquals(before, filesOf(one), "the old books are only read");
        final List<String> balances = balancesOf(one);
        for (final Path books : List.of(path("four"), path("two")))
        {
            assertEquals(balances, balancesOf(books), seed);
            final CommandRun verified = CommandRun.of("verify", "--data", books);
            assertEquals(0, verified.exitCode(), () -> seed + verified);
            assertNotEquals(
                new JournalEntries(one).genesis(0).logUuid(), new JournalEntries(books).genesis(0).logUuid());
        }
        assertEquals(4, new JournalEntries(path("four")).shardCount());
        assertEquals(2, new JournalEntries(path("two")).shardCount());
    }

    /** In the order of the lines, as commands list them by shard. */
    private static List<String> balancesOf(final Path books)
    {
        return CommandRun.of("balances", "--data", books, "--format", "csv").out().lines().sorted().toList();
    }

    @Test
    void shouldGoOnUnderAnEngine()
    {
        final Path books = books(false);
        final Path two = path("two");
        final CommandRun run = CommandRun.of(
            "reshard", "--from", books, "--to", two, "--shards", 2, "--place", "840=0,978=1", "--journals", 2);
        assertEquals(0, run.exitCode(), run::toString);
        try (LedgerEngine engine = LedgerEngine.launch(config(two)))
        {
            final Ledger euro = engine.ledger(EUR);
            assertEquals(1, euro.shard());
            assertEquals(
                TransferOutcome.EXISTS, euro.createTransfer(EUR * 100L, EUR + 1, EUR + 2, 5, 1).outcome());
            assertEquals(
                TransferOutcome.CREATED, euro.createTransfer(Transfer.post(1, EUR * 100L + 1, 6)).outcome());
        }
        assertEquals(0, CommandRun.of("verify", "--data", two).exitCode());
    }

    @Test
    void shouldTakePlacesOutOfSettings() throws IOException
    {
        final Path settings =
            Files.writeString(path("settings"), "engine.shards=2\nengine.place.840=1\nengine.place.978=1\n");
        final CommandRun run =
            CommandRun.of("reshard", "--from", books(true), "--to", path("two"), "--settings", settings);
        assertEquals(0, run.exitCode(), run::toString);
        assertTrue(run.out().contains("two shard 0: 1 entries, "), run::toString);
        assertTrue(run.out().contains("two shard 1: 11 entries, "), run::toString);
    }

    @Test
    void shouldMakeStateRootsIfTheOldBooksHaveSome() throws IOException
    {
        final Path key = path("state.key");
        assertEquals(0, CommandRun.of("key", "state-root", "--out", key).exitCode());
        final Path one = path("one");
        final Path work = path("work");
        CommandRun.of("init", "--data", one, "--state-root-key", key, "--state-root-every", 500,
            "--batch-count-max", 100);
        CommandRun.of("generate", "--out", work, "--transfers", 3_000, "--accounts", 100, "--ledgers", 2);
        final CommandRun imported = CommandRun.of(
            "import", "--data", one, "--state-root-key", key, "--accounts", work.resolve("accounts.csv"),
            "--transfers", work.resolve("transfers.csv"));
        assertEquals(0, imported.exitCode(), imported::toString);
        final CommandRun without =
            CommandRun.of("reshard", "--from", one, "--to", path("two"), "--shards", 2, "--split-requests");
        assertEquals(ExitCode.BAD_INPUT.code(), without.exitCode(), without::toString);
        assertTrue(without.err().contains("a state root every 500 entries needs --state-root-key"), without::toString);
        final CommandRun with = CommandRun.of(
            "reshard", "--from", one, "--to", path("two"), "--shards", 2, "--split-requests", "--place",
            "840=0,978=1", "--state-root-key", key);
        assertEquals(0, with.exitCode(), with::toString);
        final CommandRun verified = CommandRun.of("verify", "--data", path("two"), "--state-root-key", key);
        assertEquals(0, verified.exitCode(), verified::toString);
        assertTrue(verified.out().contains("state_root"), verified::toString);
        final CommandRun none = CommandRun.of(
            "reshard", "--from", path("two"), "--to", path("none"), "--shards", 1, "--state-root-every", 0);
        assertEquals(0, new JournalEntries(path("none")).genesis(0).stateRootEvery(), none::toString);
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException
    {
        final Path books = books(false);
        assertWrong(ExitCode.BAD_INPUT, "--shards or --settings must say how many shards", "--from", books, "--to",
            path("new"));
        assertWrong(ExitCode.BAD_INPUT, "there is no such directory", "--from", path("nothing"), "--to", path("new"),
            "--shards", 2);
        assertWrong(ExitCode.BAD_INPUT, "ledger 840 is placed on shard 2, but shards are 0 to 1", "--from", books,
            "--to", path("new"), "--shards", 2, "--place", "840=2");
        for (final Path to : List.of(books, books.resolve("new"), Path.of("."), Path.of("/")))
        {
            assertWrong(ExitCode.BAD_INPUT, "--to is a new directory outside of the old books", "--from", books,
                "--to", to, "--shards", 2);
        }
        assertWrong(ExitCode.BAD_INPUT, "--state-root-every is at least 0: state-root-every=-1", "--from", books,
            "--to", path("new"), "--shards", 2, "--state-root-every", -1);
        final Path other = Files.createDirectories(path("other").resolve("journal-0")).getParent();
        assertWrong(ExitCode.BAD_INPUT, "there is something already: directory=" + other, "--from", books, "--to",
            other, "--shards", 2);
        final Path left = Files.createDirectories(path("left.unfinished").resolve("journal-0"));
        assertWrong(ExitCode.BAD_INPUT, "there is something already: directory=" + left.getParent(), "--from", books,
            "--to", path("left"), "--shards", 2);
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            assertEquals(1, engine.ledger(USD).shard() + 1);
            assertWrong(ExitCode.IN_USE, "an engine runs on the old books", "--from", books, "--to", path("new"),
                "--shards", 2);
        }
        assertFalse(Files.exists(path("new")));
        assertFalse(Files.exists(path("new.unfinished")));
    }

    private static void assertWrong(final ExitCode exitCode, final String message, final Object... options)
    {
        final Object[] args = new Object[options.length + 1];
        args[0] = "reshard";
        System.arraycopy(options, 0, args, 1, options.length);
        final CommandRun run = CommandRun.of(args);
        assertEquals(exitCode.code(), run.exitCode(), run::toString);
        assertTrue(run.err().contains(message), run::toString);
    }
}
