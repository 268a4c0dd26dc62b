package io.seriatim.advice;

/**
 * The most that can be done, and why not more.
 *
 * @param perSecond  entries a second.
 * @param limit      what keeps it from being more.
 * @param arithmetic the formula with its numbers, and what comes out.
 */
public record Ceiling(double perSecond, Limit limit, String arithmetic)
{
    /** What keeps something from going faster. */
    public enum Limit
    {
        /** All of them are at work. */
        WORKERS("the workers", "more workers"),

        /** There are fewer orders than workers. */
        SCOPES("the number of orders", "more orders side by side: a narrower scope"),

        /** One order has more than its part of the work. */
        HEAVIEST_SCOPE("the heaviest order", "splitting it: it alone is in the way"),

        /** The part that is in order takes longer than the rest beside it. */
        ORDERED_SHARE("the ordered part of the work", "putting less of the work in order"),

        /** The shards that execute. */
        SHARDS("the state machines of the shards", "larger requests, then more shards"),

        /** There is one ledger, and it is on one shard. */
        ONE_LEDGER("the one shard that a ledger is on", "larger requests, or several ledgers"),

        /** One ledger has more than its part of the transfers, and a ledger is on one shard. */
        HEAVIEST_LEDGER("the heaviest ledger", "splitting it into several ledgers"),

        /** Every shard thread and every journal thread wants a core. */
        CORES("the cores", "a machine with more of them");

        private final String label;
        private final String remedy;

        Limit(final String label, final String remedy)
        {
            this.label = label;
            this.remedy = remedy;
        }

        /**
         * Name in messages.
         *
         * @return words with an article.
         */
        public String label()
        {
            return label;
        }

        /**
         * What would raise the ceiling.
         *
         * @return words without a full stop.
         */
        public String remedy()
        {
            return remedy;
        }
    }
}
