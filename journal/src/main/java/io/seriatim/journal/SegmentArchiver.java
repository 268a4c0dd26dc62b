package io.seriatim.journal;

import io.seriatim.merkle.NoteSignature;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/**
 * Copies the closed segments of a data directory's journals into an archive: those that are wholly below the watermark,
 * which nobody writes any more, and that the archive does not have. It only reads the data directory and works beside a
 * running engine. What was copied is checked frame by frame where it lies, and then signed for.
 * <p>
 * <pre>
 *   archive/LOCK                                    held by the process that writes to it
 *   archive/journal-J/0-131072.rec                  a segment, under the name that it has in the data directory
 *   archive/journal-J/segments-0-262144.note        signed note of some segments, see {@link ArchiveNote}
 *   archive/journal-J/*.tmp                         what was being written when a process ended
 * </pre>
 * Each file is written beside its place, forced, renamed, and the directory forced; a note comes after its segments. A
 * segment that no note speaks of was never archived and is copied again, so that a run goes on where another was broken
 * off. Nothing that is signed is ever written again; the files let nobody write to them.
 * <p>
 * Cost: two reads and one write of every byte, a SHA-256 and a CRC-32C.<br>
 * Threads: confined to one.
 */
public final class SegmentArchiver implements AutoCloseable
{
    private static final String TEMPORARY = ".tmp";

    private final Path archive;
    private final List<NoteSigner> keys;
    private final Collection<VerifierKey> trusted;
    private final DirectoryLock lock;
    private final List<Source> sources = new ArrayList<>();

    /**
     * What was done for a journal.
     *
     * @param journalIndex number of the journal.
     * @param segmentCount segments that were copied.
     * @param length       of them in bytes.
     * @param position     up to which the archive has the journal.
     */
    public record Result(int journalIndex, int segmentCount, long length, long position)
    {
    }

    /** One journal: what is to be copied, and how far that has come. */
    private static final class Source
    {
        private final Manifest manifest;
        private final RecordingLayout from;
        private final RecordingLayout to;
        private final String head;
        private final long end;
        private long signed;
        private ScanStart next;
        private String after;

        Source(final JournalHome home, final Path target, final String head, final ArchiveNote newest)
        {
            manifest = home.manifest();
            from = home.layout();
            to = RecordingLayout.of(manifest, target);
            this.head = head;
            next = newest == null ? beginning(manifest) : newest.end();
            signed = next.position();
            after = newest == null ? ArchiveNote.NONE : newest.hash();
            end = from.segmentBase(manifest.watermark().position());
        }

        private static ScanStart beginning(final Manifest manifest)
        {
            final SortedMap<Integer, Long> nextSequences = new TreeMap<>();
            final SortedMap<Integer, Integer> links = new TreeMap<>();
            manifest.shards().forEach(shard ->
            {
                nextSequences.put(shard, 0L);
                links.put(shard, 0);
            });
            return new ScanStart(0, nextSequences, links);
        }
    }

    private SegmentArchiver(
        final Path archive,
        final List<NoteSigner> keys,
        final Collection<VerifierKey> trusted,
        final DirectoryLock lock)
    {
        this.archive = archive;
        this.keys = keys;
        this.trusted = trusted;
        this.lock = lock;
    }

