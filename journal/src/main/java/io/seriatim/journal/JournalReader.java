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
     * @param to      position to stop at: that of a frame, or the end of one; not above what is committed.
     * @param handler to hand them to.
     * @return position after the last frame: {@code to}, or where zeros begin before that.
     * @throws JournalException if a frame is damaged.
     */
    long read(long from, long to, FrameHandler handler);

    /**
     * Let go of files and buffers.
     */
    @Override
    void close();
}
