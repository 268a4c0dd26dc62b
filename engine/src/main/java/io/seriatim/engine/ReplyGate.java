package io.seriatim.engine;

import org.agrona.BitUtil;

/**
 * Holds replies back until everything that they could have seen is durable. It keeps two queues: the frames that the
 * shard has appended, with where they end and what they hold; and the replies, each with the number of the frame that
 * has to be committed first. A frame's number may be that of the one still in the making.
 * <p>
 * A frame that a group goes on behind is committed with the frame that ends the group, not before: after a crash in
 * between, recovery takes away all of it, with the groups that ended in it.
 * <p>
 * Shape: two rings of primitives, sized once.<br>
 * Threads: confined to the shard's thread; {@link ReplyRing#release} is where a session sees a reply.
 */
final class ReplyGate
{
    private final long[] framePositions;
    private final long[] frameNextSequences;
    private final long[] frameNs;
    private final int frameMask;
    private long frameTail;
    private long frameHead;
    private int openFrameCount;
    private long committedSequence;

    private final LedgerSession[] sessions;
    private final long[] replyEnds;
    private final long[] replyFrames;
    private final long[] replyNs;
    private final int[] replyWeights;
    private final int replyMask;
    private long replyTail;
    private long replyHead;

    /** Counts what goes; null if nothing is counted. */
    private final ShardMeter meter;

    /**
     * Nothing waits.
     *
     * @param frameCapacity     most frames in flight.
     * @param replyCapacity     most replies in flight.
     * @param committedSequence last sequence that is committed already; -1 if none is.
     * @param meter             that counts what goes; null if nothing is counted.
     */
    ReplyGate(
        final int frameCapacity, final int replyCapacity, final long committedSequence, final ShardMeter meter)
    {
        final int frameLength = BitUtil.findNextPositivePowerOfTwo(frameCapacity);
        framePositions = new long[frameLength];
        frameNextSequences = new long[frameLength];
        frameNs = new long[frameLength];
        frameMask = frameLength - 1;
        final int replyLength = BitUtil.findNextPositivePowerOfTwo(replyCapacity);
        sessions = new LedgerSession[replyLength];
        replyEnds = new long[replyLength];
        replyFrames = new long[replyLength];
        replyNs = new long[replyLength];
        replyWeights = new int[replyLength];
        replyMask = replyLength - 1;
        this.committedSequence = committedSequence;
        this.meter = meter;
    }

    /** Last sequence known to be committed; -1 if none is. */
    long committedSequence()
    {
        return committedSequence;
    }

    boolean isEmpty()
    {
        return frameHead == frameTail && replyHead == replyTail;
    }

    boolean hasReplyRoom()
    {
        return replyTail - replyHead <= replyMask;
    }

    /** How many frames are appended and not committed. */
    long frameDepth()
    {
        return frameTail - frameHead;
    }

    /** How many replies are held. */
    long replyDepth()
    {
        return replyTail - replyHead;
    }

    /** When the oldest frame was appended that is not committed; 0 if there is none. */
    long oldestFrameNs()
    {
        return frameHead == frameTail ? 0 : frameNs[(int)frameHead & frameMask];
    }

    int frameRoom()
    {
        return frameMask + 1 - (int)(frameTail - frameHead);
    }

    /** How many frames have been appended: the number of the newest one. */
    long frameNumber()
    {
        return frameTail;
    }

    /**
     * A frame was appended.
     *
     * @param endPosition  behind it.
     * @param nextSequence of the first entry behind it.
     * @param entryCount   how many it holds.
     * @param isGroupEnd   whether it ends a group.
     */
    void onFrame(final long endPosition, final long nextSequence, final int entryCount, final boolean isGroupEnd)
    {
        final int index = (int)frameTail & frameMask;
        framePositions[index] = isGroupEnd ? endPosition : Long.MAX_VALUE;
        frameNextSequences[index] = nextSequence;
        if (meter != null)
        {
            frameNs[index] = meter.onFrame(entryCount);
        }
        openFrameCount++;
        frameTail++;
        if (isGroupEnd)
        {
            for (; openFrameCount > 0; openFrameCount--)
            {
                framePositions[(int)(frameTail - openFrameCount) & frameMask] = endPosition;
            }
        }
    }

    /** Hold a reply until the frame with this number is committed. */
    void hold(final RequestRing.Slot slot, final long replyEnd, final long frameNumber)
    {
        final int index = (int)replyTail & replyMask;
        sessions[index] = slot.session;
        replyEnds[index] = replyEnd;
        replyFrames[index] = frameNumber;
        replyNs[index] = slot.publishedNs;
        replyWeights[index] = slot.stampWeight;
        replyTail++;
    }

    /**
     * Let out what may go.
     *
     * @param committedPosition of the journal.
     * @return how many replies and frames went.
     */
    int release(final long committedPosition)
    {
        final long before = frameHead + replyHead;
        while (frameHead < frameTail && framePositions[(int)frameHead & frameMask] <= committedPosition)
        {
            final int index = (int)frameHead & frameMask;
            final long nextSequence = frameNextSequences[index];
            if (meter != null)
            {
                meter.onFrameCommitted(frameNs[index], nextSequence - 1 - committedSequence);
            }
            committedSequence = nextSequence - 1;
            frameHead++;
        }
        while (replyHead < replyTail && replyFrames[(int)replyHead & replyMask] <= frameHead)
        {
            final int index = (int)replyHead & replyMask;
            if (meter != null)
            {
                meter.onReleased(sessions[index], replyNs[index], replyWeights[index]);
            }
            sessions[index].replies().release(replyEnds[index]);
            sessions[index] = null;
            replyHead++;
        }
        return (int)(frameHead + replyHead - before);
    }
}
