package io.seriatim.journal;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
