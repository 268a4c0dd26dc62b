package io.seriatim.bench.planted.journal;

import com.lmax.disruptor.RingBuffer;
import io.aeron.Aeron;
import io.seriatim.bench.planted.ledger.PlantedInLedger;

/** Libraries that are the journal's own, one that is not, and a neighbour on the same level. */
public final class PlantedInJournal
{
    private PlantedInJournal()
    {
    }

    static final class WellBehaved
    {
        void close(final Aeron aeron)
        {
            aeron.close();
        }
    }

    static final class UsesTheDisruptor
    {
        long cursor(final RingBuffer<Object> ring)
        {
            return ring.getCursor();
        }
    }

    static final class ImportsSideways
    {
        private PlantedInLedger[] ledgers;

        PlantedInLedger[] ledgers()
        {
            return ledgers;
        }
    }
}
