package io.seriatim.sealing;

import io.seriatim.journal.JournalException;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.Tile;
import io.seriatim.merkle.TileHashes;
import io.seriatim.merkle.TreeHasher;
import io.seriatim.merkle.VerifierKey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Computes every leaf, every tile and every root of a log again from its entries, and says what does not fit, and what
 * can be proven all the same.
 * <p>
 * Cost: one read of everything and two hashes for an entry.<br>
 * Threads: confined to one.
 */
public final class LogCheck
{
    /** How many findings are described; all are counted. */
    public static final int FINDINGS_MAX = 20;

    private static final int TILE_HEIGHT = 8;
    private static final int HASH = TreeHasher.HASH_LENGTH;
    private static final int PROGRESS_DISTANCE = 4_096;

    /**
     * What was found.
     *
     * @param head              of the newest checkpoint.
     * @param entryCount        how many entries could be read.
     * @param checkpointCount   how many checkpoints agree with the entries.
     * @param findings          what does not fit, in words; at most {@link #FINDINGS_MAX}.
     * @param findingCount      how many there are.
     * @param firstBadCheckpoint the oldest checkpoint that does not agree with the entries; null if all do.
     * @param provable          what can be proven all the same, in words.
     */
    public record Report(
        Checkpoint head,
        long entryCount,
        int checkpointCount,
        List<String> findings,
        long findingCount,
        Checkpoint firstBadCheckpoint,
        String provable)
    {
        /**
         * Whether everything fits.
         *
         * @return true if nothing was found.
         */
        public boolean isClean()
        {
            return findingCount == 0;
        }
    }

    private final SealedLog log;
    private final List<VerifierKey> keys;
    private final MerkleFrontier frontier = new MerkleFrontier(this::onSubtree);
    private final Map<Integer, byte[]> computed = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();
    private final List<Long> changedEntries = new ArrayList<>();
    private final Map<Long, List<SignedNote>> checkpoints = new TreeMap<>();
    private Checkpoint head;
    private Checkpoint firstBad;
    private Checkpoint lastGood;
    private int goodCount;
    private long findingCount;
    private boolean isTreeSigned;

    /**
     * A check.
     *
     * @param log  to be checked.
     * @param keys that are trusted; none if signatures are not to be checked.
     */
    public LogCheck(final SealedLog log, final List<VerifierKey> keys)
    {
        this.log = log;
        this.keys = List.copyOf(keys);
    }

    /**
     * Check everything.
     *
     * @param progress is told how many entries were looked at.
     * @return what was found.
     * @throws SealingException if there is no checkpoint to check against.
     */
    public Report run(final LongConsumer progress)
    {
        readCheckpoints();
        isTreeSigned = isTreeSigned();
        compareCheckpoints(0);
        final boolean isWhole = readEntries(progress);
        if (isWhole)
        {
            computed.forEach(this::compareTile);
        }
        progress.accept(frontier.size());
        return new Report(
            head, frontier.size(), goodCount, List.copyOf(findings), findingCount, firstBad, provable(isWhole));
    }

    private void readCheckpoints()
    {
        for (final SignedNote note : log.checkpoints())
        {
            final Checkpoint checkpoint = Checkpoint.parse(note.text());
            checkpoints.computeIfAbsent(checkpoint.size(), size -> new ArrayList<>()).add(note);
            head = head == null || head.size() <= checkpoint.size() ? checkpoint : head;
        }
    }

    /** Whether the tiles, taken as they are, lead to the root that was signed. */
    private boolean isTreeSigned()
    {
        try
        {
            final byte[] root = new ProofBuilder(new TileHashes(log::tile, head.size())).root(head.size());
            if (!Arrays.equals(root, head.root()))
            {
                find("the tiles lead to another root than the newest checkpoint's: " + head);
                return false;
            }
            return true;
        }
        catch (final SealingException | ProofException ex)
        {
            find(ex.getMessage());
            return false;
        }
    }

    private boolean readEntries(final LongConsumer progress)
    {
        while (frontier.size() < head.size())
        {
            final byte[] entry;
            try
            {
                entry = log.nextEntry();
            }
            catch (final JournalException | SealingException ex)
            {
                find("entry " + frontier.size() + " can not be read: " + ex.getMessage());
                return false;
            }
            frontier.append(entry, 0, entry.length);
            compareCheckpoints(frontier.size());
            if (frontier.size() % PROGRESS_DISTANCE == 0)
            {
                progress.accept(frontier.size());
            }
        }
        return true;
    }

