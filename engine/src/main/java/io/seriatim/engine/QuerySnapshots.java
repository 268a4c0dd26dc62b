package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.SnapshotBlockHandler;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;
import org.agrona.MutableDirectBuffer;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * Where a read model leaves snapshots of itself, and finds them at the next launch. It takes one whenever the shards of
 * its journal do, at the same position, and hands it over slice by slice; {@link QuerySnapshotAgent} writes it, and
 * lets it count once the journal is known to be forced up to there. What a snapshot holds is the read model's business.
 * A snapshot that is missing, or can not be used, costs the time to follow the journal again, and nothing else.
 * <p>
 * Threads: the methods are the read model's, on one thread.
 */
public final class QuerySnapshots
{
    /** No position. */
    public static final long NO_POSITION = -1;

    /** Length of a slice in bytes. */
    public static final int SLICE_LENGTH = SnapshotExchange.SLICE_LENGTH;

    /** Type of the blocks in the file. */
    static final int SLICE = 1;

    /** There are none where nothing lasts. */
    static final QuerySnapshots NONE = new QuerySnapshots(new SnapshotExchange(), null, new UUID(0, 0), 0);

    private final SnapshotExchange shards;
    private final QuerySnapshotFiles files;
    private final UUID logUuid;
    private final int journal;
    private final SnapshotExchange exchange = new SnapshotExchange();
    private volatile String givenUp = "";
    private SnapshotExchange.Slice slice;

    /**
     * None is taken.
     *
     * @param shards  exchange of the shards' snapshots, which say where one is wanted.
     * @param files   of the journal; null if there are none.
     * @param logUuid of the log.
     * @param journal number of the journal.
     */
    QuerySnapshots(
        final SnapshotExchange shards, final QuerySnapshotFiles files, final UUID logUuid, final int journal)
    {
        this.shards = shards;
        this.files = files;
        this.logUuid = logUuid;
        this.journal = journal;
    }

    /**
     * The snapshots that there are.
     *
     * @return their files, the newest first.
     */
    public List<Path> files()
    {
        return files == null ? List.of() : List.copyOf(files.byPosition().descendingMap().values());
    }

    /**
     * Read a snapshot.
     *
     * @param file    of {@link #files()}.
     * @param handler of the slices, each a block.
     * @return the position that it was taken at.
     * @throws JournalException if it is damaged, or of something else; slices before that have been handed out.
     */
    public long read(final Path file, final SnapshotBlockHandler handler)
    {
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            final SnapshotHeader header = reader.header();
            if (header.kind() != SnapshotHeader.Kind.READ_MODEL || header.shard() != journal ||
                !header.logUuid().equals(logUuid) || !file.equals(files.file(header.position())))
            {
                throw new JournalException(
                    "a snapshot is of another journal, log or place: found " + header + "; expected journal=" +
                    journal + ", logUuid=" + logUuid + ", file=" + file);
            }
            reader.read(handler);
            return header.position();
        }
    }

    /**
     * Where the shards are taking a snapshot. It is said before anything behind that position is committed.
     *
     * @return a position of the journal, end of a group of every shard; or {@link #NO_POSITION}.
     */
    public long wantedPosition()
    {
        final SnapshotExchange.Start start = shards.start();
        return start == null ? NO_POSITION : start.position();
    }

    /**
     * Begin one.
     *
     * @param position that was wanted.
     * @return false if the one before is still being written.
     */
    public boolean begin(final long position)
    {
        if (files == null || !exchange.isIdle())
        {
            return false;
        }
        givenUp = "";
        exchange.begin(new SnapshotExchange.Start(
            position, new long[0], new int[0], new SnapshotExchange.WaitingRoot[0], 0, System.nanoTime()));
        return true;
    }

    /**
     * A buffer to fill, which is handed over next.
     *
     * @return the buffer, of {@link #SLICE_LENGTH} bytes; or null if none is free.
     */
    public MutableDirectBuffer takeFree()
    {
        slice = exchange.takeFree();
        return slice == null ? null : slice.buffer;
    }

    /**
     * Hand over the buffer that was taken.
     *
     * @param length of what it holds, in bytes, above zero.
     * @param isLast whether the snapshot is complete.
     */
    public void handOver(final int length, final boolean isLast)
    {
        slice.length = length;
        slice.isLast = isLast;
        exchange.handOver(slice);
    }

    /**
     * There will be no more slices of the one that was begun.
     *
     * @param reason for the log.
     */
    public void giveUp(final String reason)
    {
        givenUp = reason;
    }

    // The agent that writes.

    SnapshotExchange exchange()
    {
        return exchange;
    }

    /** Why there will be no more slices; empty while there will be. */
    String givenUp()
    {
        return givenUp;
    }

    SnapshotHeader headerAt(final long position)
    {
        return new SnapshotHeader(SnapshotHeader.Kind.READ_MODEL, logUuid, journal, 0, position, 0, 0);
    }

    QuerySnapshotFiles snapshotFiles()
    {
        return files;
    }
}
