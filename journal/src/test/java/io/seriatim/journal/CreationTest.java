package io.seriatim.journal;

import org.agrona.concurrent.AgentInvoker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Making a directory is all or nothing, wherever the process dies. */
class CreationTest
{
    private static final JournalLayout LAYOUT = JournalLayout.of(TestEngine.LOG_UUID, 2, 2);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void shouldMakeAnewWhatWasHalfMade(final int step) throws IOException
    {
        final Path books = directory.resolve("books");
        final JournalConfig config = TestEngine.config(books, Durability.OS);
        dieAfter(step, config);

        try (JournalDirectory found = JournalDirectory.open(config))
        {
            assertTrue(found.isNew());
            assertEquals(step >= 2, !found.notice().isEmpty(), found.notice());
        }

        try (TestEngine engine = new TestEngine(config, 2, 2))
        {
            assertEquals("", engine.directory.notice());
            engine.group(1, 3);
            engine.awaitCommit();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(1, engine.recoveredCount(0));
            assertEquals(4, engine.recoveredCount(1));
        }
    }

    private void dieAfter(final int step, final JournalConfig config) throws IOException
    {
        final Path books = config.dataDirectory();
        PosixFiles.ensurePrivateDirectory(books);
        if (step == 1)
        {
            // A directory without a manifest.
            PosixFiles.ensurePrivateDirectory(books.resolve("journal-0"));
            PosixFiles.ensurePrivateDirectory(books.resolve("journal-0/archive"));
        }
        else if (step > 1)
        {
            try (JournalDirectory made = JournalDirectory.open(config))
            {
                made.create(LAYOUT);
                record(made, step);
            }
        }

        switch (step)
        {
            case 2 -> PosixFiles.deleteTree(books.resolve("journal-1"));
            case 6 -> activateFirst(books);
            case 7 ->
            {
                // Died while wiping, with one manifest left.
                PosixFiles.deleteTree(books.resolve("journal-0"));
                PosixFiles.deleteTree(books.resolve("journal-1/archive"));
            }
            default -> assertTrue(step < 6);
        }
    }

