package io.seriatim.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The directory of one journal: its manifest as last written, its archive, and how to force what lies in it.
 * <p>
 * <pre>
 *   journal-J/manifest            see Manifest
 *   journal-J/archive/            Aeron's catalog and the segment files; nothing else
 *   journal-J/aeron/              the transport's memory, where /dev/shm has no room for it
 * </pre>
 * Threads: any; manifests are written one after the other.
 */
final class JournalHome
{
    static final String PREFIX = "journal-";
    static final String ARCHIVE = "archive";
    static final String AERON = "aeron";

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private static final int REWRITE_LENGTH = 1024 * 1024;

    private final Path directory;
    private final Platform platform;
    private Manifest manifest;

    /** A home whose manifest was read before; null if it has none yet. */
    JournalHome(final Path directory, final Manifest manifest, final Platform platform)
    {
        this.directory = directory;
        this.platform = platform;
        this.manifest = manifest;
    }

    static Path directoryOf(final Path dataDirectory, final int journalIndex)
    {
        return dataDirectory.resolve(PREFIX + journalIndex);
    }

    Path directory()
    {
        return directory;
    }

    synchronized Manifest manifest()
    {
        return manifest;
    }

    /** Change the manifest and store it, forced. */
    synchronized Manifest update(final UnaryOperator<Manifest> change)
    {
        final Manifest changed = change.apply(manifest);
        changed.write(directory);
        manifest = changed;
        return changed;
    }

    RecordingLayout layout()
    {
        return RecordingLayout.of(manifest(), directory.resolve(ARCHIVE));
    }

    /**
     * Force every segment file that holds something between two positions, and the directory. Segments that were moved
     * to an archive were forced before.
     */
    void force(final long from, final long to)
    {
        final RecordingLayout layout = layout();
        final ArchivePlace archive = ArchivePlace.of(layout);
        long base = Math.max(layout.segmentBase(from), archive == null ? 0 : archive.position());
        try
        {
            while (base < to)
            {
                platform.force(layout.segmentFile(base));
                base += layout.segmentLength();
            }

            PosixFiles.forceDirectory(layout.directory());
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not force the journal: from=" + from + ", to=" + to + ", file=" + layout.segmentFile(base) +
                "; it is safe up to position " + from, ex);
        }
    }

    /** Force the names of the segment files. */
    void forceDirectory()
    {
        final Path archive = layout().directory();
        try
        {
            PosixFiles.forceDirectory(archive);
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not force the journal's directory: " + archive, ex);
        }
    }

    /**
     * Write what lies between two positions again, as it is. The last process may have met a force that failed, which
     * leaves bytes in memory that look as if they were on the disk; the next force would pass over them.
     */
    void rewrite(final long from, final long to)
    {
        final RecordingLayout layout = layout();
        final ByteBuffer bytes = ByteBuffer.allocateDirect(REWRITE_LENGTH);
        long position = from;
        try (SegmentFiles files = new SegmentFiles(layout))
        {
            while (position < to)
            {
                final long base = layout.segmentBase(position);
                final int length =
                    (int) Math.min(REWRITE_LENGTH, Math.min(to, base + layout.segmentLength()) - position);
                files.read(position, bytes, length);
                platform.rewrite(layout.segmentFile(base), position - base, bytes.limit(length).position(0));
                position += length;
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not write the journal again: from=" + from + ", to=" + to + ", at=" + position + ", file=" +
                layout.segmentFile(layout.segmentBase(position)) + "; it is safe up to position " + from, ex);
        }
    }

    /** The machine's boot; empty where it has none. */
    static String bootId()
    {
        try
        {
            return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).trim();
        }
        catch (final IOException ex)
        {
            return "";
        }
    }
}
