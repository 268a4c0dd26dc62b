package io.seriatim.journal;

import io.seriatim.codecs.FrameHeaderEncoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.TimeUnit;

/**
 * Builds the frames of one shard and appends them to its journal. Entries gather in the frame in the making until it
 * has no room for the next one or is flushed.
 * <p>
 * Shape: one frame of {@link Journal#frameLengthMax()} bytes off heap.<br>
 * Cost: one copy of each entry and one pass of CRC-32C over each frame; nothing is allocated after construction.<br>
 * Threads: confined to the thread that writes the journal.
 */
public final class FrameWriter
{
    /** How long a frame that should fit is offered again before the journal counts as stopped. */
    static final long RETRY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    private final Journal journal;
    private final FrameListener listener;
    private final int shard;
    private final int frameLengthMax;
    private final UnsafeBuffer frame;
    private final FrameHeaderEncoder header = new FrameHeaderEncoder();
    private final FrameChecker checker = new FrameChecker();

    private long nextSequence;
    private long committedSequence = -1;
    private int previousCrc;
    private int entriesEnd = Frames.HEADER_LENGTH;
    private int entryCount;
    private boolean isGroupEnd = true;
    private long position;

    /**
     * A writer that goes on where the shard's last frame ended.
     *
     * @param journal      to append to.
     * @param shard        whose entries these are, from 0 to 65,535.
     * @param incarnation  of the journal, from 1.
     * @param nextSequence of the shard: that of the next entry.
     * @param previousCrc  of the shard's last frame; 0 if it has none.
     */
    public FrameWriter(
        final Journal journal,
        final int shard,
        final long incarnation,
        final long nextSequence,
        final int previousCrc)
    {
        this(journal, shard, incarnation, nextSequence, previousCrc, FrameListener.NONE);
    }

    /**
     * A writer that goes on where the shard's last frame ended, and tells where its frames went.
     *
     * @param journal      to append to.
     * @param shard        whose entries these are, from 0 to 65,535.
     * @param incarnation  of the journal, from 1.
     * @param nextSequence of the shard: that of the next entry.
     * @param previousCrc  of the shard's last frame; 0 if it has none.
     * @param listener     to be told of each frame after it was appended.
     */
    public FrameWriter(
        final Journal journal,
        final int shard,
        final long incarnation,
        final long nextSequence,
        final int previousCrc,
        final FrameListener listener)
    {
        if (shard < 0 || shard > 0xFFFF || incarnation < 1 || nextSequence < 0)
        {
            throw new IllegalArgumentException(
                "shard must be 0 to 65535, incarnation from 1, nextSequence from 0: shard=" + shard +
                ", incarnation=" + incarnation + ", nextSequence=" + nextSequence);
        }

        this.journal = journal;
        this.listener = listener;
        this.shard = shard;
        this.nextSequence = nextSequence;
        this.previousCrc = previousCrc;
        frameLengthMax = journal.frameLengthMax();
        frame = new UnsafeBuffer(BufferUtil.allocateDirectAligned(frameLengthMax, Long.SIZE));
        Frames.encodeConstants(header, frame, shard, journal.logTag(), incarnation);
    }

    /**
     * How many bytes of frames a number of entries can take, at worst, when they begin a frame of their own.
     *
     * @param entryCount     how many entries, from 0.
     * @param entryLengthMax length of the longest of them in bytes.
     * @param frameLengthMax length of the longest frame in bytes.
     * @return bytes of frames, to compare with {@link Journal#availableWindow()}.
     * @throws IllegalArgumentException if such an entry fits no frame.
     */
    public static long roomFor(final int entryCount, final int entryLengthMax, final int frameLengthMax)
    {
        final int entriesPerFrame = (frameLengthMax - Frames.OVERHEAD) / entryLengthMax;
        if (entriesPerFrame < 1)
        {
            throw new IllegalArgumentException(
                "an entry must fit one frame: entryLengthMax=" + entryLengthMax + ", frameLengthMax=" +
                frameLengthMax + ", overhead=" + Frames.OVERHEAD);
        }

        return ((long) entryCount + entriesPerFrame - 1) / entriesPerFrame * frameLengthMax;
    }

    /**
     * How many bytes of frames a number of entries can take from here on, at worst, the frame in the making included.
     *
     * @param entryCount     how many entries, from 0.
     * @param entryLengthMax length of the longest of them in bytes.
     * @return bytes of frames, to compare with {@link Journal#availableWindow()}.
     * @throws IllegalArgumentException if such an entry fits no frame.
     */
    public long roomFor(final int entryCount, final int entryLengthMax)
    {
        return roomFor(entryCount, entryLengthMax, frameLengthMax) + (isEmpty() ? 0 : frameLengthMax);
    }

    /**
     * Set what the headers of the frames to come say is safe: the last sequence of this shard that has been forced to
     * the disk.
     *
     * @param committedSequence from -1, never less than before and never of an entry that was not yet appended.
     * @throws IllegalArgumentException if it is out of range; nothing was changed.
     */
    public void committedSequence(final long committedSequence)
    {
        if (committedSequence < this.committedSequence || committedSequence >= nextSequence - entryCount)
        {
            throw new IllegalArgumentException(
                "committed sequence is out of range: shard=" + shard + ", committedSequence=" + committedSequence +
                ", allowed=" + this.committedSequence + " to " + (nextSequence - entryCount - 1));
        }

        this.committedSequence = committedSequence;
    }

