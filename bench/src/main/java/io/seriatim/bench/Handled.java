package io.seriatim.bench;

import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedKeys;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Which entries of a shard a feed had to hand out, how often each was handled, and whether those that share a key came
 * in order, each when the one before was done. A fault that is found in a handler is kept: a feed would try the entry
 * again, and then it would be none.
 * <p>
 * Shape: 4 bytes an entry, 12 a key.<br>
 * Threads: {@link #want} is the feed's, {@link #begin} and {@link #end} any, the rest whoever has closed the feed.
 */
final class Handled
{
    private final AtomicIntegerArray counts;
    private final AtomicLongArray lastByKey;
    private final AtomicIntegerArray atWorkByKey;
    private final BitSet wanted = new BitSet();
    private final AtomicReference<String> fault = new AtomicReference<>();

    /**
     * Nothing was handled.
     *
     * @param sequenceLimit above the greatest sequence.
     * @param keyLimit      above the greatest low half of a key; 1 if all is in one order, 0 if nothing is.
     */
    Handled(final int sequenceLimit, final int keyLimit)
    {
        counts = new AtomicIntegerArray(sequenceLimit);
        lastByKey = new AtomicLongArray(keyLimit);
        atWorkByKey = new AtomicIntegerArray(keyLimit);
    }

    /** An entry has to be handled, if there is room for its sequence. */
    boolean want(final FeedEntry entry)
    {
        final boolean hasRoom = entry.sequence() < counts.length();
        if (hasRoom)
        {
            wanted.set((int)entry.sequence());
        }
        return hasRoom;
    }

    /** An entry begins to be handled, with the keys that it has to be in order by. */
    void begin(final FeedEntry entry, final FeedKeys keys)
    {
        eachKey(entry, keys, key -> begin(key, entry.sequence()));
        counts.incrementAndGet((int)entry.sequence());
    }

    /** It is done. */
    void end(final FeedEntry entry, final FeedKeys keys)
    {
        eachKey(entry, keys, key -> atWorkByKey.set(key, 0));
    }

    private void eachKey(final FeedEntry entry, final FeedKeys keys, final IntConsumer action)
    {
        if (lastByKey.length() == 1)
        {
            action.accept(0);
        }
        else if (lastByKey.length() > 0)
        {
            keys.collect(entry, (high, low) -> action.accept((int)low));
        }
    }

    /** Of a key, an entry begins. */
    void begin(final int key, final long sequence)
    {
        if (!atWorkByKey.compareAndSet(key, 0, 1))
        {
            fault("at once with another one: key=" + key + ", sequence=" + sequence);
        }
        final long before = lastByKey.getAndSet(key, sequence);
        if (before >= sequence)
        {
            fault("out of order: key=" + key + ", sequence=" + sequence + ", behind=" + before);
        }
    }

    /** Something is wrong; the first word counts. */
    void fault(final String words)
    {
        fault.compareAndSet(null, words);
    }

    /** Handle an entry once more, for a test of the check. */
    void again(final int sequence)
    {
        counts.incrementAndGet(sequence);
    }

    /** The first entry that had to be handled; -1 if none had. */
    int firstWanted()
    {
        return wanted.nextSetBit(0);
    }

    /**
     * Hold what was handled against what had to be.
     *
     * @return how many entries there were.
     * @throws BenchException if one was left out, came twice or out of order.
     */
    int requireEachOnceAndInOrder()
    {
        if (fault.get() != null)
        {
            throw new BenchException(fault.get());
        }
        for (int sequence = 0; sequence < counts.length(); sequence++)
        {
            final int expected = wanted.get(sequence) ? 1 : 0;
            if (counts.get(sequence) != expected)
            {
                throw new BenchException(
                    "an entry was handled " + counts.get(sequence) + " times: sequence=" + sequence + ", expected=" +
                    expected);
            }
        }
        return wanted.cardinality();
    }
}
