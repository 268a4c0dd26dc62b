package io.seriatim.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How far the order of each shard is sealed. Without sealing, nothing is.
 * <p>
 * Threads: any, once the agents are added.
 */
final class SealingWatermarks
{
    private final List<SealingAgent> agents = new ArrayList<>();
    private final boolean hasWitnesses;

    SealingWatermarks(final SealingConfig config)
    {
        hasWitnesses = config != null && config.policyFile() != null;
    }

    boolean hasWitnesses()
    {
        return hasWitnesses;
    }

    /** The agent of a journal; before the engine runs. */
    void add(final SealingAgent agent)
    {
        agents.add(agent);
    }

    List<SealingAgent> agents()
    {
        return agents;
    }

    boolean isSealing()
    {
        return !agents.isEmpty();
    }

    long checkpointedSize(final int shard)
    {
        long size = 0;
        for (final SealingAgent agent : agents)
        {
            size = Math.max(size, agent.checkpointedSize(shard));
        }
        return size;
    }

    long witnessedSize(final int shard)
    {
        long size = 0;
        for (final SealingAgent agent : agents)
        {
            size = Math.max(size, agent.witnessedSize(shard));
        }
        return size;
    }

    /** Why nothing more of some journal is sealed; null while all is well. */
    Throwable failure()
    {
        return agents.stream().map(SealingAgent::failure).filter(Objects::nonNull).findFirst().orElse(null);
    }
}
