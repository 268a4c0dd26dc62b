package io.seriatim.replay;

/**
 * What a consumer does with each entry. An entry whose method has returned is done, unless it was deferred, see
 * {@link FeedEntry#defer()}; one whose method throws has failed, and comes again as the feed's configuration says.
 * <p>
 * Threads: those of the feed's workers; under {@link FeedOrdering#TOTAL} one.
 */
@FunctionalInterface
public interface FeedHandler
{
    /**
     * Handle an entry.
     *
     * @param entry to handle; not to be kept beyond the end of the method, or of the deferral.
     * @throws Exception if it could not be handled.
     */
    void onEntry(FeedEntry entry) throws Exception;

    /**
     * The entries that were handed over together have all been given to {@link #onEntry}: a good moment to flush.
     *
     * @throws Exception if that failed: the feed stops, as it can not know which entries are done.
     */
    default void onBatchEnd() throws Exception
    {
        // Nothing was held back.
    }

    /**
     * What was handled has to be durable when this returns: an offset beyond it is about to be stored. Called by the
     * feed's own thread.
     *
     * @throws Exception if it is not: the feed stops, and the offset stays where it is.
     */
    default void force() throws Exception
    {
        // It is durable, or need not be.
    }
}
