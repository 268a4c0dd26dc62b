package io.seriatim.resharding;

import io.seriatim.journal.Entries;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.IntArrayList;

/**
 * What a shard has executed at one time: the entries of a request, or a release.
 * <p>
 * Shape: the entries one behind the other; a request that was cut short by a crash has less than it had.<br>
 * Threads: confined to one.
 */
final class RecordedRequest
{
    private final int shard;
    private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
    private final IntArrayList offsets = new IntArrayList();

    /** Nothing yet. */
    RecordedRequest(final int shard)
    {
        this.shard = shard;
        clear();
    }

    void clear()
    {
        offsets.clear();
        offsets.addInt(0);
    }

    void add(final DirectBuffer buffer, final int offset, final int length)
    {
        final int start = offsets.getInt(offsets.size() - 1);
        bytes.putBytes(start, buffer, offset, length);
        offsets.addInt(start + length);
    }

    /** Whose it is. */
    int shard()
    {
        return shard;
    }

    /** How many entries there are. */
    int count()
    {
        return offsets.size() - 1;
    }

    DirectBuffer buffer()
    {
        return bytes;
    }

    /** Offset of an entry's SBE header. */
    int offset(final int index)
    {
        return offsets.getInt(index);
    }

    int length(final int index)
    {
        return offsets.getInt(index + 1) - offsets.getInt(index);
    }

    boolean isExpiry()
    {
        return EntryFields.isExpiry(bytes, 0);
    }

    long sequence(final int index)
    {
        return Entries.sequence(bytes, offset(index));
    }

    long slotNs(final int index)
    {
        return EntryFields.slotNs(bytes, offset(index));
    }

    /** How many events it was sent with. */
    int batchCount()
    {
        return EntryFields.batchCount(bytes, 0);
    }

    /** Slot of the last event that it was sent with. */
    long batchTimestampNs()
    {
        return slotNs(0) + batchCount() - 1;
    }
}
