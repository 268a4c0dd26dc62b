package io.seriatim.resharding;

import io.seriatim.journal.SegmentReader;
import io.seriatim.replay.JournalFollower;
import org.agrona.DirectBuffer;

/**
 * Walks the entries of one shard; those of others on the same journal are passed over.
 * <p>
 * Threads: confined to one.
 */
final class ShardEntries implements AutoCloseable
{
    private final SegmentReader reader;
    private final JournalFollower follower;
    private final int shard;
    private final long end;

    /** At the start of the journal; the reader is closed with this. */
    ShardEntries(final SegmentReader reader, final int shard, final long end)
    {
        this.reader = reader;
        this.shard = shard;
        this.end = end;
        follower = new JournalFollower(reader);
    }

    /** Move on to the next entry; false if there is none. */
    boolean next()
    {
        while (follower.next(end))
        {
            if (follower.shard() == shard)
            {
                return true;
            }
        }
        return false;
    }

    DirectBuffer buffer()
    {
        return follower.buffer();
    }

    /** Offset of the entry's SBE header. */
    int offset()
    {
        return follower.offset();
    }

    int length()
    {
        return follower.length();
    }

    @Override
    public void close()
    {
        follower.close();
        reader.close();
    }
}