    private void compareCheckpoints(final long size)
    {
        for (final SignedNote note : checkpoints.getOrDefault(size, List.of()))
        {
            final Checkpoint checkpoint = Checkpoint.parse(note.text());
            try
            {
                if (!keys.isEmpty())
                {
                    Checkpoint.of(note, keys);
                }
            }
            catch (final ProofException ex)
            {
                find("a checkpoint is not signed by whom you trust: " + checkpoint + ": " + ex.getMessage());
            }
            if (!Arrays.equals(frontier.root(), checkpoint.root()))
            {
                firstBad = firstBad == null ? checkpoint : firstBad;
                find("the entries lead to another root than a checkpoint's: " + checkpoint);
            }
            else
            {
                goodCount++;
                lastGood = checkpoint;
            }
        }
    }

    private void onSubtree(final int level, final long index, final byte[] hashes, final int offset)
    {
        if (level % TILE_HEIGHT == 0)
        {
            final int tileLevel = level / TILE_HEIGHT;
            final byte[] tile = computed.computeIfAbsent(
                tileLevel, key -> new byte[Tile.WIDTH * HASH]);
            final int place = (int)(index % Tile.WIDTH);
            System.arraycopy(hashes, offset, tile, place * HASH, HASH);
            if (place == Tile.WIDTH - 1)
            {
                compare(new Tile(tileLevel, index / Tile.WIDTH, Tile.WIDTH), tile);
            }
        }
    }

    /** The tile at the right edge of a level. */
    private void compareTile(final int level, final byte[] hashes)
    {
        final long hashCount = head.size() >>> level * TILE_HEIGHT;
        final Tile tile = Tile.of(level, hashCount / Tile.WIDTH, head.size());
        if (tile.width() > 0)
        {
            compare(tile, hashes);
        }
    }

    private void compare(final Tile tile, final byte[] expected)
    {
        final byte[] found;
        try
        {
            found = log.tile(tile);
        }
        catch (final SealingException ex)
        {
            find(ex.getMessage());
            return;
        }
        if (Arrays.equals(found, 0, tile.width() * HASH, expected, 0, tile.width() * HASH))
        {
            return;
        }
        final boolean isFoundSigned = isSigned(tile, found);
        // At the right edge the root goes through the hashes that there are, and no others can be told to be right.
        final boolean isExpectedSigned = tile.isFull() && isSigned(tile, expected);
        for (int i = 0; i < tile.width(); i++)
        {
            if (!Arrays.equals(found, i * HASH, (i + 1) * HASH, expected, i * HASH, (i + 1) * HASH))
            {
                report(tile, i, isFoundSigned, isExpectedSigned);
            }
        }
    }

    /** Whether what was signed goes through these hashes of a tile. */
    private boolean isSigned(final Tile tile, final byte[] hashes)
    {
        if (!isTreeSigned || !tile.isFull())
        {
            return isTreeSigned;
        }
        final MerkleFrontier below = new MerkleFrontier();
        for (int i = 0; i < tile.width(); i++)
        {
            below.append(Arrays.copyOfRange(hashes, i * HASH, (i + 1) * HASH));
        }
        final Tile parent = Tile.of(tile.level() + 1, tile.index() / Tile.WIDTH, head.size());
        final int place = (int)(tile.index() % Tile.WIDTH);
        try
        {
            final byte[] above = log.tile(parent);
            return Arrays.equals(below.root(), Arrays.copyOfRange(above, place * HASH, (place + 1) * HASH)) &&
                isSigned(parent, above);
        }
        catch (final SealingException ex)
        {
            return false;
        }
    }

    private void report(
        final Tile tile, final int place, final boolean isFoundSigned, final boolean isExpectedSigned)
    {
        final long index = tile.index() * Tile.WIDTH + place;
        if (tile.level() > 0)
        {
            // Entries that were changed show up the whole way to the root.
            if (isExpectedSigned || changedEntries.isEmpty())
            {
                find("hash " + place + " is not that of the entries below it: " + log.nameOf(tile));
            }
        }
        else if (isFoundSigned)
        {
            changedEntries.add(index);
            find("entry " + index + " is not the one that was signed: its leaf is not in " + log.nameOf(tile));
        }
        else
        {
            find((isExpectedSigned ? "" : "entry " + index + " does not fit: ") + "hash " + place +
                " is not that of entry " + index + ": " + log.nameOf(tile));
        }
    }

    private void find(final String finding)
    {
        findingCount++;
        if (findings.size() < FINDINGS_MAX)
        {
            findings.add(finding);
        }
    }

    private String provable(final boolean isWhole)
    {
        final String good = lastGood == null ? "nothing by the entries alone" :
            "all entries below " + lastGood.size() + ", under the checkpoint of that size";
        if (findingCount == 0)
        {
            return "all " + head.size() + " entries";
        }
        if (!isWhole)
        {
            return isTreeSigned ? "all entries that can be read, as the tiles are those that were signed" : good;
        }
        if (!changedEntries.isEmpty())
        {
            return "all entries but " + (changedEntries.size() > FINDINGS_MAX ?
                changedEntries.size() + " of them" : changedEntries) + ", as the tiles are those that were signed";
        }
        return firstBad == null ? "all entries, once the tiles are made again" : good;
    }
}
