package io.seriatim.journal;

import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A journal that is not open yet, not open any more, or that its recorder keeps waiting. */
@Timeout(60)
class StoppedJournalTest
{
    @TempDir
    private Path directory;
    private SimDisk disk;
    private JournalConfig config;

    @BeforeEach
    void prepare()
    {
        disk = new SimDisk(new SplittableRandom(1));
        config = disk.install(TestEngine.config(directory.resolve("books"), Durability.OS));
    }

    @Test
    void shouldActivateOnlyWhatIsOpenAndCommitted()
    {
        final Map<Integer, Long> nextSequences = Map.of(0, 0L);
        final String refusal = "the journal is not open or has frames in flight: journal=0";
        try (JournalDirectory made = JournalDirectory.open(config))
        {
            made.create(JournalLayout.of(TestEngine.LOG_UUID, 1, 1));
            made.recover(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
            final ArchiveJournal journal = made.journal(0);
            assertSame(journal, made.journal(0));
            assertFalse(journal.isOpen());
            assertEquals(0, journal.availableWindow());
            assertNull(journal.checkSegment(null), "nothing is committed");
            assertEquals(
                refusal, assertThrows(IllegalStateException.class, () -> made.activate(nextSequences)).getMessage());

            final AgentInvoker invoker = new AgentInvoker(ex -> {}, null, journal.agent());
            invoker.start();
            assertTrue(journal.availableWindow() > 0);
            new FrameWriter(journal, 0, journal.incarnation(), 0, 0).mark(Frames.OPEN);
            assertEquals(
                refusal, assertThrows(IllegalStateException.class, () -> made.activate(nextSequences)).getMessage());
            assertEquals(Manifest.State.CREATING, made.manifest(0).state());
            while (journal.committedPosition() < journal.appendedPosition())
            {
                invoker.invoke();
            }

            made.activate(nextSequences);
            assertEquals(Manifest.State.ACTIVE, made.manifest(0).state());
            invoker.close();
            journal.close();
        }
    }

    @Test
    void shouldNotWaitForEverForAnAgentThatNobodyRuns()
    {
        config.openTimeoutNs(1_000_000);
        try (JournalDirectory made = JournalDirectory.open(config))
        {
            made.create(JournalLayout.of(TestEngine.LOG_UUID, 1, 1));
            made.recover(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {});
            final ArchiveJournal journal = made.journal(0);
            final JournalException late = assertThrows(JournalException.class, journal::awaitOpen);
            assertEquals(
                "the journal was not opened in time: timeoutNs=4000000, directory=" +
                directory.resolve("books/journal-0") + "; is its agent running?", late.getMessage());
            assertEquals(late.getMessage(), journal.failure().getMessage());
            journal.close();
        }
    }

    @Test
    void shouldNotBeClosedCleanlyIfItWasNeverOpen() throws Exception
    {
        try (JournalDirectory made = JournalDirectory.open(config))
        {
            made.create(JournalLayout.of(TestEngine.LOG_UUID, 1, 1));
            assertFalse(
                made.recover(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> {}).isUnanchored(),
                "nothing can be missing of a journal that is new");
            final ArchiveJournal journal = made.journal(0);
            assertEquals(0, journal.agent().doWork(), "a turn before it is open");
            assertFalse(journal.isOpen());
            journal.closeCleanly(List.of(new ShardMark(0, 1, "", 0, 0)));
            journal.close();
            assertNull(journal.failure());
            assertTrue(made.manifest(0).closeMarks().isEmpty());
            assertEquals(0, journal.agent().doWork(), "a turn after it was closed");
            assertEquals(
                "the journal is closed: directory=" + directory.resolve("books/journal-0"),
                assertThrows(
                    JournalException.class,
                    () -> journal.append(new UnsafeBuffer(new byte[96]), 0, 96)).getMessage());
        }
    }

    @Test
    void shouldStopForGoodWhenNobodyRecordsWhatIsAppended()
    {
        try (TestEngine engine = new TestEngine(config))
        {
            engine.group(0, 3);
            engine.awaitCommit();
            final ArchiveJournal journal = engine.journal();
            final long committed = journal.committedPosition();
            journal.host().close();
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[96]);
            final JournalException stopped =
                assertThrows(JournalException.class, () -> journal.append(frame, 0, frame.capacity()));
            assertEquals(
                "the recording has stopped: NOT_CONNECTED, appended=" + committed + ", committed=" + committed +
                ", directory=" + directory.resolve("books/journal-0") +
                "; what was committed is safe, what was not may be found again or not", stopped.getMessage());
            assertSame(stopped, journal.failure());
            assertEquals(
                stopped.getMessage(),
                assertThrows(JournalException.class, () -> journal.append(frame, 0, 96)).getMessage());
        }

        try (TestEngine engine = new TestEngine(config))
        {
            assertEquals(4, engine.recoveredCount(0));
        }
    }

