package io.seriatim.journal;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SteppedMemoryJournalTest extends JournalContract
{
    private final MemoryJournal journal = MemoryJournal.stepped(16 * 1024 - 32, 128 * 1024);
    private final FrameWriter writer = new FrameWriter(journal, 0, 1, 0, 0);

    @Override
    Journal journal()
    {
        return journal;
    }

    @Override
    FrameWriter writer()
    {
        return writer;
    }

    @Override
    void step()
    {
        journal.commit(journal.appendedPosition());
    }

    @Test
    void shouldCommitOnlyWhenTold()
    {
        final long position = writer.mark(Frames.OPEN);
        assertEquals(0, journal.committedPosition());
        assertThrows(IllegalArgumentException.class, () -> journal.commit(position + 32));
        journal.commit(position);
        assertEquals(position, journal.committedPosition());
        assertThrows(IllegalArgumentException.class, () -> journal.commit(0));
    }

    @Test
    void shouldTakeLengthsAndWindowsToTheirBounds()
    {
        final int longest = Frames.LENGTH_MIN + Frames.ALIGNMENT;
        final int span = Frames.positionsOf(longest);
        final MemoryJournal small = MemoryJournal.stepped(longest, 2L * span);
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[longest + 1]);
        assertThrows(IllegalArgumentException.class, () -> small.append(bytes, 0, 0));
        final IllegalArgumentException ex =
            assertThrows(IllegalArgumentException.class, () -> small.append(bytes, 0, longest + 1));
        assertTrue(ex.getMessage().endsWith("allowed=1 to " + longest), ex.getMessage());
        assertEquals(longest, small.windowMax());
        assertEquals(longest, small.availableWindow());
        assertEquals(span, small.append(bytes, 0, longest));
        // One frame may always be needed for the end of a segment.
        assertEquals(0, small.availableWindow());
        assertEquals(2L * span, small.append(bytes, 0, longest));
        assertEquals(Journal.BACK_PRESSURED, small.append(bytes, 0, 1));
        small.commit(span);
        assertEquals(3L * span, small.append(bytes, 0, longest));

        MemoryJournal.stepped(Frames.LENGTH_MIN, 2L * Frames.positionsOf(Frames.LENGTH_MIN));
        for (final int length : new int[] {Frames.LENGTH_MIN - Frames.ALIGNMENT, Frames.LENGTH_MIN + 1})
        {
            assertThrows(IllegalArgumentException.class, () -> MemoryJournal.stepped(length, 128 * 1024));
        }
        assertThrows(IllegalArgumentException.class, () -> MemoryJournal.stepped(longest, 2L * span - 1));
        final int segment = longestWindow(longest);
        MemoryJournal.stepped(longest, segment);
        assertThrows(IllegalArgumentException.class, () -> MemoryJournal.stepped(segment, segment));
        assertThrows(IllegalArgumentException.class, () -> MemoryJournal.stepped(longest, segment + 1L));
    }

    /** The length of a segment, as the message tells it. */
    private static int longestWindow(final int frameLength)
    {
        final String message = assertThrows(
            IllegalArgumentException.class, () -> MemoryJournal.stepped(frameLength, Long.MAX_VALUE)).getMessage();
        return Integer.parseInt(message.replaceAll(".*not more than (\\d+) bytes.*", "$1"));
    }

    @Test
    void shouldTellWhyItHasFailedAndReadByOtherThreads() throws Exception
    {
        assertEquals(null, journal.failure());
        final JournalException cause = new JournalException("gone");
        writer.mark(Frames.OPEN);
        step();
        try (JournalReader reader = journal.openReader())
        {
            final int[] count = {0};
            assertEquals(
                journal.committedPosition(),
                reader.read(0, journal.committedPosition(), (position, buffer, offset, length) -> count[0]++));
            assertEquals(1, count[0]);
        }
        journal.fail(cause);
        journal.fail(new JournalException("later"));
        assertSame(cause, journal.failure());
    }

    @Test
    void shouldPushBackWhenTooMuchIsInFlight()
    {
        final TestEntries entries = new TestEntries();
        final FrameWriter other = new FrameWriter(new MemoryJournal(), 0, 1, 0, 0);
        other.appendEntry(entries.buffer(), 0, entries.transfer(0));
        long position;
        int count = 0;
        do
        {
            position = journal.append(entries.buffer(), 0, 160);
            count++;
        }
        while (position > 0);
        assertEquals(Journal.BACK_PRESSURED, position);
        assertTrue(count > 128 * 1024 / 192);
        journal.commit(journal.appendedPosition());
        assertTrue(journal.append(entries.buffer(), 0, 160) > 0);
    }
}
