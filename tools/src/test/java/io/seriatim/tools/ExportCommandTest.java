package io.seriatim.tools;

import io.seriatim.merkle.TreeHasher;
import io.seriatim.replay.JournalEntries;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books in formats of others: what is in them, and that others read them. */
@Timeout(600)
class ExportCommandTest
{
    @TempDir
    private Path directory;
    private Path books;

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        final Path workload = directory.resolve("workload");
        done("generate", "--transfers", "4000", "--accounts", "40", "--pending", "20", "--out", workload);
        done(
            "import", "--data", books, "--accounts", workload.resolve("accounts.csv"), "--transfers",
            workload.resolve("transfers.csv"), "--durability", "os");
    }

    @Test
    void shouldBeReadByOthersWhoComeToTheSameBalances() throws Exception
    {
        final Path export = export("ledger", "books.journal");
        assertOthersAgree(books, export);
        // Others find a balance that was changed.
        final Path changed = directory.resolve("changed.journal");
        Files.writeString(changed, Files.readString(export).replaceFirst("= (\\d)(\\d*) ", "= 9$1$2 "));
        final String said = checkBooks(books, changed);
        assertTrue(said.contains("FAILED") || said.contains("SKIPPED"), said);
    }

    @Test
    void shouldSplitByDayWhatOthersReadAsOne() throws IOException
    {
        final Path small = directory.resolve("small");
        ExportBooks.write(small);
        final Path days = directory.resolve("days");
        final CommandRun run = done(
            "export", "--data", small, "--format", "ledger", "--split", "day", "--out", days);
        assertTrue(run.err().contains("written: 12 records in " + days), run::toString);
        assertEquals(
            List.of("1970-01-01.journal", "1970-01-02.journal", "1970-01-03.journal", "1970-01-05.journal",
                "main.journal"),
            names(days));
        assertTrue(Files.readString(days.resolve("main.journal")).endsWith(
            "\n\ninclude 1970-01-01.journal\ninclude 1970-01-02.journal\ninclude 1970-01-03.journal\n" +
            "include 1970-01-05.journal\n"));
        final Path one = directory.resolve("one.journal");
        done("export", "--data", small, "--format", "ledger", "--out", one);
        final String head = Files.readString(one).substring(0, Files.readString(one).indexOf("\n\n") + 2);
        final StringBuilder joined = new StringBuilder(head);
        for (final String name : names(days).subList(0, 4))
        {
            final String text = Files.readString(days.resolve(name));
            assertTrue(text.startsWith(head + name.substring(0, 10) + " ("), text);
            joined.append(text.substring(head.length()));
        }
        assertEquals(Files.readString(one), joined.toString());
        assertTrue(joined.toString().contains(", booked:1970-01-02, leaf:"), "an import behind an expiry");
        assertOthersAgree(small, days);
        // An assertion looks back over the days.
        final Path day = days.resolve("1970-01-05.journal");
        Files.writeString(day, Files.readString(day).replace("account-1:posted  -0.50", "account-1:posted  -0.49")
            .replace("account-2:posted  0.50", "account-2:posted  0.49"));
        final String said = checkBooks(small, days);
        assertTrue(said.contains("FAILED") || said.contains("SKIPPED"), said);
    }

    @Test
    void shouldBringOpeningBalancesIntoAPartOfTheBooks() throws IOException
    {
        final Path small = directory.resolve("small");
        ExportBooks.write(small);
        for (final String from : List.of("1970-01-02", "1970-01-02T01:30:00Z", "1970-01-03", "1970-01-04", "12"))
        {
            final Path one = directory.resolve("from-" + from);
            done("export", "--data", small, "--format", "ledger", "--from", from, "--out", one);
            assertTrue(Files.readString(one).contains(" opening balances\n    ledger-840:account-1:posted  "), from);
            final Path days = directory.resolve("days-from-" + from);
            done("export", "--data", small, "--format", "ledger", "--from", from, "--split", "day", "--out", days);
            assertOthersAgree(small, one, days);
        }
        final Path ledger = directory.resolve("ledger.journal");
        done(
            "export", "--data", small, "--format", "ledger", "--from", "1970-01-02", "--to", "1970-01-02", "--ledger",
            "978", "--out", ledger);
        final String text = Files.readString(ledger);
        assertTrue(text.contains(
            "1970-01-02 opening balances\n    ledger-978:account-11:posted  9.999 \"EUR2\" = 9.999 \"EUR2\"\n" +
            "    ledger-978:account-12:posted  -9.999 \"EUR2\" = -9.999 \"EUR2\"\n\n1970-01-02 ("), text);
        assertFalse(text.contains("840") || text.contains("1970-01-03"), text);
    }

    @Test
    void shouldWriteBooksInWhichNothingMoves() throws IOException
    {
        final Path still = directory.resolve("still");
        ExportBooks.writeAccounts(still);
        final Path days = directory.resolve("days");
        done("export", "--data", still, "--format", "ledger", "--split", "day", "--out", days);
        assertEquals(List.of("main.journal"), names(days));
        assertFalse(Files.readString(days.resolve("main.journal")).contains("include"));
        final Path one = directory.resolve("one.journal");
        done("export", "--data", still, "--format", "ledger", "--out", one);
        assertEquals(Files.readString(one), Files.readString(days.resolve("main.journal")));
    }

    @Test
    void shouldWriteAnAssetWhoseNameMeansSomethingToOthers() throws IOException
    {
        final Path named = directory.resolve("named");
        ExportBooks.writeNamed(named, "A,\"B\";C-1");
        final Path plainText = directory.resolve("named.journal");
        done("export", "--data", named, "--format", "ledger", "--out", plainText);
        assertTrue(Files.readString(plainText).contains(":posted  125.0 \"A,_B__C-1\" = 125.0 \"A,_B__C-1\"\n"));
        assertOthersAgree(named, plainText);
        final Path csv = directory.resolve("named.csv");
        done("export", "--data", named, "--format", "csv", "--out", csv);
        assertTrue(Files.readString(csv).contains(",125.0,0.0,\"A,\"\"B\"\";C-1\","), Files.readString(csv));
    }

    @Test
    void shouldWriteTheWidestAmounts() throws IOException
    {
        final Path wide = directory.resolve("wide");
        ExportBooks.writeWide(wide, ExportBooks.WIDEST);
        final Path days = directory.resolve("days");
        done("export", "--data", wide, "--format", "ledger", "--split", "day", "--out", days);
        final String text = Files.readString(days.resolve("1970-01-01.journal"));
        assertTrue(text.contains(
            "    ledger-7:account-" + ExportBooks.WIDE_ID + ":posted  " + ExportBooks.WIDEST + " \"7\" = " +
            ExportBooks.WIDEST + " \"7\"\n    ledger-7:account-2:posted  -" + ExportBooks.WIDEST), text);
        assertTrue(text.contains(":account-3:held  -" + ExportBooks.WIDEST + " \"7\" = 0 \"7\"\n"), text);
        assertOthersAgree(wide, days);
    }

    @Test
    void shouldWriteEveryEntryWithItsLeaf() throws IOException
    {
        final List<String> leaves = new ArrayList<>();
        new JournalEntries(books).read(0, 0, (buffer, offset, length) ->
        {
            final byte[] entry = new byte[length];
            buffer.getBytes(offset, entry);
            leaves.add(HexFormat.of().formatHex(new TreeHasher().leaf(entry)));
            return true;
        });
        final List<String> lines = Files.readAllLines(export("jsonl", "books.jsonl"));
        assertEquals(leaves.size(), lines.size());
        for (int i = 0; i < lines.size(); i++)
        {
            final JsonNode json = new JsonMapper().readTree(lines.get(i));
            assertEquals(Integer.toString(i), json.get("sequence").asString());
            assertEquals(leaves.get(i), json.get("leaf").asString());
        }
        final List<String> csv = Files.readAllLines(export("csv", "books.csv"));
        assertTrue(csv.size() > 3_000, csv.size() + " lines");
        for (final String line : csv.subList(1, csv.size()))
        {
            final String[] cells = line.split(",");
            assertEquals(leaves.get(Integer.parseInt(cells[0])), cells[11]);
        }
    }

    @Test
    void shouldWriteAPartAndADatabase() throws IOException
    {
        final Path part = directory.resolve("part.csv");
        done("export", "--data", books, "--format", "csv", "--from", "100", "--to", "110", "--out", part);
        for (final String line : Files.readAllLines(part).subList(1, Files.readAllLines(part).size()))
        {
            final int sequence = Integer.parseInt(line.split(",")[0]);
            assertTrue(sequence >= 100 && sequence <= 110, line);
        }
        final Path none = directory.resolve("none.csv");
        done("export", "--data", books, "--format", "csv", "--ledger", "978", "--out", none);
        assertEquals(1, Files.readAllLines(none).size());
        final Path database = directory.resolve("books.db");
        final CommandRun run = done("export", "--data", books, "--format", "sqlite", "--out", database);
        assertTrue(run.err().contains("written: 4041 entries"), run::toString);

        assertRun(2, "there is a file already", "export", "--data", books, "--format", "csv", "--out", part);
        Files.writeString(directory.resolve("part.csv.progress"), "CSV of another log\n10\n1\n");
        assertRun(2, "of something else that was broken off",
            "export", "--data", books, "--format", "csv", "--out", part);
        assertRun(2, "the projection is that of another part: found=all of the order, expected=shard 0, all ledgers, " +
            "behind sequence 0, to the end", "export", "--data", books, "--format", "sqlite", "--from", "1", "--out",
            database);
        assertRun(2, "", "export", "--data", books, "--format", "xml", "--out", directory.resolve("p"));
        assertRun(2, "--split is for --format ledger: format=csv",
            "export", "--data", books, "--format", "csv", "--split", "day", "--out", directory.resolve("p"));
        assertRun(2, "nothing lies between --from and --to: it would begin behind sequence 2 and end with sequence 2",
            "export", "--data", books, "--format", "csv", "--from", "3", "--to", "2", "--out", directory.resolve("p"));
        assertRun(2, "begin behind 2026-01-31T23:59:59.999999999Z and end with 2026-01-31T23:59:59.999999999Z",
            "export", "--data", books, "--format", "csv", "--from", "2026-02-01", "--to", "2026-01-31", "--out",
            directory.resolve("p"));
        assertFalse(Files.exists(directory.resolve("p")));
    }

    private Path export(final String format, final String name)
    {
        final Path file = directory.resolve(name);
        done("export", "--data", books, "--format", format, "--out", file);
        return file;
    }

    /** hledger and ledger, where they can be had, come to the balances of the books from each of the exports. */
    private void assertOthersAgree(final Path data, final Path... exports) throws IOException
    {
        final String said = checkBooks(data, exports);
        System.out.println(said);
        assertFalse(said.contains("FAILED"), said);
        assertTrue(said.contains("ok       ") || said.contains("SKIPPED"), said);
    }

    private String checkBooks(final Path data, final Path... exports) throws IOException
    {
        final Path balances = directory.resolve("balances.csv");
        Files.writeString(balances, done("balances", "--data", data, "--format", "csv").out());
        final List<Object> args = new ArrayList<>(List.of("--balances", balances));
        for (final Path export : exports)
        {
            args.addAll(List.of("--export", export));
        }
        return script("check-books", args.toArray());
    }

    private static List<String> names(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.list(directory))
        {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String script(final String name, final Object... args) throws IOException
    {
        final List<String> command = new ArrayList<>(List.of(TestFiles.root().resolve("scripts/" + name).toString()));
        for (final Object arg : args)
        {
            command.add(arg.toString());
        }
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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
