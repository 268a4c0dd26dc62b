package io.seriatim.replay;

import io.seriatim.engine.JournalSource;
import io.seriatim.journal.JournalReader;
import org.agrona.CloseHelper;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The heart of a feed: reads committed entries ahead, hands those to the workers that nothing keeps from their turn,
 * and learns what became of them. Places are taken and given back in the order of reading, so that what is done below
 * the oldest one in flight is known without being counted.
 * <p>
 * Shape: {@link FeedConfig#capacity} places of some 400 bytes, on the heap and used again.<br>
 * Threads: confined to one, but for what workers and handlers tell: {@link #onEnd}, {@link #onTold}, {@link #onRetry},
 * {@link #onFailure}; and for what anybody may ask.
 */
final class FeedAgent implements Agent
{
    private static final int READ_PER_PASS = 1_024;
    private static final long PARK_NS = 50_000;
    private static final long PARK_LONG_NS = 500_000;
    private static final long SOON_NS = 10_000_000;

    /** One journal. */
    private static final class Source
    {
        private final JournalSource journal;
        private final long endPosition;
        private JournalReader reader;
        private JournalFollower follower;

        Source(final JournalSource journal, final boolean isBounded)
        {
            this.journal = journal;
            endPosition = isBounded ? journal.committedPosition().getAsLong() : Long.MAX_VALUE;
        }

        long limit()
        {
            return Math.min(endPosition, journal.committedPosition().getAsLong());
        }
    }

    private final FeedConfig config;
    private final DeadLetterFile deadLetters;
    private final FeedProgress progress;
    private final FeedMeter meter;
    private final List<Source> sources = new ArrayList<>();
    private final Int2ObjectHashMap<FeedShard> shards = new Int2ObjectHashMap<>();
    private final FeedWorker[] workers;
    private final int depth;

    private final FeedEntry[] places;
    private final int mask;
    private final KeyOrder order = new KeyOrder();
    private final AccountHistory history;

    /** What had to wait, and is older than what did not: it comes first, as others wait for it in turn. */
    private final ArrayDeque<FeedEntry> released = new ArrayDeque<>();
    private final ArrayDeque<FeedEntry> ready = new ArrayDeque<>();
    private final PriorityQueue<FeedEntry> retries =
        new PriorityQueue<>(Comparator.comparingLong((FeedEntry entry) -> entry.dueNs));
    private final ManyToOneConcurrentArrayQueue<FeedEntry> ended;
    private final List<FeedEntry> batch = new ArrayList<>();

    // Places are taken at the first index and given back at the second.
    private long readIndex;
    private long oldestIndex;
    private int leftOpenCount;
    private long readySinceNs;
    private long lastWorkNs = System.nanoTime();
    private long lastOffsetNs = System.nanoTime();
    private boolean isOffsetDue;
    private boolean isAtEnd;

    private final AtomicLong retryCount = new AtomicLong();
    private final Parking parking = new Parking();
    private final BooleanSupplier isIdle;
    private volatile boolean isPaused;
    private volatile boolean isClosing;
    private volatile boolean isEnded;
    private volatile Throwable failure;

    /**
     * A feed that has read nothing.
     *
     * @param journals to follow.
     * @param config   of the feed, which is valid.
     * @param offset   where to begin.
     */
    FeedAgent(final List<JournalSource> journals, final FeedConfig config, final FeedOffset offset)
    {
        this.config = config;
        deadLetters = config.deadLetterFile() == null ? null : new DeadLetterFile(config.deadLetterFile());
        progress = new FeedProgress();
        meter = config.counters() == null ? null : new FeedMeter(config.counters(), config);
        history = config.isHistoryKept() ? new AccountHistory() : null;
        for (final JournalSource journal : journals)
        {
            sources.add(new Source(journal, config.isBounded()));
            journal.shards().forEach(shard -> shards.put(
                shard.intValue(), new FeedShard(shard, journal.number(), offset.shards().get(shard),
                offset.positions().getOrDefault(journal.number(), 0L))));
        }
        // One that waits behind the one that is handled keeps a worker busy, but might run elsewhere: only in batches.
        depth = config.batchCountMax() == 1 ? 1 : 2 * config.batchCountMax();
        final int capacity = Integer.highestOneBit(Math.max(2, 2 * config.capacity() - 1));
        places = new FeedEntry[capacity];
        mask = capacity - 1;
        ended = new ManyToOneConcurrentArrayQueue<>(capacity);
        isIdle = () -> ended.isEmpty() || isEnded;
        workers = new FeedWorker[config.workerCount()];
        for (int i = 0; i < workers.length; i++)
        {
            workers[i] = new FeedWorker("seriatim-feed-" + config.name() + "-" + i, this, config, depth);
        }
    }

    FeedWorker[] workers()
    {
        return workers;
    }

    @Override
    public String roleName()
    {
        return "seriatim-feed-" + config.name();
    }

    @Override
    public void onStart()
    {
        try
        {
            for (final Source source : sources)
            {
                source.reader = source.journal.reader().get();
                final long start = startOf(source);
                if (history != null && start > 0)
                {
                    readHistory(source, start);
                }
                source.follower = new JournalFollower(source.reader, start);
            }
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
        }
    }

    @Override
    public int doWork()
    {
        if (isEnded)
        {
            return 0;
        }
        try
        {
            return step();
        }
        catch (final Throwable ex)
        {
            onFailure(ex);
            isEnded = true;
            return 1;
        }
    }

    @Override
    public void onClose()
    {
        isEnded = true;
        for (final Source source : sources)
        {
            CloseHelper.closeAll(source.follower, source.reader);
        }
        CloseHelper.close(deadLetters);
    }

    /** Wait until there may be something to do: a worker tells, or the journal has grown. */
    void park()
    {
        parking.park(isIdle, System.nanoTime() - lastWorkNs < SOON_NS ? PARK_NS : PARK_LONG_NS);
    }

    // Anybody.

    void pause(final boolean isPausedNow)
    {
        isPaused = isPausedNow;
    }

    /** Read and hand out no more; what is under way comes to its end, and the offset is stored. */
    void close()
    {
        isClosing = true;
    }

    /** Do no more, whatever is under way. */
    void end()
    {
        isEnded = true;
    }

    /** Nothing is under way any more, and nothing will be. */
    boolean isEnded()
    {
        return isEnded;
    }

    /** Why the feed has stopped; null if it has not, or because it was closed or has come to its end. */
    Throwable failure()
    {
        return failure;
    }

    /** Whether what is done is counted. */
    boolean isMetered()
    {
        return meter != null;
    }

    boolean isClosing()
    {
        return isClosing || failure != null;
    }

    FeedProgress progress()
    {
        return progress;
    }

    long retryCount()
    {
        return retryCount.get();
    }

    // Workers and handlers.

    /** An entry is over: it was handled, or has failed. */
    void onEnd(final FeedEntry entry, final Throwable cause)
    {
        entry.failure = cause;
        if (meter != null)
        {
            entry.endedNs = System.nanoTime();
        }
        if (!ended.offer(entry))
        {
            throw new IllegalStateException("more entries have ended than were under way: feed=" + config.name());
        }
        parking.wake();
    }

    /** What became of a deferred entry was told. */
    void onTold(final FeedEntry entry, final boolean hasReturned)
    {
        if (hasReturned)
        {
            onEnd(entry, entry.deferral.cause());
        }
        else
        {
            entry.worker.wake();
        }
    }

    void onRetry()
    {
        retryCount.incrementAndGet();
    }

    /** The feed can not go on. */
    void onFailure(final Throwable cause)
    {
        if (failure == null)
        {
            failure = cause;
        }
    }

    // The feed's thread.

    private int step() throws Exception
    {
        int work = takeEnded() + retryDue();
        final boolean isGoingOn = failure == null && !isClosing;
        if (isGoingOn && !isPaused)
        {
            work += read();
            work += handOver();
        }
        if (work > 0)
        {
            lastWorkNs = System.nanoTime();
        }
        if (meter != null)
        {
            meter.note(
                System.nanoTime(), readIndex - oldestIndex, readyCount() + progress.underWay(), progress.lagBytes());
        }
        if (!isGoingOn || isAtEnd)
        {
            work += endIfIdle(isGoingOn);
        }
        return work + storeOffsetIfDue();
    }

    private int takeEnded() throws Exception
    {
        int count = 0;
        FeedEntry entry = ended.poll();
        while (entry != null)
        {
            count++;
            progress.underWay(-1);
            if (meter != null && entry.failure != FeedWorker.NOT_TRIED)
            {
                meter.onEnded(entry);
            }
            if (entry.failure == null)
            {
                finish(entry);
            }
            else if (entry.failure != FeedWorker.NOT_TRIED)
            {
                onFailed(entry);
            }
            entry = ended.poll();
        }
        return count;
    }

    private void onFailed(final FeedEntry entry) throws Exception
    {
        if (config.ordering() != FeedOrdering.TOTAL && entry.attempt() <= config.retry().countMax())
        {
            onRetry();
            entry.dueNs = System.nanoTime() + config.retry().delayNs(entry.attempt());
            retries.add(entry);
            return;
        }
        switch (config.failure())
        {
            case DEAD_LETTER:
                deadLetters.add(entry, entry.failure);
                progress.deadLetter();
                finish(entry);
                break;
            case STOP_KEY:
                leaveOpen(entry);
                break;
            default:
                onFailure(new FeedException(
                    "an entry could not be handled: feed=" + config.name() + ", attempts=" + entry.attempt() + ", " +
                    entry + ": " + entry.failure, entry.failure));
                break;
        }
    }

    private int retryDue()
    {
        int count = 0;
        while (!retries.isEmpty() && failure == null && !isClosing &&
            retries.peek().dueNs - System.nanoTime() <= 0)
        {
            released.add(retries.poll());
            count++;
        }
        return count;
    }

    private void finish(final FeedEntry entry)
    {
        entry.isFinished = true;
        shards.get(entry.shard()).finish(entry.sequence());
        progress.done();
        release(entry);
    }

    private void leaveOpen(final FeedEntry entry)
    {
        leftOpenCount++;
        if (leftOpenCount > config.leftOpenMax())
        {
            onFailure(new FeedException(
                "more entries are left open than FeedConfig.leftOpenMax allows: feed=" + config.name() +
                ", leftOpen=" + leftOpenCount + ", stopped keys=" + order.stoppedKeyCount(), entry.failure));
        }
        order.stop(entry);
        entry.isLeftOpen = true;
        shards.get(entry.shard()).leaveOpen(entry.sequence(), entry.groupPosition());
        progress.leftOpen();
        release(entry);
    }

    /** It keeps nothing from its turn any more, and its place is free when all older ones are. */
    private void release(final FeedEntry entry)
    {
        isOffsetDue = true;
        for (int i = 0; i < entry.keyCount; i++)
        {
            final FeedEntry successor = order.leave(entry, i);
            if (successor != null)
            {
                addReady(successor, released);
            }
        }
        while (oldestIndex < readIndex && isOver(places[(int)oldestIndex & mask]))
        {
            oldestIndex++;
        }
        progress.inFlight(readIndex - oldestIndex);
    }

    /** What came before the offset tells which entries are the previous ones of those to come. */
    private void readHistory(final Source source, final long end)
    {
        final FeedEntry entry = new FeedEntry(this, config.keyCountMax());
        try (JournalFollower follower = new JournalFollower(source.reader))
        {
            while (follower.next(end) && !isClosing)
            {
                entry.fill(follower);
                if (config.filter().test(entry))
                {
                    history.note(entry);
                }
            }
        }
    }

    private static boolean isOver(final FeedEntry entry)
    {
        return entry.isFinished || entry.isLeftOpen;
    }

    private void addReady(final FeedEntry entry, final ArrayDeque<FeedEntry> queue)
    {
        if (readyCount() == 0)
        {
            readySinceNs = System.nanoTime();
        }
        queue.add(entry);
    }

    private int readyCount()
    {
        return released.size() + ready.size();
    }

    private int read()
    {
        int count = 0;
        isAtEnd = config.isBounded();
        for (final Source source : sources)
        {
            final long limit = source.limit();
            final long positionBefore = source.follower.position();
            final int countBefore = count;
            boolean isThereMore = true;
            while (isThereMore && count < READ_PER_PASS && readIndex - oldestIndex < config.capacity())
            {
                isThereMore = source.follower.next(limit);
                if (isThereMore)
                {
                    take(source);
                    count++;
                }
            }
            if (meter != null)
            {
                meter.onRead(count - countBefore, source.follower.position() - positionBefore);
                meter.onPlaces(readIndex - oldestIndex >= config.capacity());
            }
            progress.inFlight(readIndex - oldestIndex);
            progress.position(source.journal.number(), source.follower.position(), limit);
            // Behind the last complete group there may be frames of one that was not complete.
            isAtEnd &= !isThereMore && source.follower.readPosition() >= source.endPosition;
        }
        return count;
    }

    private void take(final Source source)
    {
        final JournalFollower follower = source.follower;
        final FeedShard shard = shards.get(follower.shard());
        final int place = (int)readIndex & mask;
        if (places[place] == null)
        {
            places[place] = new FeedEntry(this, config.keyCountMax());
        }
        final FeedEntry entry = places[place];
        entry.fill(follower);
        shard.read(follower.sequence());
        if (!config.filter().test(entry))
        {
            isOffsetDue = true;
            progress.skipped();
            return;
        }
        if (history != null)
        {
            history.note(entry);
        }
        if (shard.isDone(follower.sequence()))
        {
            return;
        }
        readIndex++;
        progress.read();
        if (config.ordering() == FeedOrdering.BY_KEY)
        {
            config.keys().collect(entry, entry::addKey);
        }
        if (order.enter(entry))
        {
            addReady(entry, ready);
        }
    }

    /** Give the workers what is ready, to those first that have least to do. */
    private int handOver()
    {
        int count = 0;
        while (readyCount() > 0 && !isWaitingForMore())
        {
            final FeedWorker worker = leastBusy();
            final long room = depth - worker.busyCount();
            if (room <= 0)
            {
                break;
            }
            final int share = Math.max(1, readyCount() / workers.length);
            collectBatch((int)Math.min(room, Math.min(config.batchCountMax(), share)));
            for (int i = 0; i < batch.size(); i++)
            {
                batch.get(i).isLastOfBatch = i == batch.size() - 1;
                worker.hand(batch.get(i));
            }
            progress.underWay(batch.size());
            if (meter != null)
            {
                meter.onHanded(batch.size());
            }
            count += batch.size();
            worker.wake();
        }
        return count;
    }

    private boolean isWaitingForMore()
    {
        return config.batchWaitNs() > 0 && readyCount() < config.batchCountMax() && !isAtEnd &&
            System.nanoTime() - readySinceNs < config.batchWaitNs();
    }

    private FeedWorker leastBusy()
    {
        FeedWorker least = workers[0];
        long leastCount = least.busyCount();
        for (int i = 1; i < workers.length && leastCount > 0; i++)
        {
            final long count = workers[i].busyCount();
            if (count < leastCount)
            {
                least = workers[i];
                leastCount = count;
            }
        }
        return least;
    }

    private void collectBatch(final int countMax)
    {
        batch.clear();
        while (batch.size() < countMax && readyCount() > 0)
        {
            final FeedEntry entry = released.isEmpty() ? ready.poll() : released.poll();
            if (order.isStopped(entry))
            {
                leaveOpen(entry);
            }
            else
            {
                batch.add(entry);
            }
        }
        readySinceNs = System.nanoTime();
    }

    /** Whether all that was given to workers is over; then the last offset is stored, and the feed has ended. */
    private int endIfIdle(final boolean isGoingOn) throws Exception
    {
        if (progress.underWay() > 0 || isGoingOn && (readIndex > oldestIndex || isPaused))
        {
            return 0;
        }
        if (isOffsetDue)
        {
            storeOffset();
        }
        isEnded = true;
        return 1;
    }

    private int storeOffsetIfDue() throws Exception
    {
        if (!isOffsetDue || isEnded || System.nanoTime() - lastOffsetNs < config.offsetIntervalNs())
        {
            return 0;
        }
        storeOffset();
        return 1;
    }

    private void storeOffset() throws Exception
    {
        final FeedOffset offset = offset();
        // What is done by the offset was handled before this.
        config.handler().force();
        if (deadLetters != null)
        {
            deadLetters.force();
        }
        config.offsetStore().store(offset);
        isOffsetDue = false;
        lastOffsetNs = System.nanoTime();
        progress.offsetStored();
    }

    private FeedOffset offset()
    {
        shards.values().forEach(FeedShard::beginOffset);
        for (long index = oldestIndex; index < readIndex; index++)
        {
            final FeedEntry entry = places[(int)index & mask];
            shards.get(entry.shard()).addToOffset(entry);
        }
        return FeedShard.offsetOf(shards.values(), source -> position(source));
    }

    private long position(final int journal)
    {
        for (final Source source : sources)
        {
            if (source.journal.number() == journal)
            {
                return source.follower.position();
            }
        }
        throw new IllegalStateException("no such journal: journal=" + journal);
    }

    private long startOf(final Source source)
    {
        long position = Long.MAX_VALUE;
        for (final int shard : source.journal.shards())
        {
            position = Math.min(position, shards.get(shard).startPosition());
        }
        return position;
    }
}
