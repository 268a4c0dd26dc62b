package io.seriatim.ledger;

import io.seriatim.codecs.AccountEntryDecoder;
import io.seriatim.codecs.ExtendedTransferEntryDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The newest entries of a shard, as bytes, by sequence. The state machine writes them here; the journal's frames are
 * filled from here; repeated ids of late are answered from here. The entries of an open chain are not final until the
 * chain has ended.
 * <p>
 * Shape: a ring of {@link #capacity()} places of {@link #ENTRY_LENGTH_MAX} bytes, a power of two.<br>
 * Threads: confined to the thread that owns the state machine.
 */
public final class EntryWindow
{
    /** Length of the longest entry that a command leads to, with its SBE header, in bytes. */
    public static final int ENTRY_LENGTH_MAX =
        MessageHeaderDecoder.ENCODED_LENGTH + ExtendedTransferEntryDecoder.BLOCK_LENGTH;

    static final int BODY_OFFSET = MessageHeaderDecoder.ENCODED_LENGTH;
    static final int LEDGER_SEQUENCE_OFFSET = BODY_OFFSET + TransferEntryDecoder.ledgerSequenceEncodingOffset();
    static final int TIMESTAMP_OFFSET = BODY_OFFSET + TransferEntryDecoder.timestampNsEncodingOffset();
    static final int BATCH_INDEX_OFFSET = BODY_OFFSET + TransferEntryDecoder.batchIndexEncodingOffset();
    static final int BATCH_COUNT_OFFSET = BODY_OFFSET + TransferEntryDecoder.batchCountEncodingOffset();
    static final int OUTCOME_OFFSET = BODY_OFFSET + TransferEntryDecoder.outcomeEncodingOffset();

    /** Where the command's record begins, in account, transfer and extended transfer entries alike. */
    static final int RECORD_OFFSET = BODY_OFFSET + TransferEntryDecoder.transferEncodingOffset();

    private final UnsafeBuffer buffer;
    private final int capacity;
    private final long mask;
    private long firstSequence;
    private long nextSequence;

    /**
     * Empty.
     *
     * @param capacity     in entries, a power of two.
     * @param nextSequence of the first entry to come.
     */
    EntryWindow(final int capacity, final long nextSequence)
    {
        if (!BitUtil.isPowerOfTwo(capacity) || capacity > Integer.MAX_VALUE / ENTRY_LENGTH_MAX)
        {
            throw new IllegalArgumentException(
                "the entry window's capacity must be a power of two, at most " +
                Integer.highestOneBit(Integer.MAX_VALUE / ENTRY_LENGTH_MAX) + ": capacity=" + capacity);
        }
        assert RECORD_OFFSET == BODY_OFFSET + AccountEntryDecoder.accountEncodingOffset() : "entries differ in layout";
        this.capacity = capacity;
        this.mask = capacity - 1L;
        this.firstSequence = nextSequence;
        this.nextSequence = nextSequence;
        buffer = new UnsafeBuffer(
            ByteBuffer.allocateDirect(capacity * ENTRY_LENGTH_MAX).order(ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * How many entries are held at most.
     *
     * @return a power of two.
     */
    public int capacity()
    {
        return capacity;
    }

    /**
     * Sequence of the next entry.
     *
     * @return one more than that of the newest entry.
     */
    public long nextSequence()
    {
        return nextSequence;
    }

    /**
     * The bytes of all entries held.
     *
     * @return buffer that {@link #offset} points into.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * Where an entry begins.
     *
     * @param sequence of an entry that is {@link #contains held}.
     * @return offset of its SBE header in {@link #buffer()}.
     */
    public int offset(final long sequence)
    {
        return (int)(sequence & mask) * ENTRY_LENGTH_MAX;
    }

    /**
     * How long an entry is.
     *
     * @param sequence of an entry that is {@link #contains held}.
     * @return length in bytes with its SBE header.
     */
    public int length(final long sequence)
    {
        return MessageHeaderDecoder.ENCODED_LENGTH + (buffer.getShort(offset(sequence)) & 0xFFFF);
    }

    /**
     * Whether an entry is held, and stays so while the next one is written.
     *
     * @param sequence of the entry.
     * @return false if it is older, or yet to come.
     */
    public boolean contains(final long sequence)
    {
        return sequence >= firstSequence && sequence < nextSequence && sequence > nextSequence - capacity;
    }

    UnsafeBuffer mutableBuffer()
    {
        return buffer;
    }

    void advance()
    {
        nextSequence++;
    }
}
