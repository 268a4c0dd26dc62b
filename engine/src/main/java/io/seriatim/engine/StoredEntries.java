package io.seriatim.engine;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.journal.FrameSource;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.TransferRecords;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads entries of one shard back from the journal's frames, by sequence. Frames of other shards that lie in between
 * are passed over.
 * <p>
 * Cost: a search among the marks, then reading from the mark on: at most {@link EntryPositions#SEQUENCE_DISTANCE}
 * entries or {@link EntryPositions#POSITION_DISTANCE} bytes and a frame. Nothing is allocated.<br>
 * Threads: confined to the shard's thread.
 */
public final class StoredEntries implements TransferRecords, AutoCloseable
{
    private final int shard;
    private final EntryPositions positions = new EntryPositions();
    private final FrameHeaderDecoder header = new FrameHeaderDecoder();
    private final UnsafeBuffer frame;
    private FrameSource source;

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

    @Override
    public void read(final long sequence, final MutableDirectBuffer buffer, final int offset)
    {
        long position = positions.floor(sequence);
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
                    copyEntry((int)(sequence - firstSequence), (int)header.length(), buffer, offset);
                    return;
                }
            }
        }
    }

    @Override
    public void close()
    {
        positions.close();
    }

    private void copyEntry(
        final int index, final int frameLength, final MutableDirectBuffer buffer, final int offset)
    {
        int entryOffset = Frames.HEADER_LENGTH;
        for (int i = 0; i < index; i++)
        {
            entryOffset += Entries.length(frame, entryOffset, frameLength);
        }
        buffer.putBytes(offset, frame, entryOffset, Entries.length(frame, entryOffset, frameLength));
    }
}
