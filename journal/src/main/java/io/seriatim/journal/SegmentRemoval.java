package io.seriatim.journal;

import io.seriatim.merkle.VerifierKey;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.function.IntToLongFunction;
import java.util.function.LongConsumer;

/**
 * Frees a data directory of segments that an archive has. First every file that is to go is compared with its copy and
 * with what is signed of it; then the manifest says where the copies are; then the files go. So there is no moment at
 * which a segment is neither here nor known to be there, and a run goes on where another was broken off.
 * <p>
 * The first segment stays, as it holds the genesis entries that every tool begins with; so do the newest one and
 * whatever a launch reads. The directory is locked meanwhile: no engine runs.
 * <p>
 * Cost: two reads of every segment that goes.<br>
 * Threads: confined to one.
 */
public final class SegmentRemoval implements AutoCloseable
{
    private final Path archive;
    private final DirectoryLock lock;
    private final List<Plan> plans = new ArrayList<>();

    /**
     * What was done for a journal.
     *
     * @param journalIndex number of the journal.
     * @param segmentCount segments that were removed.
     * @param length       of them in bytes.
     * @param position     up to which segments are in the archive alone, the first one apart; 0 if none is.
     * @param limit        why not more went.
     */
    public record Result(int journalIndex, int segmentCount, long length, long position, String limit)
    {
    }

    /** One journal: up to where segments go, and what has to be compared before. */
    private record Plan(
        JournalHome home, RecordingLayout layout, ArchiveNotes notes, long end, String limit,
        List<Long> removed, List<Long> compared)
    {
    }

    private SegmentRemoval(final Path archive, final DirectoryLock lock)
    {
        this.archive = archive;
        this.lock = lock;
    }

    /**
     * Lock the directory and find out what could go.
     *
     * @param dataDirectory of an engine that does not run.
     * @param archive       that has the segments.
     * @param keys          that are trusted to have signed for them.
     * @param startOf       the position from which a launch reads a journal at the earliest, whichever snapshot it
     *                      takes; 0 if it reads all of it.
     * @return a removal that has changed nothing yet.
     * @throws DirectoryInUseException if an engine runs.
     * @throws JournalException        if there are no journals, or the archive does not have what was removed before.
     */
    public static SegmentRemoval open(
        final Path dataDirectory,
        final Path archive,
        final Collection<VerifierKey> keys,
        final IntToLongFunction startOf)
    {
        final int journalCount = JournalFiles.open(dataDirectory).journalCount();
        final DirectoryLock lock = DirectoryLock.acquire(dataDirectory);
        SegmentRemoval removal = new SegmentRemoval(archive.toAbsolutePath().normalize(), lock);
        try
        {
            for (int journal = 0; journal < journalCount; journal++)
            {
                final Path directory = JournalHome.directoryOf(dataDirectory, journal);
                removal.plan(
                    new JournalHome(directory, Manifest.read(directory), Platform.REAL), keys,
                    startOf.applyAsLong(journal));
            }

            final SegmentRemoval opened = removal;
            removal = null;
            return opened;
        }
        finally
        {
            if (removal != null)
            {
                lock.close();
            }
        }
    }

    private void plan(final JournalHome home, final Collection<VerifierKey> keys, final long start)
    {
        final Manifest manifest = home.manifest();
        final RecordingLayout layout = home.layout();
        final SortedMap<Long, Path> files = SegmentFiles.list(layout);
        final ArchiveNotes notes =
            new ArchiveNotes(ArchivePlace.directoryOf(archive, manifest.journalIndex()), keys);
        final ArchiveNote newest = notes.newest();
        final long archived = newest == null ? 0 : newest.end().position();
        final ArchivePlace before = manifest.archive();
        if (before != null && archived < before.position())
        {
            throw new JournalException(
                "the archive does not have what was removed before: archived up to=" + archived + ", removed up to=" +
                before.position() + ", archive=" + archive + ", archive that has it=" + before.root() +
                "; nothing was changed");
        }

        final long newestFile = files.isEmpty() ? 0 : files.lastKey();
        final long startSegment = layout.segmentBase(start);
        final long kept = Math.min(startSegment, newestFile);
        final long end = Math.max(Math.min(archived, kept), manifest.archivedPosition());
        final String limit = archived < kept ? "the archive ends at position " + archived :
            start == 0 ? "no snapshot lets a launch begin behind the start; take one with seriatim snapshot" :
            startSegment <= newestFile ? "the oldest snapshot that is kept lets a launch begin at position " + start :
            "the newest segment stays";
        final List<Long> removed =
            files.keySet().stream().filter(base -> base > 0 && base < end).toList();
        plans.add(new Plan(
            home, layout, notes, end, limit, removed,
            before == null || before.root().equals(archive) ? removed : basesBelow(end, layout.segmentLength())));
    }

