package io.seriatim.journal;

import io.aeron.CncFileDescriptor;
import io.aeron.archive.status.RecordingPos;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How far a live engine has committed is read from the counters of its driver, which may be starting, of another life,
 * or gone.
 */
class JournalFilesTest
{
    private static final long POSITION = 4_096;
    private static final int COUNTERS_LENGTH = 64 * 1024;
    private static final int SESSION_ID_OFFSET = 8;
    private static final int SOURCE_IDENTITY_OFFSET = 16;

    @TempDir
    private Path directory;
    private Path books;
    private Path aeron;
    private Path cnc;
    private Manifest manifest;

    @BeforeEach
    void makeJournal() throws IOException
    {
        books = directory.resolve("books");
        aeron = directory.resolve("aeron");
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS)))
        {
            engine.group(0, 3);
            engine.awaitCommit();
        }
        manifest = Manifest.read(books.resolve("journal-0"));
        cnc = aeron.resolve("journal-0").resolve(CncFileDescriptor.CNC_FILE);
        Files.createDirectories(cnc.getParent());
    }

    @Test
    void shouldReadHowFarALiveEngineHasCommitted() throws IOException
    {
        writeCounters(manifest.recordingId(), RecordingLayout.sessionIdOf(manifest.incarnation()));
        final JournalFiles files = JournalFiles.open(books, aeron);
        assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));
        assertFalse(files.isLive());
        try (DirectoryLock lock = DirectoryLock.acquire(books))
        {
            assertNotNull(lock);
            assertTrue(files.isLive());
            assertEquals(ProcessHandle.current().pid(), files.holderPid());
            assertEquals(POSITION, files.committedPosition(0));
        }
    }

    @Test
    void shouldNotKnowHowFarWithoutCountersOfThisLife() throws IOException
    {
        try (DirectoryLock lock = DirectoryLock.acquire(books))
        {
            assertNotNull(lock);
            final JournalFiles files = JournalFiles.open(books, aeron);
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));

            writeCounters(manifest.recordingId(), RecordingLayout.sessionIdOf(manifest.incarnation() + 1));
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));

            writeCounters(manifest.recordingId() + 1, RecordingLayout.sessionIdOf(manifest.incarnation()));
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));

            writeCounters(manifest.recordingId(), RecordingLayout.sessionIdOf(manifest.incarnation()));
            final byte[] whole = Files.readAllBytes(cnc);
            final byte[] starting = whole.clone();
            ByteBuffer.wrap(starting).putInt(CncFileDescriptor.cncVersionOffset(0), 0);
            Files.write(cnc, starting);
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));

            for (final int length : new int[] {0, 1, CncFileDescriptor.META_DATA_LENGTH - 1})
            {
                Files.write(cnc, Arrays.copyOf(whole, length));
                assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0), "length=" + length);
            }

            Files.delete(cnc);
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));
            Files.createDirectory(cnc);
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0));
            Files.delete(cnc);
            Files.write(cnc, whole);
            assertEquals(POSITION, files.committedPosition(0));

            final Path home = books.resolve("journal-0");
            Files.move(home.resolve(Manifest.FILE_NAME), directory.resolve("away"));
            assertEquals(JournalFiles.UNKNOWN, files.committedPosition(0), "its manifest is gone");
            Files.move(directory.resolve("away"), home.resolve(Manifest.FILE_NAME));
            assertEquals(POSITION, files.committedPosition(0));
        }
    }

    @Test
    void shouldFindCountersInTheJournalsOwnDirectoryToo() throws IOException
    {
        writeCounters(manifest.recordingId(), RecordingLayout.sessionIdOf(manifest.incarnation()));
        final Path own = books.resolve("journal-0").resolve(JournalHome.AERON).resolve(CncFileDescriptor.CNC_FILE);
        Files.createDirectories(own.getParent());
        Files.move(cnc, own);
        try (DirectoryLock lock = DirectoryLock.acquire(books))
        {
            assertNotNull(lock);
            assertEquals(POSITION, JournalFiles.open(books, aeron).committedPosition(0));
        }
    }

    @Test
    void shouldRefuseADirectoryWithoutAJournal() throws IOException
    {
        final Path empty = Files.createDirectory(directory.resolve("empty"));
        final JournalException none = assertThrows(JournalException.class, () -> JournalFiles.open(empty));
        assertEquals("no journal here: directory=" + empty, none.getMessage());
        final JournalException missing = assertThrows(
            JournalException.class, () -> JournalFiles.open(directory.resolve("missing")));
        assertTrue(missing.getMessage().startsWith("no such directory"), missing.getMessage());
    }

    @Test
    void shouldRefuseADirectoryThatIsBeingMade() throws IOException
    {
        final Path fresh = directory.resolve("fresh");
        try (JournalDirectory made = JournalDirectory.open(TestEngine.config(fresh, Durability.OS)))
        {
            made.create(JournalLayout.of(TestEngine.LOG_UUID, 2, 2));
        }

        assertEquals(
            "no journal here yet, it is being made and nothing was acknowledged: directory=" + fresh,
            assertThrows(JournalException.class, () -> JournalFiles.open(fresh)).getMessage());
        Files.delete(fresh.resolve("journal-0").resolve(Manifest.FILE_NAME));
        Files.delete(fresh.resolve("journal-1").resolve(Manifest.FILE_NAME));
        assertEquals(
            "no journal here: directory=" + fresh,
            assertThrows(JournalException.class, () -> JournalFiles.open(fresh)).getMessage());
    }

    @Test
    void shouldReadUpToTheWatermarkBesideAnEngineThatDoesNotSayHowFarItHasCommitted() throws IOException
    {
        final long watermark = manifest.watermark().position();
        try (DirectoryLock lock = DirectoryLock.acquire(books))
        {
            assertNotNull(lock);
            final RecoveredJournal found = JournalFiles.open(books)
                .scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
            assertEquals(RecoveredJournal.Verdict.LIMITED, found.verdict());
            assertEquals(watermark, found.position());
        }
    }

    @Test
    void shouldKnowWhichJournalCarriesAShard()
    {
        final JournalFiles files = JournalFiles.open(books);
        assertEquals(0, files.journalOf(0));
        for (final int shard : new int[] {-1, 1})
        {
            assertEquals(
                "shards are 0 to 0: shard=" + shard,
                assertThrows(IllegalArgumentException.class, () -> files.journalOf(shard)).getMessage());
        }
    }

    @Test
    void shouldReadNothingWithoutAManifest()
    {
        final JournalException refusal = assertThrows(JournalException.class, () -> new SegmentReader(directory));
        assertEquals("no journal here: directory=" + directory + ", missing=manifest", refusal.getMessage());
    }

    @Test
    void shouldForceFromOutside()
    {
        final JournalFiles files = JournalFiles.open(books);
        files.force(0, 0, files.manifest(0).watermark().position());
        final JournalException ex = assertThrows(
            JournalException.class, () -> files.force(0, 0, 10L * manifest.segmentLength()));
        assertTrue(ex.getMessage().startsWith("can not force the journal"), ex.getMessage());
    }

    /** A driver's file with one counter: the position of a recording. */
    private void writeCounters(final long recordingId, final int sessionId) throws IOException
    {
        final int length = CncFileDescriptor.END_OF_METADATA_OFFSET + 4 * 1024 + 4 * 1024 + 5 * COUNTERS_LENGTH;
        Files.write(cnc, new byte[length]);
        try (FileChannel channel = FileChannel.open(cnc, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            final MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
            final UnsafeBuffer metaData = CncFileDescriptor.createMetaDataBuffer(bytes);
            CncFileDescriptor.fillMetaData(
                metaData, 4096, 4096, 4 * COUNTERS_LENGTH, COUNTERS_LENGTH, 0, 0, 0, 0, 4096);
            final CountersManager counters = new CountersManager(
                CncFileDescriptor.createCountersMetaDataBuffer(bytes, metaData),
                CncFileDescriptor.createCountersValuesBuffer(bytes, metaData), StandardCharsets.US_ASCII);
            counters.allocate("another counter");
            final int id = counters.allocate(
                "rec-pos", RecordingPos.RECORDING_POSITION_TYPE_ID, (key) ->
                {
                    key.putLong(0, recordingId);
                    key.putInt(SESSION_ID_OFFSET, sessionId);
                    key.putInt(SESSION_ID_OFFSET + Integer.BYTES, 4);
                    key.putStringWithoutLengthAscii(SOURCE_IDENTITY_OFFSET, "self");
                    key.putLong(SOURCE_IDENTITY_OFFSET + 4, ArchiveHost.archiveIdOf(0));
                });
            counters.setCounterValue(id, POSITION);
            CncFileDescriptor.signalCncReady(metaData);
            BufferUtil.free(bytes);
        }
    }
}
