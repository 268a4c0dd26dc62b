package io.seriatim.replay;

/**
 * What a follower has read is not what it executes: the leader, the follower or what lies between them is defective. It
 * takes nothing more.
 */
public final class FollowerException extends RuntimeException
{
    private static final long serialVersionUID = 1;

    private final transient Difference difference;

    FollowerException(final Difference difference)
    {
        super("the leader's journal is executed otherwise here, nothing behind it is taken: " + difference);
        this.difference = difference;
    }

    /**
     * The first entry that differs.
     *
     * @return shard, sequence and what differs.
     */
    public Difference difference()
    {
        return difference;
    }
}
