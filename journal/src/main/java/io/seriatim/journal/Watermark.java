package io.seriatim.journal;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a journal is known to be on the disk, whatever the policy: recovery never cuts below it.
 *
 * @param position      end of a group, in bytes from the start of the journal.
 * @param nextSequences for each shard of the journal, the sequence of the first entry behind that position.
 */
public record Watermark(long position, SortedMap<Integer, Long> nextSequences)
{
    /** That of a journal nothing is known of. */
    public static final Watermark NONE = new Watermark(0, new TreeMap<>());

    /**
     * Checks and copies the fields.
     */
    public Watermark
    {
        nextSequences = Collections.unmodifiableSortedMap(new TreeMap<>(nextSequences));
        if (position < 0 || (position & (Frames.ALIGNMENT - 1)) != 0)
        {
            throw new IllegalArgumentException(
                "a watermark is a multiple of " + Frames.ALIGNMENT + " from 0: position=" + position);
        }

        for (final Map.Entry<Integer, Long> entry : nextSequences.entrySet())
        {
            if (entry.getValue() < 0)
            {
                throw new IllegalArgumentException("a sequence is at least 0: shard=" + entry.getKey() +
                    ", nextSequence=" + entry.getValue());
            }
        }
    }

    /**
     * Sequence of a shard's first entry behind the watermark.
     *
     * @param shard to ask about.
     * @return a sequence; 0 if nothing is known of the shard.
     */
    public long nextSequence(final int shard)
    {
        return nextSequences.getOrDefault(shard, 0L);
    }
}
