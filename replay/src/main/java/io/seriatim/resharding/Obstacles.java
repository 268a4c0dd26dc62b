package io.seriatim.resharding;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What stands in the way of a division into shards: how often, and the first cases of each kind in words.
 * <p>
 * Threads: confined to one.
 */
public final class Obstacles
{
    /** How many cases of a kind are described; all are counted. */
    public static final int CASE_COUNT_MAX = 20;

    private final Map<Obstacle, Long> counts = new EnumMap<>(Obstacle.class);
    private final Map<Obstacle, List<String>> cases = new EnumMap<>(Obstacle.class);

    void add(final Obstacle obstacle, final Supplier<String> description)
    {
        if (counts.merge(obstacle, 1L, Long::sum) <= CASE_COUNT_MAX)
        {
            cases.computeIfAbsent(obstacle, key -> new ArrayList<>()).add(description.get());
        }
    }

    /**
     * Whether nothing stands in the way.
     *
     * @return true if so.
     */
    public boolean isEmpty()
    {
        return counts.isEmpty();
    }

    /**
     * How many cases there are of each kind that there is.
     *
     * @return counts by kind.
     */
    public Map<Obstacle, Long> counts()
    {
        return counts;
    }

    /**
     * The first cases of a kind.
     *
     * @param obstacle whose they are.
     * @return a line each, at most {@link #CASE_COUNT_MAX}.
     */
    public List<String> cases(final Obstacle obstacle)
    {
        return cases.getOrDefault(obstacle, List.of());
    }
}