    /**
     * Look at what there is to do. The archive is made if it is not there, and locked.
     *
     * @param dataDirectory of an engine, which may run.
     * @param archive       directory outside of it.
     * @param keys          at least one, of type {@link VerifierKey#LOG}; all of them sign.
     * @param trusted       keys of shards that may have signed what is there, beside those that sign.
     * @param originOf      a shard's origin: that of a journal's lowest shard is the name that its notes are signed by.
     * @return an archiver that has copied nothing yet.
     * @throws IllegalArgumentException if the one directory lies in the other, or a key is that of a witness.
     * @throws DirectoryInUseException  if another process writes to the archive.
     * @throws JournalException         if there are no journals, or the archive is that of another log or history.
     */
    public static SegmentArchiver open(
        final Path dataDirectory,
        final Path archive,
        final List<NoteSigner> keys,
        final Collection<VerifierKey> trusted,
        final IntFunction<String> originOf)
    {
        final JournalFiles files = JournalFiles.open(dataDirectory);
        requireApart(dataDirectory, archive);
        for (final NoteSigner key : keys)
        {
            if (key.verifierKey().type() != VerifierKey.LOG)
            {
                throw new IllegalArgumentException("an archive is signed with the key of a log: key=" + key);
            }
        }

        if (!Files.isDirectory(archive))
        {
            PosixFiles.ensurePrivateDirectory(archive);
        }

        final DirectoryLock lock = DirectoryLock.acquire(archive);
        SegmentArchiver archiver = new SegmentArchiver(archive, List.copyOf(keys), trusted, lock);
        try
        {
            for (int journal = 0; journal < files.journalCount(); journal++)
            {
                archiver.add(
                    new JournalHome(
                        JournalHome.directoryOf(dataDirectory, journal), files.manifest(journal), Platform.REAL),
                    originOf.apply(files.manifest(journal).shards().get(0)));
            }

            final SegmentArchiver opened = archiver;
            archiver = null;
            return opened;
        }
        finally
        {
            if (archiver != null)
            {
                lock.close();
            }
        }
    }

    /** Neither may be lost with the other. */
    private static void requireApart(final Path dataDirectory, final Path archive)
    {
        final Path data = dataDirectory.toAbsolutePath().normalize();
        final Path target = archive.toAbsolutePath().normalize();
        if (target.startsWith(data) || data.startsWith(target))
        {
            throw new IllegalArgumentException(
                "the archive has to lie outside of the data directory, at best on another disk: archive=" + target +
                ", data directory=" + data);
        }
    }

    private void add(final JournalHome home, final String origin)
    {
        final Manifest manifest = home.manifest();
        final Path target = ArchivePlace.directoryOf(archive, manifest.journalIndex());
        PosixFiles.ensurePrivateDirectory(target);
        final String head = ArchiveNote.headOf(manifest, origin);
        final ArchiveNote newest = new ArchiveNotes(target, verifierKeys(origin)).newest();
        if (newest != null && !newest.head().equals(head))
        {
            throw new JournalException(
                "the archive is of another journal: directory=" + target + ", found:\n" + newest.head() +
                "expected:\n" + head + "nothing was changed");
        }

        final Source source = new Source(home, target, head, newest);
        if (source.signed > source.end)
        {
            throw new JournalException(
                "the archive goes on behind the watermark of the journal, which was cut or put back from a backup: " +
                "archived up to=" + source.signed + ", watermark=" + manifest.watermark().position() +
                ", directory=" + target + "; nothing was changed; if the journal goes on without what the archive " +
                "has, begin another archive");
        }

        sources.add(source);
    }

    private List<VerifierKey> verifierKeys(final String origin)
    {
        final List<VerifierKey> all = new ArrayList<>(trusted);
        keys.forEach(key -> all.add(key.verifierKey().named(origin)));
        return all;
    }

    /**
     * What is to be copied.
     *
     * @return a number of bytes, in the measure of {@link #run}'s progress.
     */
    public long workLength()
    {
        return sources.stream().mapToLong(source -> source.end - source.signed).sum();
    }

    /**
     * Copy, check and sign.
     *
     * @param progress is told how many bytes were done since it was told last; what it throws breaks the run off.
     * @return one result for each journal.
     * @throws JournalException if a segment is damaged, or the archive can not be written. All segments before it, and
     *                          those of the other journals, are archived, and a later run goes on behind them.
     */
    public List<Result> run(final LongConsumer progress)
    {
        final List<Result> results = new ArrayList<>();
        JournalException failure = null;
        for (final Source source : sources)
        {
            final long from = source.signed;
            try
            {
                while (source.signed < source.end)
                {
                    archive(source, progress);
                }
            }
            catch (final JournalException ex)
            {
                failure = failure == null ? ex : failure;
            }

            final long length = source.signed - from;
            results.add(new Result(
                source.manifest.journalIndex(), (int) (length / source.from.segmentLength()), length,
                source.signed));
        }

        if (failure != null)
        {
            throw failure;
        }

        return results;
    }

