package io.seriatim.engine;

/**
 * What has to be true of a request before its answer comes. Each includes the ones before it.
 */
public enum Acknowledgement
{
    /** What it did is durable, as the engine's policy has it. */
    COMMITTED,

    /** A signed checkpoint covers it: that it happened can be proven to others from then on. */
    CHECKPOINTED,

    /** As many witnesses as the policy asks for have signed that checkpoint too: everybody sees the same history. */
    WITNESSED
}
