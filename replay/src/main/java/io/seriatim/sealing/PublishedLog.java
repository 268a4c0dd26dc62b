package io.seriatim.sealing;

import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.Tile;
import io.seriatim.merkle.TreeHasher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A log in a directory of static files, as any web server can serve it.
 * <p>
 * Shape: {@code checkpoint}, {@code tile/L/N[.p/W]}, {@code tile/entries/N[.p/W]}; entries each behind their length, 2
 * bytes big-endian.<br>
 * Source: C2SP, tlog-tiles.
 */
public final class PublishedLog implements SealedLog
{
    static final String CHECKPOINT = "checkpoint";

    private static final int ENTRY_LENGTH_MASK = 0xFFFF;

    private final Path directory;
    private final long size;
    private final SignedNote checkpoint;
    private ByteBuffer bundle = ByteBuffer.allocate(0);
    private long nextSequence;

    /**
     * A log.
     *
     * @param directory that holds it.
     * @throws SealingException if there is no checkpoint, or it is damaged.
     */
    public PublishedLog(final Path directory)
    {
        this.directory = directory;
        checkpoint = SignedCheckpoints.read(directory.resolve(CHECKPOINT));
        if (checkpoint == null)
        {
            throw new SealingException("there is no log here: file=" + directory.resolve(CHECKPOINT));
        }
        size = Checkpoint.parse(checkpoint.text()).size();
    }

    /**
     * Whether a directory looks like a log and not like books.
     *
     * @param directory to look at.
     * @return true if it has a checkpoint.
     */
    public static boolean isHere(final Path directory)
    {
        return Files.exists(directory.resolve(CHECKPOINT));
    }

    @Override
    public List<SignedNote> checkpoints()
    {
        return List.of(checkpoint);
    }

    @Override
    public byte[] nextEntry()
    {
        if (!bundle.hasRemaining())
        {
            final Tile tile = Tile.of(0, nextSequence / Tile.WIDTH, size);
            bundle = ByteBuffer.wrap(read(directory.resolve(tile.entriesPath())));
        }
        if (bundle.remaining() < Short.BYTES || bundle.remaining() - Short.BYTES <
            (bundle.getShort(bundle.position()) & ENTRY_LENGTH_MASK))
        {
            throw new SealingException("a bundle ends within an entry: sequence=" + nextSequence + ", file=" +
                directory.resolve(Tile.of(0, nextSequence / Tile.WIDTH, size).entriesPath()));
        }
        final byte[] entry = new byte[bundle.getShort() & ENTRY_LENGTH_MASK];
        bundle.get(entry);
        nextSequence++;
        return entry;
    }

    @Override
    public byte[] tile(final Tile tile)
    {
        final byte[] hashes = read(directory.resolve(tile.path()));
        if (hashes.length != tile.width() * TreeHasher.HASH_LENGTH)
        {
            throw new SealingException(
                "a tile has another length: file=" + directory.resolve(tile.path()) + ", bytes=" + hashes.length +
                ", expected=" + tile.width() * TreeHasher.HASH_LENGTH);
        }
        return hashes;
    }

    @Override
    public String nameOf(final Tile tile)
    {
        return "file=" + tile.path();
    }

    @Override
    public void close()
    {
        // No file is held open.
    }

    private static byte[] read(final Path file)
    {
        try
        {
            return Files.readAllBytes(file);
        }
        catch (final IOException ex)
        {
            throw new SealingException("a file of the log can not be read: file=" + file + ": " + ex, ex);
        }
    }
}
