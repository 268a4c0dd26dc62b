package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A copy has the bytes of its original, wherever it was broken off, and takes nothing that does not follow. */
class JournalCopyTest
{
    private static final int TERM_LENGTH = 64 * 1024;

    @TempDir
    private Path directory;
    private Path original;
    private Path copied;
    private long end;
    private final List<long[]> frames = new ArrayList<>();

    /** Three incarnations of two shards, over several segments, with padding. */
    @BeforeEach
    void write()
    {
        original = directory.resolve("original");
        copied = directory.resolve("copied");
        final JournalConfig config = config(original);
        for (int incarnation = 0; incarnation < 3; incarnation++)
        {
            try (TestEngine engine = new TestEngine(config, 2, 1))
            {
                engine.transfers(0, 700);
                engine.transfers(1, 300);
                engine.group(0, 20);
                engine.awaitCommit();
                end = engine.journal().committedPosition();
            }
        }

        try (SegmentReader reader = reader())
        {
            reader.read(0, end, (position, buffer, offset, length) -> frames.add(new long[] {position, length}));
        }
    }

    private JournalConfig config(final Path data)
    {
        return new SimDisk(new SplittableRandom(1)).install(new JournalConfig()
            .dataDirectory(data).durability(Durability.OS).termLength(TERM_LENGTH).segmentLength(2 * TERM_LENGTH)
            .mtu(2048));
    }

    private SegmentReader reader()
    {
        return new SegmentReader(original.resolve("journal-0"));
    }

    private void create()
    {
        JournalCopy.create(config(copied), JournalLayout.of(TestEngine.LOG_UUID, 2, 1));
    }

    private JournalCopy open()
    {
        return JournalCopy.open(config(copied), (position, buffer, offset, length) -> {});
    }

    /** Append frames from the position that the copy has on. */
    private int append(final JournalCopy copy, final int count)
    {
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[4096]);
        int appended = 0;
        try (SegmentReader reader = reader())
        {
            for (final long[] each : frames)
            {
                if (each[0] >= copy.position(0) && appended < count)
                {
                    reader.readFrame(each[0], frame, 16);
                    copy.append(0, each[0], frame, 16, (int) each[1]);
                    appended++;
                }
            }
        }

