package io.seriatim.engine;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalReader;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Writes the snapshots of the shards of one journal, beside them: the slices of state that the shard thread hands over,
 * and the run of the index, which it makes from the journal's committed frames. A snapshot counts only once the journal
 * is forced up to it and its watermark says so; until then its files have other names.
 * <p>
 * A snapshot that fails is given up with a warning, and the shards go on; the next one is tried when it is due. A
 * journal that can not be forced stops the shards, as ever.
 * <p>
 * Threads: confined to one, which may be that of the shards.
 */
final class SnapshotAgent implements Agent
{
    private static final System.Logger LOGGER = System.getLogger(SnapshotAgent.class.getName());
    private static final int SLICES_PER_PASS = SnapshotExchange.SLICE_COUNT;
    private static final int READ_LENGTH = 512 * 1024;

    /** Stores how far the journal is forced. */
    @FunctionalInterface
    interface WatermarkStore
    {
        /**
         * Force the journal and store the watermark.
         *
         * @param position      end of a group, committed.
         * @param nextSequences of each shard behind it.
         */
        void store(long position, Map<Integer, Long> nextSequences);
    }

    private final int journal;
    private final List<Genesis> geneses;
    private final List<ShardSnapshots> files;
    private final SnapshotExchange exchange;
    private final LongSupplier committedPosition;
    private final Supplier<JournalReader> readers;
    private final WatermarkStore watermark;
    private final int retainedCount;
    private final List<SnapshotBase> bases;
    private final FrameHeaderDecoder header = new FrameHeaderDecoder();

    private SnapshotExchange.Start start;
    private List<ShardSnapshotWriting> writings = List.of();
    private JournalReader reader;
    private long readPosition;
    private int shardsToCopy;
    private Throwable failure;

    /**
     * An agent that waits for a beginning.
     *
     * @param journal           number of the journal.
     * @param geneses           of its shards, in the order of the shard agent.
     * @param files             of its shards.
     * @param exchange          with the shard thread.
     * @param committedPosition of the journal.
     * @param readers           opens a reader of its frames.
     * @param watermark         stores how far it is forced.
     * @param retainedCount     how many snapshots are kept, above zero.
     * @param bases             what the launch has found, for each shard.
     */
    SnapshotAgent(
        final int journal,
        final List<Genesis> geneses,
        final List<ShardSnapshots> files,
        final SnapshotExchange exchange,
        final LongSupplier committedPosition,
        final Supplier<JournalReader> readers,
        final WatermarkStore watermark,
        final int retainedCount,
        final List<SnapshotBase> bases)
    {
        this.journal = journal;
        this.geneses = geneses;
        this.files = files;
        this.exchange = exchange;
        this.committedPosition = committedPosition;
        this.readers = readers;
        this.watermark = watermark;
        this.retainedCount = retainedCount;
        this.bases = new ArrayList<>(bases);
    }

    @Override
    public String roleName()
    {
        return "seriatim-snapshots-" + journal;
    }

    @Override
    public int doWork()
    {
        if (start == null)
        {
            start = exchange.start();
            if (start == null)
            {
                return 0;
            }
            begin();
        }
        int workCount = takeSlices();
        if (shardsToCopy == 0)
        {
            workCount += failure == null ? finish() : giveUp();
        }
        return workCount;
    }

    @Override
    public void onClose()
    {
        letGo();
    }

    private void begin()
    {
        failure = null;
        shardsToCopy = geneses.size();
        writings = new ArrayList<>();
        try
        {
            requireBases();
            readPosition = bases.get(0).position();
            for (int i = 0; i < geneses.size(); i++)
            {
                writings.add(new ShardSnapshotWriting(files.get(i), geneses.get(i), bases.get(i), start, i));
            }
        }
        catch (final Throwable ex)
        {
            fail(ex);
        }
    }

    /** Files may be deleted at any time: without the runs that are gone the index is made from the start. */
    private void requireBases()
    {
        final long position = bases.get(0).position();
        if (!files.stream().allMatch(own -> own.hasRunsTo(position)))
        {
            Collections.fill(bases, SnapshotBase.START);
        }
    }

