package io.seriatim.replay;

import io.seriatim.engine.CounterTable;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * How a feed hands out entries. Every setter returns the configuration.
 * <p>
 * Threads: confined to the one that opens the feed.
 */
public final class FeedConfig
{
    private static final int WORKER_COUNT_MAX = 4096;
    private static final int CAPACITY_MAX = 1 << 20;
    private static final int KEY_COUNT_MAX = 64;

    private String name = "feed";
    private FeedOrdering ordering = FeedOrdering.TOTAL;
    private FeedKeys keys = FeedKeys.ACCOUNTS;
    private FeedHandler handler;
    private Predicate<FeedEntry> filter = entry -> true;
    private int workerCount = 1;
    private int capacity = 8192;
    private int keyCountMax = 4;
    private int batchCountMax = 1;
    private long batchWaitNs;
    private FeedRetry retry = FeedRetry.DEFAULT;
    private FeedFailure failure = FeedFailure.STOP;
    private Path deadLetterFile;
    private FeedOffsetStore offsetStore = FeedOffsetStore.NONE;
    private FeedOffset offset = FeedOffset.BEGINNING;
    private long offsetIntervalNs = 100_000_000L;
    private int leftOpenMax = 1_000_000;
    private boolean isHistoryKept;
    private long closeTimeoutNs = 30_000_000_000L;
    private boolean isBounded;
    private boolean isStepped;
    private CounterTable counters;

    /**
     * Sets what it is called in names of threads and messages.
     *
     * @param name a-z, 0-9 and -, at most 40 characters.
     * @return this.
     */
    public FeedConfig name(final String name)
    {
        this.name = name;
        return this;
    }

    /**
     * What it is called in names of threads and messages.
     *
     * @return as set, or the default.
     */
    public String name()
    {
        return name;
    }

    /**
     * Sets in which order entries are handed out.
     *
     * @param ordering not null.
     * @return this.
     */
    public FeedConfig ordering(final FeedOrdering ordering)
    {
        this.ordering = ordering;
        return this;
    }

    /**
     * In which order entries are handed out.
     *
     * @return as set, or the default.
     */
    public FeedOrdering ordering()
    {
        return ordering;
    }

    /**
     * Sets what entries must have in common to be in order, under {@link FeedOrdering#BY_KEY}.
     *
     * @param keys not null.
     * @return this.
     */
    public FeedConfig keys(final FeedKeys keys)
    {
        this.keys = keys;
        return this;
    }

    /**
     * What entries must have in common to be in order, under {@link FeedOrdering#BY_KEY}.
     *
     * @return as set, or the default.
     */
    public FeedKeys keys()
    {
        return keys;
    }

    /**
     * Sets what is done with each entry.
     *
     * @param handler not null.
     * @return this.
     */
    public FeedConfig handler(final FeedHandler handler)
    {
        this.handler = handler;
        return this;
    }

    /**
     * What is done with each entry.
     *
     * @return as set, or the default.
     */
    public FeedHandler handler()
    {
        return handler;
    }

    /**
     * Sets which entries are handed out; the others count as done.
     *
     * @param filter not null.
     * @return this.
     */
    public FeedConfig filter(final Predicate<FeedEntry> filter)
    {
        this.filter = filter;
        return this;
    }

    /**
     * Which entries are handed out; the others count as done.
     *
     * @return as set, or the default.
     */
    public Predicate<FeedEntry> filter()
    {
        return filter;
    }

    /**
     * Sets how many handlers run at once; 1 under {@link FeedOrdering#TOTAL}.
     *
     * @param workerCount from 1 to 4096.
     * @return this.
     */
    public FeedConfig workerCount(final int workerCount)
    {
        this.workerCount = workerCount;
        return this;
    }

    /**
     * How many handlers run at once; 1 under {@link FeedOrdering#TOTAL}.
     *
     * @return as set, or the default.
     */
    public int workerCount()
    {
        return workerCount;
    }

    /**
     * Sets how many entries may be in flight: read and not done; a slow one holds the others up only this far.
     *
     * @param capacity from 2 to 1048576.
     * @return this.
     */
    public FeedConfig capacity(final int capacity)
    {
        this.capacity = capacity;
        return this;
    }

    /**
     * How many entries may be in flight: read and not done; a slow one holds the others up only this far.
     *
     * @return as set, or the default.
     */
    public int capacity()
    {
        return capacity;
    }

    /**
     * Sets how many keys an entry may have.
     *
     * @param keyCountMax from 1 to 64.
     * @return this.
     */
    public FeedConfig keyCountMax(final int keyCountMax)
    {
        this.keyCountMax = keyCountMax;
        return this;
    }

