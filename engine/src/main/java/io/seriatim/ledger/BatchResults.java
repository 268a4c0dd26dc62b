package io.seriatim.ledger;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The answers to the events of the current batch, one row each, in the order of the events.
 * <p>
 * Shape: rows of {@link #ROW_LENGTH} bytes
 *
 * <pre>
 *   0  timestamp         of the object if created or there already, else the slot of the event
 *   8  sequence          of the event's own entry
 *  16  first sequence    of the entry that created or spent the id; else 0
 *  24  outcome           uint32, then 4 zero bytes
 * </pre>
 *
 * Threads: confined to the thread that owns the state machine.
 */
public final class BatchResults
{
    /** Length of a row in bytes. */
    public static final int ROW_LENGTH = 32;

    /** Offset of the timestamp in a row. */
    public static final int TIMESTAMP_OFFSET = 0;

    /** Offset of the event's own sequence in a row. */
    public static final int SEQUENCE_OFFSET = 8;

    /** Offset of the sequence of the entry that created or spent the id in a row. */
    public static final int FIRST_SEQUENCE_OFFSET = 16;

    /** Offset of the outcome's code in a row. */
    public static final int OUTCOME_OFFSET = 24;

    private final UnsafeBuffer buffer;

    BatchResults(final int batchCountMax)
    {
        buffer = new UnsafeBuffer(
            ByteBuffer.allocateDirect(BitUtil.align(batchCountMax * ROW_LENGTH, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * The rows.
     *
     * @return buffer with the row of event i at {@code i * ROW_LENGTH}.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * The outcome of an event.
     *
     * @param index of the event in its batch.
     * @return code of the outcome.
     */
    public int outcome(final int index)
    {
        return buffer.getInt(index * ROW_LENGTH + OUTCOME_OFFSET);
    }

    /**
     * The timestamp that answers an event.
     *
     * @param index of the event in its batch.
     * @return timestamp in nanoseconds.
     */
    public long timestampNs(final int index)
    {
        return buffer.getLong(index * ROW_LENGTH + TIMESTAMP_OFFSET);
    }

    /**
     * The sequence of an event's own entry.
     *
     * @param index of the event in its batch.
     * @return sequence in the shard.
     */
    public long sequence(final int index)
    {
        return buffer.getLong(index * ROW_LENGTH + SEQUENCE_OFFSET);
    }

    /**
     * The sequence of the entry that answered this id first.
     *
     * @param index of the event in its batch.
     * @return sequence of the entry that created the object or spent the id; 0 unless the outcome is {@code EXISTS}
     * or {@code ID_ALREADY_FAILED}.
     */
    public long firstSequence(final int index)
    {
        return buffer.getLong(index * ROW_LENGTH + FIRST_SEQUENCE_OFFSET);
    }

    void set(
        final int index, final long timestampNs, final long sequence, final long firstSequence, final int outcomeCode)
    {
        write(buffer, index * ROW_LENGTH, timestampNs, sequence, firstSequence, outcomeCode);
    }

    /** Write a row. */
    static void write(
        final MutableDirectBuffer buffer,
        final int offset,
        final long timestampNs,
        final long sequence,
        final long firstSequence,
        final int outcomeCode)
    {
        buffer.putLong(offset + TIMESTAMP_OFFSET, timestampNs);
        buffer.putLong(offset + SEQUENCE_OFFSET, sequence);
        buffer.putLong(offset + FIRST_SEQUENCE_OFFSET, firstSequence);
        buffer.putLong(offset + OUTCOME_OFFSET, Integer.toUnsignedLong(outcomeCode));
    }

    void rewrite(final int index, final int outcomeCode)
    {
        final int offset = index * ROW_LENGTH;
        buffer.putLong(offset + FIRST_SEQUENCE_OFFSET, 0);
        buffer.putLong(offset + OUTCOME_OFFSET, Integer.toUnsignedLong(outcomeCode));
    }
}
