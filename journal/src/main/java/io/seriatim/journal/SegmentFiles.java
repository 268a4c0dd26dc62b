package io.seriatim.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Positional reads from the segment files of a recording. Bytes that do not exist read as zeros, as they do in a sparse
 * file; positions do not cross a segment. A segment that was removed from the data directory is read from the archive;
 * the manifest is asked where that is whenever a file is missed, as segments may be removed while this is open.
 * <p>
 * Shape: handles of the files read last, at most {@value #HANDLE_COUNT}.<br>
 * Cost: one system call a read; an opening when a file is read for the first time. An interrupt of the thread closes a
 * handle in Java: then it is opened again, and the interrupt is kept.<br>
 * Threads: confined to one; other threads and processes may write the files.
 */
final class SegmentFiles implements AutoCloseable
{
    private static final int HANDLE_COUNT = 16;
    private static final long NO_SEGMENT = -1;

    private final RecordingLayout layout;
    private final FileChannel[] channels = new FileChannel[HANDLE_COUNT];
    private final long[] segmentBases = new long[HANDLE_COUNT];
    private int nextVictim;

    SegmentFiles(final RecordingLayout layout)
    {
        this.layout = layout;
        Arrays.fill(segmentBases, NO_SEGMENT);
    }

    /**
     * The segment files that exist, by the position of their first byte.
     *
     * @throws JournalException if the directory holds a recording that is not the journal's.
     */
    static SortedMap<Long, Path> list(final RecordingLayout layout)
    {
        final SortedMap<Long, Path> files = new TreeMap<>();
        if (!Files.isDirectory(layout.directory()))
        {
            return files;
        }

        try (DirectoryStream<Path> children =
            Files.newDirectoryStream(layout.directory(), "*" + RecordingLayout.FILE_SUFFIX))
        {
            for (final Path file : children)
            {
                final long base = baseOf(layout, file);
                if (base < 0 || Files.size(file) > layout.segmentLength())
                {
                    throw new JournalException(
                        "a file in the archive is not part of the journal: file=" + file + ", length=" +
                        Files.size(file) + ", expected=" + layout.recordingId() + "-<multiple of " +
                        layout.segmentLength() + ">" + RecordingLayout.FILE_SUFFIX + " of at most " +
                        layout.segmentLength() + " bytes; move it away if it does not belong there");
                }

                files.put(base, file);
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not list the archive: directory=" + layout.directory(), ex);
        }

        return files;
    }

    /** The file that a position is read from: in the data directory, or in the archive if it was removed from there. */
    static Path locate(final RecordingLayout layout, final long position)
    {
        final long base = layout.segmentBase(position);
        final Path file = layout.segmentFile(base);
        final ArchivePlace archive = Files.exists(file) ? null : ArchivePlace.of(layout);
        return archive != null && base < archive.position() ? archive.segmentFile(layout, base) : file;
    }

    /** Whether an archive's directory holds no recording at all, of whatever name. */
    static boolean isWithoutRecordings(final Path archiveDirectory)
    {
        if (!Files.isDirectory(archiveDirectory))
        {
            return true;
        }

        try (DirectoryStream<Path> children =
            Files.newDirectoryStream(archiveDirectory, "*" + RecordingLayout.FILE_SUFFIX))
        {
            return !children.iterator().hasNext();
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not list the archive: directory=" + archiveDirectory, ex);
        }
    }

    private static long baseOf(final RecordingLayout layout, final Path file)
    {
        final String name = file.getFileName().toString();
        final String prefix = layout.recordingId() + "-";
        try
        {
            final long base = name.startsWith(prefix) ? Long.parseLong(
                name.substring(prefix.length(), name.length() - RecordingLayout.FILE_SUFFIX.length())) : -1;
            return base >= 0 && layout.segmentBase(base) == base && layout.segmentFile(base).equals(file) ? base : -1;
        }
        catch (final NumberFormatException ex)
        {
            return -1;
        }
    }

    /**
     * Fill a buffer from the journal, from its first byte up to a length; what does not exist becomes zero.
     *
     * @param position of the first byte.
     * @param buffer   to fill; its position and limit are changed.
     * @param length   how many bytes, not crossing the end of the segment.
     */
    void read(final long position, final ByteBuffer buffer, final int length)
    {
        final boolean isInterrupted = Thread.interrupted();
        try
        {
            buffer.limit(length).position(0);
            readFully(position, buffer);
        }
        finally
        {
            if (isInterrupted)
            {
                Thread.currentThread().interrupt();
            }
        }

        while (buffer.remaining() >= Long.BYTES)
        {
            buffer.putLong(0);
        }

        while (buffer.hasRemaining())
        {
            buffer.put((byte) 0);
        }
    }

    private void readFully(final long position, final ByteBuffer buffer)
    {
        final long base = layout.segmentBase(position);
        boolean isInterrupted = false;
        try
        {
            while (buffer.hasRemaining())
            {
                try
                {
                    final FileChannel channel = channelOf(base);
                    if (channel == null || channel.read(buffer, position - base + buffer.position()) < 0)
                    {
                        break;
                    }
                }
                catch (final ClosedChannelException ex)
                {
                    isInterrupted |= Thread.interrupted();
                    forget(base);
                }
            }
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not read the journal: position=" + position + ", file=" + locate(layout, base), ex);
        }
        finally
        {
            if (isInterrupted)
            {
                Thread.currentThread().interrupt();
            }
        }
    }

    private FileChannel channelOf(final long base) throws IOException
    {
        for (int i = 0; i < HANDLE_COUNT; i++)
        {
            if (segmentBases[i] == base)
            {
                return channels[i];
            }
        }

        return open(base);
    }

    private FileChannel open(final long base) throws IOException
    {
        FileChannel channel;
        try
        {
            channel = FileChannel.open(layout.segmentFile(base), StandardOpenOption.READ);
        }
        catch (final NoSuchFileException ex)
        {
            final ArchivePlace archive = ArchivePlace.of(layout);
            if (archive == null || base >= archive.position())
            {
                return null;
            }

            channel = archive.open(layout, base);
        }

        PosixFiles.closeQuietly(channels[nextVictim]);
        channels[nextVictim] = channel;
        segmentBases[nextVictim] = base;
        nextVictim = (nextVictim + 1) % HANDLE_COUNT;
        return channel;
    }

    private void forget(final long base)
    {
        for (int i = 0; i < HANDLE_COUNT; i++)
        {
            if (segmentBases[i] == base)
            {
                PosixFiles.closeQuietly(channels[i]);
                channels[i] = null;
                segmentBases[i] = NO_SEGMENT;
            }
        }
    }

    @Override
    public void close()
    {
        for (int i = 0; i < HANDLE_COUNT; i++)
        {
            PosixFiles.closeQuietly(channels[i]);
            channels[i] = null;
            segmentBases[i] = NO_SEGMENT;
        }
    }
}
