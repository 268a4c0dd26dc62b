package io.seriatim.journal;

import org.agrona.MutableDirectBuffer;

/**
 * Frames by position, from wherever they are kept.
 */
public interface FrameSource
{
    /**
     * Read the frame that begins at a position and check it: header, length and CRC.
     *
     * @param position of the frame, in bytes from the start of the journal: that before the frame, as
     *                 {@link Journal#append} returned it for the one in front, or a later one; padding in between is
     *                 skipped.
     * @param buffer   to copy the frame to, of at least {@link Journal#frameLengthMax()} bytes.
     * @param offset   in the buffer.
     * @return position after the frame; its length stands in its header.
     * @throws JournalException if there is no whole frame at the position, or it is damaged.
     */
    long readFrame(long position, MutableDirectBuffer buffer, int offset);
}
