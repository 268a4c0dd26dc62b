package io.seriatim.replay;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A part of a read model as its snapshot sees it: rows of one length, which are copied as they are at one moment while
 * the part goes on, and taken again by a new one.
 * <p>
 * Threads: confined to that of the read model.
 */
interface ModelTable
{
    /** Length of a row in bytes. */
    int rowLength();

    /** How many rows there are. */
    int rowCount();

    /** From now on {@link #copyNext} hands out the rows as they are now, each once. */
    void beginCopy();

    /** Copy the next row. */
    void copyNext(MutableDirectBuffer buffer, int offset);

    /** The copy is over, complete or not; what it has taken is let go of. */
    void endCopy();

    /** So many rows are to come; the table is empty. */
    void beginLoad(int rowCount);

    /** Take the row at an index; they come in their order. */
    void load(int index, DirectBuffer buffer, int offset);
}
