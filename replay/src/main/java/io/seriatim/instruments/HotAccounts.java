package io.seriatim.instruments;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The accounts that are moved most, by a bounded sketch: an account with more than {@code 1 / capacity} of all the
 * weight is always among those that are kept, and no count is too small. Older weight fades, by half in each
 * {@link #fade}.
 * <p>
 * Shape: at most {@code capacity} accounts.<br>
 * Threads: confined to one.<br>
 * Source: Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data streams (2005),
 * the Space-Saving algorithm.
 */
public final class HotAccounts
{
    /**
     * One account.
     *
     * @param idHigh high half of its id.
     * @param idLow  low half.
     * @param weight how much it was moved, at most.
     * @param error  by how much that may be too high.
     * @param share  of all the weight, 0 to 1: half a transfer for each of its two accounts.
     */
    public record Heat(long idHigh, long idLow, double weight, double error, double share)
    {
    }

    private record Key(long high, long low)
    {
    }

    private static final class Count
    {
        private double weight;
        private double error;
    }

    private final int capacity;
    private final Map<Key, Count> counts = new HashMap<>();
    private double total;

    /**
     * Nothing was seen.
     *
     * @param capacity most accounts to keep, at least 1.
     */
    public HotAccounts(final int capacity)
    {
        this.capacity = capacity;
    }

    /**
     * An account was moved.
     *
     * @param idHigh high half of its id.
     * @param idLow  low half.
     * @param weight by how many transfers.
     */
    public void add(final long idHigh, final long idLow, final double weight)
    {
        total += weight;
        final Key key = new Key(idHigh, idLow);
        Count count = counts.get(key);
        if (count == null)
        {
            count = new Count();
            if (counts.size() == capacity)
            {
                final Map.Entry<Key, Count> least = counts.entrySet().stream()
                    .min(Comparator.comparingDouble(entry -> entry.getValue().weight)).orElseThrow();
                counts.remove(least.getKey());
                count.weight = least.getValue().weight;
                count.error = least.getValue().weight;
            }
            counts.put(key, count);
        }
        count.weight += weight;
    }

    /** Halve the weight of all that was seen. */
    public void fade()
    {
        total /= 2;
        counts.values().forEach(count ->
        {
            count.weight /= 2;
            count.error /= 2;
        });
    }

    /**
     * The hottest accounts.
     *
     * @param countMax most to tell.
     * @return hottest first.
     */
    public List<Heat> top(final int countMax)
    {
        final List<Heat> heats = new ArrayList<>();
        counts.forEach((key, count) -> heats.add(
            new Heat(key.high(), key.low(), count.weight, count.error, total == 0 ? 0 : count.weight / total)));
        heats.sort(Comparator.comparingDouble(Heat::weight).reversed());
        return List.copyOf(heats.subList(0, Math.min(countMax, heats.size())));
    }
}
