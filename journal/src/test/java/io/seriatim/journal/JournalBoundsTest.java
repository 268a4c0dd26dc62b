package io.seriatim.journal;

import io.aeron.archive.codecs.RecordingDescriptorDecoder;
import io.seriatim.codecs.GenesisEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is allowed is allowed up to its bound, and not one beyond: settings, entries, catalogs, memory. */
class JournalBoundsTest
{
    private static final int MIB = 1024 * 1024;
    private static final int VERSION_OFFSET = MessageHeaderDecoder.versionEncodingOffset();

    @TempDir
    private Path directory;

    @Test
    void shouldForceWhatIsCommittedWhateverThePolicy()
    {
        for (final Durability durability : List.of(Durability.OS, Durability.FSYNC))
        {
            try (TestEngine engine = new TestEngine(
                TestEngine.config(directory.resolve("force-" + durability), durability)))
            {
                engine.group(0, 3);
                engine.awaitCommit();
                final ArchiveJournal journal = engine.journal();
                journal.force(0, journal.committedPosition());
                // Nothing is forced again that is forced by the policy: there is no file so far out.
                final long far = 100L * journal.manifest().segmentLength();
                if (durability == Durability.FSYNC)
                {
                    journal.force(0, far);
                }
                else
                {
                    assertThrows(JournalException.class, () -> journal.force(0, far));
                    assertThrows(JournalException.class, () -> journal.force(0, journal.committedPosition()));
                    assertNotNull(journal.failure());
                }
            }
        }
    }

    @Test
    void shouldMeasureEntriesToTheirLastByte()
    {
        final TestEntries entries = new TestEntries();
        for (int kind = 0; kind < 6; kind++)
        {
            final int length = entries.ofKind(kind, 5);
            assertEquals(length, Entries.length(entries.buffer(), 0, length));
            assertEquals(Entries.NOT_AN_ENTRY, Entries.length(entries.buffer(), 0, length - 1));
            assertEquals(5, Entries.sequence(entries.buffer(), 0));
            assertEquals(entries.buffer().getShort(2), Entries.templateId(entries.buffer(), 0));
            final UnsafeBuffer moved = new UnsafeBuffer(new byte[1_200]);
            moved.putBytes(40, entries.buffer(), 0, length);
            assertEquals(length, Entries.length(moved, 40, 40 + length), "behind others");
            assertEquals(Entries.NOT_AN_ENTRY, Entries.length(moved, 40, 40 + length - 1));
            for (int header = 0; header < 8; header++)
            {
                assertEquals(Entries.NOT_AN_ENTRY, Entries.length(moved, 40, 40 + header));
            }
        }
    }

    @Test
    void shouldMeasureAGenesisToTheLastLetterOfItsOrigin()
    {
        final TestEntries entries = new TestEntries();
        for (final int placements : new int[] {0, 1, 7})
        {
            for (final String origin : List.of("", "a", "example.org/log"))
            {
                final int length = entries.genesis(placements, origin);
                final UnsafeBuffer moved = new UnsafeBuffer(new byte[1_200]);
                moved.putBytes(24, entries.buffer(), 0, length);
                for (int cut = 0; cut < length; cut++)
                {
                    assertEquals(Entries.NOT_AN_ENTRY, Entries.length(moved, 24, 24 + cut), "cut=" + cut);
                }

                assertEquals(length, Entries.length(moved, 24, 24 + length));
                assertEquals(length, Entries.length(moved, 24, 1_200), "what follows does not count");
            }
        }
    }

    @Test
    void shouldTakeNothingForAnEntryThatIsOfAnotherVersionOrHasOtherPlacements()
    {
        final TestEntries entries = new TestEntries();
        final int transferLength = entries.transfer(5);
        final short version = entries.buffer().getShort(VERSION_OFFSET);
        entries.buffer().putShort(VERSION_OFFSET, (short)(version + 1));
        assertEquals(Entries.NOT_AN_ENTRY, Entries.length(entries.buffer(), 0, transferLength));
        entries.buffer().putShort(VERSION_OFFSET, version);
        assertEquals(transferLength, Entries.length(entries.buffer(), 0, transferLength));

        final int genesisLength = entries.genesis(2, "example.org/log");
        final int groupOffset = MessageHeaderDecoder.ENCODED_LENGTH + GenesisEntryDecoder.BLOCK_LENGTH;
        final short placementLength = entries.buffer().getShort(groupOffset);
        entries.buffer().putShort(groupOffset, (short)(placementLength + 1));
        assertEquals(Entries.NOT_AN_ENTRY, Entries.length(entries.buffer(), 0, genesisLength));
        entries.buffer().putShort(groupOffset, placementLength);
        assertEquals(genesisLength, Entries.length(entries.buffer(), 0, genesisLength));
    }

