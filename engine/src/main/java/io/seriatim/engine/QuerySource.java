package io.seriatim.engine;

import io.seriatim.journal.JournalReader;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a read model follows, and the queries that it answers.
 *
 * @param name              of the journal, for names of threads and messages.
 * @param reader            opens a reader of the journal's frames for the thread that asks.
 * @param committedPosition of the journal; frames below it may be read. Read it before {@link QueryQueue#nextSequence}.
 * @param queues            one for each shard of the journal.
 * @param snapshots         where the read model leaves snapshots of itself, and finds them again.
 * @param memoryMax         most bytes that the read model may hold off-heap.
 */
public record QuerySource(
    String name,
    Supplier<JournalReader> reader,
    LongSupplier committedPosition,
    List<QueryQueue> queues,
    QuerySnapshots snapshots,
    long memoryMax)
{
}
