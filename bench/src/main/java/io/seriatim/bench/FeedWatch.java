package io.seriatim.bench;

import io.seriatim.engine.CounterTable;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Verdict;

/**
 * Looks at one feed with the instruments. It counts in a table of its own, so that the verdict is not about a feed that
 * ended before.
 * <p>
 * Threads: confined to one.
 */
final class FeedWatch
{
    private final CounterTable counters;
    private final Instruments instruments;

    /**
     * One that has seen nothing.
     *
     * @param engine whose entries the feed hands out.
     */
    FeedWatch(final LedgerEngine engine)
    {
        counters = CounterTable.create(engine.journals().get(0).logUuid(), 1, 0);
        instruments = Instruments.of(counters);
    }

    /** For the feed. */
    CounterTable counters()
    {
        return counters;
    }

    /** Another interval has passed. */
    void sample()
    {
        counters.alive(System.currentTimeMillis());
        instruments.sample();
    }

    Verdict verdict()
    {
        return instruments.verdict();
    }
}
