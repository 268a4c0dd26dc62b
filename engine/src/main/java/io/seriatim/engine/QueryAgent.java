package io.seriatim.engine;

import org.agrona.concurrent.Agent;

/**
 * Follows one journal beside its shards, from the start, and answers their queries. An error of its own ends the
 * answers, never the shards: it is told by {@link QueryQueue#fail}. What the shard itself reads back, such as an entry
 * to explain, is another matter: damage there stops the shard. Its close lets go of its memory.
 */
public interface QueryAgent extends Agent
{
    /**
     * How much of the journal has been followed.
     *
     * @return 0 to 1; 1 once it has caught up with what was committed when it began. Any thread may ask.
     */
    double progress();

    /**
     * How many entries have been applied, of all shards of the journal; what a snapshot held counts.
     *
     * @return a count, which only rises. Any thread may ask.
     */
    long appliedCount();

    /**
     * Off-heap memory held.
     *
     * @return a number of bytes. Any thread may ask.
     */
    long allocatedBytes();
}
