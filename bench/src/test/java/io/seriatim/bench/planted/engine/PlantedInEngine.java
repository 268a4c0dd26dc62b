package io.seriatim.bench.planted.engine;

import com.lmax.disruptor.RingBuffer;
import io.aeron.Aeron;

/** Libraries that are the engine's own, and one that is not. */
public final class PlantedInEngine
{
    private PlantedInEngine()
    {
    }

    static final class WellBehaved
    {
        long cursor(final RingBuffer<Object> ring)
        {
            return ring.getCursor();
        }
    }

    static final class UsesAeron
    {
        void close(final Aeron aeron)
        {
            aeron.close();
        }
    }
}
