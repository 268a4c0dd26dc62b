package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.AccountFilter;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.Transfer;
import io.seriatim.engine.TransferResult;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.Replication;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books whose old segments are in an archive answer what they answered before, by every command. */
@Timeout(180)
class ArchiveCommandTest
{
    private static final int SEGMENT_LENGTH = 128 * 1024;
    private static final int LEDGER = 840;
    private static final int TRANSFER_COUNT = 6_000;
    private static final int PENDING_ID = 90_000;

    /** It lies in the second or third segment. */
    private static final int OLD_ID = 1_500;
    private static final String SECRET = "a secret of followers";

    @TempDir
    private Path directory;
    private Path books;
    private Path archive;
    private Path key;
    private Path vkey;
    private TransferResult first;

    @BeforeEach
    void write() throws IOException
    {
        books = directory.resolve("books");
        archive = directory.resolve("archive");
        key = directory.resolve("books.key");
        vkey = directory.resolve("books.vkey");
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final Ledger usd = engine.ledger(LEDGER);
            usd.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            transfers(usd, 1, OLD_ID - 1);
            first = usd.createTransfer(OLD_ID, 1, 2, OLD_ID, 1);
            usd.createTransfer(Transfer.of(PENDING_ID, 1, 2, 77, 1).pending(0));
            transfers(usd, OLD_ID + 1, TRANSFER_COUNT);
            engine.snapshot();
        }
        Files.writeString(vkey, done("key", "generate", "--data", books, "--out", key).out());
        done("seal", "--data", books, "--key", key);
    }

    @Test
    void shouldAnswerTheSameFromTheArchive() throws IOException
    {
        final String digest = digest();
        final Path plain = directory.resolve("plain");
        copy(books, plain);
        final CommandRun run = done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        assertTrue(run.out().contains("segments archived ("), run::toString);
        assertTrue(run.out().contains("segments removed ("), run::toString);
        assertTrue(run.out().contains("the oldest snapshot that is kept lets a launch begin at position"), run.out());
        final List<String> left = segments();
        assertTrue(left.size() <= 3 && left.contains("0-0.rec"), left::toString);
        assertFalse(left.contains("0-" + SEGMENT_LENGTH + ".rec"), left::toString);

        assertSame(plain, "verify");
        assertSame(plain, "entries", "--from", 0, "--count", 3_000);
        assertSame(plain, "balances");
        assertSame(plain, "as-of", "--at", 2_000);
        assertSame(plain, "prove", "--transfer", OLD_ID);
        assertSame(plain, "prove", "--sequence", 2_000, "--explain");
        assertSame(plain, "statement", "--account", 2);
        assertSame(plain, "feed", "--to", "-");
        for (final String format : List.of("ledger", "csv", "jsonl"))
        {
            assertExportsTheSame(plain, format);
        }
        final CommandRun fsck = done("fsck", books, "--key", vkey);
        assertTrue(fsck.out().contains("clean"), fsck::toString);
        final CommandRun inspect = done("inspect", "--data", books);
        assertTrue(inspect.out().contains("verdict                  CLOSED\n"), inspect::toString);
        assertTrue(inspect.out().contains("moved to                 " + archive + "\n"), inspect::toString);
        assertTrue(done("info", "--data", books).out().contains("moved below position     " + removed()));
        done("audit", "sample", "--data", books, "--size", 20, "--out", directory.resolve("drawn"));
        done("publish", "--data", books, "--out", directory.resolve("log"));

        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertTrue(
                engine.launchReport().stream().anyMatch(line -> line.startsWith("started from the snapshot")),
                () -> engine.launchReport().toString());
            assertTrue(
                engine.launchReport().toString().contains(
                    "; segments below position " + removed() + " are in " + archive.resolve("journal-0") + ")"),
                () -> engine.launchReport().toString());
        }
        assertEquals(digest, digest());
    }

    @Test
    void shouldGiveAnOldIdItsFirstAnswerAndGoOn()
    {
        done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            final Ledger usd = engine.ledger(LEDGER);
            final TransferResult again = usd.createTransfer(OLD_ID, 1, 2, OLD_ID, 1);
            assertEquals(TransferOutcome.EXISTS, again.outcome());
            assertEquals(first.timestampNs(), again.timestampNs());
            assertEquals(first.sequence(), again.firstSequence());
            assertEquals(
                TransferOutcome.EXISTS_WITH_DIFFERENT_AMOUNT,
                usd.createTransfer(OLD_ID + 100, 1, 2, 12_345, 1).outcome());
            assertEquals(OLD_ID, usd.lookupTransfer(OLD_ID).one().amount().low());
            assertEquals(
                first.sequence(),
                usd.lookupTransferOutcomes(List.of(Uint128.of(OLD_ID))).one().sequence());
            assertTrue(usd.createTransfer(Transfer.post(PENDING_ID + 1, PENDING_ID)).isCreated());
            final List<Transfer> oldest =
                usd.getAccountTransfers(AccountFilter.of(2)).values().subList(0, 3);
            assertEquals(List.of(1L, 2L, 3L), oldest.stream().map(each -> each.id().low()).toList());
            transfers(usd, TRANSFER_COUNT + 1, TRANSFER_COUNT + 3_000);
            engine.snapshot();
        }
        done("verify", "--data", books);

        final long before = removed();
        final CommandRun more = done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        assertTrue(more.out().contains("segments archived ("), more::toString);
        assertEquals(before, removed(), "two snapshots are kept");
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            engine.ledger(LEDGER).createTransfer(80_000, 1, 2, 1, 1);
            engine.snapshot();
        }
        done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        assertTrue(removed() > before, "removed=" + removed());
        done("verify", "--data", books);
        assertEquals(0, CommandRun.of("archive", "--check", archive, "--key", vkey).exitCode());
    }

    @Test
    void shouldReplayFromTheStartWhereNoSnapshotDoes() throws IOException
    {
        done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        final String digest = digest();
        for (final String each : List.of("shard-0/snapshots", "journal-0/snapshots"))
        {
            try (Stream<Path> files = Files.list(books.resolve(each)))
            {
                files.forEach(file -> file.toFile().delete());
            }
        }
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertEquals(OLD_ID, engine.ledger(LEDGER).lookupTransfer(OLD_ID).one().amount().low());
            assertEquals(
                1, engine.ledger(LEDGER).getAccountTransfers(AccountFilter.of(2)).values().get(0).id().low());
        }
        assertEquals(digest, digest());
    }

    @Test
    void shouldSealWhatWasMovedBefore() throws IOException
    {
        done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        final Path tree = books.resolve("shard-0/tree");
        final String checkpoint = Files.readString(tree.resolve("checkpoint"));
        try (Stream<Path> files = Files.walk(tree))
        {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
        Files.delete(books.resolve("journal-0/sealed"));
        done("seal", "--data", books, "--key", key);
        assertEquals(checkpoint, Files.readString(tree.resolve("checkpoint")));
        assertTrue(done("fsck", books, "--key", vkey).out().endsWith("clean\n"));
    }

    @Test
    void shouldArchiveBesideARunningEngineAndRemoveNothingThen()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            transfers(engine.ledger(LEDGER), TRANSFER_COUNT + 1, TRANSFER_COUNT + 2_000);
            engine.snapshot();
            final CommandRun run = done("archive", "--data", books, "--to", archive, "--key", key);
            assertTrue(run.out().contains("segments archived ("), run::toString);
            final CommandRun refused = run(
                4, "segments are removed only while no engine runs",
                "archive", "--data", books, "--to", archive, "--key", key, "--remove");
            assertEquals("", refused.out());
            assertTrue(engine.ledger(LEDGER).createTransfer(80_000, 1, 2, 1, 1).isCreated());
        }
        assertTrue(done("archive", "--check", archive, "--key", vkey).out().endsWith("clean\n"));
        done("verify", "--data", books);
    }

    @Test
    void shouldNameWhatIsDamagedInAnArchive() throws IOException
    {
        done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        final Path file = archive.resolve("journal-0/0-" + SEGMENT_LENGTH + ".rec");
        flip(file);
        final CommandRun checked = run(1, "", "archive", "--check", archive, "--key", vkey);
        assertTrue(checked.out().contains("DAMAGE: " + file + ": the segment is not what is signed"), checked.out());
        assertTrue(checked.out().endsWith("1 findings\n"), checked.out());
        final CommandRun verified = CommandRun.of("verify", "--data", books);
        assertEquals(3, verified.exitCode(), verified::toString);
        assertTrue(verified.out().contains("file=" + file), verified::toString);
        assertTrue(run(3, "", "inspect", "--data", books).out().contains("file=" + file));
        flip(file);
        done("verify", "--data", books);

        final CommandRun other = done("key", "generate", "--name", "example/x", "--out", directory.resolve("x"));
        assertTrue(run(1, "", "archive", "--check", archive, "--key", other.out().trim()).out()
            .contains("none of the signatures is by a key that is trusted"));
        run(2, "", "archive", "--check", archive);
        run(2, "", "archive", "--check", archive, "--data", books, "--to", archive, "--key", vkey);
        run(2, "", "archive", "--data", books, "--key", key);
        run(2, "has to lie outside of the data directory",
            "archive", "--data", books, "--to", books.resolve("archive"), "--key", key);
        run(3, "there is no archive here", "archive", "--check", directory.resolve("drawn"), "--key", vkey);
    }

    @Test
    void shouldTellProgramsToo()
    {
        final JsonNode done = json(
            done("archive", "--data", books, "--to", archive, "--key", key, "--remove", "--json"));
        final long position = done.get("archived").get(0).get("position").asLong();
        assertTrue(position > 0, done::toString);
        assertEquals(removed(), done.get("removed").get(0).get("position").asLong());
        assertTrue(done.get("removed").get(0).get("limit").asString().startsWith("the oldest snapshot"));

        final JsonNode checked = json(done("archive", "--check", archive, "--key", vkey, "--json"));
        assertTrue(checked.get("clean").asBoolean() && checked.get("findings").isEmpty(), checked::toString);
        assertEquals(position, checked.get("journals").get(0).get("position").asLong());
        assertEquals(position / SEGMENT_LENGTH, checked.get("journals").get(0).get("segments").asLong());
        assertTrue(checked.get("journals").get(0).get("last_sequences").get("0").asLong() > OLD_ID);
    }

    private static JsonNode json(final CommandRun run)
    {
        return new JsonMapper().readTree(run.out());
    }

    @Test
    void shouldSayWhatIsMissingAndWhatStillWorks() throws IOException
    {
        done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        Files.move(archive, directory.resolve("unmounted"));
        final Path missing = archive.resolve("journal-0/0-" + SEGMENT_LENGTH + ".rec");
        for (final List<Object> command : List.<List<Object>>of(
            List.of("entries", "--data", books, "--from", 2_000, "--count", 1), List.of("inspect", "--data", books),
            List.of("export", "--data", books, "--format", "csv", "--out", directory.resolve("all.csv")),
            List.of("prove", "--data", books, "--transfer", OLD_ID)))
        {
            final CommandRun run = CommandRun.of(command.toArray());
            assertEquals(3, run.exitCode(), run::toString);
            assertTrue((run.out() + run.err()).contains("expected=" + missing), run::toString);
            assertTrue((run.out() + run.err()).contains("is it mounted?"), run::toString);
        }
        done("info", "--data", books);
        done("key", "show", key, "--data", books);

        final String refused =
            assertThrows(RuntimeException.class, () -> LedgerEngine.launch(config())).getMessage();
        assertTrue(refused.contains("was moved to the archive and is not there"), refused);
        final EngineConfig without = config();
        without.journal().archiveRequired(false);
        try (LedgerEngine engine = LedgerEngine.launch(without))
        {
            final Ledger usd = engine.ledger(LEDGER);
            assertTrue(usd.createTransfer(80_000, 1, 2, 1, 1).isCreated());
            assertEquals(2, usd.lookupAccounts(List.of(Uint128.of(1), Uint128.of(2))).values().size());
            final LedgerException stopped =
                assertThrows(LedgerException.class, () -> usd.createTransfer(OLD_ID, 1, 2, OLD_ID, 1));
            assertEquals(LedgerException.Reason.STOPPED, stopped.reason());
            assertTrue(stopped.getCause().getMessage().contains("expected=" + missing), stopped::toString);
        }
        try (LedgerEngine engine = LedgerEngine.launch(without))
        {
            final LedgerException stopped =
                assertThrows(LedgerException.class, () -> engine.ledger(LEDGER).lookupTransfer(OLD_ID));
            assertEquals(LedgerException.Reason.STOPPED, stopped.reason());
        }
        Files.move(directory.resolve("unmounted"), archive);
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            assertEquals(
                TransferOutcome.EXISTS, engine.ledger(LEDGER).createTransfer(OLD_ID, 1, 2, OLD_ID, 1).outcome());
        }
    }

    @Test
    void shouldSendFollowersNothingOlderAndLetACopyFollow() throws IOException
    {
        done("archive", "--data", books, "--to", archive, "--key", key, "--remove");
        final Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");
        final int port = freePort();
        final Path copy = directory.resolve("copy");
        copy(books, copy);
        final EngineConfig config = config();
        config.journal().replication(new Replication("127.0.0.1", port, SECRET));
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            transfers(engine.ledger(LEDGER), TRANSFER_COUNT + 1, TRANSFER_COUNT + 500);
            final CommandRun anew = CommandRun.of(
                "follow", "--from", "127.0.0.1:" + port, "--secret-file", secret,
                "--data", directory.resolve("anew"), "--once");
            assertEquals(3, anew.exitCode(), anew::toString);
            assertTrue(anew.err().contains("is sent from position " + removed() + " on"), anew::toString);

            final CommandRun followed = CommandRun.of(
                "follow", "--from", "127.0.0.1:" + port, "--secret-file", secret, "--data", copy, "--once");
            assertEquals(0, followed.exitCode(), followed::toString);
            assertTrue(followed.err().contains("0 bytes behind"), followed::toString);
        }
        done("verify", "--data", copy);
    }

    private void assertSame(final Path plain, final Object command, final Object... options)
    {
        final List<CommandRun> runs = new ArrayList<>();
        for (final Path each : List.of(plain, books))
        {
            final Object[] args =
                Stream.concat(Stream.of(command, "--data", each), Stream.of(options)).toArray();
            final CommandRun run = CommandRun.of(args);
            assertEquals(0, run.exitCode(), run::toString);
            runs.add(run);
        }
        assertEquals(text(runs.get(0), plain), text(runs.get(1), books), command.toString());
    }

    /** Without how long it took and where it lies. */
    private static String text(final CommandRun run, final Path books)
    {
        return run.out().replace(books.toString(), "BOOKS")
            .replaceAll("; segments below position [0-9]+ are in [^)]*", "")
            .replaceAll("(?m)^(.*entries in )[0-9.]+ s.*$", "$1")
            .replaceAll("[0-9.,]+ (s|ms)\\b|[0-9.,]+/s", "TIME");
    }

    private void assertExportsTheSame(final Path plain, final String format) throws IOException
    {
        final Path expected = directory.resolve("plain." + format);
        final Path actual = directory.resolve("books." + format);
        done("export", "--data", plain, "--format", format, "--out", expected);
        done("export", "--data", books, "--format", format, "--out", actual);
        assertEquals(-1, Files.mismatch(expected, actual), format);
    }

    private static void transfers(final Ledger ledger, final int from, final int to)
    {
        final List<Transfer> batch = new ArrayList<>();
        for (int id = from; id <= to; id++)
        {
            batch.add(Transfer.of(id, 1, 2, id, 1));
            if (batch.size() == 16 || id == to)
            {
                ledger.createTransfers(batch);
                batch.clear();
            }
        }
    }

    private String digest()
    {
        return Manifest.read(books.resolve("journal-0")).closeMarks().get(0).stateDigest();
    }

    private long removed()
    {
        return Manifest.read(books.resolve("journal-0")).archive().position();
    }

    private List<String> segments() throws IOException
    {
        try (Stream<Path> files = Files.list(books.resolve("journal-0/archive")))
        {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".rec")).toList();
        }
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : (Iterable<Path>)files::iterator)
            {
                final Path target = to.resolve(from.relativize(file).toString());
                Files.copy(file, target);
                if (Files.isDirectory(target))
                {
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
                }
            }
        }
    }

    private static void flip(final Path file) throws IOException
    {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw"))
        {
            bytes.seek(10_000);
            final int old = bytes.read();
            bytes.seek(10_000);
            bytes.write(old ^ 1);
        }
    }

    private static int freePort() throws IOException
    {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0)))
        {
            return socket.getLocalPort();
        }
    }

    private static CommandRun done(final Object... args)
    {
        return run(0, "", args);
    }

    private static CommandRun run(final int exitCode, final String said, final Object... args)
    {
        final CommandRun run = CommandRun.of(args);
        assertEquals(exitCode, run.exitCode(), run::toString);
        assertTrue(run.err().contains(said), run::toString);
        assertFalse(run.err().contains("error of our own"), run::toString);
        return run;
    }

    private EngineConfig config()
    {
        return new EngineConfig().dataDirectory(books).batchCountMax(16).diskReserve(0).snapshotsRetained(2)
            .journal(new JournalConfig().termLength(128 * 1024).segmentLength(SEGMENT_LENGTH).mtu(8 * 1024));
    }
}
