package io.seriatim.engine;

/**
 * Which change events, in ascending time.
 *
 * @param timestampMinNs earliest, inclusive; 0 = open.
 * @param timestampMaxNs latest, inclusive; 0 = open.
 * @param limit          most events, unsigned, not 0; above {@link QueryRows#ROW_COUNT_MAX} it is capped.
 */
public record ChangeEventsFilter(long timestampMinNs, long timestampMaxNs, int limit)
{
    /** All events, as many as an answer holds. */
    public static final ChangeEventsFilter ALL = new ChangeEventsFilter(0, 0, QueryRows.ROW_COUNT_MAX);

    void encode(final Filter filter)
    {
        filter.timestampMinNs(timestampMinNs).timestampMaxNs(timestampMaxNs).limit(limit);
    }
}
