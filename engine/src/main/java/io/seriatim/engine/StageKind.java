package io.seriatim.engine;

import java.util.Locale;

/**
 * What a stage of the work is. The order of the constants is part of the counters' layout.
 */
public enum StageKind
{
    /** Requests of a shard, from their publication until the pass that takes them. */
    RING(true, "publication to the pass that takes the request"),

    /** The shard's thread: checks and state; the time of an entry is its share of a pass. */
    APPLY(true, "an entry's share of the pass that applied it"),

    /** Frames of a shard, from their append until they are committed. */
    JOURNAL(true, "append to commit of a frame"),

    /** Requests of a shard, from their publication until their reply may leave. */
    COMMIT(true, "publication to the release of the reply"),

    /** Replies of a shard, from their release until their session has polled them. */
    REPLY(false, "release of a reply to the poll that took it"),

    /** The thread that writes and forces a journal. */
    JOURNAL_THREAD(true, "a pass that did something"),

    /** The read model of a journal. */
    READ_MODEL(false, "a pass that did something"),

    /** A feed whose entries are handled one after the other. */
    ORDERED_FEED(true, "the call of the handler until the entry is over"),

    /** A feed whose entries are handled side by side. */
    PARALLEL_FEED(false, "the call of the handler until the entry is over"),

    /** The state roots of a shard; a request that waits for one that is not made yet is under back pressure. */
    STATE_ROOT(true, "the beginning of a state root until it is made");

    private final boolean isOrdered;
    private final String latency;

    StageKind(final boolean isOrdered, final String latency)
    {
        this.isOrdered = isOrdered;
        this.latency = latency;
    }

    /**
     * Whether the stage holds an order, so that nothing of its scope can be done beside it.
     *
     * @return true if so.
     */
    public boolean isOrdered()
    {
        return isOrdered;
    }

    /**
     * Whether the stage is a feed.
     *
     * @return true if so.
     */
    public boolean isFeed()
    {
        return this == ORDERED_FEED || this == PARALLEL_FEED;
    }

    /**
     * What the latencies of the stage are, for a person.
     *
     * @return words without a full stop.
     */
    public String latency()
    {
        return latency;
    }

    /**
     * Name for people and files.
     *
     * @return lower case, words joined by a hyphen.
     */
    public String label()
    {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
