package io.seriatim.engine;

/**
 * Which threads run the engine. All of its work is in agents; this only says how they are spread.
 */
public enum Threading
{
    /**
     * For two cores, the default: one thread for the shards of each journal, one for all journals, one that hands out
     * the replies of the convenient face.
     */
    COMPACT,

    /** One thread does all, and spins: the best tail on few cores when the page cache may acknowledge. */
    SINGLE,

    /** For eight cores and more: for each journal one thread for its shards and one of its own, both spinning. */
    DEDICATED,

    /**
     * No threads, and no watchdog: the owner calls {@link LedgerEngine#doWork()}. For tests and for hosts with their
     * own loops.
     */
    INVOKER
}
