package io.seriatim.engine;

import io.seriatim.journal.SnapshotWriter;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes the snapshots that the read model of one journal hands over. One counts once the watermark of the journal has
 * reached it: what is not forced may still be lost, and must not be in a read model.
 * <p>
 * A snapshot that fails is given up with a warning; the next one is tried with the shards' next.
 * <p>
 * Threads: confined to one.
 */
final class QuerySnapshotAgent implements Agent
{
    private static final System.Logger LOGGER = System.getLogger(QuerySnapshotAgent.class.getName());
    private static final int SLICES_PER_PASS = SnapshotExchange.SLICE_COUNT;

    private final String name;
    private final QuerySnapshots snapshots;
    private final LongSupplier watermarkPosition;
    private final int retainedCount;

    private SnapshotExchange.Start start;
    private SnapshotWriter writer;
    private boolean isComplete;
    private boolean isEnded;
    private Exception failure;

    /**
     * An agent that waits for a beginning.
     *
     * @param journal           number of the journal.
     * @param snapshots         what the read model hands over.
     * @param watermarkPosition of the journal, as it was stored last.
     * @param retainedCount     how many snapshots are kept, above zero.
     */
    QuerySnapshotAgent(
        final int journal,
        final QuerySnapshots snapshots,
        final LongSupplier watermarkPosition,
        final int retainedCount)
    {
        name = "seriatim-read-model-snapshots-" + journal;
        this.snapshots = snapshots;
        this.watermarkPosition = watermarkPosition;
        this.retainedCount = retainedCount;
    }

    @Override
    public String roleName()
    {
        return name;
    }

    @Override
    public int doWork()
    {
        if (start == null)
        {
            start = snapshots.exchange().start();
            if (start == null)
            {
                return 0;
            }
            begin();
        }
        final int workCount = takeSlices();
        return isComplete ? workCount + finish() : workCount;
    }

    @Override
    public void onClose()
    {
        CloseHelper.close(writer);
        writer = null;
    }

    private void begin()
    {
        isComplete = false;
        isEnded = false;
        failure = null;
        try
        {
            snapshots.snapshotFiles().ensureDirectory();
            writer = new SnapshotWriter(
                snapshots.snapshotFiles().file(start.position()), snapshots.headerAt(start.position()));
        }
        catch (final IOException | RuntimeException ex)
        {
            failure = ex;
        }
    }

    /** Slices come until the read model has handed over the last one, also when they are not written any more. */
    private int takeSlices()
    {
        // Before the slices: those that were handed over before it gave up are taken in this pass.
        final String givenUp = snapshots.givenUp();
        int count = 0;
        SnapshotExchange.Slice slice = isComplete ? null : snapshots.exchange().takeFull();
        while (slice != null)
        {
            write(slice);
            isComplete = slice.isLast;
            snapshots.exchange().giveBack(slice);
            count++;
            slice = isComplete || count == SLICES_PER_PASS ? null : snapshots.exchange().takeFull();
        }
        if (!isComplete && !givenUp.isEmpty())
        {
            isComplete = true;
            failure = new IllegalStateException(givenUp);
        }
        return count;
    }

    private void write(final SnapshotExchange.Slice slice)
    {
        if (failure == null)
        {
            try
            {
                writer.write(QuerySnapshots.SLICE, slice.buffer, 0, slice.length);
            }
            catch (final IOException | RuntimeException ex)
            {
                failure = ex;
            }
        }
    }

    /** End the file, and let it count when the journal is known to be forced up to it. */
    private int finish()
    {
        try
        {
            if (failure == null && !isEnded)
            {
                writer.end(new byte[SnapshotWriter.DIGEST_LENGTH]);
                isEnded = true;
            }
            if (failure == null && watermarkPosition.getAsLong() < start.position())
            {
                return 0;
            }
            if (failure == null)
            {
                writer.publish();
                writer.forceDirectory();
                snapshots.snapshotFiles().retain(retainedCount);
            }
        }
        catch (final IOException | RuntimeException ex)
        {
            failure = ex;
        }
        if (failure != null)
        {
            LOGGER.log(System.Logger.Level.WARNING, name + ": a snapshot was given up: " + failure.getMessage() +
                "; older ones stay, and queries are answered as before", failure);
        }
        onClose();
        start = null;
        snapshots.exchange().end(new SnapshotExchange.Result(0, List.of(), failure));
        return 1;
    }
}
