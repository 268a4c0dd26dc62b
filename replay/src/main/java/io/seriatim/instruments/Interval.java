package io.seriatim.instruments;

import io.seriatim.engine.StageKind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What all stages did in an interval.
 *
 * @param endMs  when it ended, epoch milliseconds.
 * @param spanNs how long it was.
 * @param stages of the engine first, then of the feeds beside it.
 */
public record Interval(long endMs, long spanNs, List<StageFigures> stages)
{
    /** Of no time. */
    public static final Interval NONE = new Interval(0, 0, List.of());

    /**
     * Stages of a kind.
     *
     * @param kind of the stages.
     * @return each of them.
     */
    public Stream<StageFigures> of(final StageKind kind)
    {
        return stages.stream().filter(stage -> stage.kind() == kind);
    }

    /**
     * All feeds.
     *
     * @return their stages.
     */
    public Stream<StageFigures> feeds()
    {
        return stages.stream().filter(stage -> stage.kind().isFeed());
    }

    /**
     * A stage by its name.
     *
     * @param label of the stage.
     * @return the stage; null if there is none.
     */
    public StageFigures stage(final String label)
    {
        return stages.stream().filter(stage -> stage.label().equals(label)).findFirst().orElse(null);
    }

    /**
     * Several intervals as one: sums are added, distributions merged.
     *
     * @param intervals in their order; may be none.
     * @return one interval.
     */
    public static Interval merge(final List<Interval> intervals)
    {
        final Map<String, StageFigures> merged = new LinkedHashMap<>();
        long spanNs = 0;
        long endMs = 0;
        for (final Interval interval : intervals)
        {
            spanNs += interval.spanNs;
            endMs = interval.endMs;
            for (final StageFigures stage : interval.stages)
            {
                merged.merge(stage.label(), stage, StageFigures::followedBy);
            }
        }
        return intervals.isEmpty() ? NONE : new Interval(endMs, spanNs, List.copyOf(merged.values()));
    }
}
