package io.seriatim.journal;

import org.agrona.DirectBuffer;

/**
 * A stream of messages that is recorded.
 * <p>
 * Threads: confined to the one that writes.
 */
interface RecordedStream
{
    /**
     * Publish a message.
     *
     * @param buffer holding it.
     * @param offset of its first byte.
     * @param length in bytes, at most the longest message.
     * @return position after it; or one of the negative numbers of {@link io.aeron.Publication}.
     */
    long offer(DirectBuffer buffer, int offset, int length);

    /** How many bytes can be published now. */
    long availableWindow();

    /** Where in its term the next message begins. */
    int termOffset();
}
