package io.seriatim.bench;

/**
 * What is measured: takes requests and says, later, that they are durable. The engine is one, the bare archive the
 * other, and both are driven by the same loops.
 * <p>
 * Threads: {@link #trySend}, {@link #poll} and {@link #inFlight} belong to the thread that measures; {@link #resume}
 * and {@link #pause} are called by it around a slice.
 */
interface Subject extends AutoCloseable
{
    /**
     * Takes the answers.
     */
    @FunctionalInterface
    interface AnswerHandler
    {
        /**
         * A request is durable.
         *
         * @param intendedNs that it was sent with.
         */
        void onAnswer(long intendedNs);
    }

    /** Name in tables, files and messages. */
    String name();

    /** How many transfers, or their bytes, make a request. */
    int batchCount();

    /** A slice begins. */
    default void resume()
    {
    }

    /**
     * Send one request.
     *
     * @param intendedNs when it should have been sent; it comes back with the answer.
     * @return false if there is no room right now: nothing was sent.
     */
    boolean trySend(long intendedNs);

    /**
     * Take answers.
     *
     * @param handler of them.
     * @return how much was done; 0 if nothing.
     */
    int poll(AnswerHandler handler);

    /** How many requests are sent and not answered. */
    long inFlight();

    /** Whether nothing is left that could be sent. */
    default boolean isExhausted()
    {
        return false;
    }

    /** The slice is over; nothing is in flight. */
    default void pause()
    {
    }

    @Override
    void close();
}
