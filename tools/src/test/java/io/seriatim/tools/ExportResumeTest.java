package io.seriatim.tools;

import io.seriatim.engine.Genesis;
import io.seriatim.replay.JournalEntries;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** An export that is broken off behind any entry goes on when it is started again, and comes to the same bytes. */
@Timeout(300)
class ExportResumeTest
{
    private static final ExportPart ALL = new ExportPart(0, 0, PlaceInOrder.BEGINNING, PlaceInOrder.END);

    @TempDir
    private Path directory;
    private Path books;
    private JournalEntries entries;
    private Genesis genesis;
    private int entryCount;

    /** Opens the writer of a format. */
    @FunctionalInterface
    private interface Opening
    {
        ExportWriter open(Path out) throws IOException;
    }

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        ExportBooks.write(books);
        entries = new JournalEntries(books);
        genesis = entries.genesis(0);
        entries.read(0, 0, (buffer, offset, length) ->
        {
            entryCount++;
            return true;
        });
    }

    @Test
    void shouldGoOnInAFile() throws IOException
    {
        final Map<ExportCommand.Format, Opening> openings = Map.of(
            ExportCommand.Format.LEDGER, out -> new PlainTextExport(
                ALL, ResumableFile.open(out, head(ExportCommand.Format.LEDGER)), genesis),
            ExportCommand.Format.CSV, out -> new TextExport.Csv(
                ALL, ResumableFile.open(out, head(ExportCommand.Format.CSV))),
            ExportCommand.Format.JSONL, out -> new TextExport.JsonLines(
                ALL, ResumableFile.open(out, head(ExportCommand.Format.JSONL))));
        for (final ExportCommand.Format format : openings.keySet())
        {
            final Path whole = directory.resolve("whole." + format);
            export(format, whole);
            for (int count = 0; count <= entryCount; count++)
            {
                final Path part = directory.resolve(format + "-" + count);
                breakOff(openings.get(format), part, count);
                assertTrue(Files.exists(part.resolveSibling(part.getFileName() + ".progress")));
                export(format, part);
                assertEquals(Files.readString(whole), Files.readString(part), format + " broken off behind " + count);
                assertFalse(Files.exists(part.resolveSibling(part.getFileName() + ".progress")));
            }
        }
    }

    @Test
    void shouldGoOnInAFileFromWhatWasKept() throws IOException
    {
        for (final ExportCommand.Format format : List.of(
            ExportCommand.Format.LEDGER, ExportCommand.Format.CSV, ExportCommand.Format.JSONL))
        {
            final Path whole = directory.resolve("whole." + format);
            export(format, whole);
            final String text = Files.readString(whole);
            final String end = format == ExportCommand.Format.LEDGER ? "\n\n" : "\n";
            int recordCount = 0;
            for (int cut = text.indexOf(end) + end.length(); cut < text.length();
                cut = text.indexOf(end, cut) + end.length())
            {
                // What came after the last whole record of a broken run is written again.
                final Path part = directory.resolve(format + "-" + cut);
                Files.writeString(part, text.substring(0, cut) + "half a rec");
                Files.writeString(
                    part.resolveSibling(part.getFileName() + ".progress"),
                    head(format) + "\n" + cut + "\n" + sequenceOf(text.substring(cut)) + "\n");
                export(format, part);
                assertEquals(text, Files.readString(part), format + " broken off at " + cut);
                recordCount++;
            }
            assertTrue(recordCount >= 10, format + ": " + recordCount + " records");
        }
    }

    @Test
    void shouldGoOnInADirectoryOfDays() throws IOException
    {
        final Path whole = directory.resolve("whole");
        export(ExportCommand.Format.LEDGER, whole, "--split", "day");
        assertGoesOn(
            out -> new PlainTextExport(ALL, DayFiles.open(out, head(ExportCommand.Format.LEDGER)), genesis),
            whole, ExportCommand.Format.LEDGER, "--split", "day");
    }

    @Test
    void shouldGoOnInADirectoryOfParquetFiles() throws IOException
    {
        final Path whole = directory.resolve("whole");
        export(ExportCommand.Format.PARQUET, whole, "--movements-per-file", "3");
        assertEquals(4, files(whole).size());
        assertGoesOn(
            out -> new ParquetExport(
                ALL, ResumableDirectory.open(out, head(ExportCommand.Format.PARQUET) + ", amounts as DECIMAL"),
                genesis, ParquetExport.Amounts.DECIMAL, 3),
            whole, ExportCommand.Format.PARQUET, "--movements-per-file", "3");
    }

    @Test
    void shouldGoOnFromWhatWasNoted() throws IOException
    {
        final Path days = directory.resolve("days");
        export(ExportCommand.Format.LEDGER, days, "--split", "day");
        for (final String name : files(days).keySet())
        {
            final Path part = directory.resolve("part-" + name);
            copy(days, part);
            Files.delete(part.resolve("main.journal"));
            final boolean isDay = !name.equals("main.journal");
            final String text = isDay ? Files.readString(part.resolve(name)) : "";
            note(
                part, head(ExportCommand.Format.LEDGER),
                isDay ? sequenceOf(text.substring(text.indexOf("\n\n") + 2)) : Long.toString(Long.MAX_VALUE));
            // What is noted is not written again: this is seen.
            final String first = "1970-01-01.journal";
            Files.writeString(part.resolve(first), "; from before\n");
            export(ExportCommand.Format.LEDGER, part, "--split", "day");
            final Map<String, String> expected = files(days);
            expected.put(first, name.equals(first) ? expected.get(first) : "; from before\n");
            assertEquals(expected, files(part), name);
        }

        final Path parquet = directory.resolve("parquet");
        export(ExportCommand.Format.PARQUET, parquet, "--movements-per-file", "3");
        for (final String name : files(parquet).keySet())
        {
            final Path part = directory.resolve("part-" + name);
            copy(parquet, part);
            note(
                part, head(ExportCommand.Format.PARQUET) + ", amounts as DECIMAL",
                name.replaceAll("[^0-9]", "").replaceFirst("^0+", ""));
            export(ExportCommand.Format.PARQUET, part, "--movements-per-file", "3");
            assertEquals(files(parquet), files(part), name);
        }
    }

    private static void note(final Path part, final String head, final String sequence) throws IOException
    {
        Files.writeString(part.resolve("export.progress"), head + "\n" + sequence + "\n");
    }

    @Test
    void shouldGoOnAfterItsProcessWasKilled() throws IOException, InterruptedException
    {
        final Path workload = directory.resolve("workload");
        books = directory.resolve("larger");
        CommandRun.of("generate", "--transfers", "20000", "--accounts", "40", "--out", workload);
        CommandRun.of(
            "import", "--data", books, "--accounts", workload.resolve("accounts.csv"), "--transfers",
            workload.resolve("transfers.csv"), "--durability", "os");
        final Path whole = directory.resolve("whole");
        final Path part = directory.resolve("part");
        final Object[] options = {"--movements-per-file", "100"};
        export(ExportCommand.Format.PARQUET, whole, options);
        final Process process = CommandRun.fork(
            List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"),
            args(ExportCommand.Format.PARQUET, part, options));
        while (process.isAlive() && (!Files.exists(part) || names(part).noneMatch(name -> name.endsWith(".parquet"))))
        {
            Thread.onSpinWait();
        }
        process.destroyForcibly().waitFor();
        assertTrue(Files.exists(part.resolve("export.progress")), "killed before it was done");
        export(ExportCommand.Format.PARQUET, part, options);
        assertEquals(files(whole), files(part));
    }

    @Test
    void shouldSayWhyItDoesNotGoOn() throws IOException
    {
        final Path out = directory.resolve("out");
        export(ExportCommand.Format.LEDGER, out, "--split", "day");
        assertRefused(2, "there is something in the directory already", out, "--split", "day");
        Files.writeString(out.resolve("export.progress"), "LEDGER of another log\n1\n");
        assertRefused(2, "an export of something else that was broken off", out, "--split", "day");
        final Path file = Files.writeString(directory.resolve("file"), "");
        assertRefused(2, "a directory of files is written, and there is a file", file, "--split", "day");
        assertRefused(2, "there is a file already", file);
        assertRefused(2, "there is no such directory: directory=", directory.resolve("none/file"));
        Files.writeString(directory.resolve("file.progress"), "LEDGER of another log\n10\n1\n");
        assertRefused(2, "of something else that was broken off", file);
    }

    @Test
    void shouldLeaveToAnotherWhatItWrites() throws IOException
    {
        final Path out = directory.resolve("out");
        final Path file = directory.resolve("file");
        try (DayFiles days = DayFiles.open(out, head(ExportCommand.Format.LEDGER));
            ResumableFile one = ResumableFile.open(file, head(ExportCommand.Format.LEDGER)))
        {
            assertEquals(0, days.nextSequence() + one.nextSequence());
            assertRefused(4, "another export is writing here right now: out=" + out, out, "--split", "day");
            assertRefused(4, "another export is writing here right now: out=" + file, file);
        }
        export(ExportCommand.Format.LEDGER, out, "--split", "day");
        export(ExportCommand.Format.LEDGER, file);
    }

    /** Breaks off behind each entry: what has its name is whole, and the end is the same as without. */
    private void assertGoesOn(
        final Opening opening, final Path whole, final ExportCommand.Format format, final Object... options)
        throws IOException
    {
        final Map<String, String> expected = files(whole);
        for (int count = 0; count <= entryCount; count++)
        {
            final Path part = directory.resolve("part-" + count);
            breakOff(opening, part, count);
            final Map<String, String> kept = files(part);
            assertTrue(kept.containsKey("export.progress"), kept.keySet()::toString);
            kept.keySet().removeIf(name -> name.matches("export\\..*|.*\\.part"));
            kept.forEach((name, content) -> assertEquals(expected.get(name), content, name));
            assertFalse(kept.containsKey("main.journal"));
            export(format, part, options);
            assertEquals(expected, files(part), "broken off behind " + count);
        }
    }

    private void breakOff(final Opening opening, final Path out, final int count) throws IOException
    {
        try (ExportWriter writer = opening.open(out))
        {
            entries.read(0, 0, (buffer, offset, length) ->
                writer.entryCount() < count && writer.onEntry(buffer, offset, length));
        }
    }

    private void export(final ExportCommand.Format format, final Path out, final Object... options)
    {
        final CommandRun run = CommandRun.of(args(format, out, options));
        assertEquals(0, run.exitCode(), run::toString);
    }

    private void assertRefused(final int exitCode, final String said, final Path out, final Object... options)
    {
        final CommandRun run = CommandRun.of(args(ExportCommand.Format.LEDGER, out, options));
        assertEquals(exitCode, run.exitCode(), run::toString);
        assertTrue(run.err().contains(said), run::toString);
    }

    private Object[] args(final ExportCommand.Format format, final Path out, final Object... options)
    {
        final List<Object> args = new ArrayList<>(
            List.of("export", "--data", books, "--format", format, "--out", out));
        args.addAll(List.of(options));
        return args.toArray();
    }

    private String head(final ExportCommand.Format format)
    {
        return ExportCommand.head(format, genesis, ALL);
    }

    /** Sequence of the first record of a text in any of the formats. */
    private static String sequenceOf(final String text)
    {
        final String line = text.lines().findFirst().orElseThrow();
        return line.startsWith("{") ? line.replaceFirst(".*\"sequence\":\"([0-9]+)\".*", "$1") :
            line.contains("(") ? line.replaceFirst(".*?\\(([0-9]+)\\).*", "$1") : line.substring(0, line.indexOf(','));
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        Files.createDirectory(to);
        for (final String name : files(from).keySet())
        {
            Files.copy(from.resolve(name), to.resolve(name));
        }
    }

    private static Stream<String> names(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.list(directory))
        {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    private static Map<String, String> files(final Path directory) throws IOException
    {
        final Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(directory))
        {
            for (final Path file : list.toList())
            {
                files.put(
                    file.getFileName().toString(),
                    new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }
}
