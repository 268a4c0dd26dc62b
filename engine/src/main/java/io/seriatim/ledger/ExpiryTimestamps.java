package io.seriatim.ledger;

import io.seriatim.codecs.ExpiryEntryDecoder;
import io.seriatim.codecs.StateRootEntryDecoder;
import org.agrona.DirectBuffer;

/**
 * Which timestamps are taken by releases of pending transfers, so that no imported object gets one of them. They rise
 * with the sequences of their entries. No chain releases anything, so nothing here is ever undone.
 * <p>
 * Cost: at most a quarter of a byte of memory for each entry, and none while nothing expires. To ask costs a
 * comparison for a timestamp before the first or after the newest release, else a binary search and up to
 * {@link TimestampMarks#DISTANCE} entries read.<br>
 * Threads: confined to the thread that owns the state machine.<br>
 * Source: SEMANTICS, sections 12 and 13.
 */
final class ExpiryTimestamps implements AutoCloseable
{
    private final TimestampMarks marks = new TimestampMarks();
    private final EntryWindow window;
    private final EntryReader entries;
    private long timestampMaxNs;
    private long count;

    ExpiryTimestamps(final EntryWindow window, final TransferRecords records)
    {
        this.window = window;
        entries = new EntryReader(window, records);
    }

    /** How many pending transfers were released. */
    long count()
    {
        return count;
    }

    /** Timestamp of the newest release; 0 if there is none. */
    long timestampMaxNs()
    {
        return timestampMaxNs;
    }

    void loadMark(final DirectBuffer buffer, final int offset)
    {
        marks.load(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }

    void loadTotals(final long newCount, final long newTimestampMaxNs)
    {
        count = newCount;
        timestampMaxNs = newTimestampMaxNs;
    }

    /** Note a release. */
    void add(final long timestampNs, final long sequence)
    {
        marks.add(timestampNs, sequence);
        timestampMaxNs = timestampNs;
        count++;
    }

    /** Whether any release has this timestamp. */
    boolean contains(final long timestampNs)
    {
        final int mark = timestampNs > timestampMaxNs ? TimestampMarks.NOT_FOUND : marks.floor(timestampNs);
        if (mark == TimestampMarks.NOT_FOUND)
        {
            return false;
        }
        final long first = marks.sequence(mark);
        final long end = Math.min(first + TimestampMarks.DISTANCE, window.nextSequence());
        for (long sequence = first; sequence < end; sequence++)
        {
            entries.read(sequence);
            // The slots of all entries that have one rise with their sequences.
            if (entries.templateId() != StateRootEntryDecoder.TEMPLATE_ID && entries.slotNs() >= timestampNs)
            {
                return entries.slotNs() == timestampNs && entries.templateId() == ExpiryEntryDecoder.TEMPLATE_ID;
            }
        }
        return false;
    }

    long allocatedBytes()
    {
        return marks.allocatedBytes();
    }

    @Override
    public void close()
    {
        marks.close();
    }
}
