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
import java.util.Locale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books in formats of others: what is in them, that they go on after being broken off, and that others read them. */
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
        final Path balances = directory.resolve("balances.csv");
        Files.writeString(balances, done("balances", "--data", books, "--format", "csv").out());
        final String said = script("check-books", "--export", export, "--balances", balances);
        System.out.println(said);
        assertFalse(said.contains("FAILED"), said);
        if (said.contains("ok       "))
        {
            // Others find a balance that was changed.
            final Path changed = directory.resolve("changed.journal");
            Files.writeString(changed, Files.readString(export).replaceFirst("= (\\d)(\\d*) ", "= 9$1$2 "));
            assertTrue(script("check-books", "--export", changed, "--balances", balances).contains("FAILED"));
        }
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
    void shouldGoOnWhereItWasBrokenOff() throws IOException
    {
        for (final String format : List.of("ledger", "csv", "jsonl"))
        {
            final byte[] whole = Files.readAllBytes(export(format, "whole." + format));
            final Path part = directory.resolve("part." + format);
            final String head = head(format);
            // What came after the last whole record of a broken run is written again.
            final int cut = new String(whole, StandardCharsets.UTF_8).indexOf(format.equals("ledger") ? "\n\n" : "\n",
                whole.length / 2) + (format.equals("ledger") ? 2 : 1);
            final String rest = new String(whole, cut, whole.length - cut, StandardCharsets.UTF_8);
            Files.writeString(part, new String(whole, 0, cut, StandardCharsets.UTF_8) + "half a rec");
            Files.writeString(
                directory.resolve("part." + format + ".progress"),
                head + "\n" + cut + "\n" + sequenceOf(format, rest) + "\n");
            done("export", "--data", books, "--format", format, "--out", part);
            assertEquals(new String(whole, StandardCharsets.UTF_8), Files.readString(part), format);
            assertFalse(Files.exists(directory.resolve("part." + format + ".progress")));
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
        assertRun(2, "--from and --to are for the other formats",
            "export", "--data", books, "--format", "sqlite", "--from", "1", "--out", database);
        assertRun(2, "", "export", "--data", books, "--format", "parquet", "--out", directory.resolve("p"));
    }

    private String head(final String format) throws IOException
    {
        return format.toUpperCase(Locale.ROOT) + " " + new JournalEntries(books).genesis(0).logUuid() +
            " 0 " + PlaceInOrder.BEGINNING + " " + PlaceInOrder.END + " null";
    }

    /** Sequence of the first record of a text. */
    private static String sequenceOf(final String format, final String text)
    {
        switch (format)
        {
            case "ledger":
                return text.substring(text.indexOf('(') + 1, text.indexOf(')'));
            case "csv":
                return text.substring(0, text.indexOf(','));
            default:
                return new JsonMapper().readTree(text.substring(0, text.indexOf('\n'))).get("sequence").asString();
        }
    }

    private Path export(final String format, final String name)
    {
        final Path file = directory.resolve(name);
        done("export", "--data", books, "--format", format, "--out", file);
        return file;
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
