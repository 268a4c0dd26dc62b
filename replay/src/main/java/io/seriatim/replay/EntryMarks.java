package io.seriatim.replay;

import io.seriatim.engine.StoredEntries;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Where the entries of a shard lie, as the snapshot of its read model sees it: marks are added and never changed.
 */
final class EntryMarks implements ModelTable
{
    private final StoredEntries entries;
    private int nextCopied;

    EntryMarks(final StoredEntries entries)
    {
        this.entries = entries;
    }

    @Override
    public int rowLength()
    {
        return StoredEntries.MARK_LENGTH;
    }

    @Override
    public int rowCount()
    {
        return entries.markCount();
    }

    @Override
    public void beginCopy()
    {
        nextCopied = 0;
    }

    @Override
    public void copyNext(final MutableDirectBuffer buffer, final int offset)
    {
        entries.readMark(nextCopied, buffer, offset);
        nextCopied++;
    }

    @Override
    public void endCopy()
    {
        // Nothing was taken.
    }

    @Override
    public void beginLoad(final int rowCount)
    {
        // Marks are made as they come.
    }

    @Override
    public void load(final int index, final DirectBuffer buffer, final int offset)
    {
        entries.loadMark(buffer, offset);
    }
}
