package io.seriatim.ledger;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What decisions need of the transfers there are: by id the sequence of the entry that created it, or of the one
 * that was refused first and spent the id; and which timestamps are taken. The transfers themselves stay in their
 * entries.
 * <p>
 * Cost: an index slot for each transfer or spent id, and a quarter of a byte for the timestamps.<br>
 * Threads: confined to the thread that owns the state machine.
 */
final class TransferIndex implements AutoCloseable
{
    static final long NOT_FOUND = IdIndex.NOT_FOUND;

    private final IdIndex sequences;
    private final TimestampMarks marks = new TimestampMarks();
    private final EntryWindow window;
    private final TransferRecords records;
    private final StoredTransfer stored = new StoredTransfer();
    private final MutableDirectBuffer scratch = new UnsafeBuffer(new byte[EntryWindow.ENTRY_LENGTH_MAX]);
    private long storedCount;
    private long timestampMaxNs;

    TransferIndex(final long seed, final EntryWindow window, final TransferRecords records)
    {
        sequences = new IdIndex(seed);
        this.window = window;
        this.records = records;
    }

    /** How many transfers are stored. */
    long storedCount()
    {
        return storedCount;
    }

    /** How many ids are spent by a transient refusal. */
    long poisonedCount()
    {
        return sequences.size() - storedCount;
    }

    /** Greatest timestamp of a stored transfer; 0 if there is none. */
    long timestampMaxNs()
    {
        return timestampMaxNs;
    }

    int markCount()
    {
        return marks.count();
    }

    /**
     * What is known of an id.
     *
     * @return above zero: the sequence of the entry that created the transfer; below zero: minus the sequence of the
     * entry that spent the id; or {@link #NOT_FOUND}.
     */
    long find(final long idHigh, final long idLow)
    {
        return sequences.get(idHigh, idLow);
    }

    /** Note a transfer that the entry with this sequence creates. */
    void add(final long idHigh, final long idLow, final long timestampNs, final long sequence)
    {
        sequences.add(idHigh, idLow, sequence);
        marks.add(timestampNs, sequence);
        timestampMaxNs = timestampNs;
        storedCount++;
    }

    /** Undo an {@link #add}; the timestamps are put back by {@link #restoreTimestamps}. */
    void remove(final long idHigh, final long idLow)
    {
        sequences.remove(idHigh, idLow);
        storedCount--;
    }

    void restoreTimestamps(final long newTimestampMaxNs, final int newMarkCount)
    {
        timestampMaxNs = newTimestampMaxNs;
        marks.truncate(newMarkCount);
    }

    /** Spend an id for good. */
    void poison(final long idHigh, final long idLow, final long sequence)
    {
        sequences.add(idHigh, idLow, -sequence);
    }

    /** Read a stored transfer; what is returned is good until the next call. */
    StoredTransfer read(final long sequence)
    {
        if (window.contains(sequence))
        {
            return stored.wrap(window.buffer(), window.offset(sequence));
        }
        records.read(sequence, scratch, 0);
        return stored.wrap(scratch, 0);
    }

    /** Whether any stored transfer has this timestamp. Reads at most {@link TimestampMarks#DISTANCE} entries. */
    boolean hasTimestamp(final long timestampNs)
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
            final StoredTransfer transfer = readIfCreated(sequence);
            if (transfer != null && transfer.timestampNs() >= timestampNs)
            {
                return transfer.timestampNs() == timestampNs;
            }
        }
        return false;
    }

    long contentSum(final long salt)
    {
        return sequences.contentSum(salt);
    }

    long allocatedBytes()
    {
        return sequences.allocatedBytes() + marks.allocatedBytes();
    }

    @Override
    public void close()
    {
        sequences.close();
        marks.close();
    }

    private StoredTransfer readIfCreated(final long sequence)
    {
        if (window.contains(sequence))
        {
            final int offset = window.offset(sequence);
            return StoredTransfer.isCreated(window.buffer(), offset) ? stored.wrap(window.buffer(), offset) : null;
        }
        records.read(sequence, scratch, 0);
        return StoredTransfer.isCreated(scratch, 0) ? stored.wrap(scratch, 0) : null;
    }
}
