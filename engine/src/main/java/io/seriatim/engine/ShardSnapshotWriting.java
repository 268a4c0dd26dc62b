package io.seriatim.engine;

import io.seriatim.journal.Entries;
import io.seriatim.journal.Frames;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;
import io.seriatim.journal.SnapshotWriter;
import io.seriatim.ledger.ImageDigest;
import io.seriatim.ledger.IndexRunBuilder;
import io.seriatim.ledger.IndexTotals;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The two files of one shard's snapshot in the making: its state, and the run of its index from the one before on. The
 * run takes in older ones in front of it that are not longer, so that few runs lead to any snapshot, and every entry is
 * copied a few times only: once for each doubling.
 * <p>
 * Threads: confined to the one that writes snapshots.
 */
final class ShardSnapshotWriting implements AutoCloseable
{
    private static final int POSITIONS_LENGTH = 1_024 * EntryPositions.ROW_LENGTH;

    private final ShardSnapshots files;
    private final int shard;
    private final SnapshotBase before;
    private final SnapshotExchange.Start start;
    private final int index;
    private final Deque<ShardSnapshots.Run> joined = new ArrayDeque<>();
    private final ImageDigest imageDigest = new ImageDigest();
    private final IndexRunBuilder builder;
    private final UnsafeBuffer positions = new UnsafeBuffer(new byte[POSITIONS_LENGTH]);
    private SnapshotWriter state;
    private SnapshotWriter run;
    private SnapshotReader joinedReader;
    private int positionsLength;
    private boolean hasMark;
    private long markSequence;
    private long markPosition;
    private IndexTotals totals;

    /**
     * Begin the files.
     *
     * @param files   of the shard.
     * @param genesis of the shard.
     * @param before  what the runs that are there come to.
     * @param start   of the snapshot.
     * @param index   of the shard among those of the snapshot.
     * @throws IOException      if a file can not be made.
     * @throws JournalException if a run is missing that it goes on from.
     */
    ShardSnapshotWriting(
        final ShardSnapshots files,
        final Genesis genesis,
        final SnapshotBase before,
        final SnapshotExchange.Start start,
        final int index) throws IOException
    {
        this.files = files;
        this.before = before;
        this.start = start;
        this.index = index;
        shard = genesis.shard();
        hasMark = before.hasMark();
        markSequence = before.markSequence();
        markPosition = before.markPosition();
        builder = new IndexRunBuilder(before.totals(), this::onChunkOfRun);
        boolean isBegun = false;
        try
        {
            begin(genesis);
            isBegun = true;
        }
        finally
        {
            if (!isBegun)
            {
                close();
            }
        }
    }

    int shard()
    {
        return shard;
    }

    /** A slice of the state. */
    void onSlice(final DirectBuffer buffer, final int length) throws IOException
    {
        imageDigest.onChunk(buffer, 0, length);
        state.write(SnapshotBlocks.CHUNK, buffer, 0, length);
    }

    /**
     * Copy a block of the runs that are taken in.
     *
     * @return false if there are no more.
     * @throws JournalException     if such a run is damaged or missing.
     * @throws UncheckedIOException if it can not be written.
     */
    boolean copyJoined()
    {
        if (joinedReader == null)
        {
            final ShardSnapshots.Run next = joined.poll();
            if (next == null)
            {
                return false;
            }
            joinedReader = new SnapshotReader(files.runFile(next.from(), next.to()));
        }
        if (!joinedReader.readNext(this::writeToRun))
        {
            joinedReader.close();
            joinedReader = null;
        }
        return true;
    }

