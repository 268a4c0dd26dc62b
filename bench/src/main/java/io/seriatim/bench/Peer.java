package io.seriatim.bench;

/**
 * What a user would pick for the work, one point of it: so many callers with one request in flight each. Seriatim is
 * one of them.
 * <p>
 * Threads: confined to the one that measures; a peer may have threads of its own.
 */
interface Peer extends AutoCloseable
{
    /** Name in tables, files and messages. */
    String name();

    /**
     * Run one slice.
     *
     * @param durationNs after which nothing is sent any more; what is in flight is waited for, and counts.
     * @param recording  that takes the times from sending to the answer, in nanoseconds.
     * @return what happened.
     */
    Slice run(long durationNs, Recording recording);

    /** What the processes that do its work have used so far. */
    default ProcessUse use()
    {
        return ProcessUse.ofThisOne();
    }

    /** Whether its work is done by this process, and not by others. */
    default boolean isInThisProcess()
    {
        return true;
    }

    /** What its accounts must hold. */
    Books books();

    /**
     * Hold what it has kept against what it was sent.
     *
     * @throws BenchException if an outcome was not CREATED, or rows or balances are not what was sent.
     */
    void requireBooked();

    @Override
    void close();
}
