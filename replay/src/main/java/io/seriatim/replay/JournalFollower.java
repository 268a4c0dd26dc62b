package io.seriatim.replay;

import io.seriatim.journal.Entries;
import io.seriatim.journal.FrameHandler;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalReader;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the committed entries of one journal, one at a time, in the order of the journal and so of each
 * of its shards. An entry is handed out only when its group is complete: the frames of one that is not are held back.
 * Each frame has to follow on the last one of its shard.
 * <p>
 * Shape: one buffer off-heap that holds the frames read and not yet handed out, each behind its position in the
 * journal; it is as long as the longest group and {@link #READ_LENGTH} beside.<br>
 * Cost: one copy of each frame, and reads of at most {@link #READ_LENGTH}, as many as the next group takes, so that a
 * step is short. Nothing is allocated once warm.<br>
 * Threads: confined to the one that opened the reader. It is stepped, and never waits.
 */
public final class JournalFollower implements AutoCloseable
{
    /** How much of the journal is read at once, in bytes; the last frame may be longer than that. */
    public static final int READ_LENGTH = 256 * 1024;

    private static final int PREFIX_LENGTH = 16;
    private static final int LENGTH_OFFSET = 8;
    private static final int NO_SHARD = -1;

    /** Where a shard stands, as far as frames were read. */
    private static final class ShardEnd
    {
        private long nextSequence;
        private int crc;
    }

    private final JournalReader reader;
    private final FrameHandler onFrame = this::onFrame;
    private final Int2ObjectHashMap<ShardEnd> shardEnds = new Int2ObjectHashMap<>();
    private ByteBuffer bytes;
    private final UnsafeBuffer buffer;

    /** Frames lie from the first offset to the second; the groups of those before the third are complete. */
    private int frameOffset;
    private int endOffset;
    private int completeOffset;
    private int openGroupShard = NO_SHARD;
    private long readPosition;
    private boolean isFromBeginning = true;

    // The frame whose entries are handed out.
    private int shard;
    private long framePosition;
    private long groupPosition;
    private boolean isInsideGroup;
    private long frameFirstSequence;
    private int entryCount;
    private int entryIndex;
    private int frameEnd;

    // The entry that was handed out last.
    private int entryOffset;
    private int entryLength;

    /**
     * A follower at the start of a journal.
     *
     * @param reader of the journal, which stays its owner's to close.
     */
    public JournalFollower(final JournalReader reader)
    {
        this.reader = reader;
        bytes = allocate(READ_LENGTH + 2 * reader.frameLengthMax());
        buffer = new UnsafeBuffer(bytes);
    }

    /**
     * A follower further on in a journal.
     *
     * @param reader   of the journal, which stays its owner's to close.
     * @param position of a frame. Where a shard stands there is said by {@link #end}; of one of which that is not
     *                 known, the first frame is taken as it is.
     */
    public JournalFollower(final JournalReader reader, final long position)
    {
        this(reader);
        readPosition = position;
        isFromBeginning = position == 0;
    }

    /**
     * Where a shard stands, before anything is read.
     *
     * @param shard        number of the shard.
     * @param nextSequence of its next entry.
     * @param crc          checksum of its last frame.
     */
    public void end(final int shard, final long nextSequence, final int crc)
    {
        final ShardEnd end = new ShardEnd();
        end.nextSequence = nextSequence;
        end.crc = crc;
        shardEnds.put(shard, end);
    }

    /**
     * Whether all entries of the groups that were begun have been handed out.
     *
     * @return true between two groups.
     */
    public boolean isBetweenGroups()
    {
        return entryIndex == entryCount && !isInsideGroup;
    }

    /**
     * How far frames were read; they are handed out later.
     *
     * @return position in the journal.
     */
    public long readPosition()
    {
        return readPosition;
    }

    /**
     * Checksum of the last frame of a shard that was read.
     *
     * @param ofShard number of the shard.
     * @return its checksum; 0 if there is none.
     */
    public int crc(final int ofShard)
    {
        final ShardEnd end = shardEnds.get(ofShard);
        return end == null ? 0 : end.crc;
    }

    /**
     * Move on to the next entry.
     *
     * @param committedPosition of the journal, up to which it may be read.
     * @return false if no further group is complete up to there; the entry before is gone by then.
     * @throws JournalException if the journal is damaged.
     */
    public boolean next(final long committedPosition)
    {
        while (entryIndex == entryCount)
        {
            if (frameOffset == completeOffset && !readFrames(committedPosition))
            {
                return false;
            }
            openFrame();
        }
        entryOffset += entryLength;
        entryLength = Entries.length(buffer, entryOffset, frameEnd);
        if (entryLength == Entries.NOT_AN_ENTRY)
        {
            throw new JournalException(
                "no entry that this version knows: shard=" + shard + ", sequence=" + sequence() + ", position=" +
                framePosition);
        }
        entryIndex++;
        return true;
    }

    /**
     * The shard of the entry.
     *
     * @return number of the shard.
     */
    public int shard()
    {
        return shard;
    }

    /**
     * Sequence of the entry in its shard.
     *
     * @return its sequence.
     */
    public long sequence()
    {
        return frameFirstSequence + Math.max(0, entryIndex - 1);
    }

    /**
     * Whether the entry is the first one of its frame.
     *
     * @return false if others of the same frame were handed out before it.
     */
    public boolean isFirstOfFrame()
    {
        return entryIndex == 1;
    }

    /**
     * Where the frame of the entry lies.
     *
     * @return its position in the journal.
     */
    public long framePosition()
    {
        return framePosition;
    }

    /** Where the first frame of the entry's group lies. */
    long groupPosition()
    {
        return groupPosition;
    }

    /**
     * Holds the entry until the next call of {@link #next}.
     *
     * @return buffer.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * Offset of the entry's SBE header.
     *
     * @return offset in {@link #buffer()}.
     */
    public int offset()
    {
        return entryOffset;
    }

    /**
     * Length of the entry.
     *
     * @return length in bytes.
     */
    public int length()
    {
        return entryLength;
    }

    /**
     * How far the journal was handed out, whole groups only.
     *
     * @return position: all entries of frames before it were handed out.
     */
    public long position()
    {
        if (entryIndex < entryCount)
        {
            return framePosition;
        }
        return frameOffset < endOffset ? buffer.getLong(frameOffset) : readPosition;
    }

    /**
     * Off-heap memory held.
     *
     * @return a number of bytes.
     */
    public long allocatedBytes()
    {
        return bytes == null ? 0 : bytes.capacity();
    }

    @Override
    public void close()
    {
        buffer.wrap(0, 0);
        BufferUtil.free(bytes);
        bytes = null;
        entryCount = 0;
        entryIndex = 0;
        frameOffset = 0;
        endOffset = 0;
        completeOffset = 0;
    }

    /** Read on until a group is complete; false if none is up to there. */
    private boolean readFrames(final long committedPosition)
    {
        final int heldLength = endOffset - completeOffset;
        if (completeOffset > 0)
        {
            buffer.putBytes(0, buffer, completeOffset, heldLength);
        }
        frameOffset = 0;
        completeOffset = 0;
        endOffset = heldLength;
        // A group may be longer than what is read at once.
        while (completeOffset == 0 && readPosition < committedPosition)
        {
            final long to = Math.min(committedPosition, readPosition + READ_LENGTH);
            readPosition = reader.read(readPosition, to, onFrame);
            if (readPosition < to)
            {
                throw new JournalException(
                    "the journal ends before what is committed: position=" + readPosition + ", committedPosition=" +
                    committedPosition);
            }
        }
        return completeOffset > 0;
    }

    private void onFrame(final long position, final DirectBuffer source, final int offset, final int length)
    {
        follow(position, source, offset);
        final int isMore = Frames.flags(source, offset) & Frames.MORE;
        final int recordLength = PREFIX_LENGTH + BitUtil.align(length, Long.BYTES);
        ensureCapacity(endOffset + recordLength);
        buffer.putLong(endOffset, position);
        buffer.putInt(endOffset + LENGTH_OFFSET, length);
        buffer.putBytes(endOffset + PREFIX_LENGTH, source, offset, length);
        endOffset += recordLength;
        openGroupShard = isMore != 0 ? Frames.shard(source, offset) : NO_SHARD;
        completeOffset = isMore != 0 ? completeOffset : endOffset;
    }

    /** A frame has to follow on the last one of its shard, and a group may not be interrupted. */
    private void follow(final long position, final DirectBuffer source, final int offset)
    {
        final int frameShard = Frames.shard(source, offset);
        ShardEnd end = shardEnds.get(frameShard);
        if (end == null)
        {
            end = new ShardEnd();
            if (!isFromBeginning)
            {
                end.nextSequence = Frames.firstSequence(source, offset);
                end.crc = Frames.previousCrc(source, offset);
            }
            shardEnds.put(frameShard, end);
        }
        if (Frames.firstSequence(source, offset) != end.nextSequence ||
            Frames.previousCrc(source, offset) != end.crc ||
            openGroupShard != NO_SHARD && openGroupShard != frameShard)
        {
            throw new JournalException(
                "a frame does not follow on the last one of its shard: shard=" + frameShard + ", position=" + position +
                ", first sequence=" + Frames.firstSequence(source, offset) + ", expected=" + end.nextSequence +
                ", previousCrc=0x" + Integer.toHexString(Frames.previousCrc(source, offset)) + ", expected=0x" +
                Integer.toHexString(end.crc) + ", open group of shard=" + openGroupShard);
        }
        end.nextSequence += Frames.entryCount(source, offset);
        end.crc = Frames.crc(source, offset);
    }

    private void openFrame()
    {
        final int length = buffer.getInt(frameOffset + LENGTH_OFFSET);
        final int offset = frameOffset + PREFIX_LENGTH;
        framePosition = buffer.getLong(frameOffset);
        groupPosition = isInsideGroup ? groupPosition : framePosition;
        isInsideGroup = (Frames.flags(buffer, offset) & Frames.MORE) != 0;
        shard = Frames.shard(buffer, offset);
        frameFirstSequence = Frames.firstSequence(buffer, offset);
        entryCount = Frames.entryCount(buffer, offset);
        entryIndex = 0;
        entryOffset = offset + Frames.HEADER_LENGTH;
        entryLength = 0;
        frameEnd = offset + length;
        frameOffset = offset + BitUtil.align(length, Long.BYTES);
    }

    private void ensureCapacity(final int capacity)
    {
        if (capacity > bytes.capacity())
        {
            final ByteBuffer longer = allocate(Math.max(capacity, 2 * bytes.capacity()));
            final UnsafeBuffer copy = new UnsafeBuffer(longer);
            copy.putBytes(0, buffer, 0, endOffset);
            buffer.wrap(longer);
            BufferUtil.free(bytes);
            bytes = longer;
        }
    }

    private static ByteBuffer allocate(final int length)
    {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