    /** A committed frame of the shard that has entries. */
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
            addMark(firstSequence, position);
        }
        int entryOffset = offset + Frames.HEADER_LENGTH;
        for (int i = 0; i < entryCount; i++)
        {
            builder.onEntry(buffer, entryOffset);
            entryOffset += Entries.length(buffer, entryOffset, offset + length);
        }
    }

    /** Everything has come: end the files and force them. */
    void end() throws IOException
    {
        totals = builder.end();
        flushMarks();
        if (run != null)
        {
            run.end(new byte[SnapshotWriter.DIGEST_LENGTH]);
        }
        if (start.waitingRoots()[index] != null)
        {
            final MutableDirectBuffer bytes = new UnsafeBuffer(new byte[WaitingRootBlock.LENGTH]);
            WaitingRootBlock.encode(start.waitingRoots()[index], bytes);
            state.write(SnapshotBlocks.STATE_ROOT, bytes, 0, WaitingRootBlock.LENGTH);
        }
        state.end(imageDigest.end(totals));
    }

    /** Give the files their names, the run first: a state that is there has all that it needs. */
    void publish() throws IOException
    {
        if (run != null)
        {
            run.publish();
        }
        state.publish();
        state.forceDirectory();
    }

    /** What the next run goes on from. */
    SnapshotBase base()
    {
        return new SnapshotBase(start.position(), totals, hasMark, markSequence, markPosition);
    }

    SnapshotInfo info(final long longestSliceNs)
    {
        return new SnapshotInfo(
            shard, start.nextSequences()[index] - 1, start.position(),
            state.length() + (run == null ? 0 : run.length()), System.nanoTime() - start.startNs(), longestSliceNs);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(Arrays.asList(state, run, joinedReader));
    }

    private void begin(final Genesis genesis) throws IOException
    {
        files.ensureDirectory();
        state = new SnapshotWriter(
            files.stateFile(start.position(), start.nextSequences()[index]),
            headerOf(genesis, SnapshotHeader.Kind.STATE, 0));
        if (start.position() > before.position())
        {
            final long from = joinRuns();
            run = new SnapshotWriter(
                files.runFile(from, start.position()), headerOf(genesis, SnapshotHeader.Kind.INDEX_RUN, from));
        }
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        state.write(SnapshotBlocks.GENESIS, bytes, 0, genesis.encode(bytes, 0));
    }

    /** As a binary counter carries; where the run begins is returned. */
    private long joinRuns()
    {
        final List<ShardSnapshots.Run> chain = files.runsTo(before.position());
        long from = before.position();
        for (int i = chain.size() - 1; i >= 0; i--)
        {
            final ShardSnapshots.Run older = chain.get(i);
            if (older.to() - older.from() > start.position() - from)
            {
                break;
            }
            joined.addFirst(older);
            from = older.from();
        }
        return from;
    }

    private SnapshotHeader headerOf(final Genesis genesis, final SnapshotHeader.Kind kind, final long from)
    {
        return new SnapshotHeader(
            kind, genesis.logUuid(), shard, from, start.position(), start.nextSequences()[index],
            start.previousCrcs()[index]);
    }

    private void addMark(final long firstSequence, final long position)
    {
        hasMark = true;
        markSequence = firstSequence;
        markPosition = position;
        positions.putLong(positionsLength, firstSequence);
        positions.putLong(positionsLength + Long.BYTES, position);
        positionsLength += EntryPositions.ROW_LENGTH;
        if (positionsLength == POSITIONS_LENGTH)
        {
            flushMarks();
        }
    }

    private void flushMarks()
    {
        if (positionsLength > 0)
        {
            writeToRun(SnapshotBlocks.POSITIONS, positions, 0, positionsLength);
            positionsLength = 0;
        }
    }

    private void onChunkOfRun(final DirectBuffer buffer, final int offset, final int length)
    {
        // Where nothing has come since the runs that are there, the totals are theirs.
        if (run != null)
        {
            writeToRun(SnapshotBlocks.CHUNK, buffer, offset, length);
        }
    }

    private void writeToRun(final int type, final DirectBuffer buffer, final int offset, final int length)
    {
        try
        {
            run.write(type, buffer, offset, length);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("can not write a snapshot: file=" + run.file(), ex);
        }
    }
}
