package io.seriatim.ledger;

import java.util.ArrayDeque;

/** Does each piece of work as late as it may. */
final class LateWorker implements OrderedWorker
{
    private final ArrayDeque<Runnable> unfinished = new ArrayDeque<>();

    @Override
    public void execute(final Runnable work)
    {
        unfinished.add(work);
        if (unfinished.size() > UNFINISHED_MAX)
        {
            unfinished.remove().run();
        }
    }

    @Override
    public void await()
    {
        while (!unfinished.isEmpty())
        {
            unfinished.remove().run();
        }
    }
}
