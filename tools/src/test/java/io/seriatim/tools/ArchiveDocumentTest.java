package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What docs/OPERATIONS.md says of archiving: its commands are run as they stand there, its sums are added up. */
@Timeout(180)
class ArchiveDocumentTest
{
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final String COMMAND = "scripts/seriatim ";
    private static final double DAY_SECONDS = 86_400;
    private static final double YEAR_DAYS = 365;
    private static final double TOLERANCE = 0.02;

    /** Words that stand for files of the example. */
    private static final Set<String> FILES = Set.of("books", "archive", "elsewhere", "books.key", "books.vkey");

    @TempDir
    private Path directory;

    @Test
    void shouldDoWhatThePageSays() throws IOException
    {
        write();
        int count = 0;
        final Matcher blocks = BLOCK.matcher(section());
        while (blocks.find())
        {
            for (final String line : blocks.group(1).split("\n"))
            {
                assertTrue(line.startsWith(COMMAND), line);
                run(line.substring(COMMAND.length()));
                count++;
            }
        }
        assertEquals(5, count);
        assertEquals(
            directory.resolve("elsewhere"), Manifest.read(directory.resolve("books/journal-0")).archive().root());
    }

    @Test
    void shouldAddUp() throws IOException
    {
        final List<List<String>> bytes = tableAfter("A transfer takes this much");
        final int full = Integer.parseInt(bytes.get(0).get(1));
        final int alone = Integer.parseInt(bytes.get(1).get(1));
        final int kept = Integer.parseInt(bytes.get(2).get(1).split(",")[0]) + Integer.parseInt(bytes.get(3).get(1));
        final List<List<String>> rows = tableAfter("| transfers a second, day and night |");
        assertEquals(4, rows.size());
        for (final List<String> row : rows)
        {
            final double aDay = Double.parseDouble(row.get(0).replace(",", "")) * DAY_SECONDS;
            assertAbout(full * aDay, row.get(1));
            assertAbout(full * aDay * YEAR_DAYS, row.get(2));
            assertAbout(alone * aDay, row.get(3));
            assertAbout(kept * aDay, row.get(4));
            assertAbout(kept * aDay * YEAR_DAYS, row.get(5));
        }
    }

    private static void assertAbout(final double expected, final String written)
    {
        final Map<String, Double> units = Map.of("GB", 1e9, "TB", 1e12, "PB", 1e15);
        final String[] words = written.split(" ");
        final double actual = Double.parseDouble(words[0]) * units.get(words[1]);
        assertTrue(
            Math.abs(actual - expected) <= TOLERANCE * expected, () -> "expected=" + expected + ", found=" + written);
    }

    /** Books of some segments, with a snapshot behind them and a key. */
    private void write() throws IOException
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books).batchCountMax(16)
            .diskReserve(0).journal(
                new JournalConfig().termLength(128 * 1024).segmentLength(128 * 1024).mtu(8 * 1024))))
        {
            final Ledger usd = engine.ledger(840);
            usd.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            for (int from = 1; from < 4_000; from += 16)
            {
                usd.createTransfers(
                    IntStream.range(from, from + 16).mapToObj(id -> Transfer.of(id, 1, 2, 1, 1)).toList());
            }
            engine.snapshot();
        }
        Files.writeString(
            directory.resolve("books.vkey"), run("key generate --data books --out books.key").out());
    }

    private CommandRun run(final String line)
    {
        final List<Object> args = new ArrayList<>();
        for (final String word : line.split(" "))
        {
            // The command has the name of a directory.
            args.add(FILES.contains(word) && !args.isEmpty() ? directory.resolve(word) : word);
        }
        final CommandRun run = CommandRun.of(args.toArray());
        assertEquals(0, run.exitCode(), () -> line + ": " + run);
        return run;
    }

    private static List<List<String>> tableAfter(final String text) throws IOException
    {
        final String section = section();
        return section.substring(section.indexOf(text)).lines()
            .dropWhile(line -> !line.startsWith("|")).takeWhile(line -> line.startsWith("|")).skip(2)
            .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::trim).toList()).toList();
    }

    private static String section() throws IOException
    {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/OPERATIONS.md")))
        {
            root = root.getParent();
        }
        final String page = Files.readString(root.resolve("docs/OPERATIONS.md"));
        final int start = page.indexOf("\n## Archiving\n");
        return page.substring(start, page.indexOf("\n## ", start + 1));
    }
}
