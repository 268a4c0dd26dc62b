package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.ChangeEventsFilter;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.QueryFilter;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The read model's own snapshots: taken with those of the shards, used at the next launch, never believed blindly. */
class ReadModelSnapshotTest
{
    private static final int SHARD_COUNT = 3;
    private static final String STARTS_FROM = "starts from its snapshot";
    private static final String NOT_USED = "is not used";

    private final Logger logger = Logger.getLogger(ReadModelAgent.class.getName());
    private final List<String> logged = new ArrayList<>();
    private final Handler handler = new Handler()
    {
        @Override
        public void publish(final LogRecord record)
        {
            synchronized (logged)
            {
                logged.add(record.getMessage());
            }
        }

        @Override
        public void flush()
        {
            // Nothing is held back.
        }

        @Override
        public void close()
        {
            // Nothing is open.
        }
    };
    private long nextId = 1_000_000;

    @TempDir
    private Path directory;

    @BeforeEach
    void listen()
    {
        logger.setLevel(Level.FINE);
        handler.setLevel(Level.FINE);
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    @AfterEach
    void stopListening()
    {
        logger.removeHandler(handler);
        logger.setLevel(null);
        logger.setUseParentHandlers(true);
    }

    @Test
    void shouldGoOnFromTheSnapshotsOfEachJournalAndAnswerTheSame() throws IOException
    {
        final Path books = directory.resolve("books");
        final List<String> answers;
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            TestBooks.fill(engine, 3);
            snapshot(engine, books, 1);
            pay(engine);
            snapshot(engine, books, 2);
            pay(engine);
            answers = answers(engine);
            assertEquals("rw-------", PosixFilePermissions.toString(
                Files.getPosixFilePermissions(files(books, 0).get(0))));
        }
        assertEquals(List.of(), logged);
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            assertEquals(answers, answers(engine));
            assertEquals(2, count(STARTS_FROM), logged::toString);
            pay(engine);
            snapshot(engine, books, 2);
            assertEquals(2, files(books, 0).size(), "older ones go: " + files(books, 0));
        }
    }

    @Test
    void shouldUseAnOlderOneOrTheJournalWhereASnapshotIsDamaged() throws IOException
    {
        final Path books = directory.resolve("books");
        final List<String> answers;
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            TestBooks.fill(engine, 2);
            snapshot(engine, books, 1);
            pay(engine);
            snapshot(engine, books, 2);
            answers = answers(engine);
        }
        // The newest of the first journal, in its middle; of the second one all, each elsewhere.
        damage(files(books, 0).get(1), 2);
        damage(files(books, 1).get(0), 3);
        damage(files(books, 1).get(1), 7);
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            assertEquals(answers, answers(engine));
            assertEquals(1, count(STARTS_FROM), logged::toString);
            assertEquals(3, count(NOT_USED), logged::toString);
        }
    }

    @Test
    void shouldPutAsideWhatTheJournalDoesNotKnowOf() throws IOException
    {
        final Path books = directory.resolve("books");
        final Path backup = directory.resolve("backup");
        final List<String> answers;
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            TestBooks.fill(engine, 1);
            answers = answers(engine);
        }
        copy(books, backup);
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            pay(engine);
            snapshot(engine, books, 1);
        }
        // The backup is put back, and what was snapshot since then is still there.
        for (int journal = 0; journal < 2; journal++)
        {
            copy(books.resolve("journal-" + journal).resolve("snapshots"),
                backup.resolve("journal-" + journal).resolve("snapshots"));
        }
        try (LedgerEngine engine = LedgerEngine.launch(config(backup)))
        {
            assertEquals(answers, answers(engine));
            assertEquals(0, count(STARTS_FROM), logged::toString);
            assertEquals(List.of(), files(backup, 0));
        }
        try (Stream<Path> children = Files.list(backup.resolve("journal-0").resolve("snapshots")))
        {
            assertTrue(children.allMatch(file -> file.toString().endsWith(".damaged")));
        }
    }

    @Test
    void shouldTakeNoSnapshotOfAnotherLogOrJournal() throws IOException
    {
        final Path books = directory.resolve("books");
        final Path others = directory.resolve("others");
        for (final Path each : List.of(books, others))
        {
            try (LedgerEngine engine = LedgerEngine.launch(config(each)))
            {
                TestBooks.fill(engine, 1);
                snapshot(engine, each, 1);
            }
        }
        final Path own = files(books, 0).get(0);
        Files.delete(own);
        Files.copy(files(others, 0).get(0), own);
        Files.delete(files(books, 1).get(0));
        try (LedgerEngine engine = LedgerEngine.launch(config(books)))
        {
            assertFalse(answers(engine).isEmpty());
            assertEquals(0, count(STARTS_FROM), logged::toString);
            assertEquals(1, count("of another journal, log or place"), logged::toString);
        }
    }

    private static EngineConfig config(final Path books)
    {
        return TestBooks.config(books, SHARD_COUNT).snapshotsRetained(2);
    }

    private void pay(final LedgerEngine engine)
    {
        for (final int number : TestBooks.LEDGERS)
        {
            final Ledger ledger = engine.ledger(number);
            final List<Account> accounts = ledger.queryAccounts(QueryFilter.ALL).values();
            for (int i = 1; i < accounts.size(); i++)
            {
                ledger.createTransfers(List.of(Transfer.of(
                    Uint128.of(++nextId), accounts.get(0).id(), accounts.get(i).id(), Uint128.of(i), 7)));
            }
        }
    }

    /** Everything that can be asked of each ledger, page by page of what is there. */
    private static List<String> answers(final LedgerEngine engine)
    {
        final List<String> answers = new ArrayList<>();
        for (final int number : TestBooks.LEDGERS)
        {
            final Ledger ledger = engine.ledger(number);
            answers.add(ledger.queryAccounts(QueryFilter.ALL).toString());
            answers.add(ledger.queryTransfers(QueryFilter.ALL).toString());
            answers.add(ledger.getChangeEvents(ChangeEventsFilter.ALL).values().stream().map(Object::toString).toList()
                .toString());
        }
        return answers;
    }

    /** Take one, and wait until those of both journals count. */
    private static void snapshot(final LedgerEngine engine, final Path books, final int expected)
    {
        final long newest = engine.snapshot().get(0).position();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!isThere(books, expected, newest) && System.nanoTime() - deadlineNs < 0)
        {
            Thread.onSpinWait();
        }
        assertTrue(isThere(books, expected, newest), "files=" + files(books, 0) + files(books, 1));
    }

    private static boolean isThere(final Path books, final int expected, final long newest)
    {
        return files(books, 0).size() == expected && files(books, 1).size() == expected &&
            files(books, 0).get(expected - 1).endsWith("read-model-" + newest + ".snap");
    }

    /** The files of a journal, the oldest first. */
    private static List<Path> files(final Path books, final int journal)
    {
        final Path snapshots = books.resolve("journal-" + journal).resolve("snapshots");
        final TreeSet<Path> found = new TreeSet<>(Comparator.comparingLong(ReadModelSnapshotTest::position));
        if (Files.isDirectory(snapshots))
        {
            try (Stream<Path> children = Files.list(snapshots))
            {
                children.filter(file -> file.toString().endsWith(".snap")).forEach(found::add);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }
        return List.copyOf(found);
    }

    private static long position(final Path file)
    {
        return Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""));
    }

    private static void damage(final Path file, final int part) throws IOException
    {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / part] ^= 1;
        Files.write(file, bytes);
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : (Iterable<Path>)files::iterator)
            {
                final Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file) || Files.isRegularFile(file))
                {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private long count(final String text)
    {
        synchronized (logged)
        {
            return logged.stream().filter(line -> line.contains(text)).count();
        }
    }
}
