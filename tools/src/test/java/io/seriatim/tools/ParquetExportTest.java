package io.seriatim.tools;

import io.seriatim.merkle.TreeHasher;
import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.Movement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Parquet files as DuckDB reads them, which shares no code with us. */
@Timeout(600)
class ParquetExportTest
{
    private static final BigInteger BOUND = BigInteger.TEN.pow(38);

    private static final String ROWS =
        "select sequence, epoch_ns(time), kind, transfer_id, ledger, code, debit_account_id, credit_account_id, " +
        "posted::varchar, pending_change::varchar, asset, asset_scale, lower(hex(leaf)) from movements order by 1";

    @TempDir
    private Path directory;

    @Test
    void shouldSumUpToTheBalancesOfEachAccount() throws Exception
    {
        final Path workload = directory.resolve("workload");
        final Path books = directory.resolve("books");
        done(
            "generate", "--transfers", "4000", "--accounts", "40", "--ledgers", "3", "--pending", "20", "--balancing",
            "5", "--out", workload);
        done(
            "import", "--data", books, "--accounts", workload.resolve("accounts.csv"), "--transfers",
            workload.resolve("transfers.csv"), "--durability", "os");
        final Path out = directory.resolve("movements");
        final CommandRun run = done(
            "export", "--data", books, "--format", "parquet", "--movements-per-file", "700", "--out", out);
        assertTrue(names(out).size() >= 5, names(out)::toString);
        assertEquals("movements-0000000000000000041.parquet", names(out).get(0));
        final String[] counts = rows(out, "select count(*), min(sequence) from movements").get(0).split("\\|");
        assertTrue(run.err().contains("written: " + counts[0] + " records in " + out), run::toString);
        final String ofBoth =
            "select ledger, account, sum(dp)::varchar, sum(cp)::varchar, sum(dh)::varchar, sum(ch)::varchar from (" +
            "select ledger, debit_account_id account, posted dp, 0 cp, pending_change dh, 0 ch from movements " +
            "union all select ledger, credit_account_id, 0, posted, 0, pending_change from movements) " +
            "group by all";
        final List<String> lines = done("balances", "--data", books, "--format", "csv", "--raw").out().lines().toList();
        final List<String> head = List.of(lines.get(0).split(","));
        final TreeSet<String> expected = new TreeSet<>();
        for (final String line : lines.subList(1, lines.size()))
        {
            final String[] cells = line.split(",");
            final List<String> row = new ArrayList<>();
            for (final String column : List.of(
                "ledger", "id", "debits_posted", "credits_posted", "debits_pending", "credits_pending"))
            {
                row.add(cells[head.indexOf(column)]);
            }
            if (!row.subList(2, 6).equals(List.of("0", "0", "0", "0")))
            {
                expected.add(String.join("|", row));
            }
        }
        assertTrue(expected.size() >= 30, expected::toString);
        final TreeSet<String> found = new TreeSet<>(rows(out, ofBoth));
        found.removeIf(row -> row.endsWith("|0|0|0|0"));
        assertEquals(expected, found);
    }

    @Test
    void shouldHoldEveryFieldOfEachMovement() throws Exception
    {
        final Path books = directory.resolve("books");
        ExportBooks.write(books);
        final Path out = directory.resolve("movements");
        done("export", "--data", books, "--format", "parquet", "--movements-per-file", "5", "--out", out);
        assertEquals(expected(books), rows(out, ROWS));
        assertEquals(12, rows(out, ROWS).size());
        assertEquals(3, names(out).size());
        final Path text = directory.resolve("text");
        done("export", "--data", books, "--format", "parquet", "--amounts", "text", "--out", text);
        assertEquals(expected(books), rows(text, ROWS));
        assertEquals(1, names(text).size());
        assertEquals(
            List.of(
                "sequence|BIGINT", "time|TIMESTAMPTZ_NS", "kind|VARCHAR", "transfer_id|VARCHAR",
                "ledger|UINTEGER", "code|USMALLINT", "debit_account_id|VARCHAR", "credit_account_id|VARCHAR",
                "posted|DECIMAL(38,0)", "pending_change|DECIMAL(38,0)", "asset|VARCHAR", "asset_scale|USMALLINT",
                "leaf|BLOB"),
            rows(out, "select column_name, column_type from (describe movements)"));
        assertEquals(
            List.of("seriatim.log_uuid|" + new JournalEntries(books).genesis(0).logUuid()),
            rows(out, "select distinct decode(key), decode(value) from parquet_kv_metadata('" + out +
            "/*.parquet') where decode(key) = 'seriatim.log_uuid'"));
    }

    @Test
    void shouldWriteARangeOfALedger() throws Exception
    {
        final Path books = directory.resolve("books");
        ExportBooks.write(books);
        final Path out = directory.resolve("movements");
        done(
            "export", "--data", books, "--format", "parquet", "--from", "1970-01-02", "--to", "1970-01-03",
            "--ledger", "840", "--out", out);
        final List<String> expected = expected(books).stream()
            .filter(row -> row.split("\\|")[4].equals("840"))
            .filter(row -> Long.parseLong(row.split("\\|")[1]) / 86_400_000_000_000L >= 1 &&
                Long.parseLong(row.split("\\|")[1]) / 86_400_000_000_000L <= 2)
            .toList();
        assertEquals(7, expected.size());
        assertEquals(expected, rows(out, ROWS));
        final String first = expected.get(1).substring(0, expected.get(1).indexOf('|'));
        final Path one = directory.resolve("one");
        done("export", "--data", books, "--format", "parquet", "--from", first, "--to", first, "--out", one);
        assertEquals(List.of(expected.get(1)), rows(one, ROWS));
    }

