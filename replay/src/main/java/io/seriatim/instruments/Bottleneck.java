package io.seriatim.instruments;

/**
 * What keeps the whole from going faster.
 */
public enum Bottleneck
{
    /** Nothing does: no stage is at its limit. */
    BALANCED("nothing is at its limit"),

    /** A feed's handlers, all of which are at work; of a feed in total order that is one. */
    CONSUMERS(
        "make the feed's handler faster, or give it more workers or places, which one in total order can not use"),

    /** Too few orders side by side: workers or cores wait for an order that somebody else holds. */
    PARTITIONS("split the order: more keys for the feed, or the hot ledgers on shards of their own"),

    /** The state machine of a shard. */
    PROCESSING("send larger requests, or spread the ledgers over more shards and journals"),

    /** Writing and forcing a journal. */
    JOURNAL("let more requests share a force: more callers or larger requests; or a faster disk");

    private final String advice;

    Bottleneck(final String advice)
    {
        this.advice = advice;
    }

    /**
     * What helps.
     *
     * @return words without a full stop.
     */
    public String advice()
    {
        return advice;
    }
}
