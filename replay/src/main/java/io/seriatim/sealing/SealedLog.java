package io.seriatim.sealing;

import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.Tile;

import java.util.List;

/**
 * A log as it lies somewhere: entries, tiles and checkpoints. Nothing of it has to be true.
 * <p>
 * Threads: confined to one.
 */
public interface SealedLog extends AutoCloseable
{
    /**
     * The checkpoints that there are, oldest first.
     *
     * @return at least one.
     * @throws SealingException if there is none, or one can not be read.
     */
    List<SignedNote> checkpoints();

    /**
     * The next entry, from the first one on.
     *
     * @return its bytes.
     * @throws SealingException                     if it is not there.
     * @throws io.seriatim.journal.JournalException if it is damaged.
     */
    byte[] nextEntry();

    /**
     * A tile.
     *
     * @param tile of the newest checkpoint's tree.
     * @return its hashes, {@code tile.width()} of 32 bytes.
     * @throws SealingException if it is not there.
     */
    byte[] tile(Tile tile);

    /**
     * How one calls it.
     *
     * @param tile of the tree.
     * @return where its hashes lie.
     */
    String nameOf(Tile tile);

    @Override
    void close();
}
