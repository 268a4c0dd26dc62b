package io.seriatim.engine;

/**
 * Port through which the engine offers what only the whole history can answer: queries, history, change events. The
 * module {@code seriatim-replay} provides it; the engine finds it by {@link java.util.ServiceLoader}.
 */
@FunctionalInterface
public interface LedgerQueries
{
    /**
     * Follow a journal and answer the queries of its shards.
     *
     * @param source what to follow, and the queries.
     * @return the agent that does it, to be run by one thread.
     */
    QueryAgent open(QuerySource source);
}
