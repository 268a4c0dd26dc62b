package io.seriatim.replay;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A small array of ints on the heap that is part of a read model; it may be exchanged for a longer one.
 * <p>
 * Threads: confined to one.
 */
final class ModelInts implements ModelTable
{
    private int[] values;
    private int[] copied;
    private int nextCopied;

    /**
     * The array that it begins with.
     *
     * @param values owned by it from now on.
     */
    ModelInts(final int[] values)
    {
        this.values = values;
    }

    /** The array, which may be changed in place. */
    int[] values()
    {
        return values;
    }

    /** Exchange the array. */
    void values(final int[] newValues)
    {
        values = newValues;
    }

    @Override
    public int rowLength()
    {
        return Integer.BYTES;
    }

    @Override
    public int rowCount()
    {
        return values.length;
    }

    @Override
    public void beginCopy()
    {
        copied = values.clone();
        nextCopied = 0;
    }

    @Override
    public void copyNext(final MutableDirectBuffer buffer, final int offset)
    {
        buffer.putInt(offset, copied[nextCopied]);
        nextCopied++;
    }

    @Override
    public void endCopy()
    {
        copied = null;
    }

    @Override
    public void beginLoad(final int rowCount)
    {
        values = new int[rowCount];
    }

    @Override
    public void load(final int index, final DirectBuffer buffer, final int offset)
    {
        values[index] = buffer.getInt(offset);
    }
}