    @Test
    void shouldWriteATableWithoutRowsWhereNothingMoved() throws Exception
    {
        final Path books = directory.resolve("books");
        ExportBooks.writeAccounts(books);
        final Path out = directory.resolve("movements");
        done("export", "--data", books, "--format", "parquet", "--out", out);
        assertEquals(List.of("movements-0000000000000000000.parquet"), names(out));
        assertEquals(List.of("0"), rows(out, "select count(*) from movements"));
        assertEquals(List.of("13"), rows(out, "select count(*) from (describe movements)"));
    }

    @Test
    void shouldHoldTheWidestIdsAndAmounts() throws Exception
    {
        final Path books = directory.resolve("books");
        ExportBooks.writeWide(books, ExportBooks.WIDEST);
        final Path out = directory.resolve("movements");
        done("export", "--data", books, "--format", "parquet", "--amounts", "text", "--out", out);
        assertEquals(expected(books), rows(out, ROWS));
        assertEquals(
            List.of(ExportBooks.WIDE_ID + "|" + ExportBooks.WIDEST + "|7|null|65535"),
            rows(out, "select debit_account_id::uhugeint, posted::uhugeint, asset, asset_scale, code from movements " +
            "where kind = 'transfer'"));
    }

    @Test
    void shouldRefuseAnAmountThatNoDecimalHolds() throws Exception
    {
        final Path books = directory.resolve("books");
        ExportBooks.writeWide(books, BOUND.subtract(BigInteger.ONE));
        final Path out = directory.resolve("movements");
        done("export", "--data", books, "--format", "parquet", "--out", out);
        assertEquals(expected(books), rows(out, ROWS));
        assertEquals(
            List.of("-" + "9".repeat(38) + "|" + "9".repeat(38)),
            rows(out, "select min(pending_change)::varchar, max(posted)::varchar from movements"));

        final Path wider = directory.resolve("wider");
        ExportBooks.writeWide(wider, BOUND);
        final Path refused = directory.resolve("refused");
        assertRun(
            2, "an amount has more than 38 digits, which no DECIMAL holds: sequence=5, amount=" + BOUND +
            "; say --amounts text, and another --out",
            "export", "--data", wider, "--format", "parquet", "--out", refused);
        assertFalse(names(refused).stream().anyMatch(name -> name.endsWith(".parquet")), names(refused)::toString);
    }

    @Test
    void shouldSayWhichOptionsDoNotGoTogether() throws Exception
    {
        final Path books = directory.resolve("books");
        ExportBooks.writeAccounts(books);
        final Path out = directory.resolve("movements");
        assertRun(2, "--amounts is for --format parquet: format=csv",
            "export", "--data", books, "--format", "csv", "--amounts", "text", "--out", out);
        assertRun(2, "--movements-per-file is for --format parquet: format=ledger",
            "export", "--data", books, "--format", "ledger", "--movements-per-file", "5", "--out", out);
        assertRun(2, "--split is for --format ledger: format=parquet",
            "export", "--data", books, "--format", "parquet", "--split", "day", "--out", out);
        assertRun(2, "--movements-per-file has to be above zero: found=0",
            "export", "--data", books, "--format", "parquet", "--movements-per-file", "0", "--out", out);
        assertFalse(Files.exists(out));
    }

    /** Movements as one reads them in the books. */
    private static List<String> expected(final Path books)
    {
        final List<String> rows = new ArrayList<>();
        final List<Movement> movements = new ArrayList<>();
        final BooksWalk walk = new BooksWalk((movement, debit, credit) -> movements.add(movement));
        new JournalEntries(books).read(0, 0, (buffer, offset, length) ->
        {
            walk.onEntry(buffer, offset);
            if (!movements.isEmpty())
            {
                final Movement movement = movements.remove(0);
                final byte[] entry = new byte[length];
                buffer.getBytes(offset, entry);
                final DefinitionAudit definition = walk.definition(movement.ledger());
                rows.add(String.join(
                    "|", Long.toString(movement.sequence()), Long.toString(movement.timestampNs()),
                    movement.kind().name().toLowerCase(Locale.ROOT), movement.transferId().toString(),
                    Integer.toUnsignedString(movement.ledger()), Integer.toString(movement.code()),
                    movement.debitAccountId().toString(), movement.creditAccountId().toString(),
                    movement.posted().toString(), movement.pending().toString(),
                    definition == null ? Integer.toUnsignedString(movement.ledger()) : definition.assetCode(),
                    definition == null ? "null" : Integer.toString(definition.scale()),
                    HexFormat.of().formatHex(new TreeHasher().leaf(entry))));
            }
            return true;
        });
        return rows;
    }

    /** What a query finds in the table of all files of a directory. */
    private static List<String> rows(final Path out, final String query) throws SQLException
    {
        final List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
            Statement statement = connection.createStatement())
        {
            statement.execute("create view movements as select * from read_parquet('" + out + "/*.parquet')");
            try (ResultSet found = statement.executeQuery(query))
            {
                while (found.next())
                {
                    final List<String> cells = new ArrayList<>();
                    for (int column = 1; column <= found.getMetaData().getColumnCount(); column++)
                    {
                        cells.add(String.valueOf(found.getString(column)));
                    }
                    rows.add(String.join("|", cells));
                }
            }
        }
        return rows;
    }

    private static List<String> names(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.list(directory))
        {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static CommandRun done(final Object... args)
    {
        return assertRun(0, "", args);
    }

    private static CommandRun assertRun(final int exitCode, final String said, final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(exitCode, run.exitCode(), run::toString);
        assertTrue(run.err().contains(said), run::toString);
        return run;
    }
}
