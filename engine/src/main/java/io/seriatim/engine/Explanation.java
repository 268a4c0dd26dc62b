package io.seriatim.engine;

import org.agrona.DirectBuffer;

/**
 * Why an entry has the outcome that it has.
 *
 * @param sequence of the entry.
 */
public record Explanation(long sequence)
{
    static Explanation decode(final DirectBuffer buffer, final int offset)
    {
        return new Explanation(buffer.getLong(offset + QueryRows.EXPLAINED_ENTRY_OFFSET + Long.BYTES));
    }
}
