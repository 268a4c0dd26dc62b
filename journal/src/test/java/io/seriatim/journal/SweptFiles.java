package io.seriatim.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Segment files that are damaged and put back, and the bytes that they had before. */
final class SweptFiles implements AutoCloseable
{
    private final RecordingLayout layout;
    private final TreeMap<Long, byte[]> segments = new TreeMap<>();
    private final Map<Long, FileChannel> channels = new HashMap<>();

    /**
     * A copy.
     *
     * @param layout of the copy, whose directory is there.
     * @param source of the files.
     */
    SweptFiles(final RecordingLayout layout, final RecordingLayout source) throws IOException
    {
        this.layout = layout;
        for (final Map.Entry<Long, Path> segment : SegmentFiles.list(source).entrySet())
        {
            segments.put(segment.getKey(), Files.readAllBytes(segment.getValue()));
        }

        restore();
    }

    /** The bytes of each segment before any damage, by its base. */
    TreeMap<Long, byte[]> segments()
    {
        return segments;
    }

    /** What was there, before any damage; 0 behind the end of a file. */
    byte byteAt(final long position)
    {
        final long base = layout.segmentBase(position);
        final byte[] bytes = segments.get(base);
        return position - base < bytes.length ? bytes[(int) (position - base)] : 0;
    }

    void write(final long position, final byte value)
    {
        try
        {
            channelOf(layout.segmentBase(position)).write(
                ByteBuffer.wrap(new byte[] {value}), position - layout.segmentBase(position));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** Let a segment file be what is given; one without any bytes is deleted. */
    void put(final long base, final byte[] bytes)
    {
        try
        {
            if (bytes.length == 0)
            {
                close(base);
                Files.deleteIfExists(layout.segmentFile(base));
            }
            else
            {
                channelOf(base).write(ByteBuffer.wrap(bytes), 0);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** End a segment file; the first stays though it be empty. */
    void truncate(final long base, final long length)
    {
        try
        {
            channelOf(base).truncate(length);
            if (length == 0 && base > 0)
            {
                Files.deleteIfExists(layout.segmentFile(base));
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** Let all be what it was. */
    void restore()
    {
        for (final long base : List.copyOf(channels.keySet()))
        {
            close(base);
        }

        for (final Map.Entry<Long, byte[]> segment : segments.entrySet())
        {
            try
            {
                Files.write(layout.segmentFile(segment.getKey()), segment.getValue());
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }

            channelOf(segment.getKey());
        }
    }

    private FileChannel channelOf(final long base)
    {
        return channels.computeIfAbsent(base, key ->
        {
            try
            {
                return FileChannel.open(
                    layout.segmentFile(key), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        });
    }

    private void close(final long base)
    {
        PosixFiles.closeQuietly(channels.remove(base));
    }

    /** Delete all segments behind one. */
    void removeBehind(final long segmentBase)
    {
        for (final long behind : List.copyOf(channels.keySet()))
        {
            if (behind > segmentBase)
            {
                truncate(behind, 0);
                close(behind);
            }
        }
    }

    @Override
    public void close()
    {
        List.copyOf(channels.keySet()).forEach(this::close);
    }
}
