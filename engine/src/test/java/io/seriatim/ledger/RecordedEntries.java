package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Every entry that a state machine has written, kept as a journal would: the state machine reads old ones back, and a
 * replay runs through them.
 */
final class RecordedEntries implements TransferRecords
{
    private final ExpandableDirectByteBuffer bytes = new ExpandableDirectByteBuffer(1 << 16);
    private final java.util.ArrayList<Integer> ends = new java.util.ArrayList<>();
    private int readCount;

    RecordedEntries()
    {
        ends.add(0);
    }

    /** Keep what is final and not kept yet. */
    void takeFrom(final LedgerStateMachine stateMachine)
    {
        final EntryWindow window = stateMachine.window();
        for (long sequence = count() + 1; sequence < stateMachine.nextSequence(); sequence++)
        {
            add(window.buffer(), window.offset(sequence), window.length(sequence));
        }
    }

    void add(final DirectBuffer buffer, final int offset, final int length)
    {
        final int start = ends.get(ends.size() - 1);
        bytes.putBytes(start, buffer, offset, length);
        ends.add(start + length);
    }

    int count()
    {
        return ends.size() - 1;
    }

    MutableDirectBuffer buffer()
    {
        return bytes;
    }

    int offset(final long sequence)
    {
        return ends.get((int)sequence - 1);
    }

    int length(final long sequence)
    {
        return ends.get((int)sequence) - offset(sequence);
    }

    /** How often an entry was read back. */
    int readCount()
    {
        return readCount;
    }

    @Override
    public void read(final long sequence, final MutableDirectBuffer buffer, final int offset)
    {
        readCount++;
        buffer.putBytes(offset, bytes, offset(sequence), length(sequence));
    }

    void replayTo(final EntryReplay replay)
    {
        for (long sequence = 1; sequence <= count(); sequence++)
        {
            replay.onEntry(bytes, offset(sequence), length(sequence));
        }
    }
}