    @Test
    void shouldComputeTheChecksumOfAFrameWhereverItLiesButAtABareAddress()
    {
        final UnsafeBuffer heap = new UnsafeBuffer(new byte[128]);
        heap.setMemory(0, 128, (byte)7);
        final UnsafeBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(160), 32, 128);
        direct.putBytes(0, heap, 0, 128);
        final FrameChecker checker = new FrameChecker();
        assertEquals(checker.crc(heap, 0, 128), checker.crc(direct, 0, 128));
        final UnsafeBuffer bare = new UnsafeBuffer(direct.addressOffset(), 128);
        final String refusal =
            assertThrows(IllegalArgumentException.class, () -> checker.crc(bare, 0, 128)).getMessage();
        assertTrue(refusal.startsWith("a frame must lie in a byte array or a byte buffer: "), refusal);
        assertEquals(checker.crc(heap, 0, 128), checker.crc(direct, 0, 128));
    }

    @Test
    void shouldKnowNoArchiveOfARecordingWithoutAJournalAroundIt()
    {
        assertNull(ArchivePlace.of(
            new RecordingLayout(Path.of("archive"), 0, 1000, 7, MIB, 2048, MIB, 0)));
    }

    @Test
    void shouldTakeSettingsUpToTheirBounds()
    {
        for (final int good : new int[] {64 * 1024, 1024 * MIB})
        {
            config().termLength(good).segmentLength(1024 * MIB).mtu(1024).validate();
        }

        for (final int wrong : new int[] {32 * 1024, 64 * 1024 + 1, -1})
        {
            final JournalConfig config = config().termLength(wrong);
            assertThrows(IllegalArgumentException.class, config::validate, "termLength=" + wrong);
        }

        assertEquals(0, config().termLength(), "is chosen at the creation");
        config().segmentLength(JournalConfig.TERM_LENGTH_DEFAULT).validate();
        final JournalConfig small = config().segmentLength(JournalConfig.TERM_LENGTH_DEFAULT / 2);
        assertThrows(IllegalArgumentException.class, small::validate, "a term may be chosen that does not fit");
        assertThrows(
            IllegalArgumentException.class, config().termLength(Integer.MIN_VALUE).segmentLength(MIB)::validate);
        config().termLength(MIB).segmentLength(MIB).validate();
        for (final int wrong : new int[] {MIB / 2, MIB + 1, 3 * MIB})
        {
            final JournalConfig config = config().termLength(MIB).segmentLength(wrong);
            assertThrows(IllegalArgumentException.class, config::validate, "segmentLength=" + wrong);
        }

        for (final int good : new int[] {1024, 65_504})
        {
            config().termLength(MIB).segmentLength(MIB).mtu(good).validate();
        }

        for (final int wrong : new int[] {992, 1040, 65_536})
        {
            final JournalConfig config = config().termLength(MIB).segmentLength(MIB).mtu(wrong);
            assertThrows(IllegalArgumentException.class, config::validate, "mtu=" + wrong);
        }

        config().termLength(64 * 1024).segmentLength(MIB).mtu(8 * 1024).validate();
        final JournalConfig tooLong = config().termLength(64 * 1024).segmentLength(MIB).mtu(8 * 1024 + 32);
        assertThrows(IllegalArgumentException.class, tooLong::validate);
        final JournalConfig late = config().commitTimeoutNs(-1);
        assertThrows(IllegalArgumentException.class, late::validate);
        final JournalConfig never = config().openTimeoutNs(0);
        assertThrows(IllegalArgumentException.class, never::validate);
        final JournalConfig nowhere = config().dataDirectory(null);
        assertEquals(
            "JournalConfig.dataDirectory must be set",
            assertThrows(IllegalArgumentException.class, nowhere::validate).getMessage());
    }

    @Test
    void shouldCopySettingsWhole()
    {
        final Replication replication = new Replication("127.0.0.1", 9010, "a secret of followers");
        final JournalConfig config = config().aeronDirectory(directory.resolve("aeron")).termLength(MIB)
            .segmentLength(2 * MIB).mtu(2048).commitTimeoutNs(5).openTimeoutNs(6).uncheckedMemoryAllowed(true)
            .replication(replication);
        final JournalConfig copy = config.copy();
        assertNotSame(config, copy);
        assertEquals(directory.resolve("aeron"), copy.aeronDirectory());
        assertEquals(List.of(MIB, 2 * MIB, 2048), List.of(copy.termLength(), copy.segmentLength(), copy.mtu()));
        assertEquals(List.of(5L, 6L), List.of(copy.commitTimeoutNs(), copy.openTimeoutNs()));
        assertTrue(copy.isUncheckedMemoryAllowed());
        assertFalse(config().isUncheckedMemoryAllowed());
        assertSame(replication, copy.replication());
        assertEquals(Durability.OS, copy.durability());
        assertEquals("127.0.0.1:9010", replication.toString(), "never the secret");
        assertEquals("aeron:udp?endpoint=127.0.0.1:9012", replication.channel(2));
    }

    @Test
    void shouldTakeLayoutsAndMarksUpToTheirBounds()
    {
        assertEquals(List.of(1, 3), JournalLayout.of(TestEngine.LOG_UUID, 5, 2).shardsOf(1));
        assertEquals(5, JournalLayout.of(TestEngine.LOG_UUID, 5, 5).shardCount());
        for (final List<Integer> wrong : List.of(List.of(0, 2), List.of(0, -1), List.of(0, 0), List.<Integer>of()))
        {
            assertThrows(
                IllegalArgumentException.class, () -> new JournalLayout(TestEngine.LOG_UUID, 2, wrong),
                wrong::toString);
        }

        for (final List<Integer> wrong : List.of(List.of(0, 1, 2), List.of(0, 1, -1)))
        {
            assertEquals(
                "shards are carried by journals 0 to 1: journalsOfShard=" + wrong,
                assertThrows(
                    IllegalArgumentException.class,
                    () -> new JournalLayout(TestEngine.LOG_UUID, 2, wrong)).getMessage());
        }

        assertEquals(0xFFFF, JournalLayout.of(TestEngine.LOG_UUID, 0xFFFF, 1).shardCount());
        assertEquals(
            "an engine has 1 to 65535 shards and at least one journal: shards=65536, journals=1",
            assertThrows(
                IllegalArgumentException.class,
                () -> JournalLayout.of(TestEngine.LOG_UUID, 0x1_0000, 1)).getMessage());
        assertEquals(
            "an engine has 1 to 65535 shards and at least one journal: shards=1, journals=0",
            assertThrows(
                IllegalArgumentException.class,
                () -> new JournalLayout(TestEngine.LOG_UUID, 0, List.of(0))).getMessage());
        assertEquals(
            "an engine has 1 to 65535 shards and at least one journal: shards=2, journals=0",
            assertThrows(
                IllegalArgumentException.class, () -> JournalLayout.of(TestEngine.LOG_UUID, 2, 0)).getMessage());

        assertEquals(0xFFFF, new ShardMark(0xFFFF, 0, "", 0, 0).shard());
        assertThrows(IllegalArgumentException.class, () -> new ShardMark(0x1_0000, 0, "", 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new ShardMark(-1, 0, "", 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new ShardMark(0, -1, "", 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new ShardMark(0, 0, "", -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new ShardMark(0, 0, "", 0, -1));
        assertEquals(32, new ScanStart(32, new TreeMap<>(), new TreeMap<>()).position());
        assertThrows(IllegalArgumentException.class, () -> new ScanStart(31, new TreeMap<>(), new TreeMap<>()));
        assertThrows(IllegalArgumentException.class, () -> new ScanStart(-32, new TreeMap<>(), new TreeMap<>()));
    }

    @Test
    void shouldNameWhoHoldsADirectory()
    {
        final long own = ProcessHandle.current().pid();
        assertTrue(new DirectoryInUseException(directory, own).getMessage().contains("this process (pid " + own + ")"));
        assertTrue(new DirectoryInUseException(directory, 0).getMessage().contains("process 0"));
        assertTrue(new DirectoryInUseException(directory, -1).getMessage().contains("another process"));
    }

    @Test
    void shouldFindItsWayInMemoryOverTheEndsOfSegments()
    {
        try (MemoryJournal journal = new MemoryJournal())
        {
            final FrameWriter writer = new FrameWriter(journal, 0, 1, 0, 0);
            final TestEntries entries = new TestEntries();
            final List<Long> ends = new ArrayList<>();
            long position = 0;
            while (position < 20L * MIB)
            {
                for (int i = 0; i < 60; i++)
                {
                    writer.appendEntry(entries.buffer(), 0, entries.transfer(writer.nextSequence()));
                }

                writer.endGroup();
                position = writer.flush();
                ends.add(position);
            }

            final List<Long> starts = new ArrayList<>();
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[MIB]);
            try (JournalReader reader = journal.openReader())
            {
                assertEquals(journal.frameLengthMax(), reader.frameLengthMax());
                assertEquals(position, reader.read(
                    0, position, (start, buffer, offset, length) -> starts.add(start)));
                assertEquals(ends.size(), starts.size());
                for (int i = 0; i < ends.size(); i++)
                {
                    assertEquals(ends.get(i), reader.readFrame(starts.get(i), frame, 0));
                    assertEquals(ends.get(i), reader.readFrame(i == 0 ? 0 : ends.get(i - 1), frame, 0), "or padding");
                    assertEquals(60L * i, Frames.firstSequence(frame, 0));
                }

                final long end = position;
                for (final long wrong : new long[] {-32, 1, 16, end, end + 32})
                {
                    assertThrows(JournalException.class, () -> reader.readFrame(wrong, frame, 0), "at " + wrong);
                }

                assertThrows(JournalException.class, () -> reader.readFrame(32, frame, 0), "inside a frame");
            }

            assertTrue(starts.stream().anyMatch((start) -> start > 0 && !ends.contains(start)), "no padding came");
        }
    }

    @Test
    void shouldStoreWhereTheRecordingEndsInTheCatalog() throws IOException
    {
        final Path books = directory.resolve("books");
        final JournalConfig config = new SimDisk(new SplittableRandom(1)).install(
            config().dataDirectory(books).termLength(MIB).segmentLength(MIB).mtu(2048));
        new TestEngine(config).close();
        final Path home = books.resolve("journal-0");
        final RecordingLayout layout = RecordingLayout.of(Manifest.read(home), JournalDirectory.archiveOf(home));
        final Path catalog = layout.directory().resolve(CatalogFile.FILE_NAME);
        final int offset = new CatalogFile(layout).check(0);
        new CatalogFile(layout).write(0, 4_711);
        final UnsafeBuffer bytes = new UnsafeBuffer(Files.readAllBytes(catalog));
        assertEquals(4_711, bytes.getLong(
            offset + RecordingDescriptorDecoder.stopPositionEncodingOffset()));
        final long stoppedMs = bytes.getLong(
            offset + RecordingDescriptorDecoder.stopTimestampEncodingOffset());
        assertTrue(Math.abs(System.currentTimeMillis() - stoppedMs) < 100_000, "stopped=" + stoppedMs);
        new CatalogFile(layout).write(0, 4_711);
        assertEquals(0, new UnsafeBuffer(Files.readAllBytes(catalog)).compareTo(bytes), "nothing to change");

        final byte[] good = Files.readAllBytes(catalog);
        for (final int length : new int[] {0, 1, offset - 1, offset, offset + 8})
        {
            Files.write(catalog, Arrays.copyOf(good, length));
            assertThrows(JournalException.class, () -> new CatalogFile(layout).check(0), "length=" + length);
        }

        final UnsafeBuffer moved = new UnsafeBuffer(good.clone());
        moved.putLong(offset + RecordingDescriptorDecoder.startPositionEncodingOffset(), MIB);
        Files.write(catalog, moved.byteArray());
        assertEquals(offset, new CatalogFile(layout).check(MIB), "where the archive begins");
        assertTrue(assertThrows(JournalException.class, () -> new CatalogFile(layout).check(MIB - 1)).getMessage()
            .contains("startPosition=1048576 (at most 1048575)"));
        moved.putLong(offset + RecordingDescriptorDecoder.startPositionEncodingOffset(), 32);
        Files.write(catalog, moved.byteArray());
        assertTrue(assertThrows(JournalException.class, () -> new CatalogFile(layout).check(MIB)).getMessage()
            .contains("startPosition=32 (at most 1048576)"), "not where a segment begins");

        Files.write(catalog, good);
        assertEquals(offset, new CatalogFile(layout).check(0));
        final RecordingLayout other = new RecordingLayout(
            layout.directory(), 9, layout.streamId(), layout.initialTermId(), MIB, 2048, MIB, layout.logTag());
        assertTrue(assertThrows(JournalException.class, () -> new CatalogFile(other).check(0)).getMessage()
            .contains("it has no recording 9"));
    }

    @Test
    void shouldLockADirectoryOnce() throws IOException
    {
        final DirectoryLock lock = DirectoryLock.acquire(directory);
        assertTrue(DirectoryLock.isHeld(directory));
        assertThrows(DirectoryInUseException.class, () -> DirectoryLock.acquire(directory));
        lock.close();
        lock.close();
        assertFalse(DirectoryLock.isHeld(directory));
        assertEquals(ProcessHandle.current().pid(), DirectoryLock.holderPid(directory), "whose it was last");
        final DirectoryLock again = DirectoryLock.acquire(directory);
        assertTrue(DirectoryLock.isHeld(directory));
        again.close();
        assertThrows(JournalException.class, () -> DirectoryLock.acquire(directory.resolve("none")));
        Files.createDirectory(directory.resolve(DirectoryLock.FILE_NAME + "s"));
        final Path blocked = Files.createDirectory(directory.resolve("blocked"));
        Files.createDirectory(blocked.resolve(DirectoryLock.FILE_NAME));
        assertThrows(JournalException.class, () -> DirectoryLock.acquire(blocked));
        assertFalse(System.getProperties().keySet().stream().anyMatch((key) -> key.toString().contains("blocked")));
    }

    @Test
    void shouldKeepCountersWhereOthersFindThem() throws IOException
    {
        final Path shared = Files.createDirectory(directory.resolve("shm"));
        final Path books = Files.createDirectory(directory.resolve("books"));
        assertEquals(shared.resolve(AeronDirectories.nameOf(books) + ".counters"), CountersDirectory.of(books, shared));
        assertEquals(books.resolve("counters"), CountersDirectory.of(books, directory.resolve("none")));
        final Path made = CountersDirectory.create(books);
        assertEquals(made, CountersDirectory.of(books));
        assertEquals("rwx------", PosixFilePermissions.toString(
            Files.getPosixFilePermissions(made)));
        final Path first = Files.createFile(made.resolve("first"));
        final Path second = Files.createFile(made.resolve("second"));
        CountersDirectory.delete(first);
        assertTrue(Files.exists(second));
        CountersDirectory.delete(second);
        assertFalse(Files.exists(made));
        CountersDirectory.delete(second);
    }

    @Test
    void shouldRememberRepairsOneBehindTheOther()
    {
        final Path books = directory.resolve("books");
        new TestEngine(new SimDisk(new SplittableRandom(1)).install(
            config().dataDirectory(books).termLength(MIB).segmentLength(MIB).mtu(2048))).close();
        final Path home = books.resolve("journal-0");
        Manifest manifest = Manifest.read(home);
        manifest = manifest.with(Map.of(Manifest.BOOT_ID, "a=b"));
        manifest.write(home);
        assertEquals("a=b", Manifest.read(home).bootId(), "only the first = counts");
    }

    private JournalConfig config()
    {
        return new JournalConfig().dataDirectory(directory.resolve("books")).durability(Durability.OS);
    }
}
