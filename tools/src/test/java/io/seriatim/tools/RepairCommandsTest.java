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
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** From a journal that is refused to one that goes on: inspect, repair, info, launch. */
class RepairCommandsTest
{
    private static final int TRANSFER_COUNT = 50;

    @TempDir
    private Path directory;
    private Path books;
    private Path segment;

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        segment = books.resolve("journal-0/archive/0-0.rec");
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final Ledger usd = engine.ledger(840);
            usd.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            for (int id = 1; id <= TRANSFER_COUNT; id++)
            {
                usd.createTransfer(id, 1, 2, 1, 1);
            }
        }
    }

    @Test
    void shouldTellThatAllIsWell()
    {
        final CommandRun run = CommandRun.of("inspect", "--data", books);
        assertEquals(0, run.exitCode(), run::toString);
        assertTrue(run.out().contains("verdict                  CLOSED\n"), run.out());
        assertTrue(run.out().contains("shard 0, last good sequence 52, last forced sequence 52"), run.out());
        assertTrue(run.out().contains("segment 0-0.rec, position 0, length 131072"), run.out());
        assertFalse(run.out().contains("seriatim repair"), run.out());
    }

    @Test
    void shouldTellWhereAndWhyAndWhatHelps() throws IOException
    {
        final long position = damage();
        final CommandRun run = CommandRun.of("inspect", "--data", books, "--json");
        assertEquals(3, run.exitCode(), run::toString);
        final JsonNode journal = new JsonMapper().readTree(run.out()).get("journals").get(0);
        assertEquals("REFUSED", journal.get("verdict").asString());
        assertTrue(journal.get("stop_reason").asString().startsWith("frame checksum differs"), run.out());
        final long good = Long.parseLong(journal.get("good_position").asString());
        assertTrue(good <= position, run.out());
        assertEquals(
            "seriatim repair --data " + books + " --journal 0 --truncate-at " + good + " --reason \"...\"",
            journal.get("repair").asString());
        assertEquals(segment.toString(), journal.get("file").asString());
        assertTrue(journal.get("good_frames_behind").asInt() > 10, run.out());
        assertEquals(8, journal.get("bytes").size());

        final CommandRun text = CommandRun.of("inspect", "--data", books, "--journal", 0);
        assertEquals(3, text.exitCode(), text::toString);
        assertTrue(text.out().contains("verdict                  REFUSED\n"), text.out());
        assertTrue(text.out().contains("--truncate-at " + good), text.out());
    }

    @Test
    void shouldCutOnlyWithConsentAndKeepTheEvidence() throws IOException
    {
        damage();
        final String good = good();
        final CommandRun refused = repair("--truncate-at", good);
        assertEquals(2, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("add --yes"), refused.err());
        assertTrue(refused.out().contains("CERTAINLY ACKNOWLEDGED"), refused.out());
        assertEquals(3, CommandRun.of("inspect", "--data", books).exitCode(), "nothing was changed");

        final CommandRun done = repair("--truncate-at", good, "--yes");
        assertEquals(0, done.exitCode(), done::toString);
        assertTrue(done.out().contains("by jane: disk swapped"), done.out());
        assertEquals(
            "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(books.resolve("quarantine"))));
        final List<String> entries =
            Files.readAllLines(books.resolve("quarantine/journal-0-incarnation-1-entries.txt"));
        assertTrue(entries.size() > 10, entries::toString);
        assertTrue(
            entries.get(entries.size() - 1).startsWith("shard=0 sequence=" + (TRANSFER_COUNT + 2)), entries::toString);

        final CommandRun after = CommandRun.of("inspect", "--data", books);
        assertEquals(0, after.exitCode(), after::toString);
        assertTrue(after.out().contains("by jane: disk swapped"), after.out());
        assertTrue(after.out().contains("journal-0-incarnation-1-entries.txt"), after.out());
        assertTrue(CommandRun.of("info", "--data", books).out().contains("by jane: disk swapped"));
        assertEquals(0, CommandRun.of("verify", "--data", books).exitCode());
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(
                engine.launchReport().get(0).startsWith("journal 0 was repaired: cut at position " + good),
                engine.launchReport().toString());
            assertTrue(engine.ledger(840).createTransfer(99, 1, 2, 1, 1).isCreated());
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertFalse(engine.launchReport().toString().contains("repaired"), "told once");
        }
    }

    @Test
    void shouldTellATailThatALaunchWouldCut() throws IOException
    {
        damage();
        assertEquals(0, repair("--truncate-at", good(), "--yes").exitCode());
        final long end = Long.parseLong(good());
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw"))
        {
            file.seek(end + 5);
            file.write(1);
        }
        final CommandRun run = CommandRun.of("inspect", "--data", books);
        assertEquals(1, run.exitCode(), run::toString);
        assertTrue(run.out().contains("verdict                  TORN_TAIL\n"), run.out());
        assertTrue(run.out().contains("ends in a tail that nobody was told of"), run.out());
    }

    @Test
    void shouldRefuseWhatCanNotBe() throws IOException
    {
        damage();
        final CommandRun position = repair("--truncate-at", "17", "--yes");
        assertEquals(2, position.exitCode(), position::toString);
        assertTrue(position.err().contains("last good position of the journal=" + good()), position.err());
        final CommandRun journal = CommandRun.of(
            "repair", "--data", books, "--journal", 3, "--truncate-at", 0, "--reason", "x", "--yes");
        assertEquals(2, journal.exitCode(), journal::toString);
        assertTrue(journal.err().contains("there is no such journal: journal=3, journals=1"), journal.err());
        final CommandRun reason = CommandRun.of(
            "repair", "--data", books, "--truncate-at", 0, "--reason", " ", "--yes");
        assertEquals(2, reason.exitCode(), reason::toString);
        assertEquals(2, CommandRun.of("inspect", "--data", books, "--journal", 1).exitCode());
        assertEquals(2, CommandRun.of("inspect", "--data", directory.resolve("none")).exitCode());
    }

    @Test
    void shouldInspectBesideARunningEngineAndNotRepairIt()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            engine.ledger(840).createTransfer(98, 1, 2, 1, 1);
            final CommandRun run = CommandRun.of("inspect", "--data", books);
            assertEquals(0, run.exitCode(), run::toString);
            assertTrue(run.out().contains("verdict                  LIMITED\n"), run.out());
            assertEquals(4, repair("--truncate-at", "0", "--yes").exitCode());
        }
    }

    private CommandRun repair(final String... more)
    {
        final Object[] args = new Object[more.length + 7];
        System.arraycopy(
            new Object[] {"repair", "--data", books, "--reason", "disk swapped", "--operator", "jane"}, 0, args, 0, 7);
        System.arraycopy(more, 0, args, 7, more.length);
        return CommandRun.of(args);
    }

    /** Changes a byte in the middle of the frames. */
    private long damage() throws IOException
    {
        final long position = 4_000;
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw"))
        {
            file.seek(position);
            final int value = file.read();
            file.seek(position);
            file.write(value ^ 0x40);
        }
        return position;
    }

    private String good()
    {
        return new JsonMapper().readTree(CommandRun.of("inspect", "--data", books, "--json").out())
            .get("journals").get(0).get("good_position").asString();
    }

    private EngineConfig config()
    {
        return new EngineConfig().dataDirectory(books).batchCountMax(16).readModel(false).diskReserve(0)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(128 * 1024).mtu(8 * 1024));
    }
}
