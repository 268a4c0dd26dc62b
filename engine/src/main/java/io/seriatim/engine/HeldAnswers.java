package io.seriatim.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers that are durable and wait for more: a checkpoint, or the cosignatures under one.
 * <p>
 * Threads: confined to one at a time.
 */
final class HeldAnswers
{
    /** An answer, and what it waits for. */
    private record Held(
        Acknowledgement level,
        long sequence,
        Runnable completion,
        Function<RuntimeException, Runnable> failure)
    {
    }

    private final PriorityQueue<Held> checkpointed =
        new PriorityQueue<>(Comparator.comparingLong(Held::sequence));
    private final PriorityQueue<Held> witnessed = new PriorityQueue<>(Comparator.comparingLong(Held::sequence));

    /**
     * Hold an answer.
     *
     * @param level      that it waits for.
     * @param sequence   of the newest entry that it depends on.
     * @param completion hands it on.
     * @param failure    hands on that it will not come.
     */
    void add(
        final Acknowledgement level,
        final long sequence,
        final Runnable completion,
        final Function<RuntimeException, Runnable> failure)
    {
        (level == Acknowledgement.WITNESSED ? witnessed : checkpointed)
            .add(new Held(level, sequence, completion, failure));
    }

    /** Whether no answer is held back. */
    boolean isEmpty()
    {
        return checkpointed.isEmpty() && witnessed.isEmpty();
    }

    /** Let go of what has reached its level, and of what will not as nothing is sealed any more. */
    void release(final int shard, final SealingWatermarks watermarks, final Consumer<Runnable> completions)
    {
        release(checkpointed, watermarks.checkpointedSize(shard), completions);
        release(witnessed, watermarks.witnessedSize(shard), completions);
        final Throwable failure = isEmpty() ? null : watermarks.failure();
        if (failure != null)
        {
            fail("shard " + shard + " is not sealed any more: " + failure.getMessage(), failure, completions);
        }
    }

    /** Nothing will be sealed any more. */
    void end(final int shard, final Consumer<Runnable> completions)
    {
        fail("the engine was closed before shard " + shard + " was sealed that far", null, completions);
    }

    private void fail(final String reason, final Throwable cause, final Consumer<Runnable> completions)
    {
        for (final PriorityQueue<Held> queue : List.of(checkpointed, witnessed))
        {
            for (Held held = queue.poll(); held != null; held = queue.poll())
            {
                completions.accept(held.failure().apply(new LedgerException(
                    LedgerException.Reason.NOT_SEALED, true,
                    "the request is committed and not " + held.level().name().toLowerCase(Locale.ROOT) +
                    ": " + reason + "; ask by id for its outcome", cause)));
            }
        }
    }

    private static void release(
        final PriorityQueue<Held> queue, final long size, final Consumer<Runnable> completions)
    {
        while (!queue.isEmpty() && queue.peek().sequence() < size)
        {
            completions.accept(queue.poll().completion());
        }
    }
}
