package io.seriatim.engine;

import org.agrona.concurrent.Agent;

/**
 * Follows one journal beside its shards and signs checkpoints over their order. An error of its own ends the sealing,
 * never the shards. Its close seals what is committed.
 */
public interface SealingAgent extends Agent
{
    /**
     * How much of a shard's order is under a signed checkpoint.
     *
     * @param shard number of the shard.
     * @return number of entries, which only rises. Any thread may ask.
     */
    long checkpointedSize(int shard);

    /**
     * How much of it is under one that enough witnesses have signed too.
     *
     * @param shard number of the shard.
     * @return number of entries, which only rises. Any thread may ask.
     */
    long witnessedSize(int shard);

    /**
     * Why nothing is sealed any more.
     *
     * @return the reason; null while all is well. Any thread may ask.
     */
    Throwable failure();
}
