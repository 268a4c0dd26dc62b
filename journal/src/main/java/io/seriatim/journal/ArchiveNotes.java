package io.seriatim.journal;

import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.VerifierKey;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The notes of one journal in an archive, read one at a time as they are asked for.
 * <p>
 * Shape: the names of all notes, and the one read last.<br>
 * Threads: confined to one.
 */
final class ArchiveNotes
{
    private static final Pattern NAME = Pattern.compile("segments-(\\d{1,18})-(\\d{1,18})\\.note");

    private final Path directory;
    private final Collection<VerifierKey> keys;
    private final TreeMap<Long, Path> files = new TreeMap<>();
    private ArchiveNote held;

    /**
     * List the notes.
     *
     * @param directory of the journal in the archive; it may not be there.
     * @param keys      that are trusted.
     */
    ArchiveNotes(final Path directory, final Collection<VerifierKey> keys)
    {
        this.directory = directory;
        this.keys = keys;
        if (!Files.isDirectory(directory))
        {
            return;
        }

        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, "*.note"))
        {
            for (final Path file : children)
            {
                final Matcher matcher = NAME.matcher(file.getFileName().toString());
                if (matcher.matches())
                {
                    files.put(Long.valueOf(matcher.group(1)), file);
                }
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not list the archive: directory=" + directory, ex);
        }
    }

    Path directory()
    {
        return directory;
    }

    /** Their files by the position of the first segment of each. */
    SortedMap<Long, Path> files()
    {
        return files;
    }

    /**
     * The last one.
     *
     * @return the note; null if there is none.
     * @throws JournalException if it can not be believed.
     */
    ArchiveNote newest()
    {
        return files.isEmpty() ? null : read(files.lastEntry().getValue());
    }

    /**
     * What is signed of a segment.
     *
     * @return the segment; null if it is in no note.
     * @throws JournalException if the note that should have it can not be believed.
     */
    ArchivedSegment segment(final long base)
    {
        final var file = files.floorEntry(base);
        if (file == null)
        {
            return null;
        }

        if (held == null || held.from() != file.getKey())
        {
            held = read(file.getValue());
        }

        return held.segments().stream().filter(segment -> segment.base() == base).findFirst().orElse(null);
    }

    private ArchiveNote read(final Path file)
    {
        try
        {
            return ArchiveNote.read(file, keys);
        }
        catch (final ProofException ex)
        {
            throw new JournalException(
                "a note of the archive can not be believed: " + ex.getMessage() + ", file=" + file +
                "; nothing was changed", ex);
        }
    }
}
