package io.seriatim.journal;

import io.aeron.Subscription;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ArchiveJournalTest
{
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(value = Durability.class, names = {"FSYNC", "OS"})
    void shouldRecoverWhatWasClosedCleanlyAndWhatWasNot(final Durability durability)
    {
        final JournalConfig config = config(durability);
        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(RecoveredJournal.Verdict.NEW, engine.recovered.get(0).verdict());
            engine.transfers(0, 5000);
            engine.awaitCommit();
            engine.closeCleanly();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            final RecoveredJournal found = engine.recovered.get(0);
            assertEquals(RecoveredJournal.Verdict.CLOSED, found.verdict());
            assertEquals(5001, engine.recoveredCount(0));
            assertEquals(new ShardMark(0, 5001, "00ff", 1, 2), found.closeMarks().get(0));
            assertFalse(found.isUnanchored());
            assertTrue(engine.journal().manifest().closeMarks().isEmpty());
            engine.transfers(0, 1000);
            engine.awaitCommit();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(RecoveredJournal.Verdict.CLEAN_END, engine.recovered.get(0).verdict());
            assertTrue(engine.recovered.get(0).isUnanchored());
            assertEquals(6001, engine.recoveredCount(0));
            assertEquals(3, engine.journal().incarnation());
        }
    }

    @Test
    void shouldReopenManyTimesAcrossTermsAndSegments()
    {
        long count = 1;
        for (int round = 0; round < 40; round++)
        {
            final JournalConfig config = config(round % 2 == 0 ? Durability.OS : Durability.FSYNC);
            try (TestEngine engine = new TestEngine(config))
            {
                assertEquals(round == 0 ? 0 : count, engine.recoveredCount(0));
                final int added = 150 + round * 37;
                engine.transfers(0, added);
                engine.awaitCommit();
                count += added;
                if (round % 3 == 0)
                {
                    engine.closeCleanly();
                }
            }
        }

        assertTrue(segmentFiles().size() > 10);
    }

    @Test
    @DisabledIfSystemProperty(named = TestEngine.SIMULATED, matches = "true")
    void shouldReplayTheSameBytesAsOurOwnReader()
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            engine.transfers(0, 3000);
            engine.group(0, 120);
            engine.awaitCommit();
            final long end = engine.journal().committedPosition();
            final List<byte[]> ours = new ArrayList<>();
            try (SegmentReader reader = new SegmentReader(engine.journal().directory()))
            {
                assertEquals(end, reader.read(0, end, (position, buffer, offset, length) ->
                {
                    final byte[] frame = new byte[length];
                    buffer.getBytes(offset, frame);
                    ours.add(frame);
                }));
            }

            final List<byte[]> theirs = replay(engine, end);
            assertEquals(ours.size(), theirs.size());
            for (int i = 0; i < ours.size(); i++)
            {
                assertArrayEquals(ours.get(i), theirs.get(i));
            }
        }
    }

    @Test
    void shouldLookForNothingBehindPaddingThatEndsTheCommittedPart() throws IOException
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            engine.transfers(0, 3000);
            engine.awaitCommit();
            try (SegmentReader reader = new SegmentReader(engine.journal().directory()))
            {
                final long[] padding = new long[2];
                final long[] end = new long[1];
                reader.read(0, engine.journal().committedPosition(), (position, buffer, offset, length) ->
                {
                    if (position != end[0] && padding[1] == 0)
                    {
                        padding[0] = end[0];
                        padding[1] = position;
                    }

                    end[0] = position + Frames.positionsOf(length);
                });
                assertTrue(padding[1] > padding[0], "no term has ended in padding");

                // What lies behind may be in the making, so it may be anything.
                final Path home = engine.journal().directory();
                final RecordingLayout layout =
                    RecordingLayout.of(Manifest.read(home), home.resolve(JournalHome.ARCHIVE));
                final long base = layout.segmentBase(padding[1]);
                try (RandomAccessFile file = new RandomAccessFile(layout.segmentFile(base).toFile(), "rw"))
                {
                    file.seek(padding[1] - base + Frames.TRANSPORT_HEADER_LENGTH);
                    file.write(new byte[] {1, 2, 3, 4});
                }

                final List<Long> found = new ArrayList<>();
                assertEquals(padding[1], reader.read(padding[0], padding[1], (position, buffer, at, length) ->
                    found.add(position)));
                assertEquals(List.of(), found);
                assertThrows(JournalException.class, () -> reader.read(
                    padding[0], padding[1] + Frames.ALIGNMENT, (position, buffer, at, length) -> found.add(position)));
            }
        }
    }

    private static List<byte[]> replay(final TestEngine engine, final long end)
    {
        final ArchiveHost host = (ArchiveHost) engine.journal().host();
        final List<byte[]> frames = new ArrayList<>();
        try (Subscription subscription = host.client().replay(0, 0, end, "aeron:ipc", 77))
        {
            final long deadlineNs = System.nanoTime() + 20_000_000_000L;
            long position = 0;
            while (position < end && System.nanoTime() - deadlineNs < 0)
            {
                engine.step();
                subscription.poll(
                    (buffer, offset, length, header) ->
                    {
                        final byte[] frame = new byte[length];
                        buffer.getBytes(offset, frame);
                        frames.add(frame);
                    },
                    10);
                position = subscription.imageCount() == 0 ? position : subscription.imageAtIndex(0).position();
            }
        }

        return frames;
    }

    @Test
    void shouldTellFramesOfAnotherLog()
    {
        final JournalConfig config = config(Durability.OS);
        new TestEngine(config).close();
        final Path home = JournalHome.directoryOf(config.dataDirectory(), 0);
        final RecordingLayout own = RecordingLayout.of(Manifest.read(home), home.resolve(JournalHome.ARCHIVE));
        assertEquals((int) TestEngine.LOG_UUID.getLeastSignificantBits(), own.logTag());
        final RecordingLayout other = new RecordingLayout(
            own.directory(), own.recordingId(), own.streamId(), own.initialTermId(), own.termLength(), own.mtu(),
            own.segmentLength(), own.logTag() + 1);
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[own.mtu()]);
        try (SegmentReader ownReader = new SegmentReader(own);
            SegmentReader otherReader = new SegmentReader(other))
        {
            assertTrue(ownReader.readFrame(0, frame, 0) > 0);
            final JournalException refused =
                assertThrows(JournalException.class, () -> otherReader.readFrame(0, frame, 0));
            assertTrue(refused.getMessage().contains("another log"), refused.getMessage());
        }
    }

    @Test
    void shouldCarrySeveralShardsInSeveralJournals()
    {
        final JournalConfig config = config(Durability.OS);
        try (TestEngine engine = new TestEngine(config, 3, 2))
        {
            assertEquals(List.of(0, 2), engine.journals.get(0).manifest().shards());
            assertEquals(List.of(1), engine.journals.get(1).manifest().shards());
            for (int i = 0; i < 30; i++)
            {
                engine.group(0, 2);
                engine.group(1, 3);
                engine.group(2, 200);
            }

            engine.awaitCommit();
            engine.closeCleanly();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(61, engine.recoveredCount(0));
            assertEquals(91, engine.recoveredCount(1));
            assertEquals(6001, engine.recoveredCount(2));
        }
    }

    @Test
    void shouldRunTwoEnginesInOneJvm()
    {
        try (TestEngine one = new TestEngine(config(Durability.OS));
            TestEngine two = new TestEngine(TestEngine.config(directory.resolve("more"), Durability.FSYNC)))
        {
            one.transfers(0, 500);
            two.transfers(0, 300);
            one.awaitCommit();
            two.awaitCommit();
        }

        try (TestEngine two = new TestEngine(TestEngine.config(directory.resolve("more"), Durability.FSYNC)))
        {
            assertEquals(301, two.recoveredCount(0));
        }
    }

    @Test
    void shouldRunOnAThreadOfItsOwn()
    {
        final JournalConfig config = config(Durability.FSYNC);
        new TestEngine(config).close();
        try (JournalDirectory books = JournalDirectory.open(config))
        {
            final RecoveredJournal found = books.recover(0, ScanStart.BEGINNING, (p, b, o, l) -> {});
            final ArchiveJournal journal = books.journal(0);
            final List<Throwable> errors = new ArrayList<>();
            try (JournalWatchdog watchdog = new JournalWatchdog(List.of(journal)).start();
                AgentRunner runner = new AgentRunner(
                    YieldingIdleStrategy.INSTANCE, errors::add, null, journal.agent()))
            {
                assertNotNull(watchdog);
                AgentRunner.startOnThread(runner);
                journal.awaitOpen();
                final FrameWriter writer = new FrameWriter(
                    journal, 0, journal.incarnation(), found.nextSequence(0), found.previousCrc(0));
                final TestEntries entries = new TestEntries();
                writer.mark(Frames.OPEN);
                for (int i = 0; i < 1000; i++)
                {
                    writer.appendEntry(entries.buffer(), 0, entries.transfer(writer.nextSequence()));
                    writer.endGroup();
                    final long position = writer.flush();
                    while (journal.committedPosition() < position)
                    {
                        Thread.onSpinWait();
                    }
                }

                writer.mark(Frames.CLOSE);
                journal.closeCleanly(List.of(new ShardMark(0, writer.nextSequence(), "", 0, 0)));
            }

            assertEquals(List.of(), errors);
            journal.close();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(1001, engine.recoveredCount(0));
            assertEquals(RecoveredJournal.Verdict.CLOSED, engine.recovered.get(0).verdict());
        }
    }

    @Test
    void shouldCloseFromAnotherThread()
    {
        final JournalConfig config = config(Durability.OS);
        new TestEngine(config).close();
        try (JournalDirectory books = JournalDirectory.open(config))
        {
            books.recover(0, ScanStart.BEGINNING, (p, b, o, l) -> {});
            final ArchiveJournal journal = books.journal(0);
            try (AgentRunner runner = new AgentRunner(
                YieldingIdleStrategy.INSTANCE, (ex) -> {}, null, journal.agent()))
            {
                AgentRunner.startOnThread(runner);
                journal.awaitOpen();
                journal.close();
                assertFalse(journal.isOpen());
                assertThrows(JournalException.class, () -> journal.append(new UnsafeBuffer(new byte[96]), 0, 96));
            }
        }
    }

    @Test
    void shouldGiveRoomBackInOneThread()
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            while (engine.journal().availableWindow() >= engine.journal().frameLengthMax())
            {
                final FrameWriter writer = engine.writer();
                for (int i = 0; i < 101; i++)
                {
                    writer.appendEntry(engine.entries.buffer(), 0, engine.entries.transfer(writer.nextSequence()));
                }

                writer.endGroup();
                writer.flush();
            }

            assertTrue(engine.journal().appendedPosition() - engine.journal().committedPosition() > 30_000);
            engine.awaitCommit();
            assertTrue(engine.journal().availableWindow() >= engine.journal().windowMax());
        }
    }

    @Test
    void shouldKeepItsFilesToItself() throws IOException
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            engine.awaitCommit();
            final Path books = directory.resolve("books");
            final List<Path> directories = new ArrayList<>(List.of(
                books, books.resolve("journal-0"), books.resolve("journal-0/archive")));
            final Path memory = AeronDirectories.SHARED_MEMORY.resolve(AeronDirectories.nameOf(books));
            if (Files.exists(memory))
            {
                directories.add(memory);
            }

            for (final Path path : directories)
            {
                assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            }
        }

        assertFalse(Files.exists(
            AeronDirectories.SHARED_MEMORY.resolve(AeronDirectories.nameOf(directory.resolve("books")))));
    }

    @Test
    void shouldRefuseADirectoryThatIsOpenToOthers() throws IOException
    {
        final Path books = directory.resolve("books");
        new TestEngine(config(Durability.OS)).close();
        Files.setPosixFilePermissions(books, PosixFilePermissions.fromString("rwxr-xr-x"));
        final JournalException refusal =
            assertThrows(JournalException.class, () -> new TestEngine(config(Durability.OS)));
        assertTrue(refusal.getMessage().contains("chmod 700"), refusal.getMessage());
        Files.setPosixFilePermissions(books, PosixFilePermissions.fromString("rwx------"));
        new TestEngine(config(Durability.OS)).close();
    }

    @Test
    void shouldNarrowAnEmptyDirectory() throws IOException
    {
        final Path books = Files.createDirectory(
            directory.resolve("books"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        new TestEngine(config(Durability.OS)).close();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(books)));
    }

    @Test
    @DisabledIfSystemProperty(named = TestEngine.SIMULATED, matches = "true")
    void shouldShowALiveJournalToTools()
    {
        try (TestEngine engine = new TestEngine(config(Durability.FSYNC)))
        {
            engine.transfers(0, 700);
            engine.awaitCommit();
            engine.group(0, 3);
            final JournalFiles files = JournalFiles.open(directory.resolve("books"));
            assertTrue(files.isLive());
            assertEquals(ProcessHandle.current().pid(), files.holderPid());
            assertEquals(engine.journal().committedPosition(), files.committedPosition(0));
            final RecoveredJournal found = files.scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {});
            assertEquals(RecoveredJournal.Verdict.LIMITED, found.verdict());
            assertEquals(701, found.nextSequence(0));
            engine.awaitCommit();
            assertEquals(704, files.scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {}).nextSequence(0));
        }

        final JournalFiles files = JournalFiles.open(directory.resolve("books"));
        assertFalse(files.isLive());
        assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));
        assertEquals(704, files.scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {}).nextSequence(0));
    }

    @Test
    void shouldStoreAWatermark()
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            engine.transfers(0, 2000);
            engine.awaitCommit();
            final long position = engine.journal().committedPosition();
            engine.journal().storeWatermark(position, Map.of(0, 2001L));
            assertEquals(position, engine.journal().manifest().watermark().position());
            assertThrows(
                IllegalArgumentException.class, () -> engine.journal().storeWatermark(position - 32, Map.of(0, 1L)));
            assertThrows(
                IllegalArgumentException.class, () -> engine.journal().storeWatermark(position + 32, Map.of(0, 1L)));
            assertThrows(
                IllegalArgumentException.class, () -> engine.journal().storeWatermark(position, Map.of()));
        }

        final RecoveredJournal found =
            JournalFiles.open(directory.resolve("books")).scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {});
        assertEquals(2000, found.knownSequence(0));
        assertFalse(found.isUnanchored());
    }

    /** The one who stores it has checked what it is to be when somebody else closes the journal. */
    @Test
    void shouldNotTakeTheWatermarkOfACleanCloseBack()
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            engine.transfers(0, 1000);
            engine.awaitCommit();
            final long position = engine.journal().committedPosition();
            engine.transfers(0, 1000);
            engine.awaitCommit();
            final Map<Integer, Long> closing = new TreeMap<>(Map.of(0, 1001L))
            {
                @Override
                public Long get(final Object shard)
                {
                    engine.closeCleanly();
                    return super.get(shard);
                }
            };
            assertThrows(IllegalStateException.class, () -> engine.journal().storeWatermark(position, closing));
            assertNull(engine.journal().failure());
        }

        final RecoveredJournal found =
            JournalFiles.open(directory.resolve("books")).scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {});
        assertEquals(RecoveredJournal.Verdict.CLOSED, found.verdict());
        assertEquals(2001, found.nextSequence(0));
    }

    @Test
    @DisabledIfSystemProperty(named = TestEngine.SIMULATED, matches = "true")
    void shouldStopForGoodWhenTheRecordingIsGone() throws IOException
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            engine.transfers(0, 10);
            engine.awaitCommit();
            final long committed = engine.journal().committedPosition();
            final ArchiveHost host = (ArchiveHost) engine.journal().host();
            host.client().stopRecording(host.publication());
            final long deadlineNs = System.nanoTime() + 20_000_000_000L;
            while (engine.journal().failure() == null && System.nanoTime() - deadlineNs < 0)
            {
                engine.step();
            }

            assertNotNull(engine.journal().failure());
            assertEquals(committed, engine.journal().committedPosition());
            assertThrows(JournalException.class, () -> engine.group(0, 1));
        }

        new TestEngine(config(Durability.OS)).close();
    }

    @Test
    @DisabledIfSystemProperty(named = TestEngine.SIMULATED, matches = "true")
    void shouldStopForGoodWhenASegmentFileCanNotBeMade() throws IOException
    {
        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            engine.awaitCommit();
            Files.createFile(directory.resolve("books/journal-0/archive/0-131072.rec"));
            final JournalException failure = assertThrows(JournalException.class, () ->
            {
                for (int i = 0; i < 1000; i++)
                {
                    engine.group(0, 10);
                    engine.step();
                }
            });
            assertTrue(failure.getMessage().contains("recording has stopped"), failure.getMessage());
            assertNotNull(engine.journal().failure().getCause());
        }

        try (TestEngine engine = new TestEngine(config(Durability.OS)))
        {
            assertTrue(engine.recoveredCount(0) > 500);
        }
    }

    @Test
    void shouldNotOpenTwice()
    {
        final JournalConfig config = config(Durability.OS);
        try (TestEngine engine = new TestEngine(config))
        {
            final DirectoryInUseException refusal =
                assertThrows(DirectoryInUseException.class, () -> new TestEngine(config));
            assertEquals(ProcessHandle.current().pid(), refusal.pid());
            assertEquals(config.dataDirectory().toString(), refusal.directory());
            engine.group(0, 1);
            engine.awaitCommit();
        }

        new TestEngine(config).close();
    }

    @Test
    void shouldKeepTheLengthsThatItWasMadeWith()
    {
        new TestEngine(config(Durability.OS)).close();
        final JournalConfig other =
            config(Durability.OS).termLength(256 * 1024).segmentLength(512 * 1024).mtu(32 * 1024);
        try (TestEngine engine = new TestEngine(other))
        {
            assertEquals(16 * 1024 - 32, engine.journal().frameLengthMax());
            assertEquals(128 * 1024, engine.journal().manifest().termLength());
            engine.transfers(0, 2000);
            engine.awaitCommit();
        }
    }

    @Test
    @DisabledIfSystemProperty(named = TestEngine.SIMULATED, matches = "true")
    void shouldFallBackToTheDataDirectoryWithoutSharedMemory()
    {
        final JournalConfig config = config(Durability.OS);
        PosixFiles.ensurePrivateDirectory(config.dataDirectory());
        final AeronDirectories none =
            AeronDirectories.choose(config, 1, 0, directory.resolve("no-such-shared-memory"));
        assertEquals(config.dataDirectory().resolve("journal-0/aeron"), none.directoryOf(0));
        assertEquals(JournalConfig.TERM_LENGTH_DEFAULT, none.termLength());
        try (TestEngine engine = new TestEngine(config.aeronDirectory(directory.resolve("elsewhere"))))
        {
            assertTrue(Files.exists(directory.resolve("elsewhere/journal-0/cnc.dat")));
            engine.group(0, 1);
            engine.awaitCommit();
        }
    }

    @Test
    void shouldRunWithTheLengthsOfProduction()
    {
        final JournalConfig config = new JournalConfig().dataDirectory(directory.resolve("books"));
        try (TestEngine engine = new TestEngine(config))
        {
            assertTrue(engine.journal().windowMax() >= 3 * 1024 * 1024);
            engine.group(0, 8189);
            engine.awaitCommit();
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(8190, engine.recoveredCount(0));
        }
    }

    @Test
    @DisabledIfSystemProperty(named = TestEngine.SIMULATED, matches = "true")
    void shouldTellWhyItCanNotOpen() throws IOException
    {
        final JournalConfig config = config(Durability.OS);
        new TestEngine(config).close();
        try (JournalDirectory books = JournalDirectory.open(config))
        {
            books.recover(0, ScanStart.BEGINNING, (p, b, o, l) -> {});
            final ArchiveJournal journal = books.journal(0);
            assertThrows(JournalException.class, () -> journal.append(new UnsafeBuffer(new byte[96]), 0, 96));
            Files.delete(books.manifest(0).recordingId() == 0 ?
                directory.resolve("books/journal-0/archive/archive.catalog") : directory);
            final List<Throwable> errors = new ArrayList<>();
            final AgentInvoker invoker = new AgentInvoker(errors::add, null, journal.agent());
            invoker.start();
            assertFalse(journal.isOpen());
            assertNotNull(journal.failure());
            assertThrows(JournalException.class, journal::awaitOpen);
            journal.close();
        }
    }

    private JournalConfig config(final Durability durability)
    {
        return TestEngine.config(directory.resolve("books"), durability);
    }

    private List<Path> segmentFiles()
    {
        try (Stream<Path> files = Files.list(directory.resolve("books/journal-0/archive")))
        {
            return files.filter((file) -> file.toString().endsWith(".rec")).toList();
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }
}
