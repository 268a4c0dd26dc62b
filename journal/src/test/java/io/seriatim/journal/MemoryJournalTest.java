package io.seriatim.journal;

class MemoryJournalTest extends JournalContract
{
    private final MemoryJournal journal = new MemoryJournal();
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
        Thread.onSpinWait();
    }
}
