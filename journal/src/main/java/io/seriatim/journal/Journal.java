package io.seriatim.journal;

import org.agrona.DirectBuffer;

/**
 * An append-only log of frames, written by one thread. What "committed" means is its {@link Durability}.
 * <p>
 * Threads: {@link #append}, {@link #availableWindow()} and {@link #readFrame} belong to the one thread that writes;
 * {@link #committedPosition()} and {@link #failure()} may be read by any thread.
 */
public interface Journal extends FrameSource, AutoCloseable
{
    /** There is no room right now; nothing was written, and the same frame may be offered again. */
    long BACK_PRESSURED = -1;

    /**
     * What every frame of this log carries, so that one of another log is told from it.
     *
     * @return low 32 bits of the log's uuid; 0 in memory, where there is no other.
     */
    int logTag();

    /**
     * Longest frame that fits, in bytes.
     *
     * @return length of the longest frame.
     */
    int frameLengthMax();

    /**
     * How many bytes of frames can be appended now without meeting {@link #BACK_PRESSURED}, however they are cut.
     *
     * @return a number of bytes, 0 or more, with the transport's own overhead already taken off for frames of
     * {@link #frameLengthMax()}.
     */
    long availableWindow();

    /**
     * What {@link #availableWindow()} always reaches again once everything appended is committed: no request may ever
     * need more.
     *
     * @return a number of bytes of frames.
     */
    long windowMax();

    /**
     * Append one encoded frame. It is durable once {@link #committedPosition()} has reached the returned
     * position; until then no reply that depends on it may leave the process.
     *
     * @param buffer holding the frame.
     * @param offset of the frame in the buffer, in bytes.
     * @param length of the frame in bytes, from 1 to {@link #frameLengthMax()}.
     * @return position after the frame, in bytes from the start of the journal and always positive; or
     * {@link #BACK_PRESSURED}: nothing was written, offer the same frame again.
     * @throws IllegalArgumentException if the length is out of range; nothing was written.
     * @throws JournalException if the recording has stopped; the journal has to be opened again.
     */
    long append(DirectBuffer buffer, int offset, int length);

    /**
     * Position up to which every frame is durable, as the policy has it. It never goes back.
     *
     * @return a position in bytes from the start of the journal.
     */
    long committedPosition();

    /**
     * Why this journal has stopped for good.
     *
     * @return the first failure; or null while all is well.
     */
    JournalException failure();

    /**
     * Stop and let go of everything held. What was committed stays; what was not may or may not be found again.
     */
    @Override
    void close();
}
