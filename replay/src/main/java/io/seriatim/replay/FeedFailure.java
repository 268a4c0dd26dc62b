package io.seriatim.replay;

/**
 * What a feed does with an entry that has failed as often as it is tried.
 */
public enum FeedFailure
{
    /**
     * The feed stops. Its offset stays before the entry.
     */
    STOP,

    /**
     * The entry is written to the dead-letter file and counts as done.
     */
    DEAD_LETTER,

    /**
     * Nothing that has one of its keys is handed out any more, nor what would have to wait for that; everything else
     * goes on. The entries left out stay open in the offset: they come when the feed is opened again.
     */
    STOP_KEY
}
