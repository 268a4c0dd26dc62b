package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FrameWriterTest
{
    private static final int LENGTH_MAX = 1024;
    private static final int ENTRIES_PER_FRAME = (LENGTH_MAX - Frames.OVERHEAD) / TestEntries.TRANSFER_LENGTH;

    private final TestEntries entries = new TestEntries();
    private final MemoryJournal journal = MemoryJournal.stepped(LENGTH_MAX, 64 * 1024);
    private final List<String> appended = new ArrayList<>();
    private final List<Boolean> groupEnds = new ArrayList<>();
    private final FrameWriter writer = new FrameWriter(
        journal, 0, 1, 0, 0,
        (position, first, count, isGroupEnd) ->
        {
            appended.add(position + ":" + first + "+" + count);
            groupEnds.add(isGroupEnd);
        });
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[LENGTH_MAX]);
    private Thread writerThread;

    @Test
    void shouldAppendNothingUntilFlushed()
    {
        add(3, true);
        assertEquals(0, journal.appendedPosition());
        assertEquals(3, writer.nextSequence());
        final long position = writer.flush();
        assertEquals(position, journal.appendedPosition());
        assertTrue(writer.isEmpty());
        assertEquals(position, writer.flush());
        assertEquals(List.of("0:0+3"), appended);
    }

    @Test
    void shouldFillFramesWithWholeEntries()
    {
        add(ENTRIES_PER_FRAME, true);
        assertEquals(0, journal.appendedPosition());
        add(1, true);
        writer.flush();
        journal.commit(journal.appendedPosition());
        final long next = journal.readFrame(0, frame, 0);
        assertEquals(ENTRIES_PER_FRAME, Frames.entryCount(frame, 0));
        assertEquals(0, Frames.flags(frame, 0));
        final int crc = Frames.crc(frame, 0);
        journal.readFrame(next, frame, 0);
        assertEquals(1, Frames.entryCount(frame, 0));
        assertEquals(crc, Frames.previousCrc(frame, 0));
        assertEquals(Frames.crc(frame, 0), writer.previousCrc());
    }

    @Test
    void shouldFlagAllFramesOfAGroupButTheLast()
    {
        add(ENTRIES_PER_FRAME * 3, false);
        writer.endGroup();
        writer.flush();
        journal.commit(journal.appendedPosition());
        long position = journal.readFrame(0, frame, 0);
        assertEquals(Frames.MORE, Frames.flags(frame, 0));
        position = journal.readFrame(position, frame, 0);
        assertEquals(Frames.MORE, Frames.flags(frame, 0));
        position = journal.readFrame(position, frame, 0);
        assertEquals(0, Frames.flags(frame, 0));
        assertEquals(journal.appendedPosition(), position);
        assertEquals(List.of(false, false, true), groupEnds);
    }

    @Test
    void shouldPlanRoomForTheFrameInTheMakingToo()
    {
        assertTrue(writer.isEmpty());
        assertEquals(LENGTH_MAX, writer.roomFor(ENTRIES_PER_FRAME, TestEntries.TRANSFER_LENGTH));
        add(1, true);
        assertFalse(writer.isEmpty());
        assertEquals(2 * LENGTH_MAX, writer.roomFor(ENTRIES_PER_FRAME, TestEntries.TRANSFER_LENGTH));
        assertEquals(0, writer.position());
        final long position = writer.flush();
        assertTrue(position > 0);
        assertEquals(position, writer.position());
        assertEquals(LENGTH_MAX, writer.roomFor(ENTRIES_PER_FRAME, TestEntries.TRANSFER_LENGTH));
    }

    @Test
    void shouldRefuseAShardOrAPlaceThatThereIsNot()
    {
        new FrameWriter(journal, 0xFFFF, 1, 0, 0);
        assertThrows(IllegalArgumentException.class, () -> new FrameWriter(journal, 0x10000, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameWriter(journal, -1, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameWriter(journal, 0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameWriter(journal, 0, 1, -1, 0));
    }

    @Test
    void shouldWaitForRoomThatWasPlannedFor()
    {
        while (journal.append(frame, 0, LENGTH_MAX) > 0)
        {
            frame.setMemory(0, LENGTH_MAX, (byte)0);
        }
        final Thread committer = new Thread(() ->
        {
            while (journal.committedPosition() < journal.appendedPosition())
            {
                Thread.onSpinWait();
                if (isWaiting())
                {
                    journal.commit(journal.appendedPosition());
                }
            }
        });
        add(1, true);
        writerThread = Thread.currentThread();
        committer.start();
        assertTrue(writer.flush() > 0);
        assertEquals(0, writer.nextSequence() - 1);
    }

    private boolean isWaiting()
    {
        for (final StackTraceElement element : writerThread.getStackTrace())
        {
            if (element.getMethodName().equals("offer"))
            {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldGiveUpARoomThatDoesNotCome()
    {
        while (journal.append(frame, 0, LENGTH_MAX) > 0)
        {
            frame.setMemory(0, LENGTH_MAX, (byte)0);
        }
        add(1, true);
        final long startNs = System.nanoTime();
        final JournalException ex = assertThrows(JournalException.class, writer::flush);
        assertTrue(System.nanoTime() - startNs >= FrameWriter.RETRY_TIMEOUT_NS);
        assertTrue(ex.getMessage().contains("firstSequence=0, "), ex.getMessage());
    }

    @Test
    void shouldNotEndAFrameInsideAGroup()
    {
        add(1, false);
        assertThrows(IllegalStateException.class, writer::flush);
        assertThrows(IllegalStateException.class, () -> writer.mark(Frames.CLOSE));
        assertEquals(0, journal.appendedPosition());
    }

    @Test
    void shouldMarkOpeningAndClosingBehindWhatIsThere()
    {
        writer.mark(Frames.OPEN);
        add(2, true);
        writer.mark(Frames.CLOSE);
        assertThrows(IllegalArgumentException.class, () -> writer.mark(Frames.MORE));
        assertThrows(IllegalArgumentException.class, () -> writer.mark(0));
        assertEquals(3, appended.size());
        journal.commit(journal.appendedPosition());
        long position = journal.readFrame(0, frame, 0);
        assertEquals(Frames.OPEN, Frames.flags(frame, 0));
        position = journal.readFrame(position, frame, 0);
        journal.readFrame(position, frame, 0);
        assertEquals(Frames.CLOSE, Frames.flags(frame, 0));
        assertEquals(2, Frames.firstSequence(frame, 0));
    }

    @Test
    void shouldPlanRoomThatIsNeverExceeded()
    {
        for (int count = 1; count < 60; count++)
        {
            final MemoryJournal memory = new MemoryJournal();
            final FrameWriter memoryWriter = new FrameWriter(memory, 0, 1, 0, 0);
            final long room = FrameWriter.roomFor(count, TestEntries.TRANSFER_LENGTH, memory.frameLengthMax());
            for (int i = 0; i < count; i++)
            {
                memoryWriter.appendEntry(entries.buffer(), 0, entries.transfer(i));
            }

            memoryWriter.endGroup();
            assertTrue(memoryWriter.flush() <= room + room / memory.frameLengthMax() * Frames.TRANSPORT_HEADER_LENGTH);
        }

        assertEquals(0, FrameWriter.roomFor(0, 160, LENGTH_MAX));
        assertEquals(LENGTH_MAX, FrameWriter.roomFor(ENTRIES_PER_FRAME, 160, LENGTH_MAX));
        assertEquals(2 * LENGTH_MAX, FrameWriter.roomFor(ENTRIES_PER_FRAME + 1, 160, LENGTH_MAX));
        assertEquals(LENGTH_MAX, FrameWriter.roomFor(1, LENGTH_MAX - 65, LENGTH_MAX));
        assertThrows(
            IllegalArgumentException.class, () -> FrameWriter.roomFor(1, LENGTH_MAX - 64, LENGTH_MAX));
    }

    @Test
    void shouldTakeTheLongestEntryAndRefuseOneByteMore()
    {
        final UnsafeBuffer big = new UnsafeBuffer(new byte[LENGTH_MAX]);
        final int originLength = LENGTH_MAX - Frames.OVERHEAD - entries.genesis(0, "");
        final int entryLength = entries.genesis(0, "x".repeat(originLength));
        assertEquals(LENGTH_MAX - Frames.OVERHEAD, entryLength);
        big.putBytes(0, entries.buffer(), 0, entryLength);
        writer.appendEntry(big, 0, entryLength);
        writer.endGroup();
        assertEquals(Frames.positionsOf(LENGTH_MAX), writer.flush());
        final IllegalArgumentException ex =
            assertThrows(IllegalArgumentException.class, () -> writer.appendEntry(big, 0, entryLength + 1));
        assertTrue(ex.getMessage().contains("allowed=1 to " + entryLength + ","), ex.getMessage());
        assertThrows(IllegalArgumentException.class, () -> writer.appendEntry(big, 0, 0));
    }

    @Test
    void shouldStopAtWhatIsNoEntryOrNotTheNextOne()
    {
        add(2, true);
        final int length = entries.transfer(3);
        assertEquals(
            "entry out of order",
            assertThrows(AssertionError.class, () -> writer.appendEntry(entries.buffer(), 0, length)).getMessage());
        entries.transfer(2);
        assertEquals(
            "not an entry",
            assertThrows(AssertionError.class, () -> writer.appendEntry(entries.buffer(), 0, length - 1)).getMessage());
        assertEquals(2, writer.nextSequence());
        writer.appendEntry(entries.buffer(), 0, length);
        writer.endGroup();
        writer.flush();
        assertEquals(List.of("0:0+3"), appended);
    }

    @Test
    void shouldRefuseToCallSafeWhatWasNotAppended()
    {
        writer.mark(Frames.OPEN);
        add(2, true);
        writer.flush();
        add(1, true);
        writer.committedSequence(1);
        writer.committedSequence(1);
        final IllegalArgumentException ex =
            assertThrows(IllegalArgumentException.class, () -> writer.committedSequence(2));
        assertTrue(ex.getMessage().endsWith("allowed=1 to 1"), ex.getMessage());
        assertThrows(IllegalArgumentException.class, () -> writer.committedSequence(0));
    }

    @Test
    void shouldPassOnWhyTheJournalStopped()
    {
        add(1, true);
        journal.fail(new JournalException("the disk is gone"));
        final JournalException failure = assertThrows(JournalException.class, writer::flush);
        assertTrue(failure.getMessage().contains("the disk is gone"));
    }

    private void add(final int count, final boolean isGroupEach)
    {
        for (int i = 0; i < count; i++)
        {
            writer.appendEntry(entries.buffer(), 0, entries.transfer(writer.nextSequence()));
            if (isGroupEach)
            {
                writer.endGroup();
            }
        }
    }
}
