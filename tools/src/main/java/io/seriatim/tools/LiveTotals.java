package io.seriatim.tools;

import io.seriatim.engine.JournalSource;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalFeed;
import io.seriatim.totals.Totals;
import io.seriatim.totals.TotalsCounter;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Totals of several directories that go on being counted, each journal by a feed of its own: they need no order
 * between them.
 * <p>
 * Threads: a thread of each feed counts, any other may ask.
 */
final class LiveTotals implements AutoCloseable
{
    private static final int BATCH_COUNT_MAX = 256;

    private final List<Counting> countings = new ArrayList<>();

    /** What one directory comes to. */
    private static final class Counting
    {
        private final UUID log;
        private final Map<Integer, TotalsCounter> counters = new ConcurrentHashMap<>();
        private final JournalFeed feed;

        Counting(final Path directory)
        {
            final List<JournalSource> journals = JournalDirectories.journalsOf(directory);
            log = journals.get(0).logUuid();
            feed = JournalFeed.open(
                journals, new FeedConfig().name("totals").batchCountMax(BATCH_COUNT_MAX).handler(this::onEntry));
        }

        private void onEntry(final FeedEntry entry)
        {
            final TotalsCounter counter =
                counters.computeIfAbsent(entry.shard(), shard -> new TotalsCounter(log, shard));
            synchronized (counter)
            {
                counter.onEntry(entry.buffer(), 0);
            }
        }

        Totals addTo(final Totals totals)
        {
            if (feed.failure() != null)
            {
                throw new ToolException(
                    ExitCode.ENVIRONMENT, "the totals can not be counted on: " + feed.failure().getMessage(),
                    feed.failure());
            }
            Totals sum = totals;
            for (final TotalsCounter counter : counters.values())
            {
                synchronized (counter)
                {
                    sum = sum.merge(counter.contribution());
                }
            }
            return sum;
        }
    }

    /**
     * Begins to count from the beginning of each journal.
     *
     * @param directories data directories of engines.
     */
    LiveTotals(final List<Path> directories)
    {
        try
        {
            directories.forEach(directory -> countings.add(new Counting(directory)));
        }
        catch (final RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    /** Bytes of committed journal that were not counted when the feeds looked last. */
    long lagBytes()
    {
        return countings.stream().mapToLong(counting -> counting.feed.progress().lagBytes()).sum();
    }

    /** What was counted so far. */
    Totals totals()
    {
        Totals totals = Totals.NONE;
        for (final Counting counting : countings)
        {
            totals = counting.addTo(totals);
        }
        return totals;
    }

    @Override
    public void close()
    {
        countings.forEach(counting -> CloseHelper.close(counting.feed));
    }
}
