package io.seriatim.journal;

import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a start makes of damaged files: the right prefix, or a refusal; never anything else. */
class RecoveryTest
{
    private static final String OTHER_BOOT = "00000000-0000-0000-0000-000000000000";

    @TempDir
    private Path directory;

    private Path books;
    private JournalConfig config;
    private long watermark;
    private long end;
    private final List<long[]> groups = new ArrayList<>();
    private final List<long[]> frames = new ArrayList<>();

    /** Behind the watermark: single frames, a group of three frames, marks, two shards. */
    @BeforeEach
    void makeJournal()
    {
        books = directory.resolve("books");
        config = TestEngine.config(books, Durability.OS).mtu(1024);
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            engine.group(0, 3);
            engine.group(1, 2);
            engine.awaitCommit();
            watermark = engine.journal().committedPosition();
            engine.journal().storeWatermark(watermark, Map.of(0, 4L, 1, 3L));
            engine.group(0, 1);
            engine.group(1, 14);
            engine.group(0, 12);
            engine.group(1, 1);
            engine.awaitCommit();
            end = engine.journal().committedPosition();
        }

        final long[] counts = new long[2];
        final long[] groupStart = {0};
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
        {
            reader.read(0, end, (position, buffer, offset, length) ->
            {
                counts[Frames.shard(buffer, offset)] += Frames.entryCount(buffer, offset);
                frames.add(new long[] {position, length});
                if (Frames.flags(buffer, offset) != Frames.MORE)
                {
                    final long groupEnd = position + Frames.positionsOf(length);
                    groups.add(new long[] {groupStart[0], groupEnd, counts[0], counts[1]});
                    groupStart[0] = groupEnd;
                }
            });
        }

