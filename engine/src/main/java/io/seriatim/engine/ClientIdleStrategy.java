package io.seriatim.engine;

import org.agrona.concurrent.IdleStrategy;

/**
 * Lets the client agent look again soon while somebody waits for an answer, and else sleep until somebody asks.
 *
 * @param agent   that it is for.
 * @param awaited how it idles while somebody waits.
 */
record ClientIdleStrategy(ClientAgent agent, IdleStrategy awaited) implements IdleStrategy
{
    @Override
    public void idle(final int workCount)
    {
        if (workCount > 0 || agent.isAwaited())
        {
            awaited.idle(workCount);
        }
        else
        {
            agent.park();
        }
    }

    @Override
    public void idle()
    {
        idle(0);
    }

    @Override
    public void reset()
    {
        awaited.reset();
    }
}
