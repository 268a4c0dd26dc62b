package io.seriatim.journal;

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
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is read of a recording, frame by frame and byte by byte: at ends of terms and segments, where it is damaged. */
class JournalReadingTest
{
    private static final int TERM_LENGTH = 64 * 1024;

    @TempDir
    private Path directory;
    private Path books;
    private Path home;
    private RecordingLayout layout;
    private JournalConfig config;
    private long end;
    private final List<long[]> frames = new ArrayList<>();

    /** Four segments of two terms each, with padding at the ends of terms. */
    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        home = books.resolve("journal-0");
        config = new SimDisk(new SplittableRandom(1)).install(new JournalConfig()
            .dataDirectory(books).durability(Durability.OS).termLength(TERM_LENGTH).segmentLength(2 * TERM_LENGTH)
            .mtu(2048));
        try (TestEngine engine = new TestEngine(config))
        {
            engine.transfers(0, 2_600);
            engine.awaitCommit();
            end = engine.journal().committedPosition();
        }

        layout = RecordingLayout.of(Manifest.read(home), JournalDirectory.archiveOf(home));
        try (SegmentReader reader = new SegmentReader(home))
        {
            reader.read(0, end, (position, buffer, offset, length) -> frames.add(new long[] {position, length}));
        }

        assertTrue(end > 6L * TERM_LENGTH, "end=" + end);
    }

    private FrameCursor cursor(final int readLength, final long limit)
    {
        return new FrameCursor(layout, readLength, limit);
    }

    @Test
    void shouldFindTheSameFramesWithReadsOfEveryLength()
    {
        for (final int readLength : new int[] {1, 2048, 2080, 4096, 65_536, 100_000, 1 << 20})
        {
            try (FrameCursor cursor = cursor(readLength, Long.MAX_VALUE))
            {
                for (final long[] frame : frames)
                {
                    assertEquals(FrameCursor.Step.FRAME, cursor.next(), cursor.problem());
                    assertEquals(frame[0], cursor.framePosition());
                    assertEquals(frame[1], cursor.frameLength());
                    assertEquals(Frames.MAGIC, cursor.buffer().getInt(cursor.frameOffset() + Frames.MAGIC_OFFSET));
                }

                assertEquals(FrameCursor.Step.END, cursor.next());
                assertNull(cursor.problem());
                assertEquals(end, cursor.position());
            }
        }
    }

    @Test
    void shouldNotLookForFramesAtItsLimitOrBehindIt()
    {
        final long third = frames.get(2)[0];
        try (FrameCursor limited = cursor(1 << 20, third); FrameCursor free = cursor(1 << 20, Long.MAX_VALUE))
        {
            assertEquals(FrameCursor.Step.FRAME, limited.next());
            assertEquals(FrameCursor.Step.FRAME, limited.next());
            assertEquals(FrameCursor.Step.END, limited.next());
            assertEquals(third, limited.position());
            free.seek(0, third + 1);
            for (int i = 0; i < 3; i++)
            {
                assertEquals(FrameCursor.Step.FRAME, free.next(), "one that begins before the end");
            }

            assertEquals(FrameCursor.Step.END, free.next());
            free.seek(third, third);
            assertEquals(FrameCursor.Step.END, free.next());
            free.seek(third);
            assertEquals(FrameCursor.Step.FRAME, free.next());
        }
    }

    @Test
    void shouldReadAnewWhatHasChangedSinceASeek() throws IOException
    {
        try (FrameCursor cursor = cursor(1 << 20, Long.MAX_VALUE))
        {
            assertEquals(FrameCursor.Step.FRAME, cursor.next());
            change(frames.get(1)[0] + Frames.TRANSPORT_HEADER_LENGTH + 80, (byte) 1);
            assertEquals(FrameCursor.Step.FRAME, cursor.next(), "read before");
            cursor.seek(frames.get(1)[0]);
            assertEquals(FrameCursor.Step.BAD, cursor.next());
            assertEquals(frames.get(1)[0], cursor.position());
            cursor.seek(frames.get(2)[0]);
            assertNull(cursor.problem());
            assertEquals(FrameCursor.Step.FRAME, cursor.next());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAMessage() throws IOException
    {
        final long[] frame = frames.get(5);
        final int sessionOffset = 12;
        change(frame[0] + sessionOffset, (byte) 7);
        assertProblem(frame[0], "message was sent by another incarnation than its frame: session=");
        restore(frame[0] + sessionOffset, (byte) 7);

        change(frame[0] + 5, (byte) 0x40);
        assertProblem(frame[0], "");
        restore(frame[0] + 5, (byte) 0x40);

        final RecordingLayout other = new RecordingLayout(
            layout.directory(), layout.recordingId(), layout.streamId(), layout.initialTermId(), TERM_LENGTH, 2048,
            2 * TERM_LENGTH, layout.logTag() ^ 1);
        try (FrameCursor cursor = new FrameCursor(other, 4096, Long.MAX_VALUE))
        {
            assertEquals(FrameCursor.Step.BAD, cursor.next());
            assertTrue(cursor.problem().startsWith("frame is of another log: tag=0x"), cursor.problem());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithPadding() throws IOException
    {
        final long[] padded = beforePadding();
        final long padding = padded[0] + Frames.positionsOf((int) padded[1]);
        final long next = padding / TERM_LENGTH * TERM_LENGTH + TERM_LENGTH;
        change(next - 1, (byte) 1);
        assertProblem(padding, "padding is not zero");
        restore(next - 1, (byte) 1);

        change(padding + 12, (byte) 9);
        try (FrameCursor cursor = cursor(1 << 20, Long.MAX_VALUE))
        {
            cursor.seek(padding);
            assertEquals(FrameCursor.Step.BAD, cursor.next());
            assertTrue(cursor.problem().contains("padding before it has session="), cursor.problem());
            assertEquals(next, cursor.position());
        }

        restore(padding + 12, (byte) 9);
        try (FrameCursor cursor = cursor(1 << 20, Long.MAX_VALUE))
        {
            cursor.seek(padding);
            assertEquals(FrameCursor.Step.FRAME, cursor.next());
            assertEquals(next, cursor.framePosition());
        }
    }

    @Test
    void shouldReadFramesByTheirPositionsOnly()
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);
        try (SegmentReader reader = new SegmentReader(home))
        {
            assertEquals(Frames.lengthMax(2048), reader.frameLengthMax());
            for (int i = 0; i < frames.size() - 1; i++)
            {
                final long next = reader.readFrame(frames.get(i)[0], buffer, 64);
                assertEquals(frames.get(i)[1], Frames.length(buffer, 64));
                assertEquals(frames.get(i)[0] + Frames.positionsOf((int) frames.get(i)[1]), next);
            }

            for (final long wrong : new long[] {-32, 1, 31, end + 16})
            {
                assertTrue(
                    assertThrows(JournalException.class, () -> reader.readFrame(wrong, buffer, 0)).getMessage()
                        .contains("multiples of 32"), "position=" + wrong);
                assertThrows(JournalException.class, () -> reader.read(wrong, end, (p, b, o, l) -> {}));
            }

            assertTrue(
                assertThrows(JournalException.class, () -> reader.readFrame(end, buffer, 0)).getMessage()
                    .startsWith("no frame begins here, only zeros, position=" + end));
            assertEquals(frames.get(1)[0], reader.read(0, 1, (p, b, o, l) -> assertEquals(0, p)));
            assertEquals(0, reader.read(0, 0, (p, b, o, l) -> assertEquals(-1, p)));
        }
    }

    @Test
    void shouldHoldFewHandlesAndLetGoOfAll() throws IOException
    {
        final Path many = Files.createDirectories(directory.resolve("many"));
        final RecordingLayout segments =
            new RecordingLayout(many, 0, 1000, 0, TERM_LENGTH, 2048, TERM_LENGTH, 0);
        for (int i = 0; i < 40; i++)
        {
            Files.write(segments.segmentFile((long) i * TERM_LENGTH), new byte[] {(byte) (i + 1)});
        }

        final long before = openFilesIn(many);
        final SegmentFiles files = new SegmentFiles(segments);
        final ByteBuffer bytes = ByteBuffer.allocate(64);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 40; i++)
            {
                files.read((long) i * TERM_LENGTH, bytes, 19);
                assertEquals(i + 1, bytes.get(0));
                assertEquals(19, bytes.limit());
                for (int k = 1; k < 19; k++)
                {
                    assertEquals(0, bytes.get(k), "what is not there is zero");
                }

                bytes.clear();
                for (int k = 0; k < bytes.capacity(); k++)
                {
                    bytes.put(k, (byte) 0x55);
                }
            }
        }

        assertEquals(16, openFilesIn(many) - before);
        files.read(100L * TERM_LENGTH, bytes, 8);
        assertEquals(0, bytes.getLong(0), "a file that is not there");
        files.close();
        assertEquals(before, openFilesIn(many));
    }

    @Test
    void shouldGoOnReadingWhenTheThreadIsInterruptedAndKeepTheInterrupt()
    {
        try (SegmentFiles files = new SegmentFiles(layout))
        {
            final ByteBuffer bytes = ByteBuffer.allocate(64);
            files.read(0, bytes, 64);
            final byte[] expected = bytes.array().clone();
            Thread.currentThread().interrupt();
            files.read(0, bytes, 64);
            assertTrue(Thread.interrupted());
            assertArrayEquals(expected, bytes.array());
            files.read(0, bytes, 64);
            assertFalse(Thread.interrupted());
        }
    }

    @Test
    void shouldListTheFilesOfTheRecordingAndRefuseOthers() throws IOException
    {
        assertEquals(
            List.of(0L, 2L * TERM_LENGTH, 4L * TERM_LENGTH, 6L * TERM_LENGTH),
            List.copyOf(SegmentFiles.list(layout).keySet()));
        for (final String wrong : List.of(
            "1-0.rec", "0-1.rec", "0-" + TERM_LENGTH + ".rec", "0--131072.rec", "0-x.rec", "0-00.rec", "x.rec"))
        {
            final Path file = Files.createFile(layout.directory().resolve(wrong));
            assertThrows(JournalException.class, () -> SegmentFiles.list(layout), wrong);
            Files.delete(file);
        }

        final Path last = layout.segmentFile(8L * TERM_LENGTH);
        Files.write(last, new byte[2 * TERM_LENGTH]);
        assertEquals(5, SegmentFiles.list(layout).size());
        Files.write(last, new byte[1], StandardOpenOption.APPEND);
        assertThrows(JournalException.class, () -> SegmentFiles.list(layout), "longer than a segment");
        assertTrue(SegmentFiles.list(new RecordingLayout(
            directory.resolve("none"), 0, 1000, 0, TERM_LENGTH, 2048, TERM_LENGTH, 0)).isEmpty());
        assertTrue(SegmentFiles.isWithoutRecordings(directory.resolve("none")));
        assertTrue(SegmentFiles.isWithoutRecordings(Files.createDirectory(directory.resolve("empty"))));
        assertFalse(SegmentFiles.isWithoutRecordings(layout.directory()));
    }

    @Test
    void shouldTellAllThatAnInspectionFinds() throws IOException
    {
        final long[] bad = frames.get(frames.size() - 6);
        change(bad[0] + 100, (byte) 1);
        final JournalInspection inspection = JournalFiles.open(books).inspect(0);

        assertEquals(TestEngine.LOG_UUID, inspection.manifest().logUuid());
        assertEquals(SegmentFiles.list(layout), inspection.segments());
        assertEquals(bad[0], inspection.goodPosition());
        assertEquals(bad[0], inspection.stopPosition());
        assertTrue(inspection.stopReason().contains("checksum"), inspection.stopReason());
        assertEquals(5, inspection.laterFrameCount());
        assertEquals(frames.get(frames.size() - 5)[0], inspection.laterFramePosition());
        assertEquals(end, inspection.contentEnd());
        assertEquals(1, inspection.shards().size());
        assertEquals(0, inspection.shards().get(0).shard());
        assertTrue(inspection.shards().get(0).nextSequence() > 2_000);
        assertEquals(layout.segmentFile(layout.segmentBase(bad[0])), inspection.file(bad[0]));
        assertEquals(bad[0] - layout.segmentBase(bad[0]), inspection.fileOffset(bad[0]));
        final byte[] bytes = inspection.bytes(bad[0], 40);
        assertEquals(40, bytes.length);
        assertEquals(
            RecordingLayout.TYPE_DATA, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(6));
        assertNull(inspection.found());
        assertTrue(inspection.refusal().startsWith("journal 0 (" + layout.directory() + ") is refused: "));
        assertTrue(inspection.refusal().contains("last good position=" + bad[0] + ", shard 0 next sequence="));
        assertTrue(inspection.refusal().contains("count=5"), inspection.refusal());
        assertEquals(layout.directory(), inspection.layout().directory());
        assertEquals(bad[0], inspection.scan().endPosition());
    }

    @Test
    void shouldReadALiveJournalUpToWhatIsKnownToBeCommitted() throws IOException
    {
        final JournalFiles files = JournalFiles.open(books);
        assertFalse(files.isLive());
        assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));
        assertEquals(1, files.journalCount());
        assertEquals(TestEngine.LOG_UUID, files.manifest(0).logUuid());
        try (SegmentReader reader = files.reader(0))
        {
            assertEquals(end, reader.read(0, end, (p, b, o, l) -> {}));
        }

        final long watermark = frames.get(9)[0];
        Manifest.read(home).with(new Watermark(watermark, new TreeMap<>(Map.of(0, 50L)))).write(home);
        try (DirectoryLock lock = DirectoryLock.acquire(books))
        {
            assertNotNull(lock);
            assertTrue(files.isLive());
            assertEquals(ProcessHandle.current().pid(), files.holderPid());
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0), "no transport is there");
            final List<Long> positions = new ArrayList<>();
            final RecoveredJournal found = files.scan(
                0, ScanStart.BEGINNING, (position, buffer, offset, length) -> positions.add(position));
            assertEquals(RecoveredJournal.Verdict.LIMITED, found.verdict());
            assertEquals(watermark, found.position());
            assertEquals(9, positions.size());
            assertTrue(found.report().contains("read up to its committed position " + watermark), found.report());
            assertEquals(found.report(), found.toString());
            change(frames.get(4)[0] + 100, (byte) 1);
            final JournalException damaged = assertThrows(
                JournalException.class, () -> files.scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {}));
            assertTrue(damaged.getMessage().contains("damaged below the committed position"), damaged.getMessage());
            restore(frames.get(4)[0] + 100, (byte) 1);
            zero(frames.get(4)[0], 32);
            assertThrows(
                JournalException.class, () -> files.scan(0, ScanStart.BEGINNING, (p, b, o, l) -> {}), "it ends early");
        }

        assertFalse(files.isLive());
        assertFalse(DirectoryLock.isHeld(directory), "no lock was ever there");
        assertEquals(-1, DirectoryLock.holderPid(directory));
        Files.writeString(directory.resolve(DirectoryLock.FILE_NAME), "no number");
        assertEquals(-1, DirectoryLock.holderPid(directory));
    }

    @Test
    void shouldReportHowAJournalEnds() throws IOException
    {
        final RecoveredJournal clean = scan();
        assertEquals(RecoveredJournal.Verdict.CLEAN_END, clean.verdict());
        assertTrue(clean.report().startsWith(
            "journal 0 (" + layout.directory() + ") ends cleanly: last good position=" + end), clean.report());
        assertTrue(clean.report().contains("; the end is unanchored"), clean.report());
        assertTrue(clean.isUnanchored());
        assertFalse(clean.report().contains("tail length"), clean.report());

        final long[] last = frames.get(frames.size() - 1);
        zero(last[0] + 64, (int) (end - last[0] - 64));
        Manifest.read(home).with(Map.of(Manifest.BOOT_ID, "another")).write(home);
        final RecoveredJournal torn = scan();
        assertEquals(RecoveredJournal.Verdict.TORN_TAIL, torn.verdict());
        assertEquals(last[0], torn.position());
        assertEquals(64, torn.tailLength());
        assertTrue(torn.report().contains(" ends in a tail that nobody was told of: "), torn.report());
        assertTrue(torn.report().contains(", tail length=64, stopped at position=" + last[0]), torn.report());

        Manifest.read(home).with(Map.of(Manifest.BOOT_ID, "")).write(home);
        assertEquals(torn.report(), scan().report(), "who does not know its boot may have been restarted");
    }

    @Test
    void shouldCutSegmentsThatHoldNothing() throws IOException
    {
        final Path empty = layout.segmentFile(8L * TERM_LENGTH);
        Files.write(empty, new byte[2 * TERM_LENGTH]);
        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(end, engine.recovered.get(0).position());
            assertFalse(Files.exists(empty));
            engine.transfers(0, 3);
            engine.awaitCommit();
        }

        assertEquals(RecoveredJournal.Verdict.CLEAN_END, scan().verdict());
        assertTrue(scan().position() > end);
    }

    @Test
    void shouldRefuseACleanCloseThatIsNotWhatItWas() throws IOException
    {
        try (TestEngine engine = new TestEngine(config))
        {
            engine.closeCleanly();
        }

        assertEquals(RecoveredJournal.Verdict.CLOSED, scan().verdict());
        assertTrue(scan().report().contains(" was closed cleanly: last good position="), scan().report());
        final Manifest closed = Manifest.read(home);
        final ShardMark mark = closed.closeMarks().get(0);
        closed.with(List.of(new ShardMark(0, mark.nextSequence() + 1, mark.stateDigest(), 1, 2))).write(home);
        assertTrue(
            assertThrows(JournalException.class, this::scan).getMessage().contains("clean close says otherwise"));
        closed.with(List.of(new ShardMark(1, mark.nextSequence(), mark.stateDigest(), 1, 2))).write(home);
        assertTrue(
            assertThrows(JournalException.class, this::scan).getMessage().contains(
                "its clean close says otherwise: null, next sequence read=" + mark.nextSequence()));
        closed.write(home);
        change(closed.watermark().position() + 3, (byte) 1);
        assertTrue(assertThrows(JournalException.class, this::scan).getMessage().contains("it was closed cleanly"));
        restore(closed.watermark().position() + 3, (byte) 1);
        assertEquals(RecoveredJournal.Verdict.CLOSED, scan().verdict());

        try (TestEngine engine = new TestEngine(config))
        {
            engine.group(0, 2);
            engine.awaitCommit();
        }

        closed.with(Map.of(Manifest.INCARNATION, Long.toString(closed.incarnation() + 1))).write(home);
        final String behind = assertThrows(JournalException.class, this::scan).getMessage();
        assertTrue(
            behind.contains("is refused: it was closed cleanly at position " + closed.watermark().position() +
            " and ends elsewhere now; "), behind);
    }

    @Test
    void shouldCutAtTheEndOfASegmentBehindWhichThereIsNone() throws IOException
    {
        final SortedMap<Long, Path> files = SegmentFiles.list(layout);
        final Path first = files.get(0L);
        final byte[] content = Files.readAllBytes(first);
        files.remove(2L * TERM_LENGTH);
        Files.delete(layout.segmentFile(2L * TERM_LENGTH));
        new TailRepair(layout, books, "").cut(2L * TERM_LENGTH, files);
        assertArrayEquals(content, Files.readAllBytes(first));
        assertEquals(List.of(0L), List.copyOf(SegmentFiles.list(layout).keySet()), "all that lay behind is gone");
    }

    private RecoveredJournal scan()
    {
        return JournalFiles.open(books).scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
    }

    /** The last frame before padding. */
    private long[] beforePadding()
    {
        for (int i = 0; i + 1 < frames.size(); i++)
        {
            if (frames.get(i)[0] + Frames.positionsOf((int) frames.get(i)[1]) != frames.get(i + 1)[0])
            {
                return frames.get(i);
            }
        }

        throw new AssertionError("no padding was written");
    }

    private void assertProblem(final long position, final String problem)
    {
        try (FrameCursor cursor = cursor(1 << 20, Long.MAX_VALUE))
        {
            cursor.seek(position);
            assertEquals(FrameCursor.Step.BAD, cursor.next());
            assertTrue(!cursor.problem().isEmpty() && cursor.problem().contains(problem), cursor.problem());
            assertEquals(position, cursor.position());
        }
    }

    private void restore(final long position, final byte mask) throws IOException
    {
        change(position, mask);
    }

    private void change(final long position, final byte mask) throws IOException
    {
        final long base = layout.segmentBase(position);
        try (FileChannel channel = FileChannel.open(
            layout.segmentFile(base), StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            final ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position - base);
            one.put(0, (byte) (one.get(0) ^ mask)).position(0);
            channel.write(one, position - base);
        }
    }

    private void zero(final long position, final int length) throws IOException
    {
        final long base = layout.segmentBase(position);
        try (FileChannel channel = FileChannel.open(layout.segmentFile(base), StandardOpenOption.WRITE))
        {
            channel.write(ByteBuffer.allocate(length), position - base);
        }
    }

    private static long openFilesIn(final Path path) throws IOException
    {
        final AtomicReference<IOException> failure = new AtomicReference<>();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd")))
        {
            return handles.filter((handle) ->
            {
                try
                {
                    return Files.readSymbolicLink(handle).startsWith(path);
                }
                catch (final IOException ex)
                {
                    failure.set(ex);
                    return false;
                }
            }).count();
        }
    }
}
