package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What every journal must do, whatever it is kept in. */
abstract class JournalContract
{
    private final TestEntries entries = new TestEntries();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[64 * 1024]);

    abstract Journal journal();

    /** A writer that goes on where the journal is. */
    abstract FrameWriter writer();

    /** Let the journal work for a moment, on this thread. */
    abstract void step();

    @Test
    void shouldCommitEveryFrameInOrder()
    {
        long last = journal().committedPosition();
        for (int i = 0; i < 200; i++)
        {
            final long position = appendOne();
            assertTrue(position > last);
            awaitCommit(position);
            assertEquals(position, journal().committedPosition());
            last = position;
        }
    }

    @Test
    void shouldReadBackWhatWasCommitted()
    {
        final List<Long> starts = new ArrayList<>();
        final long firstSequence = writer().nextSequence();
        long end = journal().committedPosition();
        for (int i = 0; i < 300; i++)
        {
            awaitRoom();
            starts.add(end);
            end = appendOne();
        }

        awaitCommit(end);
        for (int i = starts.size() - 1; i >= 0; i--)
        {
            final long next = journal().readFrame(starts.get(i), frame, 128);
            assertEquals(firstSequence + i, Frames.firstSequence(frame, 128));
            assertEquals(i == starts.size() - 1 ? end : starts.get(i + 1), next);
        }
    }

    @Test
    void shouldNotReadBehindTheCommittedPosition()
    {
        final long position = appendOne();
        awaitCommit(position);
        assertThrows(JournalException.class, () -> journal().readFrame(position, frame, 0));
        assertThrows(JournalException.class, () -> journal().readFrame(position + 4096, frame, 0));
        assertThrows(JournalException.class, () -> journal().readFrame(7, frame, 0));
        assertThrows(JournalException.class, () -> journal().readFrame(-32, frame, 0));
        assertNull(journal().failure());
    }

    @Test
    void shouldNotReadFromTheMiddleOfAFrame()
    {
        final long position = appendOne();
        awaitCommit(position);
        assertThrows(JournalException.class, () -> journal().readFrame(position - 64, frame, 0));
    }

    @Test
    void shouldTakeTheLongestFrameAndRefuseOneByteMore()
    {
        final int lengthMax = journal().frameLengthMax();
        final UnsafeBuffer zeros = new UnsafeBuffer(new byte[lengthMax + 1]);
        final long before = journal().committedPosition();
        assertThrows(IllegalArgumentException.class, () -> journal().append(zeros, 0, lengthMax + 1));
        assertThrows(IllegalArgumentException.class, () -> journal().append(zeros, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> journal().append(zeros, 0, -1));
        for (int i = 0; i < 1000; i++)
        {
            step();
        }

        assertEquals(before, journal().committedPosition());
        final int perFrame = (lengthMax - Frames.OVERHEAD) / TestEntries.TRANSFER_LENGTH;
        for (int i = 0; i < perFrame; i++)
        {
            writer().appendEntry(entries.buffer(), 0, entries.transfer(writer().nextSequence()));
        }

        writer().endGroup();
        awaitCommit(writer().flush());
    }

    @Test
    void shouldKeepTheWindowThatItPromises()
    {
        for (int round = 0; round < 50; round++)
        {
            awaitCommit(appendOne());
            for (int i = 0; i < 1000; i++)
            {
                step();
            }

            long room = journal().availableWindow();
            assertTrue(room >= journal().windowMax(), "round=" + round + ", room=" + room);
            room = Math.min(room, 256 * 1024);
            long position = 0;
            while (room >= journal().frameLengthMax())
            {
                position = appendLongest();
                room -= journal().frameLengthMax();
            }

            awaitCommit(position);
        }
    }

    @Test
    void shouldCarryManyFramesUnderPressure()
    {
        long position = 0;
        for (int i = 0; i < 2000; i++)
        {
            awaitRoom();
            position = appendOne();
        }

        awaitCommit(position);
        assertNull(journal().failure());
    }

    @Test
    void shouldRefuseEverythingOnceClosed()
    {
        awaitCommit(appendOne());
        journal().close();
        journal().close();
        assertThrows(JournalException.class, this::appendOne);
    }

    /** Append without stepping: room was there. */
    private long appendLongest()
    {
        final int perFrame = (journal().frameLengthMax() - Frames.OVERHEAD) / TestEntries.TRANSFER_LENGTH;
        for (int i = 0; i < perFrame; i++)
        {
            writer().appendEntry(entries.buffer(), 0, entries.transfer(writer().nextSequence()));
        }

        writer().endGroup();
        final long startNs = System.nanoTime();
        final long position = writer().flush();
        assertTrue(System.nanoTime() - startNs < FrameWriter.RETRY_TIMEOUT_NS / 2, "there was no room");
        return position;
    }

    private long appendOne()
    {
        writer().appendEntry(entries.buffer(), 0, entries.transfer(writer().nextSequence()));
        writer().endGroup();
        return writer().flush();
    }

    private void awaitRoom()
    {
        while (journal().availableWindow() < journal().frameLengthMax())
        {
            step();
            assertNull(journal().failure());
        }
    }

    private void awaitCommit(final long position)
    {
        final long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (journal().committedPosition() < position)
        {
            step();
            assertNull(journal().failure());
            assertTrue(System.nanoTime() - deadlineNs < 0, "not committed in time");
        }
    }
}
