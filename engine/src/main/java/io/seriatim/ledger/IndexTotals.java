package io.seriatim.ledger;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What the runs of an index come to together, from the first entry to the last of the newest run.
 *
 * @param storedCount           transfers that are stored.
 * @param spentCount            ids that are spent by a transient refusal.
 * @param timestampMaxNs        greatest timestamp of a stored transfer; 0 if there is none.
 * @param releaseCount          releases of pending transfers.
 * @param releaseTimestampMaxNs timestamp of the newest release; 0 if there is none.
 * @param firstContentSum       over all slots of the index with the first salt of {@link StateDigest}.
 * @param secondContentSum      with the second.
 * @param transferMarkSequence  sequence of the last transfer mark; 0 if there is none.
 * @param releaseMarkSequence   sequence of the last release mark; 0 if there is none.
 */
public record IndexTotals(
    long storedCount,
    long spentCount,
    long timestampMaxNs,
    long releaseCount,
    long releaseTimestampMaxNs,
    long firstContentSum,
    long secondContentSum,
    long transferMarkSequence,
    long releaseMarkSequence)
{
    /** Before the first entry. */
    public static final IndexTotals NONE = new IndexTotals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Length in bytes: nine numbers in the order of the fields, little-endian. */
    static final int LENGTH = 9 * Long.BYTES;

    static IndexTotals decode(final DirectBuffer buffer, final int offset)
    {
        final long[] fields = new long[LENGTH / Long.BYTES];
        for (int i = 0; i < fields.length; i++)
        {
            fields[i] = buffer.getLong(offset + i * Long.BYTES);
        }
        return new IndexTotals(
            fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7], fields[8]);
    }

    void encode(final MutableDirectBuffer buffer, final int offset)
    {
        buffer.putLong(offset, storedCount);
        buffer.putLong(offset + Long.BYTES, spentCount);
        buffer.putLong(offset + 2 * Long.BYTES, timestampMaxNs);
        buffer.putLong(offset + 3 * Long.BYTES, releaseCount);
        buffer.putLong(offset + 4 * Long.BYTES, releaseTimestampMaxNs);
        buffer.putLong(offset + 5 * Long.BYTES, firstContentSum);
        buffer.putLong(offset + 6 * Long.BYTES, secondContentSum);
        buffer.putLong(offset + 7 * Long.BYTES, transferMarkSequence);
        buffer.putLong(offset + 8 * Long.BYTES, releaseMarkSequence);
    }
}
