package io.seriatim.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An operator's cut of a journal that a launch refuses: everything behind a position goes, is kept in quarantine, and
 * the manifest says for ever who did it, why and what went. Nothing else lowers a watermark.
 * <p>
 * <pre>
 *   try (JournalRepair repair = JournalRepair.open(dataDirectory, 0))
 *   {
 *       JournalRepair.Plan plan = repair.plan(repair.inspection().goodPosition(), removedFrames);
 *       // show the plan, ask, and then
 *       repair.cut(plan, "jane", "the disk was swapped");
 *   }
 * </pre>
 * A crash at any step leaves a journal that can be cut again.
 * <p>
 * Threads: confined to one. The directory is locked meanwhile.
 */
public final class JournalRepair implements AutoCloseable
{
    private final Path dataDirectory;
    private final DirectoryLock lock;
    private final JournalHome home;
    private final JournalInspection inspection;

    /**
     * What a cut would do.
     *
     * @param position   to cut at, in bytes.
     * @param contentEnd behind the last byte that is not zero.
     * @param shards     what it means for each shard.
     * @param files      that the bytes would be saved from.
     */
    public record Plan(long position, long contentEnd, List<RepairRecord.ShardCut> shards, SortedMap<Long, Path> files)
    {
    }

    private JournalRepair(
        final Path dataDirectory, final DirectoryLock lock, final JournalHome home, final JournalInspection inspection)
    {
        this.dataDirectory = dataDirectory;
        this.lock = lock;
        this.home = home;
        this.inspection = inspection;
    }

    /**
     * Lock the directory and look at the journal.
     *
     * @param dataDirectory of an engine that does not run.
     * @param journalIndex  from 0.
     * @return the repair, which has changed nothing yet.
     * @throws IllegalArgumentException if there is no such journal.
     * @throws DirectoryInUseException  if an engine runs.
     * @throws JournalException         if the manifest or the catalog is damaged, or the recording is missing: that
     *                                  can not be repaired by a cut.
     */
    public static JournalRepair open(final Path dataDirectory, final int journalIndex)
    {
        final JournalFiles files = JournalFiles.open(dataDirectory);
        if (journalIndex < 0 || journalIndex >= files.journalCount())
        {
            throw new IllegalArgumentException(
                "there is no such journal: journal=" + journalIndex + ", journals=" + files.journalCount() +
                ", directory=" + dataDirectory);
        }

        final DirectoryLock lock = DirectoryLock.acquire(dataDirectory);
        JournalRepair repair = null;
        try
        {
            final Path directory = JournalHome.directoryOf(dataDirectory, journalIndex);
            final JournalHome home = new JournalHome(directory, Manifest.read(directory), Platform.REAL);
            repair = new JournalRepair(
                dataDirectory, lock, home,
                new JournalScanner(dataDirectory, home.manifest(), home.layout())
                    .inspect(ScanStart.BEGINNING, (position, buffer, offset, length) -> {}));
            return repair;
        }
        finally
        {
            if (repair == null)
            {
                lock.close();
            }
        }
    }

    /**
     * What was found.
     *
     * @return the whole journal as it is.
     */
    public JournalInspection inspection()
    {
        return inspection;
    }

    /**
     * Find out what a cut would do.
     *
     * @param position end of a complete group of good frames that is kept.
     * @param removed  is handed each good frame that would go.
     * @return the plan; nothing was changed.
     * @throws IllegalArgumentException if the position is no such end: the message names the nearest before it.
     */
    public Plan plan(final long position, final FrameHandler removed)
    {
        final RecordingLayout layout = home.layout();
        final Manifest manifest = home.manifest();
        if (manifest.archive() != null && position <= manifest.archivedPosition())
        {
            throw new IllegalArgumentException(
                "what lies below position " + manifest.archivedPosition() + " was moved to the archive, which is " +
                "never cut: position=" + position + ", archive=" + manifest.archive().root());
        }

        final RecoveryScan kept = new RecoveryScan(
            layout, manifest, ScanStart.BEGINNING, Math.max(0, position), (at, buffer, offset, length) -> {}).run();
        final boolean isAnyShardEmpty = kept.shards().stream().anyMatch(shard -> shard.nextSequence() == 0);
        if (kept.endPosition() != position || isAnyShardEmpty)
        {
            throw new IllegalArgumentException(
                "a journal is cut at the end of a complete group of good frames, behind the first entry of each " +
                "shard: position=" + position + ", nearest end before it=" + kept.endPosition() +
                ", last good position of the journal=" + inspection.goodPosition());
        }

        final Map<Integer, long[]> removedByShard = new HashMap<>();
        final SortedMap<Long, Path> segments = SegmentFiles.list(layout);
        final TailInspection tail = new TailInspection(layout, kept, (at, buffer, offset, length) ->
        {
            final long[] counts = removedByShard.computeIfAbsent(
                Frames.shard(buffer, offset), shard -> new long[] {0, -1});
            counts[0] += Frames.entryCount(buffer, offset);
            counts[1] = Math.max(counts[1], Frames.committedSequence(buffer, offset));
            removed.onFrame(at, buffer, offset, length);
        }).run(segments);
        final List<RepairRecord.ShardCut> cuts = new ArrayList<>();
        for (final ShardProgress shard : kept.shards())
        {
            final long[] counts = removedByShard.getOrDefault(shard.shard(), new long[] {0, -1});
            final long lastSequence = shard.nextSequence() - 1;
            final long knownSequence = Math.max(shard.knownSequence(), counts[1]);
            cuts.add(new RepairRecord.ShardCut(
                shard.shard(), lastSequence, counts[0], Math.max(0, knownSequence - lastSequence)));
        }

        return new Plan(position, Math.max(position, tail.contentEnd()), List.copyOf(cuts), segments);
    }

