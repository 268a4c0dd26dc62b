package io.seriatim.engine;

import io.seriatim.ledger.Segments;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Where in the journal the entries of a shard lie, sparsely: a mark (sequence, position) for a frame that begins
 * {@link #SEQUENCE_DISTANCE} sequences or {@link #POSITION_DISTANCE} bytes behind the last mark. From the mark before
 * it, an entry is found by reading a few frames.
 * <p>
 * Shape: rows of 16 bytes off-heap, sequence and then position; a quarter of a byte for each entry where the shard has
 * its journal to itself; at worst, with frames of other shards in between, one row for each frame.<br>
 * Threads: confined to the shard's thread.
 */
final class EntryPositions implements AutoCloseable
{
    static final int SEQUENCE_DISTANCE = 64;
    static final int POSITION_DISTANCE = 64 * 1024;

    static final int ROW_LENGTH = 16;

    private static final int POSITION_OFFSET = 8;

    private final Segments marks = new Segments(ROW_LENGTH);
    private int count;

    /** Note a frame; sequences and positions rise. */
    void onFrame(final long position, final long firstSequence)
    {
        if (count == 0 || isDue(sequence(count - 1), position(count - 1), firstSequence, position))
        {
            add(firstSequence, position);
        }
    }

    /** Whether a frame gets a mark of its own behind the last one. */
    static boolean isDue(
        final long lastSequence, final long lastPosition, final long firstSequence, final long position)
    {
        return firstSequence - lastSequence >= SEQUENCE_DISTANCE || position - lastPosition >= POSITION_DISTANCE;
    }

    /** Copy a mark: its sequence, and then its position. */
    void read(final int mark, final MutableDirectBuffer buffer, final int offset)
    {
        buffer.putLong(offset, sequence(mark));
        buffer.putLong(offset + Long.BYTES, position(mark));
    }

    /** Take a mark of a snapshot; they come in their order. */
    void load(final long firstSequence, final long position)
    {
        if (count > 0 && (firstSequence < sequence(count - 1) || position <= position(count - 1)))
        {
            throw new IllegalStateException(
                "positions of entries do not rise: sequence=" + firstSequence + ", position=" + position);
        }
        add(firstSequence, position);
    }

    /** Whether there is a mark at or before an entry. */
    boolean isKnown(final long sequence)
    {
        return count > 0 && sequence(0) <= sequence;
    }

    /** Position of a frame at or before the one that holds an entry. */
    long floor(final long sequence)
    {
        int from = 0;
        int to = count;
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (sequence(middle) <= sequence)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        if (from == 0)
        {
            throw new IllegalStateException("no frame is known at or before this entry: sequence=" + sequence);
        }
        return position(from - 1);
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

    int count()
    {
        return count;
    }

    long lastSequence()
    {
        return sequence(count - 1);
    }

    long lastPosition()
    {
        return position(count - 1);
    }

    private void add(final long firstSequence, final long position)
    {
        marks.ensure(count);
        UnsafeApi.putLong(marks.address(count), firstSequence);
        UnsafeApi.putLong(marks.address(count) + POSITION_OFFSET, position);
        count++;
    }

    private long sequence(final int mark)
    {
        return UnsafeApi.getLong(marks.address(mark));
    }

    private long position(final int mark)
    {
        return UnsafeApi.getLong(marks.address(mark) + POSITION_OFFSET);
    }
}
