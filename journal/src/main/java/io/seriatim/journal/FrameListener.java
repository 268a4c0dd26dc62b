package io.seriatim.journal;

/**
 * Told of every frame that a {@link FrameWriter} has appended, on the thread that writes.
 */
@FunctionalInterface
public interface FrameListener
{
    /** Nobody wants to know. */
    FrameListener NONE = (position, firstSequence, entryCount, isGroupEnd) -> {};

    /**
     * A frame has been appended.
     *
     * @param position      of the frame: what {@link FrameSource#readFrame} takes to read it back once it is committed.
     * @param firstSequence of its first entry; of the next entry to come if it has none.
     * @param entryCount    how many entries it carries.
     * @param isGroupEnd    whether it ends a group. One that does not counts for nothing, not even the groups that
     *                      ended in it, before the frame that does is there too: recovery takes them together.
     */
    void onFrameAppended(long position, long firstSequence, int entryCount, boolean isGroupEnd);
}
