package io.seriatim.engine;

/**
 * Requests of two slots for the tests of the ring; each slot and its event hold the same value.
 */
final class RingRequests
{
    private RingRequests()
    {
    }

    /** A session sends one. */
    static void send(final RequestRing ring, final long value)
    {
        final long sequence = ring.tryClaim(2);
        final RequestRing.Slot slot = ring.slot(sequence);
        slot.count = 2;
        slot.requestId = value;
        ring.events().putLong(ring.eventOffset(sequence), value);
        ring.events().putLong(ring.eventOffset(sequence + 1), value);
        ring.publish(sequence, 2);
    }

    /** The shard takes one: its value; 0 if there is none; -1 if its parts are not of one request. */
    static long receive(final RequestRing ring)
    {
        if (!ring.isRequestAvailable())
        {
            return 0;
        }
        final long sequence = ring.nextSequence();
        final long value = ring.slot(sequence).requestId;
        final boolean isWhole = ring.slot(sequence).count == 2 &&
            ring.events().getLong(ring.eventOffset(sequence)) == value &&
            ring.events().getLong(ring.eventOffset(sequence + 1)) == value;
        ring.release();
        return isWhole ? value : -1;
    }
}
