package io.seriatim.engine;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.Entries;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalReader;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotWriter;
import io.seriatim.ledger.ImageDigest;
import io.seriatim.ledger.IndexRunBuilder;
import io.seriatim.ledger.IndexTotals;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
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

    /** Where the runs of a shard's index end that are there, and what they come to. */
    record Base(long position, IndexTotals totals, boolean hasMark, long markSequence, long markPosition)
    {
        /** The start of the journal. */
        static final Base START = new Base(0, IndexTotals.NONE, false, 0, 0);
    }

    private final int journal;
    private final UUID logUuid;
    private final List<Genesis> geneses;
    private final List<ShardSnapshots> files;
    private final SnapshotExchange exchange;
    private final LongSupplier committedPosition;
    private final Supplier<JournalReader> readers;
    private final WatermarkStore watermark;
    private final int retainedCount;
    private final List<Base> bases;
    private final FrameHeaderDecoder header = new FrameHeaderDecoder();
    private final UnsafeBuffer genesisBytes = new UnsafeBuffer(0, 0);

    private SnapshotExchange.Start start;
    private List<ShardWriting> writings = List.of();
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
        final List<Base> bases)
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
        logUuid = geneses.get(0).logUuid();
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
        readPosition = bases.get(0).position();
        writings = new ArrayList<>();
        try
        {
            for (int i = 0; i < geneses.size(); i++)
            {
                writings.add(new ShardWriting(i));
            }
        }
        catch (final IOException | RuntimeException ex)
        {
            failure = ex;
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
        catch (final IOException | RuntimeException ex)
        {
            failure = ex;
        }
    }

    /** Make the runs as far as the journal is committed; then end the files, and let them count. */
    private int finish()
    {
        if (committedPosition.getAsLong() < start.position())
        {
            return 0;
        }
        try
        {
            if (readPosition < start.position())
            {
                readFrames();
                return 1;
            }
            publish();
        }
        catch (final IOException | RuntimeException ex)
        {
            failure = ex;
        }
        return 1;
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
        for (final ShardWriting writing : writings)
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
        final List<SnapshotInfo> infos = new ArrayList<>();
        for (final ShardWriting writing : writings)
        {
            writing.publish();
        }
        for (int i = 0; i < writings.size(); i++)
        {
            bases.set(i, writings.get(i).base());
            files.get(i).retain(retainedCount);
            infos.add(writings.get(i).info());
        }
        letGo();
        exchange.end(new SnapshotExchange.Result(start.servedCount(), infos, null));
        start = null;
    }

    private int giveUp()
    {
        LOGGER.log(
            System.Logger.Level.WARNING, "a snapshot of journal " + journal + " was given up: " + failure.getMessage() +
            "; the shards go on, and older snapshots stay", failure);
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

    /** The two files of one shard in the making. */
    private final class ShardWriting implements AutoCloseable
    {
        private final int index;
        private final Base before;
        private final SnapshotWriter state;
        private final SnapshotWriter run;
        private final ImageDigest imageDigest = new ImageDigest();
        private final IndexRunBuilder builder;
        private final ExpandableArrayBuffer positions = new ExpandableArrayBuffer();
        private int positionsLength;
        private boolean hasMark;
        private long markSequence;
        private long markPosition;
        private IndexTotals totals;

        ShardWriting(final int index) throws IOException
        {
            this.index = index;
            before = bases.get(index);
            hasMark = before.hasMark();
            markSequence = before.markSequence();
            markPosition = before.markPosition();
            final ShardSnapshots own = files.get(index);
            own.ensureDirectory();
            final long nextSequence = start.nextSequences()[index];
            state = new SnapshotWriter(own.stateFile(start.position(), nextSequence), headerOf(
                SnapshotHeader.Kind.STATE, 0));
            run = start.position() == before.position() ? null : new SnapshotWriter(
                own.runFile(before.position(), start.position()),
                headerOf(SnapshotHeader.Kind.INDEX_RUN, before.position()));
            builder = new IndexRunBuilder(before.totals(), this::onChunkOfRun);
            final ExpandableArrayBuffer genesis = new ExpandableArrayBuffer();
            state.write(SnapshotBlocks.GENESIS, genesis, 0, geneses.get(index).encode(genesis, 0));
        }

        int shard()
        {
            return geneses.get(index).shard();
        }

        private SnapshotHeader headerOf(final SnapshotHeader.Kind kind, final long from)
        {
            return new SnapshotHeader(
                kind, logUuid, shard(), from, start.position(), start.nextSequences()[index],
                start.previousCrcs()[index]);
        }

        void onSlice(final DirectBuffer buffer, final int length) throws IOException
        {
            imageDigest.onChunk(buffer, 0, length);
            state.write(SnapshotBlocks.CHUNK, buffer, 0, length);
        }

        void onFrame(
            final long position,
            final long firstSequence,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final int entryCount)
        {
            if (!hasMark || EntryPositions.isDue(markSequence, markPosition, firstSequence, position))
            {
                hasMark = true;
                markSequence = firstSequence;
                markPosition = position;
                positions.putLong(positionsLength, firstSequence);
                positions.putLong(positionsLength + Long.BYTES, position);
                positionsLength += EntryPositions.ROW_LENGTH;
            }
            int entryOffset = offset + Frames.HEADER_LENGTH;
            for (int i = 0; i < entryCount; i++)
            {
                builder.onEntry(buffer, entryOffset);
                entryOffset += Entries.length(buffer, entryOffset, offset + length);
            }
        }

        private void onChunkOfRun(final DirectBuffer buffer, final int offset, final int length)
        {
            try
            {
                if (run != null)
                {
                    run.write(SnapshotBlocks.CHUNK, buffer, offset, length);
                }
            }
            catch (final IOException ex)
            {
                throw new JournalException("can not write a snapshot: file=" + run.file(), ex);
            }
        }

        void end() throws IOException
        {
            totals = builder.end();
            if (run != null)
            {
                for (int from = 0; from < positionsLength; from += SnapshotWriter.BLOCK_LENGTH_MAX)
                {
                    run.write(
                        SnapshotBlocks.POSITIONS, positions, from,
                        Math.min(SnapshotWriter.BLOCK_LENGTH_MAX, positionsLength - from));
                }
                run.end(new byte[SnapshotWriter.DIGEST_LENGTH]);
            }
            state.end(imageDigest.end(totals));
        }

        /** The run first: a state that is there has all that it needs. */
        void publish() throws IOException
        {
            if (run != null)
            {
                run.publish();
            }
            state.publish();
            state.forceDirectory();
        }

        Base base()
        {
            return new Base(start.position(), totals, hasMark, markSequence, markPosition);
        }

        SnapshotInfo info()
        {
            return new SnapshotInfo(
                shard(), start.nextSequences()[index] - 1, start.position(),
                state.length() + (run == null ? 0 : run.length()), System.nanoTime() - start.startNs(),
                exchange.longestSliceNs());
        }

        @Override
        public void close()
        {
            CloseHelper.closeAll(Arrays.asList(state, run));
        }
    }
}
