package io.seriatim.replay;

/**
 * Tells later what became of an entry that was deferred, once.
 * <p>
 * Threads: any.
 */
public interface FeedCompletion
{
    /**
     * It was handled.
     *
     * @throws IllegalStateException if it was told before.
     */
    void done();

    /**
     * It could not be handled.
     *
     * @param cause why.
     * @throws IllegalStateException if it was told before.
     */
    void failed(Throwable cause);
}
