package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Open pending transfers that have a timeout, in the order in which they expire: by expiry, then by the sequence of the
 * entry that created them, which rises with their timestamps.
 * <p>
 * Shape: a binary heap of rows of 16 bytes, expiry and sequence; beside it an index from sequence to place.<br>
 * Cost: O(log n) to add, remove and take; amortised O(1) to add where timeouts are alike. Nothing is allocated on the
 * heap of the JVM.<br>
 * Threads: confined to the thread that owns the state machine.
 */
final class ExpiryQueue implements AutoCloseable
{
    /**
     * What stands for the expiry of an empty queue. It is the last timestamp too, at which a transfer may expire; both
     * mean that nothing is ever released, as a release has a timestamp after the expiry.
     */
    static final long NONE = Long.MAX_VALUE;

    static final int ROW_LENGTH = 16;
    private static final int SEQUENCE_OFFSET = 8;

    private final Segments rows = new Segments(ROW_LENGTH);
    private final RowCopy copy = new RowCopy(rows, ROW_LENGTH);
    private final HashIndex places;
    private long count;

    ExpiryQueue(final long seed)
    {
        places = new HashIndex(seed);
    }

    long count()
    {
        return count;
    }

    /** When the first one expires; or {@link #NONE}. */
    long firstExpiryNs()
    {
        return count == 0 ? NONE : expiryNs(0);
    }

    /** Which entry created the first one. */
    long firstSequence()
    {
        return sequence(0);
    }

    void add(final long expiryNs, final long sequence)
    {
        rows.ensure(count);
        places.add(places.hash(sequence), count + 1);
        count++;
        siftUp(count - 1, expiryNs, sequence);
    }

    void remove(final long sequence)
    {
        final long found = places.find(places.hash(sequence));
        final long place = HashIndex.value(found) - 1;
        places.remove(found);
        count--;
        if (place < count)
        {
            final long expiryNs = expiryNs(count);
            final long lastSequence = sequence(count);
            if (place > 0 && isBefore(expiryNs, lastSequence, (place - 1) / 2))
            {
                siftUp(place, expiryNs, lastSequence);
            }
            else
            {
                siftDown(place, expiryNs, lastSequence);
            }
        }
    }

    /**
     * Sum over all rows of a mix of expiry, sequence and salt: the same for the same contents, however they lie.
     *
     * @param salt so that two sums with two salts together have 128 bits.
     */
    long contentSum(final long salt)
    {
        long sum = 0;
        for (long place = 0; place < count; place++)
        {
            sum += contentOf(salt, expiryNs(place), sequence(place));
        }
        return sum;
    }

    /** What one row adds to {@link #contentSum}. */
    static long contentOf(final long salt, final long expiryNs, final long sequence)
    {
        return HashIndex.mix(HashIndex.mix(salt ^ expiryNs) + sequence);
    }

    /** The rows as they are now, while the queue goes on. */
    RowCopy copy()
    {
        return copy;
    }

    /** Take a row of a copy. */
    void load(final DirectBuffer buffer, final int offset)
    {
        final long sequence = buffer.getLong(offset + SEQUENCE_OFFSET);
        if (places.get(places.hash(sequence)) != HashIndex.NOT_FOUND)
        {
            throw new IllegalStateException("a pending transfer expires twice: sequence=" + sequence);
        }
        add(buffer.getLong(offset), sequence);
    }

    long allocatedBytes()
    {
        return rows.allocatedBytes() + copy.allocatedBytes() + places.allocatedBytes();
    }

    @Override
    public void close()
    {
        rows.close();
        copy.close();
        places.close();
    }

    private void siftUp(final long from, final long expiryNs, final long sequence)
    {
        long place = from;
        while (place > 0 && isBefore(expiryNs, sequence, (place - 1) / 2))
        {
            final long parent = (place - 1) / 2;
            put(place, expiryNs(parent), sequence(parent));
            place = parent;
        }
        put(place, expiryNs, sequence);
    }

    private void siftDown(final long from, final long expiryNs, final long sequence)
    {
        long place = from;
        while (2 * place + 1 < count)
        {
            long child = 2 * place + 1;
            if (child + 1 < count && isBefore(expiryNs(child + 1), sequence(child + 1), child))
            {
                child++;
            }
            if (isBefore(expiryNs, sequence, child))
            {
                break;
            }
            put(place, expiryNs(child), sequence(child));
            place = child;
        }
        put(place, expiryNs, sequence);
    }

    private boolean isBefore(final long expiryNs, final long sequence, final long place)
    {
        final long other = expiryNs(place);
        return expiryNs < other || expiryNs == other && sequence < sequence(place);
    }

    private void put(final long place, final long expiryNs, final long sequence)
    {
        copy.beforeChange(place);
        final long row = rows.address(place);
        UnsafeApi.putLong(row, expiryNs);
        UnsafeApi.putLong(row + SEQUENCE_OFFSET, sequence);
        HashIndex.value(places.find(places.hash(sequence)), place + 1);
    }

    private long expiryNs(final long place)
    {
        return UnsafeApi.getLong(rows.address(place));
    }

    private long sequence(final long place)
    {
        return UnsafeApi.getLong(rows.address(place) + SEQUENCE_OFFSET);
    }
}
