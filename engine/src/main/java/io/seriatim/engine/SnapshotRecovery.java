package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.ScanStart;
import io.seriatim.journal.SnapshotHeader;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Finds the newest snapshot that all shards of a journal have and that can be believed, and loads it; else the one
 * before it, and so on; else there is the whole journal. A snapshot counts only up to the journal's watermark: beyond
 * that it is of a journal that was cut since.
 * <p>
 * Threads: confined to the one that launches the engine.
 */
final class SnapshotRecovery
{
    private static final System.Logger LOGGER = System.getLogger(SnapshotRecovery.class.getName());

    private final Manifest manifest;
    private final Supplier<Map<Integer, ShardRecovery>> newRecoveries;
    private final Map<Integer, ShardSnapshots> snapshots = new TreeMap<>();
    private final List<String> report = new ArrayList<>();
    private Map<Integer, ShardRecovery> recoveries;

    /**
     * Nothing is loaded yet.
     *
     * @param dataDirectory of the engine.
     * @param manifest      of the journal.
     * @param newRecoveries makes recoveries that have seen nothing, one for each shard.
     */
    SnapshotRecovery(
        final Path dataDirectory, final Manifest manifest, final Supplier<Map<Integer, ShardRecovery>> newRecoveries)
    {
        this.manifest = manifest;
        this.newRecoveries = newRecoveries;
        manifest.shards().forEach(shard -> snapshots.put(shard, new ShardSnapshots(dataDirectory, shard)));
    }

    /**
     * Load what there is.
     *
     * @return where the scan of the journal begins.
     */
    ScanStart load()
    {
        snapshots.values().forEach(ShardSnapshots::deleteTemporary);
        for (final long position : positions().descendingSet())
        {
            if (position > manifest.watermark().position())
            {
                report("a snapshot lies beyond the watermark and is not used: position=" + position +
                    ", watermark=" + manifest.watermark().position());
                continue;
            }
            recoveries = newRecoveries.get();
            boolean isLoaded = false;
            try
            {
                final ScanStart start = load(position);
                isLoaded = true;
                return start;
            }
            catch (final JournalException | IllegalStateException ex)
            {
                report("a snapshot can not be believed and is put aside: position=" + position + ": " +
                    ex.getMessage());
                snapshots.values().forEach(files -> files.setAside(position));
            }
            finally
            {
                if (!isLoaded)
                {
                    CloseHelper.closeAll(recoveries.values());
                }
            }
        }
        recoveries = newRecoveries.get();
        return ScanStart.BEGINNING;
    }

    /** The recoveries of the shards, which go on from where the scan begins. */
    Map<Integer, ShardRecovery> recoveries()
    {
        return recoveries;
    }

    /** What was used and what not, a line each. */
    List<String> report()
    {
        return report;
    }

    private TreeSet<Long> positions()
    {
        TreeSet<Long> common = null;
        for (final ShardSnapshots files : snapshots.values())
        {
            if (common == null)
            {
                common = new TreeSet<>(files.states().keySet());
            }
            else
            {
                common.retainAll(files.states().keySet());
            }
        }
        return common;
    }

    private ScanStart load(final long position)
    {
        final TreeMap<Integer, Long> nextSequences = new TreeMap<>();
        final TreeMap<Integer, Integer> previousCrcs = new TreeMap<>();
        snapshots.forEach((shard, files) ->
        {
            final SnapshotHeader header = recoveries.get(shard).load(
                files.states().get(position), files.runsTo(position), manifest.logUuid());
            if (header.position() != position)
            {
                throw new JournalException(
                    "a snapshot has the name of another one: position=" + header.position() + ", shard=" + shard);
            }
            nextSequences.put(shard, header.nextSequence());
            previousCrcs.put(shard, header.previousCrc());
        });
        report.add("started from the snapshot at position " + position + ", next sequences " + nextSequences);
        return new ScanStart(position, nextSequences, previousCrcs);
    }

    private void report(final String line)
    {
        LOGGER.log(System.Logger.Level.WARNING, line);
        report.add(line);
    }
}
