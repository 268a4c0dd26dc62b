package io.seriatim.sealing;

import io.seriatim.journal.DirectoryLock;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.TileHashes;
import io.seriatim.replay.JournalFollower;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Grows the tree of one shard and signs its heads. Before it signs anything, the tree has come to everything that was
 * signed before, by this process or another, and has agreed.
 * <p>
 * Threads: confined to the sealer's; {@link #signedSize} any.
 */
final class ShardSealer implements AutoCloseable
{
    private static final int ENTRY_LENGTH_MAX = 1 << 16;

    private final int shard;
    private final String origin;
    private final SignedCheckpoints checkpoints;
    private final List<LastSigned> keys = new ArrayList<>();
    private final byte[] entry = new byte[ENTRY_LENGTH_MAX];
    private final DirectoryLock lock;
    private final TreeFiles tree;

    /** What was signed and the tree has not come to. */
    private final List<Checkpoint> expected = new ArrayList<>();

    private SignedNote newest;
    private long newestSize;
    private volatile long signedSize;

    /**
     * Open a shard's tree.
     *
     * @param config of the sealer.
     * @param shard  number of the shard.
     * @param size   how many leaves of the tree in the files count.
     * @throws IOException      if the files do not hold so many, or can not be read.
     * @throws SealingException if a key can not be used, or the tree is not the one that was signed.
     * @throws io.seriatim.journal.DirectoryInUseException if another sealer is at work.
     */
    ShardSealer(final SealerConfig config, final int shard, final long size) throws IOException
    {
        this.shard = shard;
        origin = config.origins().get(shard);
        checkpoints = new SignedCheckpoints(config.dataDirectory(), shard);
        lock = DirectoryLock.acquire(TreeFiles.ensureDirectory(config.dataDirectory(), shard));
        TreeFiles opened = null;
        try
        {
            openKeys(config);
            newest = checkpoints.newest();
            if (newest != null)
            {
                final Checkpoint checkpoint = Checkpoint.parse(newest.text());
                newestSize = checkpoint.size();
                note(checkpoint);
            }
            keys.forEach(key -> note(key.checkpoint()));
            requireNotBehind(config.launchedAt(shard));
            opened = new TreeFiles(config.dataDirectory(), shard, size);
            tree = opened;
            checkpoints.mend();
            compareExpected();
        }
        catch (final IOException | RuntimeException ex)
        {
            CloseHelper.closeAll(keys);
            CloseHelper.closeAll(opened, lock);
            throw ex;
        }
    }

    int shard()
    {
        return shard;
    }

    long size()
    {
        return tree.size();
    }

    /** How many entries the newest checkpoint covers. */
    long signedSize()
    {
        return signedSize;
    }

    /** The newest checkpoint; null if there is none. */
    SignedNote newest()
    {
        return newest;
    }

    /** The tree as it is now, of which everything was written. */
    ProofBuilder proofs()
    {
        return new ProofBuilder(new TileHashes(tree::read, tree.size()));
    }

    /** Take the entry that the follower stands at. */
    void append(final JournalFollower follower) throws IOException
    {
        if (follower.sequence() != tree.size())
        {
            throw new SealingException(
                "the journal does not go on where the tree stands: shard=" + shard + ", expected sequence=" +
                tree.size() + ", found=" + follower.sequence() + ", position=" + follower.framePosition());
        }
        follower.buffer().getBytes(follower.offset(), entry, 0, follower.length());
        tree.append(entry, follower.length(), follower.framePosition());
        if (!expected.isEmpty())
        {
            compareExpected();
        }
    }

    /** Sign the head of the tree; false if there is nothing new, or not yet what was signed before. */
    boolean seal() throws IOException
    {
        if (!expected.isEmpty() || tree.size() == 0 || newestSize == tree.size() && isSignedByAll())
        {
            return false;
        }
        tree.write();
        final Checkpoint head = new Checkpoint(origin, tree.size(), tree.root());
        final ProofBuilder proofs = proofs();
        for (final LastSigned key : keys)
        {
            key.require(head, proofs);
        }
        for (final LastSigned key : keys)
        {
            key.store(head);
        }
        newest = head.signed(keys.stream().map(LastSigned::signer).toList());
        checkpoints.add(newest);
        newestSize = head.size();
        signedSize = newestSize;
        return true;
    }

    /** Witnesses have signed a checkpoint too; it need not be the newest one any more. */
    void cosigned(final SignedNote note) throws IOException
    {
        if (note.text().equals(newest.text()))
        {
            newest = note;
        }
        checkpoints.cosigned(note, newest);
    }

    /** Everything so far is in the files for certain. */
    void force() throws IOException
    {
        tree.write();
        tree.force();
    }

    /**
     * The journal has come to its end.
     *
     * @throws SealingException if more was signed.
     */
    void requireComplete()
    {
        requireNotBehind(tree.size());
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(keys);
        CloseHelper.closeAll(tree, lock);
    }

    private void openKeys(final SealerConfig config)
    {
        for (final Path keyFile : config.sealing().keyFiles())
        {
            final NoteSigner signer = LogKeys.read(keyFile);
            final String name = signer.verifierKey().name();
            if (!origin.equals(name) && !origin.startsWith(name + "/"))
            {
                throw new SealingException(
                    "the key is not of this log: key=" + name + ", origin=" + origin + ", file=" + keyFile);
            }
            keys.add(new LastSigned(keyFile, signer.named(origin)));
        }
    }

    /** Whether the newest checkpoint, which there is, bears the signatures of all keys. */
    private boolean isSignedByAll()
    {
        return keys.stream().allMatch(key -> newest.signatures().stream().anyMatch(signature ->
            signature.keyId() == key.signer().verifierKey().id() && signature.name().equals(origin)));
    }

    private void note(final Checkpoint checkpoint)
    {
        if (checkpoint != null)
        {
            if (!checkpoint.origin().equals(origin))
            {
                throw new SealingException(
                    "a checkpoint of another log: shard=" + shard + ", expected origin=" + origin + ", found " +
                    checkpoint);
            }
            expected.add(checkpoint);
        }
    }

    private void requireNotBehind(final long size)
    {
        for (final Checkpoint checkpoint : expected)
        {
            if (checkpoint.size() > size)
            {
                throw new HistoryException(
                    "the journal has lost entries that were signed: shard=" + shard + ", entries=" + size +
                    ", signed " + checkpoint + "; nothing was signed");
            }
        }
    }

    private void compareExpected() throws IOException
    {
        for (int i = expected.size() - 1; i >= 0; i--)
        {
            final Checkpoint checkpoint = expected.get(i);
            if (checkpoint.size() <= tree.size())
            {
                final byte[] root;
                if (checkpoint.size() == tree.size())
                {
                    root = tree.root();
                }
                else
                {
                    tree.write();
                    root = proofs().root(checkpoint.size());
                }
                if (!Arrays.equals(root, checkpoint.root()))
                {
                    throw new RootDiffersException(
                        "the journal is not the one that was signed: shard=" + shard + ", signed " + checkpoint +
                        ", the tree has another root at that size");
                }
                expected.remove(i);
            }
        }
        signedSize = expected.isEmpty() ? newestSize : 0;
    }
}
