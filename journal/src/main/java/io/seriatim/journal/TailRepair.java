package io.seriatim.journal;

import org.agrona.BufferUtil;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Cuts an unacknowledged tail off a journal: first everything that goes is saved and forced, then it goes. A crash at
 * any point leaves a journal that can be cut again.
 * <p>
 * Threads: confined to one.
 */
final class TailRepair
{
    /** Name of the directory that cut bytes are saved to, in the data directory. */
    static final String QUARANTINE = "quarantine";

    private static final int COPY_LENGTH = 1024 * 1024;

    private final RecordingLayout layout;
    private final Path quarantine;
    private final String prefix;

    /**
     * A repair of one journal.
     *
     * @param layout     of the recording.
     * @param quarantine directory to save to.
     * @param prefix     of the names of the saved files, telling the journal and the incarnation.
     */
    TailRepair(final RecordingLayout layout, final Path quarantine, final String prefix)
    {
        this.layout = layout;
        this.quarantine = quarantine;
        this.prefix = prefix;
    }

    /**
     * Save what lies between two positions.
     *
     * @return the files that it was saved to.
     */
    List<Path> save(final long from, final long to)
    {
        final List<Path> saved = new ArrayList<>();
        try (SegmentFiles files = new SegmentFiles(layout))
        {
            PosixFiles.ensurePrivateDirectory(quarantine);
            long position = from;
            while (position < to)
            {
                final long end = Math.min(to, layout.segmentBase(position) + layout.segmentLength());
                final Path file = unusedFile(position);
                saved.add(file);
                copy(files, position, end, file);
                position = end;
            }

            PosixFiles.forceDirectory(quarantine);
        }
        catch (final IOException ex)
        {
            saved.forEach(TailRepair::deleteQuietly);
            throw new JournalException(
                "can not save the tail before cutting it: " + ex.getMessage() + ", from=" + from + ", to=" + to +
                ", directory=" + quarantine + "; the journal was not changed", ex);
        }

        return saved;
    }

    /**
     * Cut the journal: zeros from a position to the end of its segment, no segments behind it, all of it forced.
     */
    void cut(final long end, final SortedMap<Long, Path> segmentFiles)
    {
        final long base = layout.segmentBase(end);
        try
        {
            for (final Map.Entry<Long, Path> segment : segmentFiles.tailMap(base + 1).entrySet())
            {
                Files.deleteIfExists(segment.getValue());
            }

            final Path last = segmentFiles.get(base);
            if (last != null)
            {
                try (FileChannel channel = FileChannel.open(last, StandardOpenOption.WRITE))
                {
                    channel.truncate(end - base);
                    channel.write(ByteBuffer.allocate(1), layout.segmentLength() - 1L);
                    channel.force(true);
                }
            }

            if (Files.isDirectory(layout.directory()))
            {
                PosixFiles.forceDirectory(layout.directory());
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not cut the journal: position=" + end + ", file=" + layout.segmentFile(base) +
                "; it is intact up to this position", ex);
        }
    }

    private void copy(final SegmentFiles files, final long from, final long to, final Path file) throws IOException
    {
        final ByteBuffer bytes = BufferUtil.allocateDirectAligned(COPY_LENGTH, Long.SIZE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
        {
            for (long position = from; position < to; )
            {
                final int length = (int) Math.min(COPY_LENGTH, to - position);
                files.read(position, bytes, length);
                PosixFiles.writeFully(channel, bytes.limit(length).position(0), position - from);
                position += length;
            }

            channel.force(true);
        }
    }

    private static void deleteQuietly(final Path file)
    {
        try
        {
            Files.deleteIfExists(file);
        }
        catch (final IOException ignored)
        {
            // A part of a copy does no harm.
        }
    }

    private Path unusedFile(final long position)
    {
        Path file = quarantine.resolve(prefix + "-position-" + position + ".tail");
        for (int i = 1; Files.exists(file); i++)
        {
            file = quarantine.resolve(prefix + "-position-" + position + "-" + i + ".tail");
        }

        return file;
    }
}