    /**
     * How many keys an entry may have.
     *
     * @return as set, or the default.
     */
    public int keyCountMax()
    {
        return keyCountMax;
    }

    /**
     * Sets how many entries are handed over to a worker together; more for handlers that flush at the end of a batch.
     *
     * @param batchCountMax from 1 to the capacity.
     * @return this.
     */
    public FeedConfig batchCountMax(final int batchCountMax)
    {
        this.batchCountMax = batchCountMax;
        return this;
    }

    /**
     * How many entries are handed over to a worker together; more for handlers that flush at the end of a batch.
     *
     * @return as set, or the default.
     */
    public int batchCountMax()
    {
        return batchCountMax;
    }

    /**
     * Sets how long entries wait for others to be handed over with, in nanoseconds.
     *
     * @param batchWaitNs zero or above.
     * @return this.
     */
    public FeedConfig batchWaitNs(final long batchWaitNs)
    {
        this.batchWaitNs = batchWaitNs;
        return this;
    }

    /**
     * How long entries wait for others to be handed over with, in nanoseconds.
     *
     * @return as set, or the default.
     */
    public long batchWaitNs()
    {
        return batchWaitNs;
    }

    /**
     * Sets how often an entry that fails is tried again.
     *
     * @param retry not null.
     * @return this.
     */
    public FeedConfig retry(final FeedRetry retry)
    {
        this.retry = retry;
        return this;
    }

    /**
     * How often an entry that fails is tried again.
     *
     * @return as set, or the default.
     */
    public FeedRetry retry()
    {
        return retry;
    }

    /**
     * Sets what is done with an entry that has failed as often as it is tried.
     *
     * @param failure not null.
     * @return this.
     */
    public FeedConfig failure(final FeedFailure failure)
    {
        this.failure = failure;
        return this;
    }

    /**
     * What is done with an entry that has failed as often as it is tried.
     *
     * @return as set, or the default.
     */
    public FeedFailure failure()
    {
        return failure;
    }

    /**
     * Sets where entries go that have failed for good, under {@link FeedFailure#DEAD_LETTER}.
     *
     * @param deadLetterFile not null then.
     * @return this.
     */
    public FeedConfig deadLetterFile(final Path deadLetterFile)
    {
        this.deadLetterFile = deadLetterFile;
        return this;
    }

    /**
     * Where entries go that have failed for good, under {@link FeedFailure#DEAD_LETTER}.
     *
     * @return as set, or the default.
     */
    public Path deadLetterFile()
    {
        return deadLetterFile;
    }

    /**
     * Sets where the offset is kept; with none each feed begins anew.
     *
     * @param offsetStore not null.
     * @return this.
     */
    public FeedConfig offsetStore(final FeedOffsetStore offsetStore)
    {
        this.offsetStore = offsetStore;
        return this;
    }

    /**
     * Where the offset is kept; with none each feed begins anew.
     *
     * @return as set, or the default.
     */
    public FeedOffsetStore offsetStore()
    {
        return offsetStore;
    }

    /**
     * Sets where to begin if the store holds no offset yet.
     *
     * @param offset not null.
     * @return this.
     */
    public FeedConfig offset(final FeedOffset offset)
    {
        this.offset = offset;
        return this;
    }

    /**
     * Where to begin if the store holds no offset yet.
     *
     * @return as set, or the default.
     */
    public FeedOffset offset()
    {
        return offset;
    }

    /**
     * Sets how often the offset is stored, in nanoseconds.
     *
     * @param offsetIntervalNs zero or above.
     * @return this.
     */
    public FeedConfig offsetIntervalNs(final long offsetIntervalNs)
    {
        this.offsetIntervalNs = offsetIntervalNs;
        return this;
    }

    /**
     * How often the offset is stored, in nanoseconds.
     *
     * @return as set, or the default.
     */
    public long offsetIntervalNs()
    {
        return offsetIntervalNs;
    }

    /**
     * Sets how many entries may be left open under {@link FeedFailure#STOP_KEY} before the feed stops.
     *
     * @param leftOpenMax zero or above.
     * @return this.
     */
    public FeedConfig leftOpenMax(final int leftOpenMax)
    {
        this.leftOpenMax = leftOpenMax;
        return this;
    }

    /**
     * How many entries may be left open under {@link FeedFailure#STOP_KEY} before the feed stops.
     *
     * @return as set, or the default.
     */
    public int leftOpenMax()
    {
        return leftOpenMax;
    }

