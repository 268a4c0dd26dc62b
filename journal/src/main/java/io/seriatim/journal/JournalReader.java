package io.seriatim.journal;

/**
 * Reads the frames of a journal beside the thread that writes it: single ones, and walks from one to the next.
 * <p>
 * Threads: confined to the one that opened it.
 */
public interface JournalReader extends FrameSource, AutoCloseable
{
    /**
     * Longest frame that the journal can hold.
     *
     * @return length in bytes.
     */
    int frameLengthMax();

    /**
     * Hand on the frames between two positions, checked one by one.
     *
     * @param from    position of the first frame, or of padding before it.
     * @param to      position to stop at, not above what is committed: the last frame is the one that begins before it.
     * @param handler to hand them to.
     * @return position after the last frame, and after padding behind it: {@code to} or above, or where zeros begin
     * before that.
     * @throws JournalException if a frame is damaged.
     */
    long read(long from, long to, FrameHandler handler);

    /**
     * Let go of files and buffers.
     */
    @Override
    void close();
}
