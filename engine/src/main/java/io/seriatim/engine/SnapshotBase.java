package io.seriatim.engine;

import io.seriatim.ledger.IndexTotals;

/**
 * Where the runs of a shard's index end that are there, and what they come to: what the next run goes on from.
 *
 * @param position     of the journal; 0 = the start.
 * @param totals       of the index up to there.
 * @param hasMark      whether a frame with entries lies before.
 * @param markSequence of the last mark of {@link EntryPositions}.
 * @param markPosition of the last mark of {@link EntryPositions}.
 */
record SnapshotBase(long position, IndexTotals totals, boolean hasMark, long markSequence, long markPosition)
{
    /** The start of the journal. */
    static final SnapshotBase START = new SnapshotBase(0, IndexTotals.NONE, false, 0, 0);
}
