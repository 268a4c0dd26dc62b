package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.seriatim.engine.LedgerEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** init, info and run. */
class BooksCommandsTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldMakeBooksAsToldAndTellOfThem() throws Exception
    {
        final Path books = directory.resolve("books");
        final CommandRun init = CommandRun.of("init", "--data", books, "--shards", 3, "--journals", 2,
            "--place", "840=2,4294967295=0", "--batch-count-max", 100);
        assertEquals(0, init.exitCode(), init.toString());
        assertTrue(init.out().endsWith("made " + books + " for 3 shards\n"), init.out());

        final List<String> before = state(books);
        final CommandRun info = CommandRun.of("info", "--data", books, "--json");
        assertEquals(0, info.exitCode(), info.toString());
        assertEquals(before, state(books), "info writes nothing");
        final JsonNode json = new JsonMapper().readTree(info.out());
        assertEquals(books.toString(), json.get("directory").asString());
        assertEquals(36, json.get("log_uuid").asString().length());
        assertEquals(false, json.get("in_use").asBoolean());
        assertEquals(3, json.get("shard_count").asInt());
        assertEquals(2, json.get("journals").size());
        final JsonNode journal = json.get("journals").get(0);
        assertEquals("ACTIVE", journal.get("state").asString());
        assertEquals("FSYNC", journal.get("policy_last_used").asString());
        assertEquals("1", journal.get("incarnation").asString());
        assertEquals(true, journal.get("closed_cleanly").asBoolean());
        assertTrue(Long.parseLong(journal.get("archive_file_count").asString()) >= 2, info.out());
        assertTrue(Long.parseLong(journal.get("archive_bytes").asString()) > 0, info.out());
        assertEquals(2, journal.get("shards").size());
        assertEquals(2, journal.get("shards").get(1).get("shard").asInt());
        assertEquals("0", journal.get("shards").get(1).get("last_sequence").asString());
        assertEquals(64, journal.get("shards").get(1).get("state_digest").asString().length());

        final CommandRun again = CommandRun.of("init", "--data", books);
        assertEquals("exit=2\n\nseriatim init: there are books in the directory already: directory=" + books +
            "; they were left as they are; seriatim info tells about them\n", again.toString());
        assertEquals(before, state(books));
    }

    @ParameterizedTest
    @CsvSource({
        "--shards, 0, --shards must be at least 1: found=0",
        "--shards, 4097, EngineConfig.shardCount must be from 0 to 4096: shardCount=4097",
        "--journals, 2, EngineConfig.journalCount must be from 0 to 1: journalCount=2",
        "--batch-count-max, 0, --batch-count-max must be at least 1: found=0",
        "--place, 0=0, '--place needs the number of a ledger: found=0, allowed=1 to 4294967295'",
        "--place, x=0, '--place needs the number of a ledger: found=x, allowed=1 to 4294967295'",
        "--place, 840=1, 'ledger 840 is placed on shard 1, but shards are 0 to 0'" })
    void shouldRefuseSettingsOutOfRange(final String option, final String value, final String message)
    {
        final Path books = directory.resolve("books");
        final CommandRun init = CommandRun.of("init", "--data", books, option, value);
        assertEquals(2, init.exitCode(), init.toString());
        assertTrue(init.err().startsWith("seriatim init: " + message + "\n"), init.err());
        assertTrue(Files.notExists(books));
    }

    @Test
    void shouldSayWhereThereAreNoBooks()
    {
        assertEquals("exit=2\n\nseriatim info: there are no books in the directory: directory=" + directory + "\n",
            CommandRun.of("info", "--data", directory).toString());
    }

    @Test
    void shouldWriteSnapshotsAndTellOfThem()
    {
        final Path books = directory.resolve("books");
        assertEquals(2, CommandRun.of("snapshot", "--data", books).exitCode());
        assertTrue(Files.notExists(books), "nothing was made");
        assertEquals(0, CommandRun.of("init", "--data", books, "--shards", 2, "--place", "840=1").exitCode());
        final CommandRun first = CommandRun.of("snapshot", "--data", books);
        assertEquals(0, first.exitCode(), first.toString());
        assertTrue(first.out().matches(
            "(?s)journal 0 .*\nshard 0: snapshot at sequence 0, position \\d+, .* MiB in .* ms, longest slice .* ms\n" +
            "shard 1: snapshot at sequence 0, .*\n"), first.out());
        final CommandRun second = CommandRun.of("snapshot", "--data", books, "--retain", 1);
        assertEquals(0, second.exitCode(), second.toString());
        assertTrue(second.out().startsWith("started from the snapshot at position "), second.out());
        final JsonNode shards = new JsonMapper().readTree(CommandRun.of("info", "--data", books, "--json").out())
            .get("journals").get(0).get("shards");
        assertEquals(1, shards.get(1).get("snapshots").size());
        assertEquals("0", shards.get(1).get("snapshots").get(0).get("snapshot_sequence").asString());
        assertEquals(
            shards.get(0).get("snapshots").get(0).get("snapshot_position"),
            shards.get(1).get("snapshots").get(0).get("snapshot_position"));
    }

    @Test
    void shouldWriteNoSnapshotOfBooksThatAreInUse()
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(books))
        {
            final CommandRun run = CommandRun.of("snapshot", "--data", books);
            assertEquals(ExitCode.IN_USE.code(), run.exitCode(), run.toString());
            assertTrue(run.err().contains("in use"), run.err());
            assertEquals(0, engine.snapshot().get(0).sequence());
        }
    }

    @Test
    void shouldRunTheWholeWay()
    {
        final Path books = directory.resolve("books");
        final CommandRun run = CommandRun.of("run", "--data", books, "--count", 20_000, "--no-progress");
        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().startsWith("data: " + books + " on "), run.out());
        assertTrue(run.out().contains("\noutcomes: as they were foretold\n"), run.out());
        assertTrue(run.out().contains("\nclosed; opening again:\njournal 0 ("), run.out());
        assertEquals(2, run.out().split("balances: all 10,000 accounts are as expected\n", -1).length - 1, run.out());
        assertTrue(run.out().contains(" 0 |    "), run.out());
        assertTrue(run.out().contains(" 1 |    "), run.out());
        final CommandRun again = CommandRun.of("run", "--data", books, "--count", 20_000, "--no-progress");
        assertEquals(0, again.exitCode(), again.toString());
        assertEquals(0, again.outcome("created", 0));
        final CommandRun other = CommandRun.of("run", "--data", books, "--count", 20_000, "--seed", 2, "--no-progress");
        assertEquals(1, other.exitCode(), other.toString());
        assertTrue(other.out().contains(" accounts are NOT as expected, the first of them:\n"), other.out());
    }

    @Test
    void shouldRunTheWholeWayWithSomeOfEverything()
    {
        final Path books = directory.resolve("books");
        final CommandRun run = CommandRun.of("run", "--data", books, "--count", 20_000, "--pending", 30,
            "--balancing", 10, "--closing", 1, "--history", "--durability", "os", "--no-progress");
        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("\noutcomes: as they were foretold\n"), run.out());
        assertEquals(2, run.out().split("balances: all 10,000 accounts are as expected\n", -1).length - 1, run.out());
        assertTrue(run.out().contains("| debits pending | credits pending | equal |\n"), run.out());
        final CommandRun wrong = CommandRun.of("run", "--data", books, "--pending", 101);
        assertEquals(2, wrong.exitCode(), wrong.toString());
        assertTrue(wrong.err().contains("shares of a workload must be from 0 to 100"), wrong.err());
    }

    @Test
    void shouldRunTheWholeWayOnFilesAndInMemory()
    {
        final Path accounts = TestFiles.write(directory, "a.csv", "id,ledger,code\n1,840,1\n2,840,1\n");
        final Path transfers = TestFiles.write(directory, "t.csv",
            "id,debit_account_id,credit_account_id,amount,ledger,code\n10,1,2,5,840,1\n");
        final Path expected = TestFiles.write(directory, "e.csv",
            "account_id,debits_posted,credits_posted,ledger\n1,5,0,840\n2,0,5,840\n");
        final CommandRun files = CommandRun.of("run", "--data", directory.resolve("books"), "--accounts", accounts,
            "--transfers", transfers, "--expect", expected, "--shards", 3, "--durability", "os", "--no-progress");
        assertEquals(0, files.exitCode(), files.toString());
        assertEquals(2, files.out().split("balances: all 2 accounts are as expected\n", -1).length - 1, files.out());

        final CommandRun memory = CommandRun.of("run", "--durability", "MEMORY", "--count", 5_000, "--no-progress");
        assertEquals(0, memory.exitCode(), memory.toString());
        assertTrue(memory.out().contains("balances: all 10,000 accounts are as expected\n"), memory.out());
        assertEquals(2, CommandRun.of("run").exitCode());
        assertEquals(2, CommandRun.of("run", "--data", "x", "--expect", expected).exitCode());
    }

    private static List<String> state(final Path books) throws Exception
    {
        try (Stream<Path> files = Files.walk(books))
        {
            return files.sorted().map(file -> file + " " + lastModified(file)).toList();
        }
    }

    private static String lastModified(final Path file)
    {
        try
        {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
