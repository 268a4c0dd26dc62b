package io.seriatim.journal;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where the segments of a journal lie that were removed from its data directory: the manifest's record of it. All
 * segments below a position were archived there, and checked; those that are still in the data directory are read from
 * it. The first one always is, as it holds the genesis entries.
 * <p>
 * Threads: immutable.
 *
 * @param root         directory of the archive, as its operator gave it.
 * @param journalIndex number of the journal.
 * @param position     end of the last segment that was removed, in bytes.
 */
public record ArchivePlace(Path root, int journalIndex, long position)
{
    /** The place that the manifest of a recording speaks of; null if there is none. */
    static ArchivePlace of(final RecordingLayout layout)
    {
        final Path home = layout.directory().getParent();
        final Manifest manifest = home == null ? null : Manifest.read(home);
        return manifest == null ? null : manifest.archive();
    }

    static ArchivePlace parse(final String root, final int journalIndex, final long position)
    {
        return new ArchivePlace(Path.of(URLDecoder.decode(root, StandardCharsets.UTF_8)), journalIndex, position);
    }

    /** The root in the characters of a manifest. */
    String formatRoot()
    {
        return URLEncoder.encode(root.toString(), StandardCharsets.UTF_8).replace("%2F", "/");
    }

    /** Directory of a journal's segments in an archive. */
    static Path directoryOf(final Path root, final int journalIndex)
    {
        return root.resolve(JournalHome.PREFIX + journalIndex);
    }

    Path segmentFile(final RecordingLayout layout, final long base)
    {
        return directoryOf(root, journalIndex).resolve(layout.segmentFile(base).getFileName());
    }

    /**
     * Open a segment that was removed.
     *
     * @throws JournalException if it is not there, or shorter or longer than it was.
     */
    FileChannel open(final RecordingLayout layout, final long base) throws IOException
    {
        final Path file = segmentFile(layout, base);
        try
        {
            requireLength(layout, file);
            return FileChannel.open(file, StandardOpenOption.READ);
        }
        catch (final NoSuchFileException ex)
        {
            throw missing(layout, base, ex);
        }
    }

    /**
     * Make sure that the archive can be reached: its newest segment that was removed is there.
     *
     * @throws JournalException if it is not.
     */
    void require(final RecordingLayout layout)
    {
        final long base = position - layout.segmentLength();
        try
        {
            if (!Files.exists(layout.segmentFile(base)))
            {
                requireLength(layout, segmentFile(layout, base));
            }
        }
        catch (final NoSuchFileException ex)
        {
            throw missing(layout, base, ex);
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "the archive can not be read: file=" + segmentFile(layout, base) + "; nothing was changed", ex);
        }
    }

    private static void requireLength(final RecordingLayout layout, final Path file) throws IOException
    {
        if (Files.size(file) != layout.segmentLength())
        {
            throw new JournalException(
                "a segment in the archive is not as long as it was: file=" + file + ", length=" + Files.size(file) +
                ", expected=" + layout.segmentLength() + "; put it back from another copy of the archive");
        }
    }

    private JournalException missing(final RecordingLayout layout, final long base, final NoSuchFileException cause)
    {
        final Path file = segmentFile(layout, base);
        return new JournalException(
            "a segment was moved to the archive and is not there: segment=" + file.getFileName() + ", positions=" +
            base + " to " + (base + layout.segmentLength()) + ", expected=" + file + (Files.isDirectory(root) ? "" :
            " (there is no directory " + root + ": is it mounted?)") +
            "; mount the archive, or put the file there or into " + layout.directory() + "; everything from position " +
            position + " on is in the data directory: a launch from a snapshot, balances, new transfers and newer " +
            "entries need no archive (JournalConfig.archiveRequired, --without-archive), unless somebody uses an id " +
            "or a pending transfer of an older entry; older entries and a replay from the start do", cause);
    }

    @Override
    public String toString()
    {
        return "segments below position " + position + " are in " + directoryOf(root, journalIndex);
    }
}
