package io.seriatim.bench.planted.merkle;

import org.agrona.DirectBuffer;

/** Nothing from outside Java. */
public final class PlantedInMerkle
{
    private PlantedInMerkle()
    {
    }

    static final class UsesAgrona
    {
        int capacity(final DirectBuffer buffer)
        {
            return buffer.capacity();
        }
    }
}
