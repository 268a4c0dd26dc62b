package io.seriatim.tools;

import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedHandler;
import io.seriatim.replay.FeedOffset;
import io.seriatim.replay.FeedOffsetStore;
import io.seriatim.sinks.SqliteSink;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sends a part of the order to a database: what is in the part, and what its accounts held before. An entry that comes
 * again changes nothing, so that what was broken off is begun again at the beginning.
 * <p>
 * Shape: the accounts and open pending transfers of a {@link BooksWalk} for each shard.<br>
 * Threads: the feed's one worker; {@link #isDone()} any; the end by one that the feed has ended before.
 */
final class DatabasePart implements FeedHandler
{
    private final ExportPart part;
    private final SqliteSink sink;

    /** Accounts just before the part, by shard. */
    private final Map<Integer, BooksWalk> books = new TreeMap<>();

    /** Shards whose opening balances were sent. */
    private final Set<Integer> opened = new HashSet<>();

    private long count;
    private volatile boolean isDone;

    /**
     * A part of which nothing was sent.
     *
     * @param part that is sent.
     * @param sink of the database.
     */
    DatabasePart(final ExportPart part, final SqliteSink sink)
    {
        this.part = part;
        this.sink = sink;
    }

    @Override
    public void onEntry(final FeedEntry entry) throws SQLException
    {
        if (part.last().isBehind(entry.buffer(), 0))
        {
            isDone = true;
            return;
        }
        final BooksWalk walk = books.computeIfAbsent(
            entry.shard(), shard -> new BooksWalk((movement, debit, credit) ->
            {
                // What the accounts come to is all that is asked for.
            }));
        if (part.before().includes(walk, entry.buffer(), 0))
        {
            sink.onEntryBeforePart(entry);
            walk.onEntry(entry.buffer(), 0);
        }
        else
        {
            if (part.last().includes(walk, entry.buffer(), 0))
            {
                if (opened.add(entry.shard()))
                {
                    sink.opening(entry.shard(), walk.accounts());
                }
                sink.onEntry(entry);
                count++;
            }
            walk.passOver(entry.buffer(), 0);
        }
    }

    /** Where a feed keeps nothing to go on from, as the accounts are needed from their first entry on. */
    static FeedOffsetStore fromTheBeginning(final SqliteSink sink)
    {
        return new FeedOffsetStore()
        {
            @Override
            public FeedOffset load()
            {
                return null;
            }

            @Override
            public void store(final FeedOffset offset) throws SQLException
            {
                sink.store(offset);
            }
        };
    }

    /** Whether nothing that may come is in the part. */
    boolean isDone()
    {
        return isDone;
    }

    /** How many entries of the part were sent. */
    long count()
    {
        return count;
    }

    /** All was sent: say once more what accounts held before, as imported entries behind may have happened before. */
    void finish() throws SQLException
    {
        for (final Map.Entry<Integer, BooksWalk> shard : books.entrySet())
        {
            sink.opening(shard.getKey(), shard.getValue().accounts());
        }
    }
}
