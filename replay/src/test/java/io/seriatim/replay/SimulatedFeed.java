package io.seriatim.replay;

import io.seriatim.engine.LedgerEngine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * A feed beside the simulated engine, which falls behind, fails, and dies with it. What it has handed out stays in the
 * books for ever, with the same bytes; nothing is missing in the end, and nothing comes again that its offset had as
 * done.
 * <p>
 * Threads: confined to that of the simulation.
 */
final class SimulatedFeed implements FeedHandler, FeedOffsetStore
{
    private static final int PASSES_MAX = 500_000;

    /** Of an entry. */
    private record Place(int shard, long sequence)
    {
    }

    private final SplittableRandom random;
    private final FeedOrdering ordering;
    private final Map<Place, Long> handled = new HashMap<>();
    private final Map<Integer, Long> lastSequences = new HashMap<>();
    private final Map<Integer, Integer> journalOf = new HashMap<>();
    private final Map<Integer, Long> lastPositions = new HashMap<>();
    private final List<FeedCompletion> deferred = new ArrayList<>();
    private final CRC32C crc = new CRC32C();
    private JournalFeed feed;
    private FeedOffset stored;
    private FeedOffset storedAtOpen;
    private boolean isAtOnce;
    private long repeatCount;

    SimulatedFeed(final SplittableRandom random)
    {
        this.random = random;
        ordering = FeedOrdering.values()[random.nextInt(FeedOrdering.values().length)];
    }

    /** An engine was launched. */
    void open(final LedgerEngine engine)
    {
        deferred.clear();
        storedAtOpen = stored;
        lastSequences.clear();
        lastPositions.clear();
        engine.journals().forEach(journal ->
            journal.shards().forEach(shard -> journalOf.put(shard, journal.number())));
        feed = JournalFeed.open(engine.journals(), new FeedConfig()
            .name("simulated").isStepped(true).ordering(ordering).handler(this).offsetStore(this)
            .capacity(2 + random.nextInt(200)).batchCountMax(1 + random.nextInt(2))
            .workerCount(ordering == FeedOrdering.TOTAL ? 1 : 1 + random.nextInt(3))
            .offsetIntervalNs(random.nextBoolean() ? 0 : Long.MAX_VALUE).retry(new FeedRetry(Integer.MAX_VALUE, 0, 0)));
    }

    /** A pass, or none. */
    void doWork()
    {
        if (random.nextInt(3) == 0)
        {
            feed.doWork();
        }
        if (!deferred.isEmpty() && random.nextInt(4) == 0)
        {
            deferred.remove(random.nextInt(deferred.size())).done();
        }
        requireAlive();
    }

    /** What was acknowledged and not forced may be gone: so may be what this feed has seen of it. */
    void forget()
    {
        handled.clear();
        stored = null;
    }

    /** Everything is committed: the feed comes to its end. */
    void finish(final List<Long> nextSequences)
    {
        isAtOnce = true;
        final long entryCount = nextSequences.stream().mapToLong(Long::longValue).sum();
        // What was handled in an earlier life may come again: it is not done before this one's offset says so.
        boolean isAtEnd = false;
        for (int pass = 0; !isAtEnd; pass++)
        {
            if (pass == PASSES_MAX)
            {
                throw new AssertionError(
                    "the feed misses entries: handled=" + handled.size() + ", entries=" + entryCount);
            }
            feed.doWork();
            deferred.forEach(FeedCompletion::done);
            deferred.clear();
            requireAlive();
            isAtEnd = handled.size() >= entryCount && feed.progress().inFlightCount() == 0 &&
                feed.progress().lagBytes() == 0;
        }
        feed.close();
        for (int shard = 0; shard < nextSequences.size(); shard++)
        {
            if (stored.shards().get(shard).next() != nextSequences.get(shard))
            {
                throw new AssertionError("the feed has not come to the end: " + stored + ", ends=" + nextSequences);
            }
        }
    }

    /** How often an entry came again after a crash. */
    long repeatCount()
    {
        return repeatCount;
    }

    @Override
    public void onEntry(final FeedEntry entry) throws IOException
    {
        final long sequence = entry.sequence();
        final FeedOffset.ShardOffset done = storedAtOpen == null ? null : storedAtOpen.shards().get(entry.shard());
        if (done != null && (sequence < done.next() || done.doneAhead().contains(sequence)))
        {
            throw new AssertionError("done by the offset, and comes again: " + entry + ", offset=" + storedAtOpen);
        }
        final Long last = lastSequences.put(entry.shard(), sequence);
        if (ordering == FeedOrdering.TOTAL && last != null && sequence != last + 1 && entry.attempt() == 1)
        {
            throw new AssertionError("out of order: last=" + last + ", " + entry);
        }
        final Long lastPosition = lastPositions.put(journalOf.get(entry.shard()), entry.groupPosition());
        if (ordering == FeedOrdering.TOTAL && lastPosition != null && entry.groupPosition() < lastPosition)
        {
            throw new AssertionError("out of the order of the journal: last position=" + lastPosition + ", " + entry);
        }
        if (!isAtOnce && random.nextInt(20) == 0)
        {
            throw new IOException("not now");
        }
        final Long before = handled.put(new Place(entry.shard(), sequence), crcOf(entry));
        if (before != null && before != crcOf(entry))
        {
            throw new AssertionError("what was handed out has changed: " + entry);
        }
        repeatCount += before != null ? 1 : 0;
        if (!isAtOnce && random.nextInt(8) == 0)
        {
            deferred.add(entry.defer());
        }
    }

    @Override
    public FeedOffset load()
    {
        return stored;
    }

    @Override
    public void store(final FeedOffset offset)
    {
        stored = offset;
    }

    private void requireAlive()
    {
        if (feed.failure() != null)
        {
            throw new AssertionError("the feed has stopped: " + feed.failure(), feed.failure());
        }
    }

    private long crcOf(final FeedEntry entry)
    {
        crc.reset();
        final byte[] bytes = new byte[entry.length()];
        entry.buffer().getBytes(0, bytes);
        crc.update(bytes);
        return crc.getValue();
    }
}
