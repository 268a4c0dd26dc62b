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
    private final int frameMask;
    private long frameTail;
    private long frameHead;
    private int openFrameCount;
    private long committedSequence;

    private final LedgerSession[] sessions;
    private final long[] replyEnds;
    private final long[] replyFrames;
    private final int replyMask;
    private long replyTail;
    private long replyHead;

    /**
     * Nothing waits.
     *
     * @param frameCapacity     most frames in flight.
     * @param replyCapacity     most replies in flight.
     * @param committedSequence last sequence that is committed already; -1 if none is.
     */
    ReplyGate(final int frameCapacity, final int replyCapacity, final long committedSequence)
    {
        final int frameLength = BitUtil.findNextPositivePowerOfTwo(frameCapacity);
        framePositions = new long[frameLength];
        frameNextSequences = new long[frameLength];
        frameMask = frameLength - 1;
        final int replyLength = BitUtil.findNextPositivePowerOfTwo(replyCapacity);
        sessions = new LedgerSession[replyLength];
        replyEnds = new long[replyLength];
        replyFrames = new long[replyLength];
        replyMask = replyLength - 1;
        this.committedSequence = committedSequence;
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
     * @param isGroupEnd   whether it ends a group.
     */
    void onFrame(final long endPosition, final long nextSequence, final boolean isGroupEnd)
    {
        final int index = (int)frameTail & frameMask;
        framePositions[index] = isGroupEnd ? endPosition : Long.MAX_VALUE;
        frameNextSequences[index] = nextSequence;
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
    void hold(final LedgerSession session, final long replyEnd, final long frameNumber)
    {
        final int index = (int)replyTail & replyMask;
        sessions[index] = session;
        replyEnds[index] = replyEnd;
        replyFrames[index] = frameNumber;
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
            committedSequence = frameNextSequences[(int)frameHead & frameMask] - 1;
            frameHead++;
        }
        while (replyHead < replyTail && replyFrames[(int)replyHead & replyMask] <= frameHead)
        {
            final int index = (int)replyHead & replyMask;
            sessions[index].replies().release(replyEnds[index]);
            sessions[index] = null;
            replyHead++;
        }
        return (int)(frameHead + replyHead - before);
    }
}
