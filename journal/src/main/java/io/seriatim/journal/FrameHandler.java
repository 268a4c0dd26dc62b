package io.seriatim.journal;

import org.agrona.DirectBuffer;

/**
 * Takes frames that were read back and checked, in the order of the journal.
 */
@FunctionalInterface
public interface FrameHandler
{
    /**
     * A frame. The bytes may be looked at until the method returns.
     *
     * @param position of the frame in the journal: what {@link FrameSource#readFrame} takes to read it again.
     * @param buffer   holding the frame.
     * @param offset   of its header in the buffer.
     * @param length   of the frame in bytes.
     */
    void onFrame(long position, DirectBuffer buffer, int offset, int length);
}
