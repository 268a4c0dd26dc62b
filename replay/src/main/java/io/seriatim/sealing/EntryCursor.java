package io.seriatim.sealing;

import io.seriatim.journal.Entries;
import io.seriatim.journal.Frames;
import io.seriatim.journal.SegmentReader;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Goes from one entry of a shard to the next, frame by frame. Each frame is checked as it is read.
 * <p>
 * Threads: confined to one.
 */
final class EntryCursor
{
    private final SegmentReader reader;
    private final int shard;
    private final UnsafeBuffer frame;
    private long position;
    private long sequence = -1;
    private int entriesLeft;
    private int offset;
    private int length;

    EntryCursor(final SegmentReader reader, final int shard)
    {
        this.reader = reader;
        this.shard = shard;
        frame = new UnsafeBuffer(ByteBuffer.allocateDirect(reader.frameLengthMax()).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Begin at a frame. */
    EntryCursor seek(final long newPosition)
    {
        position = newPosition;
        entriesLeft = 0;
        length = 0;
        sequence = -1;
        return this;
    }

    /**
     * Stand before an entry.
     *
     * @param framePosition of a frame at or before the one that holds it.
     * @param nextSequence  of the entry.
     * @throws SealingException if it is not to be found from there.
     */
    EntryCursor seek(final long framePosition, final long nextSequence)
    {
        seek(framePosition);
        do
        {
            readFrame();
            if (sequence >= nextSequence)
            {
                throw new SealingException(
                    "the entry is not where the tree's files say: sequence=" + nextSequence + ", found " +
                    (sequence + 1) + " at position " + framePosition +
                    "; they are made again if you delete journal-J/sealed and run `seal`");
            }
        }
        while (sequence + entriesLeft < nextSequence);
        while (sequence < nextSequence - 1)
        {
            next();
        }
        return this;
    }

    /** Move on to the next entry, which there has to be. */
    void next()
    {
        if (entriesLeft == 0)
        {
            readFrame();
        }
        offset += length;
        length = Entries.length(frame, offset, Frames.length(frame, 0));
        sequence++;
        entriesLeft--;
    }

    /** Read the next frame of the shard that holds entries. */
    private void readFrame()
    {
        do
        {
            position = reader.readFrame(position, frame, 0);
        }
        while (Frames.shard(frame, 0) != shard || Frames.entryCount(frame, 0) == 0);
        entriesLeft = Frames.entryCount(frame, 0);
        sequence = Frames.firstSequence(frame, 0) - 1;
        offset = Frames.HEADER_LENGTH;
        length = 0;
    }

    /** Sequence of the entry. */
    long sequence()
    {
        return sequence;
    }

    /** Position in the journal behind the frame of the entry. */
    long endPosition()
    {
        return position;
    }

    DirectBuffer buffer()
    {
        return frame;
    }

    /** Offset of the entry's SBE header. */
    int offset()
    {
        return offset;
    }

    /** Length of the entry in bytes. */
    int length()
    {
        return length;
    }

    byte[] entry()
    {
        final byte[] entry = new byte[length];
        frame.getBytes(offset, entry);
        return entry;
    }
}
