package io.seriatim.replay;

import io.seriatim.engine.QuerySnapshots;
import org.agrona.MutableDirectBuffer;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/**
 * Takes snapshots of the read models of one journal, on their thread and between entries and answers: all of them at
 * the position at which the shards take theirs, then slice by slice.
 * <p>
 * Threads: confined to that of the read models.
 */
final class ModelSnapshots implements AutoCloseable
{
    private static final int SLICES_PER_PASS = 8;

    private final QuerySnapshots snapshots;
    private final JournalFollower follower;
    private final Collection<ShardModel> shards;
    private final Deque<ModelCopy> copies = new ArrayDeque<>();
    private long wantedPosition = QuerySnapshots.NO_POSITION;
    private long lastPosition = QuerySnapshots.NO_POSITION;

    /**
     * None is taken yet.
     *
     * @param snapshots where they go to.
     * @param follower  of the journal.
     * @param shards    of the journal.
     */
    ModelSnapshots(
        final QuerySnapshots snapshots, final JournalFollower follower, final Collection<ShardModel> shards)
    {
        this.snapshots = snapshots;
        this.follower = follower;
        this.shards = shards;
    }

    /**
     * How far the journal may be followed in this pass: a snapshot is taken at exactly its position. Where one is
     * wanted is known before anything behind it is committed, so whoever has read the committed position first comes
     * in time; one that is behind by a whole snapshot, or still writes the one before, leaves it out.
     *
     * @param committedPosition of the journal, read before.
     * @return the committed position, or one before it.
     */
    long limit(final long committedPosition)
    {
        final long wanted = snapshots.wantedPosition();
        if (wanted != QuerySnapshots.NO_POSITION && wanted != lastPosition && copies.isEmpty() &&
            wanted >= follower.readPosition())
        {
            wantedPosition = wanted;
            lastPosition = wanted;
        }
        return wantedPosition == QuerySnapshots.NO_POSITION ? committedPosition :
            Math.min(committedPosition, wantedPosition);
    }

    /**
     * Everything up to the limit is applied, or a pass is over: begin what is wanted here, and copy some slices.
     *
     * @return how much was done; 0 if nothing.
     */
    int doWork()
    {
        if (wantedPosition != QuerySnapshots.NO_POSITION && follower.position() == wantedPosition)
        {
            begin();
        }
        int count = 0;
        while (count < SLICES_PER_PASS && !copies.isEmpty() && copySlice())
        {
            count++;
        }
        return count;
    }

    /** Give up the one that is being taken, if there is one. */
    void giveUp(final String reason)
    {
        if (!copies.isEmpty())
        {
            snapshots.giveUp(reason);
            copies.forEach(ModelCopy::end);
            copies.clear();
        }
    }

    /** Whether one is being taken. */
    boolean isActive()
    {
        return !copies.isEmpty();
    }

    @Override
    public void close()
    {
        giveUp("the read model has ended");
    }

    private void begin()
    {
        if (snapshots.begin(wantedPosition))
        {
            shards.forEach(shard -> copies.add(new ModelCopy(shard.parts(), follower.crc(shard.parts().shard()))));
        }
        wantedPosition = QuerySnapshots.NO_POSITION;
    }

    private boolean copySlice()
    {
        final MutableDirectBuffer buffer = snapshots.takeFree();
        if (buffer == null)
        {
            return false;
        }
        final ModelCopy copy = copies.element();
        final int length = copy.copy(buffer, QuerySnapshots.SLICE_LENGTH);
        if (copy.isComplete())
        {
            copy.end();
            copies.remove();
        }
        snapshots.handOver(length, copies.isEmpty());
        return true;
    }
}