    /**
     * Add one entry. If the frame in the making has no room for it, that frame is appended first, with flag MORE unless
     * {@link #endGroup()} was called after its last entry.
     *
     * @param buffer holding the entry.
     * @param offset of the entry in the buffer.
     * @param length of the whole entry in bytes, from its SBE header on.
     * @throws IllegalArgumentException if it fits no frame; nothing was changed.
     * @throws JournalException         if the journal has stopped or gives no room; the writer is of no more use.
     */
    public void appendEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < 1 || length > frameLengthMax - Frames.OVERHEAD)
        {
            throw new IllegalArgumentException(
                "entry length is out of range: length=" + length + ", allowed=1 to " +
                (frameLengthMax - Frames.OVERHEAD) + ", shard=" + shard + ", sequence=" + nextSequence);
        }

        assert Entries.length(buffer, offset, offset + length) == length : "not an entry";
        assert Entries.sequence(buffer, offset) == nextSequence : "entry out of order";

        if (entriesEnd + length >= frameLengthMax)
        {
            appendFrame(isGroupEnd ? 0 : Frames.MORE);
        }

        frame.putBytes(entriesEnd, buffer, offset, length);
        entriesEnd += length;
        entryCount++;
        nextSequence++;
        isGroupEnd = false;
    }

    /**
     * The last entry added ends a group: the frame may end here.
     */
    public void endGroup()
    {
        isGroupEnd = true;
    }

    /**
     * Append the frame in the making, if it has entries.
     *
     * @return position after the last frame that this writer has appended; 0 if it has appended none.
     * @throws IllegalStateException if the last entry does not end a group; nothing was appended.
     * @throws JournalException      if the journal has stopped or gives no room; the writer is of no more use.
     */
    public long flush()
    {
        if (!isGroupEnd)
        {
            throw new IllegalStateException(
                "a frame must not end inside a group: shard=" + shard + ", nextSequence=" + nextSequence);
        }

        if (entryCount > 0)
        {
            appendFrame(0);
        }

        return position;
    }

    /**
     * Append an empty frame that marks an opening or a clean close, behind the frame in the making.
     *
     * @param flags {@link Frames#OPEN} or {@link Frames#CLOSE}.
     * @return position after the mark.
     * @throws IllegalArgumentException if the flags are neither.
     * @throws IllegalStateException    if the last entry does not end a group; nothing was appended.
     * @throws JournalException         if the journal has stopped or gives no room; the writer is of no more use.
     */
    public long mark(final int flags)
    {
        if (flags != Frames.OPEN && flags != Frames.CLOSE)
        {
            throw new IllegalArgumentException(
                "a mark is Frames.OPEN or Frames.CLOSE: flags=0x" + Integer.toHexString(flags));
        }

        flush();
        appendFrame(flags);
        return position;
    }

    /**
     * Position after the last frame that this writer has appended.
     *
     * @return a position in bytes; 0 if it has appended none.
     */
    public long position()
    {
        return position;
    }

    /**
     * The checksum of the shard's last frame.
     *
     * @return a CRC; 0 if it has none.
     */
    public int previousCrc()
    {
        return previousCrc;
    }

    /**
     * Sequence of the next entry to be added.
     *
     * @return a sequence.
     */
    public long nextSequence()
    {
        return nextSequence;
    }

    /**
     * Whether the frame in the making has no entries.
     *
     * @return true if there is nothing to flush.
     */
    public boolean isEmpty()
    {
        return entryCount == 0;
    }

    private void appendFrame(final int flags)
    {
        final int length = Frames.lengthOf(entriesEnd - Frames.HEADER_LENGTH);
        final long firstSequence = nextSequence - entryCount;
        Frames.encodeFill(frame, entriesEnd, length);
        header.wrap(frame, MessageHeaderDecoder.ENCODED_LENGTH)
            .firstSequence(firstSequence)
            .committedSequence(committedSequence)
            .entryCount(entryCount)
            .length(length)
            .previousCrc(previousCrc & 0xFFFF_FFFFL)
            .flags(flags);
        final int crc = checker.crc(frame, 0, length);
        header.crc(crc & 0xFFFF_FFFFL);

        final long newPosition = offer(length);
        final int appendedCount = entryCount;
        position = newPosition;
        previousCrc = crc;
        entriesEnd = Frames.HEADER_LENGTH;
        entryCount = 0;
        listener.onFrameAppended(
            newPosition - Frames.positionsOf(length), firstSequence, appendedCount, flags != Frames.MORE);
    }

    private long offer(final int length)
    {
        long newPosition = journal.append(frame, 0, length);
        if (newPosition < 0)
        {
            final long deadlineNs = System.nanoTime() + RETRY_TIMEOUT_NS;
            do
            {
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new JournalException(
                        "the journal gave no room for a frame that had been planned for: shard=" + shard +
                        ", firstSequence=" + (nextSequence - entryCount) + ", length=" + length +
                        ", window=" + journal.availableWindow() + ", waitedNs=" + RETRY_TIMEOUT_NS +
                        "; what was committed before is intact");
                }

                Thread.yield();
                newPosition = journal.append(frame, 0, length);
            }
            while (newPosition < 0);
        }

        return newPosition;
    }
}