        return appended;
    }

    @Test
    void shouldHaveTheBytesOfItsOriginalWhereverItIsBrokenOff() throws IOException
    {
        create();
        int step = 1;
        boolean isDone = false;
        while (!isDone)
        {
            final List<Long> found = new ArrayList<>();
            try (JournalCopy copy = JournalCopy.open(
                config(copied), (position, buffer, offset, length) -> found.add(position)))
            {
                assertEquals(1, copy.journalCount());
                assertEquals(TestEngine.LOG_UUID, copy.logUuid());
                assertEquals(
                    frames.stream().map((frame) -> frame[0]).filter((at) -> at < copy.position(0)).toList(), found);
                isDone = append(copy, step) < step;
                copy.flush(0);
                copy.flush(0);
                if (isDone)
                {
                    assertEquals(end, copy.position(0));
                    copy.force(0, end, nextSequences());
                    assertEquals(end, copy.manifest(0).watermark().position());
                    assertEquals(3, copy.manifest(0).incarnation());
                }

                step += 7;
            }
        }

        final SortedFiles files = new SortedFiles(original, copied);
        assertTrue(files.originals.size() > 1);
        for (int i = 0; i < files.originals.size(); i++)
        {
            assertArrayEquals(
                Files.readAllBytes(files.originals.get(i)), Files.readAllBytes(files.copies.get(i)), "file " + i);
        }

        final RecoveredJournal judged =
            JournalFiles.open(copied).scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
        assertEquals(end, judged.position());
        try (TestEngine engine = new TestEngine(config(copied)))
        {
            assertEquals(4, engine.journal().incarnation());
            engine.group(0, 1);
            engine.awaitCommit();
        }
    }

    private Map<Integer, Long> nextSequences()
    {
        final RecoveredJournal found =
            JournalFiles.open(original).scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
        return Map.of(0, found.nextSequence(0), 1, found.nextSequence(1));
    }

    @Test
    void shouldWriteByItselfWhatItsBufferDoesNotHold() throws IOException
    {
        final int megabyte = 1024 * 1024;
        original = directory.resolve("long");
        copied = directory.resolve("long-copied");
        final JournalConfig config = config(original).termLength(2 * megabyte).segmentLength(2 * megabyte);
        frames.clear();
        try (TestEngine engine = new TestEngine(config, 1, 1))
        {
            engine.transfers(0, 8_000);
            engine.awaitCommit();
            end = engine.journal().committedPosition();
        }

        assertTrue(end > megabyte && end < 2 * megabyte, "end=" + end);
        try (SegmentReader reader = reader())
        {
            reader.read(0, end, (position, buffer, offset, length) -> frames.add(new long[] {position, length}));
        }

        JournalCopy.create(config.dataDirectory(copied), JournalLayout.of(TestEngine.LOG_UUID, 1, 1));
        try (JournalCopy copy = JournalCopy.open(config, (position, buffer, offset, length) -> {});
            SegmentReader written = copy.reader(0))
        {
            append(copy, Integer.MAX_VALUE);
            assertEquals(end, copy.position(0));
            final long[] last = new long[1];
            written.read(0, end, (position, buffer, offset, length) -> last[0] = position + length);
            assertTrue(last[0] > megabyte - 4096 && last[0] < end, "written up to " + last[0]);
            copy.flush(0);
        }

        final SortedFiles files = new SortedFiles(original, copied);
        assertEquals(1, files.originals.size());
        assertEquals(-1, Files.mismatch(files.originals.get(0), files.copies.get(0)));
    }

    @Test
    void shouldBeMadeAnewAfterADiskThatTookNothing()
    {
        final SimDisk dead = new SimDisk(new SplittableRandom(1));
        dead.die();
        final JournalException refused = assertThrows(
            JournalException.class,
            () -> JournalCopy.create(
                dead.install(config(copied)), JournalLayout.of(TestEngine.LOG_UUID, 2, 1)));
        assertTrue(
            refused.getMessage().startsWith("the journal can not be opened: ") &&
            refused.getMessage().contains("the process is gone (simulated), directory=" + copied.resolve("journal-0")),
            refused.getMessage());
        assertFalse(DirectoryLock.isHeld(copied));
        assertThrows(JournalException.class, () -> JournalFiles.open(copied), "it does not count");
        create();
        try (JournalCopy copy = open())
        {
            assertEquals(5, append(copy, 5));
            copy.flush(0);
        }
    }

    @Test
    void shouldShowWhatIsFlushedToItsReaders()
    {
        create();
        try (JournalCopy copy = open(); SegmentReader reader = copy.reader(0))
        {
            append(copy, 3);
            assertEquals(0, reader.read(0, copy.position(0), (position, buffer, offset, length) -> {}));
            copy.flush(0);
            assertEquals(
                frames.get(3)[0], reader.read(0, copy.position(0), (position, buffer, offset, length) -> {}));
        }
    }

    @Test
    void shouldBeMadeOnceAndLockItsDirectory()
    {
        create();
        try (JournalCopy copy = open())
        {
            append(copy, 5);
            copy.flush(0);
            assertThrows(DirectoryInUseException.class, this::open);
            assertThrows(DirectoryInUseException.class, this::create);
        }

        create();
        try (JournalCopy copy = open())
        {
            assertEquals(frames.get(5)[0], copy.position(0), "it was left as it was");
        }

        assertFalse(DirectoryLock.isHeld(copied));
    }

    @Test
    void shouldTakeNothingThatDoesNotFollow()
    {
        create();
        try (JournalCopy copy = open(); SegmentReader reader = reader())
        {
            append(copy, 4);
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[4096]);
            reader.readFrame(frames.get(5)[0], frame, 0);
            final int length = (int) frames.get(5)[1];
            for (final long wrong : new long[] {
                frames.get(3)[0], frames.get(5)[0], copy.position(0) + 32, copy.position(0) - 32, 2L * TERM_LENGTH})
            {
                final JournalException ex =
                    assertThrows(JournalException.class, () -> copy.append(0, wrong, frame, 0, length), "at " + wrong);
                assertTrue(ex.getMessage().contains("does not follow on what there is: position=" + wrong));
            }

            final long next = copy.position(0);
            frame.putByte(100, (byte) (frame.getByte(100) ^ 1));
            assertRefused(copy, next, frame, length, "checksum");
            frame.putByte(100, (byte) (frame.getByte(100) ^ 1));
            assertRefused(copy, next, frame, length + 32, "");
            assertEquals(next, copy.position(0), "nothing was taken");
        }
    }

    @Test
    void shouldTakeNothingOfAnotherLogOrAnotherJournal()
    {
        JournalCopy.create(config(copied), new JournalLayout(TestEngine.LOG_UUID, 2, List.of(1, 0)));
        try (JournalCopy copy = open(); SegmentReader reader = reader())
        {
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[4096]);
            reader.readFrame(0, frame, 0);
            assertRefused(
                copy, 0, frame, (int) frames.get(0)[1], "it is of a shard that the journal does not carry: shard=0");
        }

        final Path other = directory.resolve("other");
        JournalCopy.create(config(other), JournalLayout.of(new UUID(1, 2), 2, 1));
        try (JournalCopy copy = JournalCopy.open(config(other), (position, buffer, offset, length) -> {});
            SegmentReader reader = reader())
        {
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[4096]);
            reader.readFrame(0, frame, 0);
            assertRefused(copy, 0, frame, (int) frames.get(0)[1], "it is of another log: tag=0x");
        }
    }

    private static void assertRefused(
        final JournalCopy copy, final long position, final UnsafeBuffer frame, final int length, final String why)
    {
        final JournalException ex =
            assertThrows(JournalException.class, () -> copy.append(0, position, frame, 0, length));
        assertTrue(ex.getMessage().startsWith("what was sent is not a frame of this journal: "), ex.getMessage());
        assertTrue(ex.getMessage().contains(why), ex.getMessage());
    }

    /** The segment files of both, by position. */
    private static final class SortedFiles
    {
        private final List<Path> originals;
        private final List<Path> copies;

        SortedFiles(final Path original, final Path copied)
        {
            originals = files(original);
            copies = files(copied);
            assertEquals(originals.size(), copies.size());
        }

        private static List<Path> files(final Path data)
        {
            final Path home = data.resolve("journal-0");
            return List.copyOf(SegmentFiles.list(
                RecordingLayout.of(Manifest.read(home), JournalDirectory.archiveOf(home))).values());
        }
    }
}
