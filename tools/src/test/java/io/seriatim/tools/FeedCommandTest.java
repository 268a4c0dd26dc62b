package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.JournalConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What leaves a directory by {@code seriatim feed}. */
class FeedCommandTest
{
    private static final int TRANSFER_COUNT = 20;
    private static final int TERM_LENGTH = 64 * 1024;

    private final JsonMapper mapper = new JsonMapper();

    @TempDir
    private Path directory;
    private Path books;

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        pay(1);
    }

    private void pay(final int firstId)
    {
        final EngineConfig config = new EngineConfig().dataDirectory(books).batchCountMax(60)
            .journal(new JournalConfig().termLength(TERM_LENGTH).segmentLength(2 * TERM_LENGTH).mtu(2048));
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final Ledger usd = engine.ledger(840);
            usd.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            for (int id = firstId; id < firstId + TRANSFER_COUNT; id++)
            {
                usd.createTransfer(id, 1, 2, 1, id % 2 == 0 ? 7 : 1);
            }
            usd.createTransfer(1_000 + firstId, 1, 3, 1, 1);
        }
    }

    @Test
    void shouldPrintAllEntriesOrThoseThatAreWanted() throws IOException
    {
        final CommandRun all = CommandRun.of("feed", "--data", books, "--to", "-");
        assertEquals(0, all.exitCode(), all::toString);
        // The genesis, two accounts, the transfers and one that was refused.
        final List<String> lines = all.out().lines().toList();
        assertEquals(1 + 2 + TRANSFER_COUNT + 1, lines.size());
        assertEquals("genesis", mapper.readTree(lines.get(0)).get("kind").asString());
        final JsonNode transfer = mapper.readTree(lines.get(4));
        assertEquals("transfer", transfer.get("kind").asString());
        assertEquals("1", transfer.get("debit_account").asString());
        assertEquals("3", transfer.get("previous_debit_sequence").asString());
        assertTrue(all.err().contains("done: 24 entries"), all.err());

        final CommandRun some = CommandRun.of(
            "feed", "--data", books, "--to", "-", "--where", "kind=transfer outcome=created code=7 ledger=840,978",
            "--ordering", "by-ledger");
        assertEquals(TRANSFER_COUNT / 2, some.out().lines().count(), some::toString);
        for (final String ordering : List.of("by-account", "none", "total"))
        {
            final CommandRun run = CommandRun.of("feed", "--data", books, "--to", "-", "--ordering", ordering);
            assertEquals(lines.stream().sorted().toList(), run.out().lines().sorted().toList(), ordering);
        }
    }

    @Test
    void shouldGoOnWhereItWas() throws IOException
    {
        final Path file = directory.resolve("entries.jsonl");
        final Path offset = directory.resolve("offset");
        assertEquals(0, CommandRun.of("feed", "--data", books, "--to", file, "--offset", offset).exitCode());
        assertEquals(24, Files.readAllLines(file).size());
        pay(100);
        final CommandRun again = CommandRun.of("feed", "--data", books, "--to", file, "--offset", offset);
        assertTrue(again.err().contains("done: 23 entries"), again.err());
        final List<String> lines = Files.readAllLines(file);
        assertEquals(24 + 23, lines.size());
        // The accounts are there already, which is an entry of its own for each; the first transfer follows on those.
        final JsonNode transfer = mapper.readTree(lines.get(26));
        assertEquals("26", transfer.get("sequence").asString());
        assertEquals("24", transfer.get("previous_debit_sequence").asString());
        final CommandRun nothing = CommandRun.of("feed", "--data", books, "--to", file, "--offset", offset);
        assertTrue(nothing.err().contains("done: 0 entries"), nothing.err());
    }

    @Test
    void shouldSendEachRouteItsOwn() throws IOException
    {
        final Path routes = Files.writeString(directory.resolve("routes"), String.join("\n",
            "# what moves money, in the order of each account",
            "money   by-account  " + directory.resolve("money.jsonl") + "  kind=transfer outcome=created",
            "",
            "refused none " + directory.resolve("refused.jsonl") + " outcome=refused # for the help desk",
            "all     total       " + directory.resolve("all.jsonl")));
        for (int i = 0; i < 2; i++)
        {
            final CommandRun run = CommandRun.of(
                "feed", "--data", books, "--routes", routes, "--offset", directory.resolve("offsets"));
            assertEquals(0, run.exitCode(), run::toString);
            assertTrue(run.err().contains("money done: " + (i == 0 ? TRANSFER_COUNT : 0) + " entries"), run.err());
        }
        assertEquals(TRANSFER_COUNT, Files.readAllLines(directory.resolve("money.jsonl")).size());
        assertEquals(1, Files.readAllLines(directory.resolve("refused.jsonl")).size());
        assertEquals(24, Files.readAllLines(directory.resolve("all.jsonl")).size());
        for (final String bad : List.of(
            "# nothing", "one total", "ONE total -", "one some -", "one total - kind=x", "a none -\na none -"))
        {
            Files.writeString(routes, bad);
            final CommandRun run = CommandRun.of("feed", "--data", books, "--routes", routes);
            assertEquals(2, run.exitCode(), () -> bad + ": " + run);
            assertTrue(run.err().contains("file=" + routes), run.err());
        }
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException
    {
        final Path secret = Files.writeString(directory.resolve("secret"), "s\n");
        assertEquals(2, CommandRun.of("feed", "--data", directory.resolve("none"), "--to", "-").exitCode());
        refuses("--where", "kind=nothing", "there is no such kind: kind=nothing");
        refuses("--where", "colour=red", "there is no such field: field=colour");
        refuses("--where", "code=0", "a number from 1 to 65535 is wanted: code=0");
        refuses("--where", "code=1 code=2", "each field comes once");
        refuses("--where", "flags=odd", "odd");
        refuses("--routes", "none", "either --to or --routes");
        refuses("--retries", "-1", "--retries must be at least 0");
        refuses("--capacity", "1", "--capacity at least 2");
        refuses("--ordering", "some", "some");
        final CommandRun unsigned = CommandRun.of("feed", "--data", books, "--to", "http://127.0.0.1:1/");
        assertEquals(2, unsigned.exitCode(), unsigned::toString);
        assertTrue(unsigned.err().contains("--secret-file"), unsigned.err());
        final CommandRun absent = CommandRun.of(
            "feed", "--data", books, "--to", "http://127.0.0.1:1/", "--secret-file", secret, "--retries", 0);
        assertEquals(5, absent.exitCode(), absent::toString);
        assertTrue(absent.err().contains("an entry could not be handled"), absent.err());
        final Path deadLetters = directory.resolve("dead-letters");
        final CommandRun given = CommandRun.of(
            "feed", "--data", books, "--to", "http://127.0.0.1:1/", "--secret-file", secret, "--retries", 0,
            "--dead-letters", deadLetters);
        assertEquals(0, given.exitCode(), given::toString);
        assertTrue(given.err().contains("done: 24 entries, 24 of them given up, in"), given.err());
        assertEquals(24, Files.readAllLines(deadLetters).size());
    }

    private void refuses(final String option, final String value, final String message)
    {
        final CommandRun run = CommandRun.of("feed", "--data", books, "--to", "-", option, value);
        assertEquals(2, run.exitCode(), run::toString);
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void shouldFillADatabaseThatKeepsItsOwnOffset() throws Exception
    {
        final Path database = directory.resolve("books.db");
        final CommandRun first = CommandRun.of("feed", "--data", books, "--to", "sqlite:" + database);
        assertEquals(ExitCode.DONE.code(), first.exitCode(), first::toString);
        pay(100);
        final CommandRun second = CommandRun.of("feed", "--data", books, "--to", "sqlite:" + database);
        assertEquals(ExitCode.DONE.code(), second.exitCode(), second::toString);
        assertTrue(second.err().contains("done: " + (TRANSFER_COUNT + 3) + " entries"), second::toString);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery(
                "SELECT debits_posted FROM balances WHERE account = '1'"))
        {
            assertTrue(rows.next());
            assertEquals(2 * TRANSFER_COUNT, rows.getInt(1));
        }
    }

    @Test
    void shouldSayThatThereIsNoBroker()
    {
        final CommandRun run = CommandRun.of(
            "feed", "--data", books, "--to", "amqp://127.0.0.1:1/?queue=entries", "--retries", 0, "--timeout-ms",
            1_000);
        assertEquals(ExitCode.ENVIRONMENT.code(), run.exitCode(), run::toString);
        assertTrue(run.err().contains("broker=127.0.0.1:1, queue=entries"), run::toString);
        final CommandRun wrong = CommandRun.of("feed", "--data", books, "--to", "amqp://127.0.0.1/");
        assertEquals(ExitCode.BAD_INPUT.code(), wrong.exitCode(), wrong::toString);
    }
}