    /** An archive that takes the place of another one has to have everything. */
    private static List<Long> basesBelow(final long end, final int segmentLength)
    {
        final List<Long> bases = new ArrayList<>();
        for (long base = 0; base < end; base += segmentLength)
        {
            bases.add(base);
        }

        return bases;
    }

    /**
     * What is to be compared: the files that would go and their copies.
     *
     * @return a number of bytes, in the measure of {@link #run}'s progress.
     */
    public long workLength()
    {
        return plans.stream().mapToLong(plan ->
            (long) plan.layout.segmentLength() * (plan.removed.size() + plan.compared.size())).sum();
    }

    /**
     * Compare everything, then remove.
     *
     * @param progress is told how many bytes were done since it was told last; what it throws breaks the run off.
     * @return one result for each journal.
     * @throws JournalException if a copy, or a file that would go, is not what is signed: nothing was removed.
     */
    public List<Result> run(final LongConsumer progress)
    {
        for (final Plan plan : plans)
        {
            for (final long base : plan.compared)
            {
                force(requireSigned(plan, base, plan.notes.directory(), progress));
            }

            if (!plan.compared.isEmpty())
            {
                force(plan.notes.directory());
            }

            for (final long base : plan.removed)
            {
                requireSigned(plan, base, plan.layout.directory(), progress);
            }
        }

        final List<Result> results = new ArrayList<>();
        for (final Plan plan : plans)
        {
            results.add(remove(plan, progress));
        }

        return results;
    }

    private static Path requireSigned(
        final Plan plan, final long base, final Path directory, final LongConsumer progress)
    {
        final ArchivedSegment signed = plan.notes.segment(base);
        final Path file = directory.resolve(plan.layout.segmentFile(base).getFileName());
        if (signed == null)
        {
            throw new JournalException(
                "no note of the archive has the segment: file=" + file + ", archive=" + plan.notes.directory() +
                "; nothing was removed");
        }

        final String sha256;
        try
        {
            sha256 = Sha256.of(file, progress);
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "a segment can not be compared: " + ex + ", file=" + file + "; nothing was removed", ex);
        }

        if (!sha256.equals(signed.sha256()))
        {
            throw new JournalException(
                "a segment is not what is signed in the archive: file=" + file + ", SHA-256=" + sha256 +
                ", signed=" + signed.sha256() + "; nothing was removed; see seriatim archive --check and seriatim " +
                "inspect, and put the file back");
        }

        return file;
    }

    /** Whoever has put a copy there, it must be on the disk before the original goes. */
    private static void force(final Path copy)
    {
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ))
        {
            channel.force(true);
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "a copy in the archive can not be forced: " + ex + ", file=" + copy + "; nothing was removed", ex);
        }
    }

    private Result remove(final Plan plan, final LongConsumer progress)
    {
        final int index = plan.home.manifest().journalIndex();
        final ArchivePlace place = new ArchivePlace(archive, index, plan.end);
        if (plan.end > plan.layout.segmentLength() && !place.equals(plan.home.manifest().archive()))
        {
            plan.home.update(manifest -> manifest.with(place));
            progress.accept(0);
        }

        try
        {
            for (final long base : plan.removed)
            {
                Files.deleteIfExists(plan.layout.segmentFile(base));
                progress.accept(0);
            }

            PosixFiles.forceDirectory(plan.layout.directory());
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "a segment can not be removed: " + ex + ", directory=" + plan.layout.directory() +
                "; it is in the archive, and a later run goes on", ex);
        }

        return new Result(
            index, plan.removed.size(), (long) plan.removed.size() * plan.layout.segmentLength(),
            plan.home.manifest().archivedPosition(), plan.limit);
    }

    @Override
    public void close()
    {
        lock.close();
    }
}
