package io.seriatim.sealing;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.SegmentReader;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.TileHashes;
import io.seriatim.replay.JournalEntries;
import org.agrona.CloseHelper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Judges checkpoints of a log by a copy of its books of which every entry was executed again and compared: a witness
 * who asks it signs only what this copy has come to as well.
 * <p>
 * Shape: a tree of its own in the copy's directory, made anew from the entries each time.<br>
 * Cost: two hashes for an entry, when a checkpoint comes that covers it.<br>
 * Threads: {@link #verifiedUpTo} is the follower's; {@link #judge} is the witness's.
 */
public final class VerifiedCopy implements Witness.Judge, AutoCloseable
{
    private static final int UNPROCESSABLE = 422;
    private static final int UNAVAILABLE = 503;
    private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String TEXT_TYPE = "text/plain; charset=utf-8";

    /** The tree of a shard, as far as a checkpoint has asked for it. */
    private static final class ShardTree implements AutoCloseable
    {
        private final SegmentReader reader;
        private final EntryCursor cursor;
        private final TreeFiles tree;

        ShardTree(final Path dataDirectory, final int shard) throws IOException
        {
            TreeFiles.ensureDirectory(dataDirectory, shard);
            tree = new TreeFiles(dataDirectory, shard, 0);
            reader = Prover.openReader(dataDirectory, shard);
            cursor = new EntryCursor(reader, shard);
        }

        byte[] rootAt(final long size) throws IOException
        {
            while (tree.size() < size)
            {
                cursor.next();
                final byte[] entry = cursor.entry();
                tree.append(entry, entry.length, 0);
            }
            tree.write();
            return new ProofBuilder(new TileHashes(tree::read, tree.size())).root(size);
        }

        @Override
        public void close()
        {
            CloseHelper.closeAll(tree, reader);
        }
    }

    private final Path dataDirectory;
    private final Map<Integer, Long> verified = new ConcurrentHashMap<>();
    private final Map<String, Integer> shardByOrigin = new TreeMap<>();
    private final Map<Integer, ShardTree> trees = new TreeMap<>();

    /**
     * The judge of a copy that may still be empty.
     *
     * @param dataDirectory of the copy.
     */
    public VerifiedCopy(final Path dataDirectory)
    {
        this.dataDirectory = dataDirectory;
    }

    /**
     * Entries of a shard were copied, executed and compared.
     *
     * @param shard    number of the shard.
     * @param sequence of the last one.
     */
    public void verifiedUpTo(final int shard, final long sequence)
    {
        verified.put(shard, sequence);
    }

    @Override
    public Witness.Answer judge(final Checkpoint checkpoint)
    {
        try
        {
            final Integer shard = shardOf(checkpoint.origin());
            if (shard == null || !awaitVerified(shard, checkpoint.size()))
            {
                return new Witness.Answer(
                    UNAVAILABLE, TEXT_TYPE, "the copy has not come so far: verified up to sequence " +
                    (shard == null ? "(none)" : verified.get(shard)) + ", the checkpoint covers " +
                    checkpoint.size() + " entries\n");
            }
            final byte[] root = treeOf(shard).rootAt(checkpoint.size());
            return Arrays.equals(root, checkpoint.root()) ? null : new Witness.Answer(
                UNPROCESSABLE, TEXT_TYPE, "the entries that were executed here have another root: size=" +
                checkpoint.size() + ", root here=" + HexFormat.of().formatHex(root) + ", root signed=" +
                HexFormat.of().formatHex(checkpoint.root()) + "\n");
        }
        catch (final IOException | JournalException ex)
        {
            return new Witness.Answer(UNAVAILABLE, TEXT_TYPE, "the copy can not be read: " + ex.getMessage() + "\n");
        }
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(trees.values());
    }

    private boolean awaitVerified(final int shard, final long size)
    {
        final long startNs = System.nanoTime();
        while (verified.getOrDefault(shard, -1L) + 1 < size && System.nanoTime() - startNs < WAIT_NS)
        {
            LockSupport.parkNanos(POLL_NS);
        }
        return verified.getOrDefault(shard, -1L) + 1 >= size;
    }

    private Integer shardOf(final String origin)
    {
        if (!shardByOrigin.containsKey(origin) && !verified.isEmpty())
        {
            final JournalEntries entries = new JournalEntries(dataDirectory);
            for (int shard = 0; shard < entries.shardCount(); shard++)
            {
                shardByOrigin.put(entries.genesis(shard).origin(), shard);
            }
        }
        return shardByOrigin.get(origin);
    }

    private ShardTree treeOf(final int shard) throws IOException
    {
        ShardTree tree = trees.get(shard);
        if (tree == null)
        {
            tree = new ShardTree(dataDirectory, shard);
            trees.put(shard, tree);
        }
        return tree;
    }
}
