package io.seriatim.engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class RequestRingTest
{
    private static final int LENGTH = 32;

    private final RequestRing ring = new RequestRing(LENGTH);

    /** Few and many, also across the end of the ring; nothing beside them. */
    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "31, 1", "30, 5", "3, 8", "4, 9", "20, 24", "0, 32"})
    void shouldClearTheClaimedEventsAndNoOthers(final long first, final int count)
    {
        ring.events().setMemory(0, LENGTH * RequestRing.EVENT_LENGTH, (byte)-1);

        ring.clear(first, count);

        for (long slot = first; slot < first + LENGTH; slot++)
        {
            for (int i = 0; i < RequestRing.EVENT_LENGTH; i++)
            {
                assertEquals(
                    slot < first + count ? 0 : -1, ring.events().getByte(ring.eventOffset(slot) + i),
                    "slot=" + slot + ", byte=" + i);
            }
        }
    }
}
