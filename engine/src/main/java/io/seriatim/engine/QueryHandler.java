package io.seriatim.engine;

import org.agrona.MutableDirectBuffer;

/**
 * Answers one query from the state that the read model has come to.
 */
@FunctionalInterface
public interface QueryHandler
{
    /**
     * A query at its place in the order.
     *
     * @param kind        of the query.
     * @param filter      what it asks for; good until the method returns. It was not checked: one that is invalid has
     *                    an empty answer.
     * @param rowCountMax most rows to write: the limit, capped.
     * @param rows        buffer to write rows to, as {@link QueryRows} lays them out.
     * @param offset      of the first row.
     * @return how many rows were written, 0 to rowCountMax.
     */
    int onQuery(RequestKind kind, Filter filter, int rowCountMax, MutableDirectBuffer rows, int offset);
}
