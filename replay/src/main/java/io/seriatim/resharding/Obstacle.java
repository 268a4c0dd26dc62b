package io.seriatim.resharding;

/** Why something would not come out on other shards as it has. */
public enum Obstacle
{
    /** A linked chain counts as a whole, which takes one shard. */
    CHAIN_TORN("chains whose ledgers would live on several shards"),

    /** A request goes to one shard. */
    REQUEST_TORN("requests whose ledgers would live on several shards"),

    /** The new books take shorter requests. */
    REQUEST_TOO_LONG("requests with more events than the new books take"),

    /** The time of a shard rises strictly. */
    TIMES_CROSS("times of shards that would become one and were given at once"),

    /** What is due is released before anything else happens on its shard, in the order of the deadlines. */
    RELEASED_OTHERWISE("releases of expired transfers that would have another time or order"),

    /** Ids are unique within a shard. */
    IDS_MEET("ids that several shards have used that would become one"),

    /** An id that was known would be new where it came again, or what it names would live elsewhere. */
    IDS_PART("ids used in ledgers that would no longer share a shard"),

    /** Their times are compared within a shard, and the first event of a request says whether it is an import. */
    IMPORTED("imported events that are judged together with those of other ledgers"),

    /** Whatever else; it may follow from one of the others. */
    OTHERWISE("entries that come out otherwise, which may follow from the above");

    private final String text;

    Obstacle(final String text)
    {
        this.text = text;
    }

    /**
     * For people.
     *
     * @return the kind of the cases, in the plural.
     */
    public String text()
    {
        return text;
    }
}
