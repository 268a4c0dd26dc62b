package io.seriatim.advice;

import io.seriatim.ledger.EntryWindow;
import io.seriatim.ledger.LedgerStateMachine;
import io.seriatim.ledger.TransferRecords;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntArrayList;

import java.nio.ByteOrder;

/**
 * Entries kept in memory one behind the other, in the order in which they came.
 * <p>
 * Shape: up to 2 GiB of entries, and 4 bytes for each.<br>
 * Threads: confined to one.
 */
final class EntryLog implements TransferRecords
{
    private static final int INITIAL_CAPACITY = 1 << 16;

    private final ExpandableDirectByteBuffer bytes = new ExpandableDirectByteBuffer(INITIAL_CAPACITY);
    private final IntArrayList offsets = new IntArrayList();

    /** Nothing yet. */
    EntryLog()
    {
        offsets.addInt(0);
    }

    /** Keep one more. */
    void add(final DirectBuffer buffer, final int offset, final int length)
    {
        final int start = offsets.getInt(offsets.size() - 1);
        bytes.putBytes(start, buffer, offset, length);
        offsets.addInt(Math.addExact(start, length));
    }

    /** Clear some bits of 16, little-endian. */
    void clear(final int offset, final int bits)
    {
        final int before = bytes.getShort(offset, ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(offset, (short)(before & ~bits), ByteOrder.LITTLE_ENDIAN);
    }

    /** Clear a number of 64 bits. */
    void clear(final int offset)
    {
        bytes.putLong(offset, 0);
    }

    /** Keep what a state machine has written since the last time, of which all is final. */
    void takeFrom(final LedgerStateMachine stateMachine)
    {
        final EntryWindow window = stateMachine.window();
        for (long sequence = count() + 1L; sequence < stateMachine.nextSequence(); sequence++)
        {
            add(window.buffer(), window.offset(sequence), window.length(sequence));
        }
    }

    int count()
    {
        return offsets.size() - 1;
    }

    DirectBuffer buffer()
    {
        return bytes;
    }

    /** Where an entry begins. */
    int offset(final int index)
    {
        return offsets.getInt(index);
    }

    /** The entry with a sequence, if the first one that was kept has the sequence 1. */
    @Override
    public void read(final long sequence, final MutableDirectBuffer buffer, final int offset)
    {
        final int index = (int)sequence - 1;
        buffer.putBytes(offset, bytes, offset(index), offset(index + 1) - offset(index));
    }
}
