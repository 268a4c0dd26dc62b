package io.seriatim.engine;

import java.util.ArrayList;

/**
 * Where in the journal the entries of a shard lie, sparsely: a mark (sequence, position) for a frame that begins
 * {@link #SEQUENCE_DISTANCE} sequences or {@link #POSITION_DISTANCE} bytes behind the last mark. From the mark before
 * it, an entry is found by reading a few frames.
 * <p>
 * Shape: two longs a mark, at most a quarter of a byte for each entry, in chunks that never move; one chunk of 128 KiB
 * is allocated on the heap for some half a million entries.<br>
 * Threads: confined to the shard's thread.
 */
final class EntryPositions
{
    static final int SEQUENCE_DISTANCE = 64;
    static final int POSITION_DISTANCE = 64 * 1024;

    private static final int CHUNK_MARK_COUNT = 8 * 1024;

    private final ArrayList<long[]> chunks = new ArrayList<>();
    private int count;

    /** Note a frame; sequences and positions rise. */
    void onFrame(final long position, final long firstSequence)
    {
        if (count == 0 ||
            firstSequence - sequence(count - 1) >= SEQUENCE_DISTANCE ||
            position - position(count - 1) >= POSITION_DISTANCE)
        {
            if (count == chunks.size() * CHUNK_MARK_COUNT)
            {
                chunks.add(new long[CHUNK_MARK_COUNT * 2]);
            }
            final long[] chunk = chunks.get(count / CHUNK_MARK_COUNT);
            final int index = count % CHUNK_MARK_COUNT * 2;
            chunk[index] = firstSequence;
            chunk[index + 1] = position;
            count++;
        }
    }

    /** Position of a frame at or before the one that holds an entry. */
    long floor(final long sequence)
    {
        int from = 0;
        int to = count;
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (sequence(middle) <= sequence)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        if (from == 0)
        {
            throw new IllegalStateException("no frame is known at or before this entry: sequence=" + sequence);
        }
        return position(from - 1);
    }

    private long sequence(final int mark)
    {
        return chunks.get(mark / CHUNK_MARK_COUNT)[mark % CHUNK_MARK_COUNT * 2];
    }

    private long position(final int mark)
    {
        return chunks.get(mark / CHUNK_MARK_COUNT)[mark % CHUNK_MARK_COUNT * 2 + 1];
    }
}
