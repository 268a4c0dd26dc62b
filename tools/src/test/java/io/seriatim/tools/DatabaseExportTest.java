package io.seriatim.tools;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A database of a part of the order says what accounts held before the part and what they hold at its end. */
@Timeout(600)
class DatabaseExportTest
{
    private static final String NONE = "-";
    private static final String BALANCES =
        "SELECT account, ledger, debits_posted, credits_posted, debits_pending, credits_pending FROM ";

    @TempDir
    private Path directory;
    private Path books;
    private Path database;

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        database = directory.resolve("part.db");
        ExportBooks.write(books);
    }

    /** The balances at either end are those that as-of gives, whatever a part holds: holds, imports, expiries. */
    @ParameterizedTest
    @CsvSource({
        "1970-01-01, 1970-01-05", "1970-01-02, 1970-01-02", "1970-01-02, 1970-01-03", "1970-01-03, 1970-01-03",
        "1970-01-04, 1970-01-04", "1970-01-02T01:30:00Z, 1970-01-02T12:00:00Z", "1970-01-05, -", "-, 1970-01-02",
        "12, 15", "0, 5", "16, -", "-, 14" })
    void shouldHoldWhatAccountsHeldAtEitherEnd(final String from, final String to) throws Exception
    {
        export(from, to);
        assertEquals(asOf(to), balances("balances"));
        assertEquals(before(from), balances("opening_balances"));
        assertEquals(List.of(), rows(
            "SELECT * FROM trial_balance WHERE debits_posted <> credits_posted OR debits_pending <> credits_pending"));
        final Path lines = directory.resolve("part.jsonl");
        run(args("jsonl", from, to, lines));
        final List<String> sequences = new ArrayList<>();
        for (final String line : Files.readAllLines(lines))
        {
            sequences.add(line.replaceFirst(".*?\"sequence\":\"(\\d+)\".*", "$1"));
        }
        assertEquals(sequences, rows("SELECT sequence FROM entries WHERE in_part ORDER BY sequence"));
    }

    @Test
    void shouldKeepOfWhatWasBeforeOnlyWhatThePartSpeaksOf() throws Exception
    {
        export("1970-01-03", "1970-01-03");
        assertEquals(
            List.of("account|5", "ledger_definition|2", "transfer|3"),
            rows("SELECT kind, count(*) FROM entries WHERE NOT in_part GROUP BY kind ORDER BY kind"));
        assertEquals(List.of("102", "103", "104"), rows("SELECT id FROM entries WHERE stage = 'pending'"));
        assertEquals(List.of(), rows("SELECT id FROM open_pending_transfers"));
        assertEquals(List.of("105", "106"), rows("SELECT id FROM transfers ORDER BY sequence"));
        assertEquals(
            List.of("expiry|0|-9", "expiry|0|-9", "post|300|-500", "post|300|-500", "void|0|-70", "void|0|-70"),
            rows("SELECT e.stage, m.posted, m.pending FROM movements m JOIN entries e USING (shard, sequence) " +
                "ORDER BY sequence"));
        assertEquals(List.of("USD|2", "EUR2|3"), rows("SELECT asset_code, scale FROM ledgers ORDER BY ledger"));
        // An import that happened the day before lies between.
        assertEquals(List.of("0|16|16"), rows("SELECT * FROM sequence_gaps"));
        assertEquals(List.of("shard 0, all ledgers, behind 1970-01-02T23:59:59.999999999Z, to " +
            "1970-01-03T23:59:59.999999999Z"), rows("SELECT replace(part, 'all shards', 'shard 0') FROM log"));
    }

    @Test
    void shouldComeToTheSameIfItIsBegunAgain() throws Exception
    {
        export("1970-01-02", "-");
        final List<String> whole = rows("SELECT * FROM entries ORDER BY sequence");
        final List<String> balances = balances("balances");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
            Statement statement = connection.createStatement())
        {
            statement.executeUpdate("DELETE FROM entries WHERE sequence > 12");
            statement.executeUpdate("DELETE FROM opening_balances");
        }
        export("1970-01-02", "-");
        assertEquals(whole, rows("SELECT * FROM entries ORDER BY sequence"));
        assertEquals(balances, balances("balances"));
    }

    @Test
    void shouldHoldALedger() throws Exception
    {
        run(
            "export", "--data", books, "--format", "sqlite", "--ledger", "978", "--from", "1970-01-02", "--out",
            database);
        assertEquals(List.of("11", "12"), rows("SELECT account FROM opening_balances"));
        assertEquals(List.of("201"), rows("SELECT id FROM entries WHERE in_part"));
        assertEquals(asOf("-", "--ledger", "978"), balances("balances"));
        final Path whole = directory.resolve("whole.db");
        run("export", "--data", books, "--format", "sqlite", "--ledger", "978", "--out", whole);
        final CommandRun other = CommandRun.of("export", "--data", books, "--format", "sqlite", "--out", whole);
        assertEquals(2, other.exitCode(), other::toString);
        assertTrue(other.err().contains(
            "the projection is that of another part: found=shard 0, ledger 978, behind the beginning, to the end, " +
            "expected=all of the order"), other::toString);
        final Path text = Files.writeString(directory.resolve("text"), "longer than a header ".repeat(50));
        final CommandRun none = CommandRun.of("export", "--data", books, "--format", "sqlite", "--out", text);
        assertEquals(2, none.exitCode(), none::toString);
        assertTrue(none.err().contains("the database failed: "), none::toString);
    }

    @Test
    void shouldNotMakeAFileForAPartThatIsNone()
    {
        final CommandRun run = CommandRun.of(args("sqlite", "1970-01-03", "1970-01-02", database));
        assertEquals(2, run.exitCode(), run::toString);
        assertTrue(run.err().contains("nothing lies between --from and --to"), run::toString);
        assertFalse(Files.exists(database));
    }

    private void export(final String from, final String to)
    {
        run(args("sqlite", from, to, database));
    }

    private Object[] args(final String format, final String from, final String to, final Path file)
    {
        final List<Object> args = new ArrayList<>(
            List.of("export", "--data", books, "--format", format, "--out", file));
        if (!NONE.equals(from))
        {
            args.addAll(List.of("--from", from));
        }
        if (!NONE.equals(to))
        {
            args.addAll(List.of("--to", to));
        }
        return args.toArray();
    }

    /** What as-of says of the moment just before another one. */
    private List<String> before(final String from)
    {
        if (NONE.equals(from) || "0".equals(from) || "1970-01-01".equals(from))
        {
            return List.of();
        }
        return asOf(PlaceInOrder.parse(from).justBefore().toString().replace("sequence ", ""));
    }

    private List<String> asOf(final String at, final Object... selection)
    {
        final List<Object> args = new ArrayList<>(List.of("as-of", "--data", books, "--raw", "--format", "csv"));
        args.addAll(List.of("--at", NONE.equals(at) ? "2100-01-01" : at));
        args.addAll(List.of(selection));
        final List<String> lines = run(args.toArray()).out().lines().toList();
        final List<String> names = List.of(lines.get(0).split(","));
        final List<String> rows = new ArrayList<>();
        for (final String line : lines.subList(1, lines.size()))
        {
            final String[] cells = line.split(",");
            final List<String> row = new ArrayList<>();
            for (final String name : List.of(
                "id", "ledger", "debits_posted", "credits_posted", "debits_pending", "credits_pending"))
            {
                row.add(cells[names.indexOf(name)]);
            }
            rows.add(String.join("|", row));
        }
        rows.sort(null);
        return rows;
    }

    private List<String> balances(final String table) throws SQLException
    {
        final List<String> rows = rows(BALANCES + table);
        rows.sort(null);
        return rows;
    }

    private List<String> rows(final String query) throws SQLException
    {
        final List<String> lines = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery(query))
        {
            while (rows.next())
            {
                final List<String> cells = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++)
                {
                    cells.add(rows.getString(i));
                }
                lines.add(String.join("|", cells));
            }
        }
        return lines;
    }

    private static CommandRun run(final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(0, run.exitCode(), run::toString);
        return run;
    }
}