    /**
     * The directory that cut bytes are kept in.
     *
     * @return {@code quarantine} in the data directory; it may not be there yet.
     */
    public Path quarantine()
    {
        return dataDirectory.resolve(TailRepair.QUARANTINE);
    }

    /**
     * Keep the entries that go as text too, beside the bytes that {@link #cut} keeps.
     *
     * @param lines one for each entry.
     * @return the file in quarantine, forced.
     * @throws JournalException if it can not be written; the journal was not changed.
     */
    public Path keep(final List<String> lines)
    {
        Path file = quarantine().resolve(quarantinePrefix() + "-entries.txt");
        for (int i = 1; Files.exists(file); i++)
        {
            file = quarantine().resolve(quarantinePrefix() + "-entries-" + i + ".txt");
        }

        try
        {
            PosixFiles.ensurePrivateDirectory(quarantine());
            Files.write(file, lines, StandardCharsets.UTF_8);
            PosixFiles.forceFile(file);
            PosixFiles.forceDirectory(quarantine());
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not keep the entries before cutting: file=" + file + "; the journal was not changed", ex);
        }

        return file;
    }

    private String quarantinePrefix()
    {
        return JournalHome.PREFIX + home.manifest().journalIndex() + "-incarnation-" + home.manifest().incarnation();
    }

    /**
     * Do it: save what goes, note it in the manifest, and cut.
     *
     * @param plan     of this repair.
     * @param operator who does it.
     * @param reason   why.
     * @return what the manifest says from now on.
     * @throws JournalException if something can not be written; the message says what is done.
     */
    public RepairRecord cut(final Plan plan, final String operator, final String reason)
    {
        final Manifest manifest = home.manifest();
        final RepairRecord record = new RepairRecord(
            Instant.now().truncatedTo(ChronoUnit.SECONDS), manifest.incarnation(), plan.position(), plan.contentEnd(),
            manifest.watermark().position(), operator, reason, plan.shards());
        final TailRepair tail = new TailRepair(home.layout(), quarantine(), quarantinePrefix());
        if (plan.contentEnd() > plan.position())
        {
            tail.save(plan.position(), plan.contentEnd());
        }

        final TreeMap<Integer, Long> nextSequences = new TreeMap<>();
        plan.shards().forEach(cut -> nextSequences.put(cut.shard(), cut.lastSequence() + 1));
        // First the evidence: if the cut itself is broken off, the launch refuses again or cuts the rest.
        home.update(current -> current
            .with(record)
            .with(List.<ShardMark>of())
            .with(new Watermark(Math.min(manifest.watermark().position(), plan.position()), lower(
                manifest.watermark(), nextSequences))));
        tail.cut(plan.position(), plan.files());
        new CatalogFile(home.layout()).write(manifest.archivedPosition(), plan.position());
        return record;
    }

    /** What was known to be safe before stays so, as far as it is kept. */
    private static SortedMap<Integer, Long> lower(
        final Watermark watermark, final SortedMap<Integer, Long> nextSequences)
    {
        final TreeMap<Integer, Long> lowered = new TreeMap<>();
        nextSequences.forEach(
            (shard, nextSequence) -> lowered.put(shard, Math.min(nextSequence, watermark.nextSequence(shard))));
        return lowered;
    }

    @Override
    public void close()
    {
        lock.close();
    }
}
