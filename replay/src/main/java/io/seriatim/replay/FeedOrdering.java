package io.seriatim.replay;

/**
 * In which order a feed hands out the entries of a shard.
 */
public enum FeedOrdering
{
    /**
     * One handler gets all of them, in the order of the journal: the next one when the one before is done.
     */
    TOTAL,

    /**
     * Entries that share a key come one after the other, in the order of the journal; others side by side. An entry
     * with several keys is in order for each of them.
     */
    BY_KEY,

    /**
     * Side by side, in any order.
     */
    NONE
}