    private static void record(final JournalDirectory made, final int step)
    {
        for (int i = 0; i < Math.min(2, step - 3); i++)
        {
            made.recover(i, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
            final ArchiveJournal journal = made.journal(i);
            final AgentInvoker invoker = new AgentInvoker((ex) -> {}, null, journal.agent());
            invoker.start();
            assertNull(journal.failure());
            final FrameWriter writer = new FrameWriter(journal, i, journal.incarnation(), 0, 0);
            writer.mark(Frames.OPEN);
            while (journal.committedPosition() < writer.position())
            {
                invoker.invoke();
            }

            invoker.close();
        }
    }

    private static void activateFirst(final Path books)
    {
        final Path journal = books.resolve("journal-0");
        Manifest.read(journal)
            .with(Map.of(Manifest.STATE, Manifest.State.ACTIVE.name(), Manifest.RECORDING_ID, "0"))
            .write(journal);
    }

    @Test
    void shouldRefuseWhenAJournalOfSeveralIsMissing() throws IOException
    {
        final Path books = directory.resolve("books");
        final JournalConfig config = TestEngine.config(books, Durability.OS);
        new TestEngine(config, 2, 2).close();
        Files.move(books.resolve("journal-1"), directory.resolve("away"));
        assertTrue(assertThrows(JournalException.class, () -> JournalDirectory.open(config))
            .getMessage().contains("journal-1"));
        Files.move(directory.resolve("away"), books.resolve("journal-1"));
        Files.move(books.resolve("journal-0"), directory.resolve("away"));
        assertTrue(assertThrows(JournalException.class, () -> JournalDirectory.open(config))
            .getMessage().contains("journal-0"));
        Files.move(directory.resolve("away"), books.resolve("journal-0"));
        new TestEngine(config).close();
    }

    @Test
    void shouldRefuseTheJournalOfAnotherLog() throws IOException
    {
        final Path books = directory.resolve("books");
        final JournalConfig config = TestEngine.config(books, Durability.OS);
        new TestEngine(config, 2, 2).close();
        final Path journal = books.resolve("journal-1");
        Manifest.read(journal)
            .with(Map.of(Manifest.LOG_UUID, "11111111-2222-3333-4444-555555555555"))
            .write(journal);
        assertTrue(assertThrows(JournalException.class, () -> JournalDirectory.open(config))
            .getMessage().contains("another log"));
    }

    @ParameterizedTest
    @CsvSource({"journal.index,0", "journal.count,3", "shard.count,3"})
    void shouldRefuseAJournalThatDoesNotBelongToTheOthers(final String key, final String value)
    {
        final Path books = directory.resolve("books");
        final JournalConfig config = TestEngine.config(books, Durability.OS);
        try (JournalDirectory made = JournalDirectory.open(config))
        {
            made.create(LAYOUT);
        }

        for (int journal = 0; journal < 2; journal++)
        {
            final Path home = books.resolve("journal-" + journal);
            final Map<String, String> active =
                Map.of(Manifest.STATE, Manifest.State.ACTIVE.name(), Manifest.RECORDING_ID, "0");
            final Manifest manifest = Manifest.read(home).with(active);
            (journal == 0 ? manifest : manifest.with(Map.of(key, value))).write(home);
        }

        final Manifest second = Manifest.read(books.resolve("journal-1"));
        final String found = "found=journal " + second.journalIndex() + " of " + second.journalCount();
        for (int round = 0; round < 2; round++)
        {
            final String refusal =
                assertThrows(JournalException.class, () -> JournalDirectory.open(config)).getMessage();
            assertTrue(refusal.startsWith(
                "a journal is missing or belongs to another log: directory=" + books.resolve("journal-1")), refusal);
            assertTrue(refusal.contains(found), refusal);
            assertTrue(refusal.contains("expected=journal 1 of 2"), refusal);
        }
    }

    @Test
    void shouldWipeAHalfMadeDirectoryOfWhichAManifestIsMissingAndNothingBesideIt() throws IOException
    {
        final Path books = directory.resolve("books");
        final JournalConfig config = TestEngine.config(books, Durability.OS);
        try (JournalDirectory made = JournalDirectory.open(config))
        {
            made.create(LAYOUT);
        }

        Files.delete(books.resolve("journal-0").resolve(Manifest.FILE_NAME));
        final Path other = Files.createDirectory(books.resolve("journal-of-mine"));
        try (JournalDirectory found = JournalDirectory.open(config))
        {
            assertTrue(found.isNew());
            assertTrue(found.notice().startsWith("the directory was found half made"), found.notice());
        }

        assertFalse(Files.exists(books.resolve("journal-0")));
        assertFalse(Files.exists(books.resolve("journal-1")));
        assertTrue(Files.exists(other));
    }

    @Test
    void shouldNotActivateWhatIsNotCommitted()
    {
        final JournalConfig config = TestEngine.config(directory.resolve("books"), Durability.OS);
        try (JournalDirectory made = JournalDirectory.open(config))
        {
            made.create(LAYOUT);
            assertThrows(IllegalStateException.class, () -> made.activate(Map.of(0, 1L, 1, 1L)));
            assertThrows(IllegalStateException.class, () -> made.journal(0));
            assertThrows(IllegalStateException.class, () -> made.create(LAYOUT));
            assertFalse(made.isNew());
        }
    }

    @Test
    void shouldCheckItsSettings()
    {
        final JournalConfig config = TestEngine.config(directory, Durability.OS);
        config.validate();
        refused(() -> new JournalConfig().validate());
        refused(() -> TestEngine.config(directory, Durability.MEMORY).validate());
        refused(() -> TestEngine.config(directory, Durability.OS).mtu(16 * 1024 + 32).validate());
        refused(() -> TestEngine.config(directory, Durability.OS).mtu(1000).validate());
        refused(() -> TestEngine.config(directory, Durability.OS).termLength(100_000).validate());
        refused(() -> TestEngine.config(directory, Durability.OS).termLength(256 * 1024).validate());
        refused(() -> TestEngine.config(directory, Durability.OS).openTimeoutNs(0).validate());
        refused(() -> TestEngine.config(directory, Durability.OS).commitTimeoutNs(-1).validate());
        refused(() -> JournalLayout.of(TestEngine.LOG_UUID, 1, 2));
        refused(() -> JournalLayout.of(TestEngine.LOG_UUID, 0, 1));
        assertEquals(JournalConfig.COMMIT_TIMEOUT_OS_DEFAULT_NS, config.commitTimeoutNs());
        assertEquals(
            JournalConfig.COMMIT_TIMEOUT_FSYNC_DEFAULT_NS, config.durability(Durability.FSYNC).commitTimeoutNs());
    }

    private static void refused(final org.junit.jupiter.api.function.Executable executable)
    {
        assertThrows(IllegalArgumentException.class, executable);
    }
}
