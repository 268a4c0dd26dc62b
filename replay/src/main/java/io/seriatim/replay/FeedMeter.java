package io.seriatim.replay;

import io.seriatim.engine.CounterTable;
import io.seriatim.engine.LagTracker;
import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;

/**
 * Counts what a feed does: how long its entries take, how wide it works, and how far it is behind. How many entries
 * that is can only be told of those in flight; of what is not read yet it is the number of bytes over the mean length
 * of an entry so far.
 * <p>
 * Threads: the feed's.
 */
final class FeedMeter
{
    private static final long STANDING_INTERVAL_NS = 1_000_000;

    private final StageCounters stage;
    private final FeedConfig config;
    private final LagTracker lag = new LagTracker();
    private long entriesRead;
    private long bytesRead;
    private long doneCount;
    private long notedNs;
    private boolean isFull;

    /** How many orders there are shows once many entries are in flight; 0 until then, and where there are none. */
    private long scopeCount;

    FeedMeter(final CounterTable table, final FeedConfig config)
    {
        this.config = config;
        stage = table.newStage(
            config.ordering() == FeedOrdering.TOTAL ? StageKind.ORDERED_FEED : StageKind.PARALLEL_FEED, -1,
            "feed " + config.name());
        scopeCount = config.ordering() == FeedOrdering.TOTAL ? 1 : 0;
    }

    /** Entries were read, from so many bytes. */
    void onRead(final long entryCount, final long byteCount)
    {
        entriesRead += entryCount;
        bytesRead += byteCount;
    }

    /** Entries were handed to a worker. */
    void onHanded(final int entryCount)
    {
        stage.recordBatch(entryCount);
        stage.addItems(0, 1);
    }

    /** An entry is over, or has failed. */
    void onEnded(final FeedEntry entry)
    {
        final long spanNs = Math.max(0, entry.endedNs - entry.beganNs);
        stage.addBusyNs(spanNs);
        stage.addItems(1, 0);
        stage.recordLatency(spanNs, 1);
        doneCount++;
    }

    /** Whether there was a place for another entry. */
    void onPlaces(final boolean isFullNow)
    {
        if (isFullNow && !isFull)
        {
            stage.addBackPressure();
        }
        isFull = isFullNow;
    }

    /**
     * How the feed stands.
     *
     * @param nowNs      what {@link System#nanoTime()} says.
     * @param inFlight   entries that hold a place.
     * @param freeCount  those of them that no order keeps from their turn, or that have it.
     * @param lagBytes   committed and not read.
     */
    void note(final long nowNs, final long inFlight, final long freeCount, final long lagBytes)
    {
        if (nowNs - notedNs < STANDING_INTERVAL_NS)
        {
            return;
        }
        notedNs = nowNs;
        final long entryLength = entriesRead == 0 ? 1 : Math.max(1, bytesRead / entriesRead);
        final long lagCount = inFlight + lagBytes / entryLength;
        lag.note(nowNs, doneCount + lagCount);
        stage.standing(inFlight, lagCount, lagCount == 0 ? 0 : lag.sinceNs(doneCount));
        stage.sequence(doneCount);
        if (config.ordering() == FeedOrdering.BY_KEY && inFlight >= config.capacity() / 2)
        {
            scopeCount = Math.max(1, freeCount);
        }
        stage.width(config.capacity(), config.workerCount(), scopeCount);
    }
}
