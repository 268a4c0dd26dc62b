package io.seriatim.engine;

/**
 * Port through which the engine has its order sealed: trees, checkpoints, cosignatures. The module
 * {@code seriatim-replay} provides it; the engine finds it by {@link java.util.ServiceLoader}.
 */
@FunctionalInterface
public interface LedgerSealing
{
    /**
     * Follow a journal and seal the order of its shards.
     *
     * @param source what to follow, and how to seal it.
     * @return the agent that does it, to be run by one thread.
     * @throws RuntimeException if it can not be sealed, or has lost what was sealed before: the launch is refused.
     */
    SealingAgent open(SealingSource source);
}
