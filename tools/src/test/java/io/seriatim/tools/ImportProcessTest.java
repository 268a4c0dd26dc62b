package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Imports that meet other processes, the environment, or their death. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ImportProcessTest
{
    private static final List<String> ADD_OPENS =
        List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED");

    /** Some tenth of the journal that the import will make. */
    private static final long KILL_POSITION = 4 << 20;

    @TempDir
    private Path directory;

    @Test
    void shouldApplyEveryTransferOnceThoughItIsKilledInTheMiddle() throws Exception
    {
        final int transferCount = 300_000;
        final CommandRun generated = CommandRun.of("generate", "--accounts", 2_000, "--transfers", transferCount,
            "--ledgers", 6, "--out", directory);
        final Path books = directory.resolve("books");
        final Object[] args = {
            "import", "--data", books, "--accounts", directory.resolve("accounts.csv"),
            "--transfers", directory.resolve("transfers.csv"),
            "--expect", directory.resolve("expected_balances.csv"), "--no-progress" };

        final Process process = CommandRun.fork(ADD_OPENS, withShards(args));
        try
        {
            while (committedPosition(books) < KILL_POSITION)
            {
                assertTrue(process.isAlive(), "the import ended before it could be killed");
                Thread.sleep(1);
            }
        }
        finally
        {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));

        final CommandRun again = CommandRun.of(args);
        assertEquals(0, again.exitCode(), again.toString());
        assertEquals(2_000, again.outcome("exists", 0));
        assertTrue(again.outcome("exists", 1) > 1_000, again.out());
        assertTrue(again.outcome("created", 0) > 1_000, again.out());
        assertTrue(again.out().contains("balances: all 2,000 accounts are as expected\n"), again.out());

        // The books hold as many transfers as can be created at all, so none is there twice.
        assertEquals(expectedCreated(generated), transferCount(books));
    }

    private static Object[] withShards(final Object[] args)
    {
        final Object[] more = new Object[args.length + 2];
        System.arraycopy(args, 0, more, 0, args.length);
        more[args.length] = "--shards";
        more[args.length + 1] = "2";
        return more;
    }

    private static long committedPosition(final Path books)
    {
        try
        {
            return Files.isDirectory(books) ? JournalFiles.open(books).committedPosition(0) : 0;
        }
        catch (final JournalException e)
        {
            // It is being made.
            return 0;
        }
    }

    private static long expectedCreated(final CommandRun generated)
    {
        final Matcher matcher = Pattern.compile("expected created +([0-9,]+)").matcher(generated.out());
        assertTrue(matcher.find(), generated.out());
        return Long.parseLong(matcher.group(1).replace(",", ""));
    }

    private static long transferCount(final Path books)
    {
        final String info = CommandRun.of("info", "--data", books).out();
        final Matcher matcher = Pattern.compile("transfer count +(\\d+)").matcher(info);
        long count = 0;
        while (matcher.find())
        {
            count += Long.parseLong(matcher.group(1));
        }
        return count;
    }

    @Test
    void shouldNameTheProcessThatHasTheBooksOpen() throws Exception
    {
        final Path books = directory.resolve("books");
        final Path accounts = TestFiles.write(directory, "a.csv", "id,ledger,code\n1,840,1\n");
        final long pid = ProcessHandle.current().pid();
        try (LedgerEngine engine = LedgerEngine.launch(books))
        {
            final CommandRun run = CommandRun.of("import", "--data", books, "--accounts", accounts);
            assertEquals(4, run.exitCode(), run.toString());
            assertTrue(run.err().contains("pid " + pid + ")"), run.err());
            assertTrue(run.err().contains("directory=" + books), run.err());
            final Process other = CommandRun.fork(ADD_OPENS, "import", "--data", books, "--accounts", accounts);
            final String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(4, other.waitFor(), said);
            assertTrue(said.contains("in use by process " + pid + ": directory=" + books), said);
            final CommandRun info = CommandRun.of("info", "--data", books);
            assertTrue(info.out().contains("\nin use                   true\nin use by pid            " + pid + "\n"),
                info.out());
            assertTrue(info.out().contains("closed cleanly           false\n"), info.out());
            assertEquals(1, engine.shardCount());
        }
        assertEquals(0, CommandRun.of("import", "--data", books, "--accounts", accounts).exitCode());
    }

    @Test
    void shouldSayWhichOptionTheJvmLacks() throws Exception
    {
        final Path books = directory.resolve("books");
        final Process process = CommandRun.fork(List.of(), "import", "--data", books, "--accounts",
            TestFiles.write(directory, "a.csv", "id,ledger,code\n1,840,1\n"));
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(5, process.waitFor(), said);
        assertTrue(said.contains("--add-opens java.base/jdk.internal.misc=ALL-UNNAMED"), said);
        assertTrue(Files.notExists(books));
    }

    @Test
    void shouldLeaveADamagedJournalAsItIs() throws Exception
    {
        final Path books = directory.resolve("books");
        assertEquals(0, CommandRun.of("init", "--data", books).exitCode());
        final Path manifest = books.resolve("journal-0/manifest");
        final String text = Files.readString(manifest);
        Files.writeString(manifest, text.replace("incarnation=1", "incarnation=7"));
        final CommandRun run = CommandRun.of("import", "--data", books, "--accounts",
            TestFiles.write(directory, "a.csv", "id,ledger,code\n1,840,1\n"));
        assertEquals(3, run.exitCode(), run.toString());
        assertTrue(run.err().startsWith("seriatim import: the manifest is damaged: its checksum differs"), run.err());
        assertEquals(3, CommandRun.of("info", "--data", books).exitCode());
    }
}
