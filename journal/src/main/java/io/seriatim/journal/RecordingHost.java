package io.seriatim.journal;

/**
 * What records the stream of one journal.
 * <p>
 * Threads: confined to the journal thread, except {@link #stream()}, which belongs to the thread that writes.
 */
interface RecordingHost extends AutoCloseable
{
    /** Start. */
    void launch(Durability durability);

    /**
     * Make a new recording, or go on with the one there is, and wait until what is published is recorded.
     *
     * @param isNew       whether to make one.
     * @param position    where to go on.
     * @param incarnation of the journal.
     */
    void record(boolean isNew, long position, long incarnation);

    /** What to publish to, once it is recorded. */
    RecordedStream stream();

    /** One turn. */
    int invoke();

    /** Whether it works at all. */
    boolean isAlive();

    /**
     * Position up to which the recording is written and, as the policy has it, forced.
     *
     * @return a position; or -1 if the recording has stopped.
     */
    long recordedPosition();

    /** What is wrong; null if nothing. */
    String pollError();

    /** What first went wrong; null if nothing. */
    Throwable firstError();

    @Override
    void close();
}
