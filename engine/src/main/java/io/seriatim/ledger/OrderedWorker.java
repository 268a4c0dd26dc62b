package io.seriatim.ledger;

/**
 * Does pieces of work one after the other, in the order in which they were given: at once, or beside its caller.
 * <p>
 * Threads: confined to the one that gives it work; what that has written before is seen by the work, and what the work
 * has written is seen once {@link #await} has returned.
 */
public interface OrderedWorker
{
    /** So many pieces of work may not be finished when {@link #execute} returns. */
    int UNFINISHED_MAX = 32;

    /** Does it at once. */
    OrderedWorker SAME_THREAD = Runnable::run;

    /**
     * Do a piece of work after all that were given before. It throws what one of those has thrown, and nothing is done
     * any more then.
     *
     * @param work to be done.
     */
    void execute(Runnable work);

    /**
     * Wait until all is done. It throws what the work has thrown.
     */
    default void await()
    {
    }
}
