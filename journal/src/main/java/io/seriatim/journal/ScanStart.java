package io.seriatim.journal;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a scan begins, and what each shard had come to there: the start of the journal, or the end of a group that a
 * snapshot was taken at.
 *
 * @param position      end of a group, in bytes from the start of the journal.
 * @param nextSequences for each shard, the sequence of its first entry behind that position; absent = 0.
 * @param previousCrcs  for each shard, the checksum of its last frame before that position; absent = 0.
 */
public record ScanStart(
    long position, SortedMap<Integer, Long> nextSequences, SortedMap<Integer, Integer> previousCrcs)
{
    /** The start of the journal. */
    public static final ScanStart BEGINNING = new ScanStart(0, new TreeMap<>(), new TreeMap<>());

    /**
     * Checks and copies the fields.
     */
    public ScanStart
    {
        nextSequences = Collections.unmodifiableSortedMap(new TreeMap<>(nextSequences));
        previousCrcs = Collections.unmodifiableSortedMap(new TreeMap<>(previousCrcs));
        if (position < 0 || (position & (Frames.ALIGNMENT - 1)) != 0)
        {
            throw new IllegalArgumentException(
                "a scan begins at a multiple of " + Frames.ALIGNMENT + " from 0: position=" + position);
        }
    }
}
