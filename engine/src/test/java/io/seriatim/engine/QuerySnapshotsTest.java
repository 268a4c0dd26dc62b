package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Snapshots of a read model on their way to their files, with the test as read model, agent's thread and journal. */
class QuerySnapshotsTest
{
    private static final UUID LOG = new UUID(1, 2);
    private static final int JOURNAL = 3;
    private static final long POSITION = 4_096;

    /** Each snapshot that is given up is told of in the log. */
    private final Logger log = Logger.getLogger(QuerySnapshotAgent.class.getName());

    @TempDir
    private Path directory;
    private QuerySnapshots snapshots;
    private QuerySnapshotAgent agent;
    private long watermark;

    @BeforeEach
    void setUp()
    {
        log.setLevel(Level.OFF);
        snapshots = new QuerySnapshots(new SnapshotExchange(), new QuerySnapshotFiles(directory), LOG, JOURNAL);
        agent = new QuerySnapshotAgent(JOURNAL, snapshots, () -> watermark, 1);
    }

    @AfterEach
    void tearDown()
    {
        agent.onClose();
        log.setLevel(null);
    }

    @Test
    void shouldLetASnapshotCountOnceTheWatermarkHasReachedIt()
    {
        assertEquals(0, agent.doWork());
        assertTrue(snapshots.begin(POSITION));
        handOver(11, false);
        assertEquals(1, agent.doWork());
        assertFalse(snapshots.begin(POSITION + 32), "the one before is still being written");
        handOver(12, true);
        watermark = POSITION - 1;
        assertEquals(1, agent.doWork());
        assertEquals(0, agent.doWork());
        assertEquals(List.of(), snapshots.files(), "it could still be lost");
        watermark = POSITION;
        assertEquals(1, agent.doWork());
        assertEquals("[11, 12] at 4096", read());
        assertNull(snapshots.exchange().result().failure());
        assertTrue(snapshots.begin(POSITION + 32));
    }

    @Test
    void shouldGiveUpWhatTheReadModelGivesUpAndTakeTheNextOne()
    {
        assertTrue(snapshots.begin(POSITION));
        handOver(11, false);
        assertEquals(1, agent.doWork());
        snapshots.giveUp("the read model has failed");
        assertEquals(1, agent.doWork());
        assertEquals("the read model has failed", snapshots.exchange().result().failure().getMessage());
        assertEquals(List.of(), snapshots.files());
        takeWhole(POSITION + 32, 13);
        assertEquals("[13] at 4128", read());
    }

    @Test
    void shouldTakeAllSlicesOfASnapshotThatCanNotBeWrittenAndKeepTheOlderOne() throws IOException
    {
        takeWhole(POSITION, 11);
        final Path obstacle = Files.createDirectory(
            directory.resolve("snapshots/read-model-" + (POSITION + 32) + ".snap.tmp"));
        Files.createFile(obstacle.resolve("in-the-way"));
        assertTrue(snapshots.begin(POSITION + 32));
        for (int i = 0; i < 2 * SnapshotExchange.SLICE_COUNT; i++)
        {
            handOver(i, false);
            assertEquals(1, agent.doWork(), "a slice that is not written is given back all the same");
        }
        handOver(0, true);
        assertEquals(2, agent.doWork());
        assertNotNull(snapshots.exchange().result().failure());
        assertEquals("[11] at 4096", read());
        takeWhole(POSITION + 64, 12);
        assertEquals("[12] at 4160", read());
        assertNull(snapshots.exchange().result().failure());
    }

    @Test
    void shouldTakeNoneWhereNothingLasts()
    {
        assertFalse(QuerySnapshots.NONE.begin(POSITION));
        assertEquals(List.of(), QuerySnapshots.NONE.files());
        assertEquals(QuerySnapshots.NO_POSITION, QuerySnapshots.NONE.wantedPosition());
    }

    @Test
    void shouldRefuseWhatIsOfAnotherJournalLogOrPlace() throws IOException
    {
        takeWhole(POSITION, 11);
        final Path file = snapshots.files().get(0);
        for (final SnapshotHeader other : List.of(
            new SnapshotHeader(SnapshotHeader.Kind.STATE, LOG, JOURNAL, 0, POSITION, 0, 0),
            new SnapshotHeader(SnapshotHeader.Kind.READ_MODEL, LOG, JOURNAL + 1, 0, POSITION, 0, 0),
            new SnapshotHeader(SnapshotHeader.Kind.READ_MODEL, new UUID(1, 3), JOURNAL, 0, POSITION, 0, 0),
            new SnapshotHeader(SnapshotHeader.Kind.READ_MODEL, LOG, JOURNAL, 0, POSITION + 32, 0, 0)))
        {
            Files.delete(file);
            try (SnapshotWriter writer = new SnapshotWriter(file, other))
            {
                writer.end(new byte[SnapshotWriter.DIGEST_LENGTH]);
                writer.publish();
            }
            assertEquals(
                "a snapshot is of another journal, log or place: found " + other + "; expected journal=3, logUuid=" +
                LOG + ", file=" + file,
                assertThrows(JournalException.class, this::read).getMessage());
        }
    }

    private void takeWhole(final long position, final int content)
    {
        watermark = position;
        assertTrue(snapshots.begin(position));
        handOver(content, true);
        assertEquals(2, agent.doWork(), "the slice, and the end");
    }

    private void handOver(final int content, final boolean isLast)
    {
        snapshots.takeFree().putInt(0, content);
        snapshots.handOver(Integer.BYTES, isLast);
    }

    private String read()
    {
        final List<Integer> contents = new ArrayList<>();
        final long position = snapshots.read(
            snapshots.files().get(0), (type, buffer, offset, length) -> contents.add(buffer.getInt(offset)));
        return contents + " at " + position;
    }
}
