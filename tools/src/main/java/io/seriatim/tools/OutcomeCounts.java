package io.seriatim.tools;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each outcome came, and where first.
 * <p>
 * Threads: confined to one.
 */
final class OutcomeCounts
{
    private static final String CREATED = "created";

    private static final String EXISTS = "exists";

    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();

    /** What is known of one outcome. */
    static final class Outcome
    {
        private final long firstLine;
        private long count;

        private Outcome(final long firstLine)
        {
            this.firstLine = firstLine;
        }

        long count()
        {
            return count;
        }

        /** The line of the first row, in the order of the replies, that had it. */
        long firstLine()
        {
            return firstLine;
        }
    }

    void count(final String name, final long line)
    {
        Outcome outcome = outcomes.get(name);
        if (outcome == null)
        {
            outcome = new Outcome(line);
            outcomes.put(name, outcome);
        }
        outcome.count++;
    }

    /** All outcomes that came. */
    Map<String, Outcome> outcomes()
    {
        return outcomes;
    }

    long total()
    {
        return outcomes.values().stream().mapToLong(Outcome::count).sum();
    }

    long created()
    {
        return count(CREATED);
    }

    long exists()
    {
        return count(EXISTS);
    }

    /** Rows that neither made something nor were there before. */
    long refused()
    {
        return total() - created() - exists();
    }

    /** Does an outcome mean that the row neither made something nor was there before? */
    static boolean isRefusal(final String name)
    {
        return !CREATED.equals(name) && !EXISTS.equals(name);
    }

    /** How often an outcome came. */
    long count(final String name)
    {
        final Outcome outcome = outcomes.get(name);
        return outcome == null ? 0 : outcome.count;
    }
}
