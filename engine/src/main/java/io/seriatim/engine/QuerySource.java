package io.seriatim.engine;

import java.util.List;

/**
 * What a read model follows, and the queries that it answers.
 *
 * @param journal   to follow. Read its committed position before {@link QueryQueue#nextSequence}.
 * @param queues    one for each shard of the journal.
 * @param snapshots where the read model leaves snapshots of itself, and finds them again.
 * @param memoryMax most bytes that the read model may hold off-heap.
 */
public record QuerySource(
    JournalSource journal, List<QueryQueue> queues, QuerySnapshots snapshots, long memoryMax)
{
}
