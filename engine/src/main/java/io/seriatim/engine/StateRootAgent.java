package io.seriatim.engine;

import org.agrona.concurrent.Agent;

import java.util.List;

/**
 * Makes the state roots of all shards, beside them.
 * <p>
 * Threads: confined to one, which may be that of the shards.
 */
final class StateRootAgent implements Agent
{
    private static final int SLICES_PER_PASS = StateRootWork.SLICE_COUNT;

    private final List<StateRootWork> works;

    StateRootAgent(final List<StateRootWork> works)
    {
        this.works = works;
    }

    @Override
    public String roleName()
    {
        return "seriatim-state-roots";
    }

    @Override
    public int doWork()
    {
        int count = 0;
        for (final StateRootWork work : works)
        {
            for (int i = 0; i < SLICES_PER_PASS && work.hash(); i++)
            {
                count++;
            }
        }
        return count;
    }
}
