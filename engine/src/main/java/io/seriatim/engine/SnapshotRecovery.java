package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import io.seriatim.journal.ScanStart;
import io.seriatim.journal.SnapshotHeader;
import io.seriatim.journal.SnapshotReader;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    private final Map<Integer, List<SnapshotWitness>> witnesses = new TreeMap<>();
    private final List<Long> refused = new ArrayList<>();
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
     * Load what there is. No file is changed but those that a crash has left half written.
     *
     * @return where the scan of the journal begins.
     */
    ScanStart load()
    {
        snapshots.values().forEach(ShardSnapshots::deleteTemporary);
        for (final long position : ShardSnapshots.commonPositions(snapshots.values()).descendingSet())
        {
            if (position > manifest.watermark().position())
            {
                report("a snapshot lies beyond the watermark and is put aside: position=" + position +
                    ", watermark=" + manifest.watermark().position() +
                    "; the journal was put back from a backup, or cut, since it was taken");
                continue;
            }
            final ScanStart start = tryLoad(position);
            if (start != null)
            {
                return start;
            }
        }
        recoveries = newRecoveries.get();
        addWitnesses();
        return ScanStart.BEGINNING;
    }

    private ScanStart tryLoad(final long position)
    {
        recoveries = newRecoveries.get();
        boolean isLoaded = false;
        try
        {
            final ScanStart start = load(position);
            addWitnesses();
            isLoaded = true;
            return start;
        }
        catch (final JournalException | IllegalStateException | IndexOutOfBoundsException ex)
        {
            report("a snapshot can not be believed and is put aside: position=" + position + ": " + ex.getMessage());
            refused.add(position);
            snapshots.forEach((shard, files) -> findWitness(shard, files.states().get(position)));
            return null;
        }
        finally
        {
            if (!isLoaded)
            {
                CloseHelper.closeAll(recoveries.values());
            }
        }
    }

    /**
     * The journal was recovered: put aside what was not believed, so that it is not tried again. A launch that is
     * refused changes nothing, and is refused again.
     */
    void putAside()
    {
        snapshots.values().forEach(files ->
        {
            refused.forEach(files::setAside);
            files.setAsideBeyond(manifest.watermark().position());
        });
    }

    /** The files of some shards may be good where those of others are not. */
    private void findWitness(final int shard, final Path file)
    {
        try (SnapshotReader reader = new SnapshotReader(file))
        {
            final SnapshotHeader header = reader.header();
            final byte[] digest = reader.read((type, buffer, offset, length) -> { });
            if (header.kind() == SnapshotHeader.Kind.STATE && header.shard() == shard &&
                header.logUuid().equals(manifest.logUuid()))
            {
                witnesses.computeIfAbsent(shard, key -> new ArrayList<>())
                    .add(new SnapshotWitness(header.nextSequence(), digest, file));
            }
        }
        catch (final JournalException ignored)
        {
            // It says nothing; why is in the report, or another shard's is.
        }
    }

    private void addWitnesses()
    {
        witnesses.forEach((shard, list) -> list.forEach(recoveries.get(shard)::compareWith));
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

    private ScanStart load(final long position)
    {
        final TreeMap<Integer, Long> nextSequences = new TreeMap<>();
        final TreeMap<Integer, Integer> previousCrcs = new TreeMap<>();
        snapshots.forEach((shard, files) ->
        {
            final SnapshotHeader header = recoveries.get(shard).load(
                files.states().get(position),
                files.runsTo(position).stream().map(run -> files.runFile(run.from(), run.to())).toList(),
                manifest.logUuid());
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