    @Test
    void shouldTakeOneMarkForEachShardAndNoOther()
    {
        try (TestEngine engine = new TestEngine(config, 2, 1))
        {
            final ShardMark first = new ShardMark(0, 1, "", 0, 0);
            for (final List<ShardMark> marks : List.of(
                List.of(first), List.of(first, first), List.of(first, new ShardMark(2, 1, "", 0, 0))))
            {
                final String refusal = assertThrows(
                    IllegalArgumentException.class, () -> engine.journal().closeCleanly(marks)).getMessage();
                assertEquals(
                    "a clean close has one mark for each shard: marks=" + marks + ", shards=[0, 1]", refusal);
            }
        }

        assertTrue(Manifest.read(directory.resolve("books/journal-0")).closeMarks().isEmpty());
    }

    @Test
    void shouldSayThatThereIsNoRoomWhileTheRecorderLagsBehind()
    {
        try (TestEngine engine = new TestEngine(config))
        {
            final ArchiveJournal journal = engine.journal();
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[journal.frameLengthMax()]);
            long position = journal.append(frame, 0, frame.capacity());
            long appended = 0;
            while (position != Journal.BACK_PRESSURED)
            {
                assertTrue(position > appended, "position=" + position);
                appended = position;
                position = journal.append(frame, 0, frame.capacity());
            }

            assertEquals(appended, journal.appendedPosition(), "nothing was written");
            assertNull(journal.failure());
            engine.step();
            engine.step();
            assertTrue(journal.append(frame, 0, frame.capacity()) > appended, "the same frame again");
        }
    }

    @Test
    void shouldGiveUpACleanCloseThatIsNotCommittedInTime()
    {
        config.commitTimeoutNs(1_000_000);
        final ArchiveJournal journal;
        final long committed;
        try (TestEngine engine = new TestEngine(config))
        {
            journal = engine.journal();
            committed = journal.committedPosition();
            engine.group(0, 3);
            disk.slowPercent(100);
            journal.closeCleanly(List.of(new ShardMark(0, 4, "", 0, 0)));
        }

        final String reason = journal.failure().getMessage();
        assertTrue(
            reason.startsWith("the journal could not be closed cleanly, its last frames were not committed in time: " +
            "timeoutNs=1000000, appended=" + journal.appendedPosition() + ", committed=" + committed), reason);
        assertTrue(Manifest.read(directory.resolve("books/journal-0")).closeMarks().isEmpty());
        disk.slowPercent(0);
    }

    @Test
    void shouldDoNothingMoreOnceItHasFailedNorCloseCleanly()
    {
        final ArchiveJournal journal;
        try (TestEngine engine = new TestEngine(config))
        {
            journal = engine.journal();
            disk.failWriteAfter(1);
            engine.group(0, 3);
            while (journal.failure() == null)
            {
                engine.step();
            }

            final long committed = journal.committedPosition();
            engine.step();
            assertEquals(committed, journal.committedPosition());
            final JournalException reason = journal.failure();
            assertNotNull(reason);
            assertSame(reason, journal.fail(new JournalException("a later reason")), "only the first reason counts");
            assertSame(reason, journal.failure());
            journal.closeCleanly(List.of(new ShardMark(0, 4, "", 0, 0)));
        }

        assertTrue(Manifest.read(directory.resolve("books/journal-0")).closeMarks().isEmpty());
    }
}
