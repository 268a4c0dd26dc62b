package io.seriatim.journal;

import org.agrona.DirectBuffer;

/**
 * How far a scan has come with one shard: as of its last complete group, and in the group that is open.
 * <p>
 * Threads: confined to the scan.
 */
final class ShardProgress
{
    private final int shard;
    private long nextSequence;
    private int previousCrc;
    private long groupNextSequence;
    private int groupPreviousCrc;
    private long knownSequence;
    private long incarnation;
    private boolean isClosed;

    ShardProgress(final int shard, final long nextSequence, final int previousCrc, final long knownSequence)
    {
        this.knownSequence = knownSequence;
        this.shard = shard;
        this.nextSequence = nextSequence;
        this.previousCrc = previousCrc;
        groupNextSequence = nextSequence;
        groupPreviousCrc = previousCrc;
    }

    /**
     * Take a valid frame as the next one of the shard.
     *
     * @return null if it is the next one; else why not, and then nothing was changed.
     */
    String accept(final DirectBuffer buffer, final int offset)
    {
        final long firstSequence = Frames.firstSequence(buffer, offset);
        if (firstSequence != groupNextSequence)
        {
            return "sequence differs: shard=" + shard + ", expected=" + groupNextSequence + ", actual=" + firstSequence;
        }

        final int link = Frames.previousCrc(buffer, offset);
        if (link != groupPreviousCrc)
        {
            return "frame is not linked to the one before: shard=" + shard + ", sequence=" + firstSequence +
                ", expected=0x" + Integer.toHexString(groupPreviousCrc) + ", actual=0x" + Integer.toHexString(link);
        }

        final long frameIncarnation = Frames.incarnation(buffer, offset);
        final int flags = Frames.flags(buffer, offset);
        if (frameIncarnation == incarnation && (isClosed || flags == Frames.OPEN))
        {
            return "frame is out of place: shard=" + shard + ", incarnation=" + incarnation + ", flags=0x" +
                Integer.toHexString(flags) + ", the shard was " + (isClosed ? "closed" : "opened") + " before";
        }

        incarnation = frameIncarnation;
        isClosed = flags == Frames.CLOSE;
        knownSequence = Math.max(knownSequence, Frames.committedSequence(buffer, offset));
        groupNextSequence += Frames.entryCount(buffer, offset);
        groupPreviousCrc = Frames.crc(buffer, offset);
        return null;
    }

    /** The group that was open is complete. */
    void endGroup()
    {
        nextSequence = groupNextSequence;
        previousCrc = groupPreviousCrc;
    }

    int shard()
    {
        return shard;
    }

    long nextSequence()
    {
        return nextSequence;
    }

    /** Sequence of the next entry, of the group that is open too. */
    long openNextSequence()
    {
        return groupNextSequence;
    }

    /** Checksum of the last frame, of the group that is open too. */
    int openPreviousCrc()
    {
        return groupPreviousCrc;
    }

    /** Last sequence that the watermark or a frame says was forced to the disk; -1 if none. */
    long knownSequence()
    {
        return knownSequence;
    }

    int previousCrc()
    {
        return previousCrc;
    }
}
