package io.seriatim.engine;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.journal.FrameSource;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.TransferRecords;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads entries of one shard back from the journal's frames, by sequence. Frames of other shards that lie in between
 * are passed over.
 * <p>
 * Cost: a search among the marks, then reading from the mark on: at most {@link EntryPositions#SEQUENCE_DISTANCE}
 * entries or {@link EntryPositions#POSITION_DISTANCE} bytes and a frame. The frame read last is held, so that its other
 * entries cost no second reading. Nothing is allocated.<br>
 * Threads: confined to one.
 */
public final class StoredEntries implements TransferRecords, AutoCloseable
{
    /** Length of a mark that is copied, in bytes. */
    public static final int MARK_LENGTH = EntryPositions.ROW_LENGTH;

    private final int shard;
    private final EntryPositions positions = new EntryPositions();
    private final FrameHeaderDecoder header = new FrameHeaderDecoder();
    private final UnsafeBuffer frame;
    private FrameSource source;

    // The frame that is held; it has no entries while none is.
    private long frameFirstSequence;
    private int frameEntryCount;
    private int frameLength;
    private long frameEndPosition;

    // The entry in it that was read last.
    private int entryIndex;
    private int entryOffset;

    /**
     * Nothing is known yet.
     *
     * @param shard          whose entries are read.
     * @param frameLengthMax longest frame of the journal in bytes.
     */
    public StoredEntries(final int shard, final int frameLengthMax)
    {
        this.shard = shard;
        frame = new UnsafeBuffer(ByteBuffer.allocateDirect(frameLengthMax).order(ByteOrder.LITTLE_ENDIAN));
    }

    /**
     * Read from here from now on: recovery reads the files, the running engine its journal.
     *
     * @param newSource of frames.
     */
    public void source(final FrameSource newSource)
    {
        source = newSource;
        frameEntryCount = 0;
    }

    /**
     * Note a frame of the shard that has entries.
     *
     * @param position      of the frame in the journal.
     * @param firstSequence of its first entry.
     */
    public void onFrame(final long position, final long firstSequence)
    {
        positions.onFrame(position, firstSequence);
    }

    /**
     * How many marks there are: where frames lie, of which not all have one.
     *
     * @return a count.
     */
    public int markCount()
    {
        return positions.count();
    }

    /**
     * Copy a mark.
     *
     * @param index  of the mark; they never change.
     * @param buffer to copy it to.
     * @param offset in the buffer, for {@link #MARK_LENGTH} bytes.
     */
    public void readMark(final int index, final MutableDirectBuffer buffer, final int offset)
    {
        positions.read(index, buffer, offset);
    }

    /**
     * Take a mark that was copied. They come in their order, before any frame is noted.
     *
     * @param buffer holding it as {@link #readMark} has written it.
     * @param offset in the buffer.
     * @throws IllegalStateException if it does not lie behind the one before.
     */
    public void loadMark(final DirectBuffer buffer, final int offset)
    {
        positions.load(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }

    /** Where the entries lie that were noted. */
    EntryPositions positions()
    {
        return positions;
    }

    @Override
    public void read(final long sequence, final MutableDirectBuffer buffer, final int offset)
    {
        if (sequence < frameFirstSequence || sequence >= frameFirstSequence + frameEntryCount)
        {
            readFrameOf(sequence);
        }
        seekEntry((int)(sequence - frameFirstSequence));
        buffer.putBytes(offset, frame, entryOffset, Entries.length(frame, entryOffset, frameLength));
    }

    /**
     * Length of an entry in bytes.
     *
     * @param sequence of the entry.
     * @return its length with its SBE header.
     */
    public int length(final long sequence)
    {
        if (sequence < frameFirstSequence || sequence >= frameFirstSequence + frameEntryCount)
        {
            readFrameOf(sequence);
        }
        seekEntry((int)(sequence - frameFirstSequence));
        return Entries.length(frame, entryOffset, frameLength);
    }

    /**
     * Off-heap memory held.
     *
     * @return a number of bytes.
     */
    public long allocatedBytes()
    {
        return positions.allocatedBytes() + frame.capacity();
    }

    @Override
    public void close()
    {
        positions.close();
    }

    /** Read the frame that holds an entry: from the mark before it on, or on from the frame that is held. */
    private void readFrameOf(final long sequence)
    {
        long position = positions.floor(sequence);
        if (frameEntryCount > 0 && frameFirstSequence < sequence)
        {
            position = Math.max(position, frameEndPosition);
        }
        frameEntryCount = 0;
        while (true)
        {
            position = source.readFrame(position, frame, 0);
            header.wrap(
                frame, MessageHeaderDecoder.ENCODED_LENGTH,
                FrameHeaderDecoder.BLOCK_LENGTH, FrameHeaderDecoder.SCHEMA_VERSION);
            if (header.shard() == shard && header.entryCount() > 0)
            {
                final long firstSequence = header.firstSequence();
                if (firstSequence > sequence)
                {
                    throw new JournalException(
                        "an entry is missing in the journal: shard=" + shard + ", sequence=" + sequence +
                        ", next found=" + firstSequence + ", position=" + position);
                }
                if (sequence < firstSequence + header.entryCount())
                {
                    frameFirstSequence = firstSequence;
                    frameEntryCount = (int)header.entryCount();
                    frameLength = (int)header.length();
                    frameEndPosition = position;
                    entryIndex = 0;
                    entryOffset = Frames.HEADER_LENGTH;
                    return;
                }
            }
        }
    }

    /** Go to an entry of the frame that is held, on from the last one if it lies behind that. */
    private void seekEntry(final int index)
    {
        if (index < entryIndex)
        {
            entryIndex = 0;
            entryOffset = Frames.HEADER_LENGTH;
        }
        while (entryIndex < index)
        {
            entryOffset += Entries.length(frame, entryOffset, frameLength);
            entryIndex++;
        }
    }
}
