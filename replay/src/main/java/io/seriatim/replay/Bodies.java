package io.seriatim.replay;

import io.seriatim.engine.StoredEntries;
import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.StoredTransfer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads whole transfers back from the entries that created them.
 * <p>
 * Cost: one copy of the entry if its frame was read last, else that of {@link StoredEntries#read}. Nothing is
 * allocated.<br>
 * Threads: confined to one.
 */
final class Bodies
{
    private final StoredEntries entries;
    private final UnsafeBuffer entry = new UnsafeBuffer(new byte[EntryWindow.ENTRY_LENGTH_MAX]);
    private final StoredTransfer stored = new StoredTransfer();

    Bodies(final StoredEntries entries)
    {
        this.entries = entries;
    }

    /** Copy the transfer that an entry created: its record of 120 bytes, then its timestamp. */
    void copyTransfer(final long sequence, final MutableDirectBuffer buffer, final int offset)
    {
        entries.read(sequence, entry, 0);
        stored.wrap(entry, 0).copyTo(buffer, offset);
    }
}
