package io.seriatim.sealing;

import io.seriatim.journal.SegmentReader;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.Tile;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.List;

/**
 * The log of a shard as its books hold it: entries in the journal, the tree and the checkpoints beside it.
 */
public final class BooksLog implements SealedLog
{
    private final SignedCheckpoints checkpoints;
    private final SegmentReader reader;
    private final EntryCursor cursor;
    private final TreeReader tree;

    /**
     * The log of a shard.
     *
     * @param dataDirectory of an engine.
     * @param shard         number of the shard.
     */
    public BooksLog(final Path dataDirectory, final int shard)
    {
        checkpoints = new SignedCheckpoints(dataDirectory, shard);
        reader = Prover.openReader(dataDirectory, shard);
        cursor = new EntryCursor(reader, shard);
        tree = new TreeReader(dataDirectory, shard);
    }

    /** Go on from an entry, as the tree's files say where it lies. */
    void seek(final long sequence)
    {
        cursor.seek(tree.position(sequence), sequence);
    }

    @Override
    public List<SignedNote> checkpoints()
    {
        final List<SignedNote> all = checkpoints.all();
        if (all.isEmpty())
        {
            throw new SealingException("nothing was signed here: run `seal` first");
        }
        return all;
    }

    @Override
    public byte[] nextEntry()
    {
        cursor.next();
        return cursor.entry();
    }

    @Override
    public byte[] tile(final Tile tile)
    {
        return tree.read(tile);
    }

    @Override
    public String nameOf(final Tile tile)
    {
        return "file=level-" + tile.level() + ", hashes " + tile.index() * Tile.WIDTH + " to " +
            (tile.index() * Tile.WIDTH + tile.width() - 1);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(tree, reader);
    }
}
