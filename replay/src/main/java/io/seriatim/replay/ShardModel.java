package io.seriatim.replay;

import io.seriatim.engine.QueryQueue;
import io.seriatim.engine.StoredEntries;

/**
 * One shard of a journal: its read model, and the queries that it answers.
 * <p>
 * Threads: confined to that of the read model.
 */
final class ShardModel implements AutoCloseable
{
    private final QueryQueue queue;
    private final ModelParts parts;
    private final ReadModel model;
    private final StoredEntries entries;
    private final Answers answers;

    /**
     * A model that answers.
     *
     * @param queue of its queries.
     * @param parts owned by it from now on.
     */
    ShardModel(final QueryQueue queue, final ModelParts parts)
    {
        this.queue = queue;
        this.parts = parts;
        model = parts.model();
        entries = parts.entries();
        answers = new Answers(model, entries);
    }

    QueryQueue queue()
    {
        return queue;
    }

    ModelParts parts()
    {
        return parts;
    }

    /** The state is that after this entry; -1 if it is that before all. */
    long appliedSequence()
    {
        return model.appliedSequence();
    }

    /** Take the entry that the follower stands at. */
    void apply(final JournalFollower follower)
    {
        if (follower.isFirstOfFrame())
        {
            entries.onFrame(follower.framePosition(), follower.sequence());
        }
        model.apply(follower.sequence(), follower.buffer(), follower.offset());
    }

    /** Answer the next query, which asks for the state that the model has. */
    void answer()
    {
        if (queue.nextSequence() != model.appliedSequence())
        {
            throw new IllegalStateException(
                "a query asks for a state that is gone: shard=" + queue.shard() + ", sequence=" +
                queue.nextSequence() + ", applied=" + model.appliedSequence());
        }
        queue.answer(answers);
    }

    long allocatedBytes()
    {
        return model.allocatedBytes() + entries.allocatedBytes();
    }

    @Override
    public void close()
    {
        parts.close();
    }
}
