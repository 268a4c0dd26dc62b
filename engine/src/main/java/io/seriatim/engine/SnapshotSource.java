package io.seriatim.engine;

import io.seriatim.ledger.StateCopy;

import java.util.concurrent.TimeUnit;

/**
 * Takes snapshots of the shards of one journal, on their thread and between their requests: all of them at one position
 * of the journal, then slice by slice, so that no request waits for more than a slice.
 * <p>
 * Cost: while none is taken a few comparisons a pass.<br>
 * Threads: confined to the shards' thread.
 */
final class SnapshotSource
{
    /** Another slice is begun in a pass only before that, so that a pass takes this and one slice at most. */
    private static final long SLICES_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final Shard[] shards;
    private final SnapshotExchange exchange;
    private final long entriesBetween;
    private final long intervalNs;
    private long lastEntryCount;
    private long lastTimeNs = System.nanoTime();
    private int copying;

    /**
     * Nothing is taken yet.
     *
     * @param shards         of the journal.
     * @param exchange       with the agent that writes.
     * @param entriesBetween how many entries lie between two snapshots; 0 = they are not counted.
     * @param intervalNs     how much time; 0 = it does not count.
     * @param entryCount     that the newest snapshot knows of, over all shards; 0 if there is none.
     */
    SnapshotSource(
        final Shard[] shards,
        final SnapshotExchange exchange,
        final long entriesBetween,
        final long intervalNs,
        final long entryCount)
    {
        this.shards = shards;
        this.exchange = exchange;
        this.entriesBetween = entriesBetween;
        this.intervalNs = intervalNs;
        lastEntryCount = entryCount;
        copying = shards.length;
        for (final Shard shard : shards)
        {
            // The first beginning makes the tables beside the rows: here nobody waits for it.
            shard.stateMachine().beginCopy().cancel();
        }
    }

    /**
     * At the end of a pass, when everything is appended: begin what is due, or copy some slices.
     *
     * @return how much was done; 0 if nothing.
     */
    int doWork()
    {
        if (copying < shards.length)
        {
            return copySlices();
        }
        if (exchange.isIdle() && shards[0].isAccepting() && isDue())
        {
            begin();
            return 1;
        }
        return 0;
    }

    private boolean isDue()
    {
        if (exchange.askedCount() > exchange.result().servedCount())
        {
            return true;
        }
        final long newCount = entriesBetween == 0 && intervalNs == 0 ? 0 : entryCount() - lastEntryCount;
        return newCount > 0 && (entriesBetween > 0 && newCount >= entriesBetween ||
            intervalNs > 0 && System.nanoTime() - lastTimeNs >= intervalNs);
    }

    private long entryCount()
    {
        long count = 0;
        for (final Shard shard : shards)
        {
            count += shard.stateMachine().nextSequence();
        }
        return count;
    }

    private void begin()
    {
        final long startNs = System.nanoTime();
        final long servedCount = exchange.askedCount();
        final long[] nextSequences = new long[shards.length];
        final int[] previousCrcs = new int[shards.length];
        final SnapshotExchange.WaitingRoot[] waitingRoots = new SnapshotExchange.WaitingRoot[shards.length];
        long position = 0;
        for (int i = 0; i < shards.length; i++)
        {
            shards[i].stateMachine().beginCopy();
            nextSequences[i] = shards[i].stateMachine().nextSequence();
            previousCrcs[i] = shards[i].previousCrc();
            waitingRoots[i] = waitingRoot(shards[i]);
            position = Math.max(position, shards[i].appendedPosition());
        }
        lastEntryCount = entryCount();
        lastTimeNs = startNs;
        copying = 0;
        exchange.begin(new SnapshotExchange.Start(
            position, nextSequences, previousCrcs, waitingRoots, servedCount, startNs));
        exchange.onSlice(System.nanoTime() - startNs);
    }

    private static SnapshotExchange.WaitingRoot waitingRoot(final Shard shard)
    {
        return shard.waitingRoot() == null ? null :
            new SnapshotExchange.WaitingRoot(shard.waitingRoot(), shard.stateRootWork().keyFingerprint());
    }

    private int copySlices()
    {
        final long startNs = System.nanoTime();
        long durationNs = 0;
        int count = 0;
        while (durationNs < SLICES_NS && copying < shards.length && copySlice())
        {
            count++;
            durationNs = System.nanoTime() - startNs;
        }
        if (count > 0)
        {
            exchange.onSlice(durationNs);
        }
        return count;
    }

    private boolean copySlice()
    {
        final SnapshotExchange.Slice slice = exchange.takeFree();
        if (slice == null)
        {
            return false;
        }
        final StateCopy copy = shards[copying].stateMachine().stateCopy();
        slice.shardIndex = copying;
        slice.length = copy.copy(slice.buffer, 0, SnapshotExchange.SLICE_LENGTH);
        slice.isLast = !copy.isActive();
        if (slice.isLast)
        {
            copying++;
        }
        exchange.handOver(slice);
        return true;
    }
}
