package io.seriatim.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * Scans one journal and judges its end: clean, cut or refused. The scan itself writes nothing; {@link #repair} does.
 * <p>
 * Threads: confined to one.
 */
final class JournalScanner
{
    private final Path dataDirectory;
    private final Manifest manifest;
    private final RecordingLayout layout;

    JournalScanner(final Path dataDirectory, final Manifest manifest, final RecordingLayout layout)
    {
        this.dataDirectory = dataDirectory;
        this.manifest = manifest;
        this.layout = layout;
    }

    /**
     * Read the journal to its end.
     *
     * @param start   where to begin.
     * @param handler of the frames of complete groups.
     * @return what was found, with a verdict; nothing was changed.
     * @throws JournalException if the journal is damaged in a way that no crash explains.
     */
    RecoveredJournal scan(final ScanStart start, final FrameHandler handler)
    {
        final JournalInspection inspection = inspect(start, handler);
        if (inspection.refusal() != null)
        {
            throw new JournalException(inspection.refusal());
        }

        return inspection.found();
    }

    /**
     * Read the journal to its end, and tell all that was found, whether a launch would accept it or not.
     *
     * @param start   where to begin.
     * @param handler of the frames of complete groups.
     * @return what was found; nothing was changed.
     * @throws JournalException if the recording is missing, or its catalog is not what it has to be.
     */
    JournalInspection inspect(final ScanStart start, final FrameHandler handler)
    {
        final SortedMap<Long, Path> segments = SegmentFiles.list(layout);
        checkFiles(segments);
        final RecoveryScan scan = new RecoveryScan(layout, manifest, start, Long.MAX_VALUE, handler).run();
        final TailInspection tail = new TailInspection(layout, scan).run(segments);
        final boolean isBootUnchanged =
            !manifest.bootId().isEmpty() && manifest.bootId().equals(JournalHome.bootId());
        final boolean isClosed = !manifest.closeMarks().isEmpty();
        String reason = tail.refusal(manifest.watermark(), isBootUnchanged);
        if (reason == null && isClosed)
        {
            reason = refusalOfClosed(scan, tail);
        }

        final RecoveredJournal found = reason != null ? null : isClosed ? closed(scan) : ended(scan, tail);
        return new JournalInspection(
            manifest, layout, segments, scan, tail, found, reason == null ? null : refused(scan, reason));
    }

    private RecoveredJournal ended(final RecoveryScan scan, final TailInspection tail)
    {
        final boolean isTorn = tail.hasContent();
        final RecoveredJournal found = new RecoveredJournal(
            manifest,
            isTorn ? RecoveredJournal.Verdict.TORN_TAIL : RecoveredJournal.Verdict.CLEAN_END,
            scan,
            tail.contentEnd(),
            place() + (isTorn ? " ends in a tail that nobody was told of: " : " ends cleanly: ") + endOf(scan) +
            (isTorn ? ", tail length=" + (tail.contentEnd() - scan.endPosition()) + stopOf(scan) : ""));
        return !found.isUnanchored() ? found : found.with(
            found.report() + "; the end is unanchored: groups missing behind it would leave no trace in the files");
    }

    /**
     * Read the journal up to a position that is known to be committed.
     */
    RecoveredJournal scanUpTo(final ScanStart start, final long limit, final FrameHandler handler)
    {
        final RecoveryScan scan = new RecoveryScan(layout, manifest, start, limit, handler).run();
        if (scan.stopReason() != null || scan.endPosition() < Math.min(limit, manifest.watermark().position()))
        {
            throw new JournalException(refused(scan, "it is damaged below the committed position " + limit));
        }

        return new RecoveredJournal(
            manifest,
            RecoveredJournal.Verdict.LIMITED,
            scan,
            scan.endPosition(),
            place() + " was read up to its committed position " + limit + ": " + endOf(scan));
    }

    /**
     * Cut a torn tail: save it, then cut it, and have the archive's catalog say where the journal ends.
     *
     * @return what was found, with the story of the repair.
     */
    RecoveredJournal repair(final RecoveredJournal found)
    {
        String done = "";
        final SortedMap<Long, Path> segments = SegmentFiles.list(layout);
        if (found.tailLength() > 0)
        {
            final TailRepair repair = new TailRepair(
                layout,
                dataDirectory.resolve(TailRepair.QUARANTINE),
                JournalHome.PREFIX + manifest.journalIndex() + "-incarnation-" + manifest.incarnation());
            final List<Path> saved = repair.save(found.position(), found.position() + found.tailLength());
            repair.cut(found.position(), segments);
            done = "; cut at position " + found.position() + ", " + found.tailLength() + " bytes saved to " + saved;
        }
        else if (!segments.isEmpty() && segments.lastKey() > layout.segmentBase(found.position()))
        {
            new TailRepair(layout, dataDirectory, "").cut(found.position(), segments);
        }

        new CatalogFile(layout).write(manifest.archivedPosition(), found.position());
        return found.with(found.report() + done);
    }

    private void checkFiles(final SortedMap<Long, Path> segments)
    {
        if (!Files.isDirectory(layout.directory()) || segments.isEmpty())
        {
            throw new JournalException(
                "the journal's recording is missing: directory=" + layout.directory() + ", manifest state=" +
                manifest.state() + ", watermark=" + manifest.watermark().position() +
                "; nothing was changed; put back the files from a backup");
        }

        new CatalogFile(layout).check(manifest.archivedPosition());
    }

    /** Why a journal that was closed cleanly is not what it was then; null if it is. */
    private String refusalOfClosed(final RecoveryScan scan, final TailInspection tail)
    {
        if (scan.endPosition() != manifest.watermark().position() || tail.hasContent())
        {
            return "it was closed cleanly at position " + manifest.watermark().position() + " and ends elsewhere now";
        }

        for (final ShardProgress shard : scan.shards())
        {
            final ShardMark mark = manifest.closeMarks().get(shard.shard());
            if (mark == null || mark.nextSequence() != shard.nextSequence())
            {
                return "its clean close says otherwise: " + mark + ", next sequence read=" + shard.nextSequence();
            }
        }

        return null;
    }

    private RecoveredJournal closed(final RecoveryScan scan)
    {
        return new RecoveredJournal(
            manifest,
            RecoveredJournal.Verdict.CLOSED,
            scan,
            scan.endPosition(),
            place() + " was closed cleanly: " + endOf(scan));
    }

    private String refused(final RecoveryScan scan, final String reason)
    {
        final String found = place() + " is refused: " + reason + "; " + endOf(scan) + stopOf(scan) + ", file=" +
            SegmentFiles.locate(layout, scan.stopPosition());
        if (scan.endPosition() < manifest.archivedPosition())
        {
            return found + "; the file is one of the archive's, which never change: put it back from another copy of " +
                "the archive; nothing was changed";
        }

        return found +
            "; everything before the last good position is intact and nothing was changed; see seriatim inspect, " +
            "and put the files back from a backup; or give up what lies behind by seriatim repair --journal " +
            manifest.journalIndex() + " --truncate-at " + scan.endPosition();
    }

    private String place()
    {
        return "journal " + manifest.journalIndex() + " (" + layout.directory() +
            (manifest.archive() == null ? "" : "; " + manifest.archive()) + ")";
    }

    private static String endOf(final RecoveryScan scan)
    {
        final StringBuilder text = new StringBuilder("last good position=").append(scan.endPosition());
        for (final ShardProgress shard : scan.shards())
        {
            text.append(", shard ").append(shard.shard())
                .append(" next sequence=").append(shard.nextSequence())
                .append(", forced to=").append(shard.knownSequence());
        }

        return text.toString();
    }

    private static String stopOf(final RecoveryScan scan)
    {
        return ", stopped at position=" + scan.stopPosition() + ": " +
            (scan.stopReason() == null ? "zeros where a frame could begin" : scan.stopReason());
    }
}