    /** As many segments as one note takes; if one of them is damaged, those before it. */
    private void archive(final Source source, final LongConsumer progress)
    {
        final List<ArchivedSegment> segments = new ArrayList<>();
        JournalException failure = null;
        int textLength = source.head.length();
        while (failure == null && source.next.position() < source.end && textLength < ArchiveNote.TEXT_LENGTH)
        {
            try
            {
                final ArchivedSegment segment = archiveNext(source, progress);
                segments.add(segment);
                textLength += segment.format().length();
            }
            catch (final JournalException ex)
            {
                failure = ex;
            }
        }

        if (!segments.isEmpty())
        {
            sign(source, new ArchiveNote(source.head, source.after, segments, source.next));
            progress.accept(0);
        }

        if (failure != null)
        {
            throw failure;
        }
    }

    private static ArchivedSegment archiveNext(final Source source, final LongConsumer progress)
    {
        final ScanStart start = source.next;
        final String sha256 = copy(source, start.position(), progress);
        progress.accept(0);
        final RecoveryScan scan = check(source, start);
        progress.accept(0);
        source.next = endOf(scan, start.position() + source.to.segmentLength());
        final SortedMap<Integer, Long> lasts = new TreeMap<>();
        source.next.nextSequences().forEach((shard, next) -> lasts.put(shard, next - 1));
        return new ArchivedSegment(
            source.to.segmentFile(start.position()).getFileName().toString(), start.position(),
            source.to.segmentLength(), sha256, start, lasts);
    }

    /** Copy a segment to its place in the archive, forced. */
    private static String copy(final Source source, final long base, final LongConsumer progress)
    {
        final Path from = SegmentFiles.locate(source.from, base);
        final Path to = source.to.segmentFile(base);
        final Path temporary = to.resolveSibling(to.getFileName() + TEMPORARY);
        try
        {
            Files.deleteIfExists(temporary);
            final String sha256;
            try (FileChannel input = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel output = PosixFiles.createPrivateFile(temporary))
            {
                sha256 = Sha256.copy(input, output, progress);
                PosixFiles.makeReadOnly(temporary);
                output.force(true);
            }

            progress.accept(0);
            Files.move(temporary, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            PosixFiles.forceDirectory(to.getParent());
            return sha256;
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "a segment can not be archived: " + ex + ", from=" + from + ", to=" + to + "; what was signed for " +
                "before is archived, and a later run goes on from there", ex);
        }
    }

    /** Check every frame of a segment that was copied, and that it follows on what comes before. */
    private static RecoveryScan check(final Source source, final ScanStart start)
    {
        final long end = start.position() + source.to.segmentLength();
        final RecoveryScan scan = new RecoveryScan(
            source.to, source.manifest, start, end, (position, buffer, offset, length) -> {}).run();
        if (scan.stopPosition() != end || scan.stopReason() != null)
        {
            throw new JournalException(
                "a segment is damaged and is not archived: position=" + scan.stopPosition() + ", " +
                (scan.stopReason() == null ? "zeros where a frame could begin" : scan.stopReason()) + ", file=" +
                SegmentFiles.locate(source.from, start.position()) + ", its copy=" +
                source.to.segmentFile(start.position()) + "; what was signed for before is archived; see seriatim " +
                "inspect, put the file back from a backup and run it again");
        }

        return scan;
    }

    private static ScanStart endOf(final RecoveryScan scan, final long position)
    {
        final SortedMap<Integer, Long> nextSequences = new TreeMap<>();
        final SortedMap<Integer, Integer> links = new TreeMap<>();
        scan.shards().forEach(shard ->
        {
            nextSequences.put(shard.shard(), shard.openNextSequence());
            links.put(shard.shard(), shard.openPreviousCrc());
        });
        return new ScanStart(position, nextSequences, links);
    }

    private void sign(final Source source, final ArchiveNote note)
    {
        final Path file = source.to.directory().resolve(note.fileName());
        final String text = note.text();
        final List<NoteSignature> signatures =
            keys.stream().map(key -> key.named(note.origin()).sign(text, 0)).toList();
        try
        {
            PosixFiles.replace(file, new SignedNote(text, signatures).toBytes());
            PosixFiles.makeReadOnly(file);
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "a note can not be written: " + ex + ", file=" + file + "; its segments count as not archived, and a " +
                "later run copies them again", ex);
        }

        source.signed = note.end().position();
        source.after = note.hash();
    }

    @Override
    public void close()
    {
        lock.close();
    }
}