    /**
     * Sets whether each entry names the one before it of each of its accounts; a feed that goes on from an offset
     * reads the journal before it once for that.
     *
     * @param isHistoryKept any.
     * @return this.
     */
    public FeedConfig isHistoryKept(final boolean isHistoryKept)
    {
        this.isHistoryKept = isHistoryKept;
        return this;
    }

    /**
     * Whether each entry names the one before it of each of its accounts; a feed that goes on from an offset reads the
     * journal before it once for that.
     *
     * @return true if so.
     */
    public boolean isHistoryKept()
    {
        return isHistoryKept;
    }

    /**
     * Sets how long a close waits for what is under way, in nanoseconds.
     *
     * @param closeTimeoutNs zero or above.
     * @return this.
     */
    public FeedConfig closeTimeoutNs(final long closeTimeoutNs)
    {
        this.closeTimeoutNs = closeTimeoutNs;
        return this;
    }

    /**
     * How long a close waits for what is under way, in nanoseconds.
     *
     * @return as set, or the default.
     */
    public long closeTimeoutNs()
    {
        return closeTimeoutNs;
    }

    /**
     * Sets whether the feed ends when it has come to what was committed when it began.
     *
     * @param isBounded any.
     * @return this.
     */
    public FeedConfig isBounded(final boolean isBounded)
    {
        this.isBounded = isBounded;
        return this;
    }

    /**
     * Whether the feed ends when it has come to what was committed when it began.
     *
     * @return true if so.
     */
    public boolean isBounded()
    {
        return isBounded;
    }

    /**
     * Sets whether it has no threads: whoever owns it calls {@link JournalFeed#doWork}.
     *
     * @param isStepped any.
     * @return this.
     */
    public FeedConfig isStepped(final boolean isStepped)
    {
        this.isStepped = isStepped;
        return this;
    }

    /**
     * Whether it has no threads: whoever owns it calls {@link JournalFeed#doWork}.
     *
     * @return true if so.
     */
    public boolean isStepped()
    {
        return isStepped;
    }

    /**
     * Sets where it counts what it does: with those of the engine ({@code LedgerEngine.counters()}), or in a table of
     * its own. Without one it does not count.
     *
     * @param counters with room for a stage; null for none.
     * @return this.
     */
    public FeedConfig counters(final CounterTable counters)
    {
        this.counters = counters;
        return this;
    }

    /**
     * Where it counts what it does.
     *
     * @return a table; null if it does not count.
     */
    public CounterTable counters()
    {
        return counters;
    }

    /** Check that everything fits together. */
    void validate()
    {
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(ordering, "ordering");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(offset, "offset");
        Objects.requireNonNull(offsetStore, "offsetStore");
        if (!name.matches("[a-z0-9-]{1,40}"))
        {
            throw new IllegalArgumentException(
                "FeedConfig.name consists of a-z, 0-9 and -, at most 40 characters: name=" + name);
        }
        final int workerCountMax = ordering == FeedOrdering.TOTAL ? 1 : WORKER_COUNT_MAX;
        requireRange("workerCount", workerCount, 1, workerCountMax);
        requireRange("capacity", capacity, 2, CAPACITY_MAX);
        requireRange("keyCountMax", keyCountMax, 1, KEY_COUNT_MAX);
        requireRange("batchCountMax", batchCountMax, 1, capacity);
        requireRange("batchWaitNs", batchWaitNs, 0, Long.MAX_VALUE);
        requireRange("offsetIntervalNs", offsetIntervalNs, 0, Long.MAX_VALUE);
        requireRange("closeTimeoutNs", closeTimeoutNs, 0, Long.MAX_VALUE);
        requireRange("leftOpenMax", leftOpenMax, 0, Integer.MAX_VALUE);
        if (failure == FeedFailure.DEAD_LETTER && deadLetterFile == null)
        {
            throw new IllegalArgumentException("FeedConfig.failure is DEAD_LETTER, but there is no deadLetterFile");
        }
        if (failure == FeedFailure.STOP_KEY && ordering != FeedOrdering.BY_KEY)
        {
            throw new IllegalArgumentException(
                "FeedConfig.failure is STOP_KEY, which needs keys: ordering=" + ordering);
        }
    }

    private static void requireRange(final String what, final long value, final long min, final long max)
    {
        if (value < min || value > max)
        {
            throw new IllegalArgumentException(
                "FeedConfig." + what + " is out of range: " + what + "=" + value + ", allowed=" + min + " to " + max);
        }
    }
}
