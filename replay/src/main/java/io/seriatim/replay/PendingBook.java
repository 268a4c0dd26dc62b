package io.seriatim.replay;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.Collection;
import java.util.TreeSet;

/**
 * The pending transfers that are open, by the entries that have created and released them.
 * <p>
 * Shape: an object of about 200 bytes for each that is open; one that is released is let go of.<br>
 * Threads: confined to one.
 */
final class PendingBook
{
    private final Long2ObjectHashMap<PendingTransfer> open = new Long2ObjectHashMap<>();
    private final TreeSet<PendingTransfer> byExpiry = new TreeSet<>();

    void add(final PendingTransfer pending)
    {
        open.put(pending.sequence, pending);
        if (pending.expiryNs != 0)
        {
            byExpiry.add(pending);
        }
    }

    /** The one that an entry has created; null if that has created none, or it was released. */
    PendingTransfer get(final long sequence)
    {
        return open.get(sequence);
    }

    void remove(final PendingTransfer pending)
    {
        open.remove(pending.sequence);
        if (pending.expiryNs != 0)
        {
            byExpiry.remove(pending);
        }
    }

    /** The one that expires next; null if none does. */
    PendingTransfer first()
    {
        return byExpiry.isEmpty() ? null : byExpiry.first();
    }

    /** All that are open, in no order. */
    Collection<PendingTransfer> all()
    {
        return open.values();
    }
}
