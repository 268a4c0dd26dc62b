package io.seriatim.journal;

import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.VerifierKey;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks an archive by itself, wherever it lies: who signed each note, that the notes of a journal are a chain without
 * a gap, that they speak of one log, and every byte of every segment by its hash. It goes on behind what it finds
 * wrong.
 * <p>
 * That the newest notes and segments were taken away is not to be seen in an archive itself: compare its end with the
 * data directory's manifest, or with a checkpoint of the log.
 * <p>
 * Cost: one read of everything.<br>
 * Threads: confined to one.
 */
public final class ArchiveCheck
{
    private static final Pattern JOURNAL = Pattern.compile(JournalHome.PREFIX + "(\\d{1,5})");
    private static final Pattern COUNT = Pattern.compile("\\d+ of (\\d{1,5})");

    private final Path archive;
    private final Collection<VerifierKey> keys;
    private final List<Journal> journals = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final List<String> unsigned = new ArrayList<>();

    /**
     * What was found of a journal.
     *
     * @param journalIndex  number of the journal.
     * @param noteCount     notes that are signed.
     * @param segmentCount  segments that these speak of.
     * @param position      up to which they go.
     * @param nextSequences for each shard, the sequence of the first entry that the archive does not have.
     */
    public record Journal(
        int journalIndex, int noteCount, int segmentCount, long position, SortedMap<Integer, Long> nextSequences)
    {
    }

    /**
     * What was found.
     *
     * @param journals as they are signed.
     * @param findings what is wrong, a line each: the file and the reason.
     * @param unsigned files that no note speaks of, which a run that was broken off leaves.
     */
    public record Report(List<Journal> journals, List<String> findings, List<String> unsigned)
    {
    }

    /**
     * A check that has read nothing.
     *
     * @param archive to check.
     * @param keys    that are trusted.
     */
    public ArchiveCheck(final Path archive, final Collection<VerifierKey> keys)
    {
        this.archive = archive;
        this.keys = keys;
    }

    /**
     * Read and compare everything.
     *
     * @param progress is told how many bytes were read since it was told last.
     * @return what was found.
     * @throws JournalException if this is no archive, or it can not be listed.
     */
    public Report run(final LongConsumer progress)
    {
        final SortedMap<Integer, Path> directories = directories();
        if (directories.isEmpty())
        {
            throw new JournalException("there is no archive here: directory=" + archive);
        }

        String log = null;
        int journalCount = 0;
        for (final var directory : directories.entrySet())
        {
            final ArchiveNote last = check(directory.getKey(), directory.getValue(), progress);
            if (last != null)
            {
                final String found = last.headOf("log.uuid");
                if (log != null && !log.equals(found))
                {
                    findings.add(directory.getValue() + ": it is of another log: " + found + ", expected " + log);
                }

                log = log == null ? found : log;
                final Matcher count = COUNT.matcher(last.headOf("journal"));
                journalCount = count.matches() ? Integer.parseInt(count.group(1)) : journalCount;
            }
        }

        for (int journal = 0; journal < journalCount; journal++)
        {
            if (!directories.containsKey(journal))
            {
                findings.add(ArchivePlace.directoryOf(archive, journal) + ": a journal of the log is missing");
            }
        }

        return new Report(List.copyOf(journals), List.copyOf(findings), List.copyOf(unsigned));
    }

    /**
     * How much there is to read.
     *
     * @return length of the segment files in bytes.
     * @throws JournalException if it can not be listed.
     */
    public long workLength()
    {
        long length = 0;
        for (final Path directory : directories().values())
        {
            for (final Path file : filesIn(directory, "*" + RecordingLayout.FILE_SUFFIX))
            {
                length += file.toFile().length();
            }
        }

        return length;
    }

    private SortedMap<Integer, Path> directories()
    {
        final SortedMap<Integer, Path> directories = new TreeMap<>();
        if (!Files.isDirectory(archive))
        {
            return directories;
        }

        for (final Path child : filesIn(archive, JournalHome.PREFIX + "*"))
        {
            final Matcher matcher = JOURNAL.matcher(child.getFileName().toString());
            if (matcher.matches())
            {
                directories.put(Integer.valueOf(matcher.group(1)), child);
            }
        }

        return directories;
    }

    private static List<Path> filesIn(final Path directory, final String pattern)
    {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, pattern))
        {
            children.forEach(files::add);
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not list the archive: directory=" + directory, ex);
        }

        files.sort(null);
        return files;
    }

    /** Check a journal; the last note that is signed, null if there is none. */
    private ArchiveNote check(final int journal, final Path directory, final LongConsumer progress)
    {
        final Set<Path> signed = new HashSet<>();
        ArchiveNote last = null;
        int noteCount = 0;
        int segmentCount = 0;
        boolean isBroken = false;
        for (final Path file : new ArchiveNotes(directory, keys).files().values())
        {
            final ArchiveNote note = read(file, journal);
            if (note == null)
            {
                isBroken = true;
                continue;
            }

            requireFollowing(file, note, last, isBroken);
            for (final ArchivedSegment segment : note.segments())
            {
                final Path segmentFile = directory.resolve(segment.fileName());
                signed.add(segmentFile);
                check(segmentFile, segment, progress);
            }

            noteCount++;
            segmentCount += note.segments().size();
            last = note;
            isBroken = false;
        }

        filesIn(directory, "*" + RecordingLayout.FILE_SUFFIX).stream().filter(file -> !signed.contains(file))
            .forEach(file -> unsigned.add(file.toString()));
        journals.add(new Journal(
            journal, noteCount, segmentCount, last == null ? 0 : last.end().position(),
            last == null ? new TreeMap<>() : last.end().nextSequences()));
        return last;
    }

    private ArchiveNote read(final Path file, final int journal)
    {
        try
        {
            final ArchiveNote note = ArchiveNote.read(file, keys);
            if (!note.headOf("journal").startsWith(journal + " of "))
            {
                findings.add(file + ": the note is of another journal: " + note.headOf("journal"));
                return null;
            }

            return note;
        }
        catch (final ProofException ex)
        {
            findings.add(file + ": " + ex.getMessage() + "; its segments are signed by nobody");
            return null;
        }
    }

    private void requireFollowing(
        final Path file, final ArchiveNote note, final ArchiveNote last, final boolean isBroken)
    {
        if (last != null && !last.head().equals(note.head()))
        {
            findings.add(file + ": the note is of another journal than the one before");
        }

        final long expected = last == null ? 0 : last.end().position();
        if (!isBroken && note.from() != expected)
        {
            findings.add(
                file + ": a note is missing before it: it begins at position " + note.from() + ", expected " +
                expected);
        }
        else if (!isBroken && !note.after().equals(last == null ? ArchiveNote.NONE : last.hash()))
        {
            findings.add(file + ": the note before it is not the one that it goes on from");
        }
        else if (!isBroken && last != null && !note.segments().get(0).start().equals(last.end()))
        {
            findings.add(file + ": its first segment does not begin with what the note before ends in");
        }
    }

    private void check(final Path file, final ArchivedSegment segment, final LongConsumer progress)
    {
        try
        {
            final String sha256 = Sha256.of(file, progress);
            if (!sha256.equals(segment.sha256()))
            {
                findings.add(
                    file + ": the segment is not what is signed: SHA-256=" + sha256 + ", signed=" + segment.sha256() +
                    ", length=" + Files.size(file) + ", signed=" + segment.length());
            }
        }
        catch (final IOException ex)
        {
            findings.add(file + ": the segment can not be read: " + ex);
        }
    }
}