    /** Where something could not be read, runs may be damaged: the next snapshot makes its own. */
    private void fail(final Throwable cause)
    {
        failure = cause;
        if (cause instanceof JournalException)
        {
            Collections.fill(bases, SnapshotBase.START);
        }
    }

    /** Slices come until the copy of each shard is complete, also when they are not written any more. */
    private int takeSlices()
    {
        int count = 0;
        while (count < SLICES_PER_PASS && shardsToCopy > 0)
        {
            final SnapshotExchange.Slice slice = exchange.takeFull();
            if (slice == null)
            {
                break;
            }
            if (failure == null)
            {
                write(slice);
            }
            shardsToCopy -= slice.isLast ? 1 : 0;
            exchange.giveBack(slice);
            count++;
        }
        return count;
    }

    private void write(final SnapshotExchange.Slice slice)
    {
        try
        {
            writings.get(slice.shardIndex).onSlice(slice.buffer, slice.length);
        }
        catch (final Throwable ex)
        {
            fail(ex);
        }
    }

    /** Make the runs as far as the journal is committed; then end the files, and let them count. */
    private int finish()
    {
        if (committedPosition.getAsLong() < start.position() || !start.areRootsMade())
        {
            return 0;
        }
        try
        {
            if (!copyJoined())
            {
                if (readPosition < start.position())
                {
                    readFrames();
                }
                else
                {
                    publish();
                }
            }
        }
        catch (final Throwable ex)
        {
            fail(ex);
        }
        return 1;
    }

    private boolean copyJoined()
    {
        for (final ShardSnapshotWriting writing : writings)
        {
            if (writing.copyJoined())
            {
                return true;
            }
        }
        return false;
    }

    private void readFrames()
    {
        if (reader == null)
        {
            reader = readers.get();
        }
        readPosition = reader.read(
            readPosition, Math.min(start.position(), readPosition + READ_LENGTH), this::onFrame);
    }

    private void onFrame(final long position, final DirectBuffer buffer, final int offset, final int length)
    {
        header.wrap(
            buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH,
            FrameHeaderDecoder.BLOCK_LENGTH, FrameHeaderDecoder.SCHEMA_VERSION);
        final int entryCount = (int)header.entryCount();
        if (entryCount == 0)
        {
            return;
        }
        for (final ShardSnapshotWriting writing : writings)
        {
            if (writing.shard() == header.shard())
            {
                writing.onFrame(position, header.firstSequence(), buffer, offset, length, entryCount);
                return;
            }
        }
    }

    private void publish() throws IOException
    {
        final TreeMap<Integer, Long> nextSequences = new TreeMap<>();
        for (int i = 0; i < writings.size(); i++)
        {
            writings.get(i).end();
            nextSequences.put(geneses.get(i).shard(), start.nextSequences()[i]);
        }
        watermark.store(start.position(), nextSequences);
        for (final ShardSnapshotWriting writing : writings)
        {
            writing.publish();
        }
        final List<SnapshotInfo> infos = new ArrayList<>();
        for (int i = 0; i < writings.size(); i++)
        {
            bases.set(i, writings.get(i).base());
            infos.add(writings.get(i).info(exchange.longestSliceNs()));
        }
        deleteOlder();
        letGo();
        exchange.end(new SnapshotExchange.Result(start.servedCount(), infos, null));
        start = null;
    }

    /** Those that all shards have count; the rest is left of a snapshot that has failed. */
    private void deleteOlder()
    {
        try
        {
            final List<Long> retained =
                ShardSnapshots.commonPositions(files).descendingSet().stream().limit(retainedCount).toList();
            files.forEach(own -> own.retain(retained));
        }
        catch (final JournalException ex)
        {
            LOGGER.log(System.Logger.Level.WARNING, "old snapshots of journal " + journal + " are not deleted", ex);
        }
    }

    private int giveUp()
    {
        LOGGER.log(
            System.Logger.Level.WARNING, "a snapshot of journal " + journal + " was given up: " + failure.getMessage() +
            "; older ones stay, and the shards go on as long as their journal does", failure);
        letGo();
        exchange.end(new SnapshotExchange.Result(start.servedCount(), List.of(), failure));
        start = null;
        return 1;
    }

    private void letGo()
    {
        CloseHelper.closeAll(writings);
        writings = List.of();
        CloseHelper.close(reader);
        reader = null;
    }
}
