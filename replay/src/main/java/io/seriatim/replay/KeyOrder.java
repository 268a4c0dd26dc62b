package io.seriatim.replay;

import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;

/**
 * Which entries have to wait for which: those that share a key come one after the other. A key is known only while an
 * entry that has it is in flight, so that nothing is tied to a worker, and idle keys cost nothing.
 * <p>
 * Shape: for each key in flight the last entry that has it; each entry points to the one that follows it, for each of
 * its keys. A key is a hash of 64 bits: two that collide are in order with each other, which does no harm.<br>
 * Cost: O(1) for each key of an entry.<br>
 * Threads: confined to the feed's.
 */
final class KeyOrder
{
    private static final int SHIFT = 29;

    private final Long2ObjectHashMap<FeedEntry> lastByKey = new Long2ObjectHashMap<>();
    private final LongHashSet stoppedKeys = new LongHashSet();

    /** Hash of a key. */
    static long hash(final long high, final long low)
    {
        final long a = high ^ 0x9E3779B97F4A7C15L;
        final long b = low ^ 0xD1B54A32D192ED03L;
        final long mixed = a * b ^ Math.multiplyHigh(a, b) ^ Long.rotateLeft(a, SHIFT) + b;
        return mixed ^ mixed >>> SHIFT;
    }

    /** Take an entry behind those that came before; true if it need not wait. */
    boolean enter(final FeedEntry entry)
    {
        for (int i = 0; i < entry.keyCount; i++)
        {
            entry.successors[i] = null;
            final FeedEntry before = lastByKey.put(entry.keys[i], entry);
            if (before != null)
            {
                before.successors[indexOf(before, entry.keys[i])] = entry;
                entry.waitingForCount++;
            }
        }
        return entry.waitingForCount == 0;
    }

    /** The entry is over; the one behind it by this key, if that waits for nothing else any more. */
    FeedEntry leave(final FeedEntry entry, final int keyIndex)
    {
        final FeedEntry successor = entry.successors[keyIndex];
        if (successor == null)
        {
            lastByKey.remove(entry.keys[keyIndex]);
            return null;
        }
        entry.successors[keyIndex] = null;
        successor.waitingForCount--;
        return successor.waitingForCount == 0 ? successor : null;
    }

    /** Nothing that has a key of this entry is handed out any more. */
    void stop(final FeedEntry entry)
    {
        for (int i = 0; i < entry.keyCount; i++)
        {
            stoppedKeys.add(entry.keys[i]);
        }
    }

    boolean isStopped(final FeedEntry entry)
    {
        for (int i = 0; i < entry.keyCount && !stoppedKeys.isEmpty(); i++)
        {
            if (stoppedKeys.contains(entry.keys[i]))
            {
                return true;
            }
        }
        return false;
    }

    int stoppedKeyCount()
    {
        return stoppedKeys.size();
    }

    private static int indexOf(final FeedEntry entry, final long key)
    {
        int i = 0;
        while (entry.keys[i] != key)
        {
            i++;
        }
        return i;
    }
}
