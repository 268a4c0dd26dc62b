package io.seriatim.engine;

import org.agrona.concurrent.Agent;

import java.util.List;

/**
 * Makes the state roots of the shards of a journal, beside them.
 * <p>
 * Threads: confined to one, which may be that of the shards.
 */
final class StateRootAgent implements Agent
{
    private static final int SLICES_PER_PASS = StateRootWork.SLICE_COUNT;

    private final int journal;
    private final List<StateRootWork> works;

    StateRootAgent(final int journal, final List<StateRootWork> works)
    {
        this.journal = journal;
        this.works = works;
    }

    @Override
    public String roleName()
    {
        return "seriatim-state-roots-" + journal;
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