        assertEquals(end, groups.get(groups.size() - 1)[1]);
    }

    @Test
    void shouldKeepAValidPrefixOrRefuseAtEveryCut() throws IOException
    {
        restarted();
        int cuts = 0;
        int refusals = 0;
        for (long cut = end; cut >= 0; cut--)
        {
            try (FileChannel channel = FileChannel.open(segment(), StandardOpenOption.WRITE))
            {
                channel.truncate(cut);
            }

            if (cut < watermark)
            {
                assertThrows(JournalException.class, this::scan);
                refusals++;
            }
            else
            {
                final RecoveredJournal found = scan();
                final long[] group = groupBefore(cut);
                assertEquals(group[1], found.position(), "cut at " + cut);
                assertEquals(group[2], found.nextSequence(0));
                assertEquals(group[3], found.nextSequence(1));
                assertTrue(found.isUnanchored() || found.position() == watermark);
                cuts++;
            }
        }

        assertEquals(end + 1, cuts + refusals);
        assertEquals(watermark, refusals);
    }

    @Test
    void shouldKeepAValidPrefixOrRefuseWithAnyByteChanged() throws IOException
    {
        final byte[] good = Files.readAllBytes(segment());
        restarted();
        int refusals = 0;
        for (int i = 0; i < end; i++)
        {
            overwrite(i, new byte[] {(byte) (good[i] ^ 1 << i % 8)});
            final RecoveredJournal found = scanOrNull();
            if (found == null)
            {
                refusals++;
            }
            else
            {
                assertTrue(i >= watermark, "changed byte " + i);
                assertEquals(groupBefore(i)[1], found.position(), "changed byte " + i);
            }

            overwrite(i, new byte[] {good[i]});
        }

        assertTrue(refusals >= watermark);
        assertEquals(end, scan().position());
    }

    @Test
    void shouldRefuseAHoleWhileTheMachineWasNotRestarted() throws IOException
    {
        final byte[] zeros = new byte[64];
        for (final long[] frame : frames)
        {
            if (frame[0] >= watermark && frame[0] + Frames.positionsOf((int) frame[1]) < end)
            {
                final byte[] good = read(frame[0], zeros.length);
                overwrite(frame[0], zeros);
                final JournalException refusal = assertThrows(JournalException.class, this::scan);
                assertTrue(refusal.getMessage().contains("has not been restarted"), refusal.getMessage());
                assertTrue(refusal.getMessage().contains("position=" + frame[0]), refusal.getMessage());
                overwrite(frame[0], good);
            }
        }
    }

    @Test
    void shouldCutAtAHoleAfterAPowerCut() throws IOException
    {
        restarted();
        for (final long[] frame : frames)
        {
            if (frame[0] >= watermark)
            {
                final byte[] good = read(frame[0], 64);
                overwrite(frame[0], new byte[64]);
                final RecoveredJournal found = scan();
                assertEquals(RecoveredJournal.Verdict.TORN_TAIL, found.verdict());
                assertEquals(groupBefore(frame[0])[1], found.position());
                overwrite(frame[0], good);
            }
        }
    }

    @Test
    void shouldRefuseAHoleBeforeAFrameThatSaysItWasForced() throws IOException
    {
        try (TestEngine engine = new TestEngine(config))
        {
            engine.group(0, 2);
            engine.awaitCommit();
            engine.writer().committedSequence(engine.writer().nextSequence() - 1);
            engine.group(0, 1);
            engine.awaitCommit();
        }

        restarted();
        final List<Long> positions = new ArrayList<>();
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
        {
            reader.read(end, Long.MAX_VALUE, (position, buffer, offset, length) -> positions.add(position));
        }

        final long before = positions.get(positions.size() - 2);
        overwrite(before, new byte[64]);
        final JournalException refusal = assertThrows(JournalException.class, this::scan);
        assertTrue(refusal.getMessage().contains("had been forced"), refusal.getMessage());
    }

    @Test
    void shouldRefuseDamageBelowTheWatermarkEvenAfterARestart() throws IOException
    {
        restarted();
        overwrite(frames.get(2)[0] + 100, new byte[] {1, 2, 3});
        final JournalException refusal = assertThrows(JournalException.class, this::scan);
        assertTrue(refusal.getMessage().contains("below its watermark"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("checksum differs"), refusal.getMessage());
    }

    @Test
    void shouldCutAnIncompleteGroupSaveItAndGoOn() throws IOException
    {
        final long[] lastGroupOfThree = groups.get(groups.size() - 2);
        final List<long[]> framesOfGroup = frames.stream()
            .filter((frame) -> frame[0] >= lastGroupOfThree[0] && frame[0] < lastGroupOfThree[1]).toList();
        assertTrue(framesOfGroup.size() > 1);
        final long cut = framesOfGroup.get(framesOfGroup.size() - 1)[0];
        final byte[] lost = read(lastGroupOfThree[0], (int) (cut - lastGroupOfThree[0]));
        overwrite(cut, new byte[(int) (end - cut)]);

        try (TestEngine engine = new TestEngine(config))
        {
            final RecoveredJournal found = engine.recovered.get(0);
            assertEquals(RecoveredJournal.Verdict.TORN_TAIL, found.verdict());
            assertEquals(lastGroupOfThree[0], found.position());
            assertTrue(found.report().contains("quarantine"), found.report());
            engine.group(0, 5);
            engine.awaitCommit();
            engine.closeCleanly();
        }

        try (Stream<Path> saved = Files.list(books.resolve("quarantine")))
        {
            assertArrayEquals(lost, Files.readAllBytes(saved.findFirst().orElseThrow()));
        }

        assertEquals(RecoveredJournal.Verdict.CLOSED, scan().verdict());
    }

    @Test
    void shouldCutPaddingThatNothingFollows() throws IOException
    {
        final ByteBuffer padding = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        final RecordingLayout layout = layout();
        final int room = layout.termLength() - layout.termOffset(end);
        padding.putInt(0, room).put(5, (byte) 0xC0).putInt(8, layout.termOffset(end)).putInt(12, 1)
            .putInt(16, layout.streamId()).putInt(20, layout.termId(end));
        overwrite(end, padding.array());
        assertEquals(end, scan().position());
        assertEquals(RecoveredJournal.Verdict.TORN_TAIL, scan().verdict());
        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(end, engine.recovered.get(0).position());
            engine.group(0, 1);
            engine.awaitCommit();
        }

        assertEquals(RecoveredJournal.Verdict.CLEAN_END, scan().verdict());
    }

    /**
     * A power cut loses the first frames of a launch and keeps those behind them; the next launch writes as much as the
     * hole is long, and ends. What was behind it would now follow without a gap: valid, and of the right sequences.
     */
    @Test
    void shouldNotBelieveStaleFramesBehindNewOnesThatFillTheHole() throws IOException
    {
        final long[] hole = new long[1];
        final long oldEnd = launch(books, (engine) ->
        {
            engine.group(0, 1);
            hole[0] = engine.writer().position();
            engine.group(0, 2);
            engine.group(1, 3);
        });
        final byte[] stale = read(hole[0], (int) (oldEnd - hole[0]));
        overwrite(end, new byte[(int) (hole[0] - end)]);
        restarted();
        assertEquals(hole[0], launch(books, (engine) ->
        {
            assertEquals(RecoveredJournal.Verdict.TORN_TAIL, engine.recovered.get(0).verdict());
            assertEquals(end, engine.recovered.get(0).position());
            engine.group(0, 1);
        }));

        // What was behind the hole was cut, so there is nothing that could come back.
        assertArrayEquals(new byte[stale.length], read(hole[0], stale.length));
        assertEquals(hole[0], scan().position());
        assertEquals(RecoveredJournal.Verdict.CLEAN_END, scan().verdict());

        // The cut was lost, or was never made.
        overwrite(hole[0], stale);
        assertStale(hole[0], 2, "incarnation is out of order");
    }

    /** They are of a shard whose frames the hole did not touch, so that their sequence and their link are good. */
    @Test
    void shouldTellStaleFramesByTheirIncarnationAlone() throws IOException
    {
        final long[] hole = new long[2];
        final long oldEnd = launch(books, (engine) ->
        {
            hole[0] = engine.writers.get(1).position();
            engine.group(0, 1);
            engine.group(0, 1);
            hole[1] = engine.writer().position();
            engine.group(1, 2);
        });
        final byte[] stale = read(hole[1], (int) (oldEnd - hole[1]));
        overwrite(hole[0], new byte[(int) (hole[1] - hole[0])]);
        restarted();

        // The launch ends before it has written anything of the other shard: an opening and two entries fill the hole.
        try (JournalDirectory journals = JournalDirectory.open(config))
        {
            final RecoveredJournal found = journals.recover(0, ScanStart.BEGINNING, (position, b, o, l) -> {});
            assertEquals(hole[0], found.position());
            final ArchiveJournal journal = journals.journal(0);
            try (AgentInvoker invoker = new AgentInvoker((ex) -> {}, null, journal.agent()))
            {
                invoker.start();
                final FrameWriter writer = new FrameWriter(
                    journal, 0, journal.incarnation(), found.nextSequence(0), found.previousCrc(0));
                final TestEntries entries = new TestEntries();
                writer.mark(Frames.OPEN);
                for (int i = 0; i < 2; i++)
                {
                    writer.appendEntry(entries.buffer(), 0, entries.transfer(writer.nextSequence()));
                }

                writer.endGroup();
                assertEquals(hole[1], writer.flush());
                while (journal.committedPosition() < hole[1])
                {
                    invoker.invoke();
                    assertNull(journal.failure());
                }
            }
        }

        overwrite(hole[1], stale);
        assertStale(hole[1], 1, "incarnation is out of order");
    }

    /** Books and a copy of them were launched once each, so that their incarnations are the same. */
    @Test
    void shouldTellStaleFramesByTheirLinkAlone() throws IOException
    {
        final Path copy = directory.resolve("copy");
        copyTree(books, copy);
        final long[] border = new long[1];
        final long copyEnd = launch(copy, (engine) ->
        {
            engine.group(0, 1);
            border[0] = engine.writer().position();
            engine.group(0, 1);
        });
        assertEquals(border[0], launch(books, (engine) ->
        {
            engine.writer().committedSequence(engine.writer().nextSequence() - 1);
            engine.group(0, 1);
        }));
        final byte[] ofCopy = Files.readAllBytes(copy.resolve("journal-0/archive/0-0.rec"));
        overwrite(border[0], Arrays.copyOfRange(ofCopy, (int) border[0], (int) copyEnd));
        assertStale(border[0], 1, "frame is not linked to the one before");
    }

    /** Launch, work, commit and end without a clean close. */
    private long launch(final Path data, final Consumer<TestEngine> work)
    {
        try (TestEngine engine = new TestEngine(config.dataDirectory(data)))
        {
            work.accept(engine);
            engine.awaitCommit();
            return engine.journal().committedPosition();
        }
        finally
        {
            config.dataDirectory(books);
        }
    }

    /** Valid frames lie right behind a position, and recovery ends there: no earlier, and not with one of them. */
    private void assertStale(final long position, final int frameCount, final String reason)
    {
        final JournalInspection inspection = JournalFiles.open(books).inspect(0);
        assertEquals(position, inspection.stopPosition());
        assertEquals(position, inspection.laterFramePosition());
        assertEquals(frameCount, inspection.laterFrameCount());
        assertTrue(inspection.stopReason().contains(reason), inspection.stopReason());

        // No crash of a process leaves them there: while the machine was not restarted this is refused.
        assertThrows(JournalException.class, this::scan);
        restarted();
        final RecoveredJournal found = scan();
        assertEquals(position, found.position());
        assertEquals(RecoveredJournal.Verdict.TORN_TAIL, found.verdict());
        launch(books, (engine) ->
        {
            assertEquals(position, engine.recovered.get(0).position());
            assertEquals(found.nextSequence(0), engine.recoveredCount(0));
            assertEquals(found.nextSequence(1), engine.recoveredCount(1));
            engine.group(0, 1);
            engine.group(1, 1);
        });
        assertEquals(RecoveredJournal.Verdict.CLEAN_END, scan().verdict());
        assertEquals(found.nextSequence(0) + 1, scan().nextSequence(0));
        assertEquals(found.nextSequence(1) + 1, scan().nextSequence(1));
    }

    @Test
    void shouldSurviveATornBlockWhereverItEnds() throws IOException
    {
        final byte[] good = Files.readAllBytes(segment());
        for (long tear = watermark; tear <= end; tear += 97)
        {
            Files.write(segment(), good);
            overwrite(tear, new byte[(int) (end - tear)]);
            final Path copy = directory.resolve("copy-" + tear);
            copyTree(books, copy);
            try (TestEngine engine = new TestEngine(TestEngine.config(copy, Durability.OS).mtu(1024)))
            {
                assertEquals(groupBefore(tear)[1], engine.recovered.get(0).position());
                engine.group(0, 1);
                engine.awaitCommit();
            }

            PosixFiles.deleteTree(copy);
        }
    }

    @Test
    void shouldReadOnlyLookAndChangeNothing() throws IOException
    {
        overwrite(end - 200, new byte[200]);
        final Map<String, byte[]> before = contentOf(books);
        assertEquals(RecoveredJournal.Verdict.TORN_TAIL, scan().verdict());
        final Map<String, byte[]> after = contentOf(books);
        assertEquals(before.keySet(), after.keySet());
        before.forEach((name, content) -> assertArrayEquals(content, after.get(name), name));
    }

    @Test
    void shouldRefuseAMissingRecordingAndAnUnknownOne() throws IOException
    {
        final Path archive = segment().getParent();
        Files.createFile(archive.resolve("7-0.rec"));
        assertTrue(assertThrows(JournalException.class, this::openEngine).getMessage().contains("7-0.rec"));
        Files.delete(archive.resolve("7-0.rec"));
        Files.move(segment(), directory.resolve("away.rec"));
        assertTrue(assertThrows(JournalException.class, this::openEngine).getMessage().contains("missing"));
        Files.move(directory.resolve("away.rec"), segment());
        Files.move(archive.resolve(CatalogFile.FILE_NAME), directory.resolve("away"));
        assertTrue(assertThrows(JournalException.class, this::openEngine).getMessage().contains("catalog"));
        Files.move(directory.resolve("away"), archive.resolve(CatalogFile.FILE_NAME));
        Files.move(archive, directory.resolve("away"));
        final String missing = assertThrows(JournalException.class, this::scan).getMessage();
        assertTrue(
            missing.startsWith("the journal's recording is missing: directory=" + archive + ", manifest state=ACTIVE"),
            missing);
        Files.move(directory.resolve("away"), archive);
        openEngine();
    }

    @Test
    void shouldRefuseACatalogThatIsChangedInAnyByteOfItsDescription() throws IOException
    {
        final Path catalog = layout().directory().resolve(CatalogFile.FILE_NAME);
        final byte[] good = Files.readAllBytes(catalog);
        int refusals = 0;
        for (int i = 0; i < 256; i++)
        {
            for (final int mask : new int[] {0x01, 0xFF})
            {
                final byte[] bad = good.clone();
                bad[i] ^= (byte) mask;
                Files.write(catalog, bad);
                // Whatever does not matter is let be; the rest is refused by name, and nothing else is thrown.
                refusals += scanOrNull() == null ? 1 : 0;
            }
        }

        assertTrue(refusals > 40, "refusals=" + refusals);
        Files.write(catalog, good);
        assertEquals(end, scan().position());
    }

    @Test
    void shouldRefuseAMissingManifest() throws IOException
    {
        Files.move(books.resolve("journal-0/manifest"), directory.resolve("away"));
        assertTrue(assertThrows(JournalException.class, this::openEngine).getMessage().contains("no manifest"));
        assertThrows(JournalException.class, this::scan);
        Files.move(directory.resolve("away"), books.resolve("journal-0/manifest"));
        openEngine();
    }

    @Test
    void shouldGoOnFromTheMiddleWithASnapshot()
    {
        final long[] group = groups.get(3);
        final Map<Integer, Integer> crcs = new TreeMap<>();
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[1024]);
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
        {
            long position = 0;
            while (position < group[1])
            {
                position = reader.readFrame(position, frame, 0);
                crcs.put(Frames.shard(frame, 0), Frames.crc(frame, 0));
            }
        }

        final ScanStart start = new ScanStart(
            group[1], new TreeMap<>(Map.of(0, group[2], 1, group[3])), new TreeMap<>(crcs));
        final RecoveredJournal found = JournalFiles.open(books).scan(0, start, (position, buffer, offset, length) ->
            assertTrue(position >= group[1]));
        assertEquals(end, found.position());
        assertEquals(scan().nextSequence(1), found.nextSequence(1));
        final ScanStart wrong = new ScanStart(
            group[1], new TreeMap<>(Map.of(0, group[2], 1, group[3])), new TreeMap<>(Map.of(0, 1, 1, 1)));
        assertThrows(JournalException.class, () -> JournalFiles.open(books).scan(0, wrong, (p, b, o, l) -> {}));
    }

    private void openEngine()
    {
        new TestEngine(config).close();
    }

    private RecoveredJournal scan()
    {
        return JournalFiles.open(books).scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
    }

    private RecoveredJournal scanOrNull()
    {
        try
        {
            return scan();
        }
        catch (final JournalException ex)
        {
            assertFalse(ex.getMessage().isEmpty());
            return null;
        }
    }

    private long[] groupBefore(final long position)
    {
        long[] last = {0, 0, 0, 0};
        for (final long[] group : groups)
        {
            if (group[1] <= position)
            {
                last = group;
            }
        }

        return last;
    }

    /** Make the journal believe that the machine was started anew since. */
    private void restarted()
    {
        final Manifest manifest = Manifest.read(books.resolve("journal-0"));
        manifest.with(Map.of(Manifest.BOOT_ID, OTHER_BOOT)).write(books.resolve("journal-0"));
    }

    private RecordingLayout layout()
    {
        return RecordingLayout.of(Manifest.read(books.resolve("journal-0")), segment().getParent());
    }

    private Path segment()
    {
        return books.resolve("journal-0/archive/0-0.rec");
    }

    private void overwrite(final long position, final byte[] bytes) throws IOException
    {
        try (FileChannel channel = FileChannel.open(segment(), StandardOpenOption.WRITE))
        {
            PosixFiles.writeFully(channel, ByteBuffer.wrap(bytes), position);
        }
    }

    private byte[] read(final long position, final int length) throws IOException
    {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(segment(), StandardOpenOption.READ))
        {
            channel.read(bytes, position);
        }

        return bytes.array();
    }

    static void copyTree(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> paths = Files.walk(from))
        {
            for (final Path path : paths.toList())
            {
                final Path target = to.resolve(from.relativize(path));
                if (Files.isDirectory(path))
                {
                    PosixFiles.ensurePrivateDirectory(target);
                }
                else
                {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static Map<String, byte[]> contentOf(final Path root) throws IOException
    {
        final Map<String, byte[]> content = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root))
        {
            for (final Path path : paths.filter(Files::isRegularFile).toList())
            {
                content.put(path.toString(), Files.readAllBytes(path));
            }
        }

        return content;
    }
}
