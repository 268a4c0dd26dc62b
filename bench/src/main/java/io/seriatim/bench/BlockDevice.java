package io.seriatim.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The block device that a directory lies on, and what Linux has counted of it: everything that was written to it by
 * whom ever, with what the file system adds of its own. A write call is not counted before its pages are written back,
 * so differences are taken when nothing is left to write back.
 * <p>
 * Shape: a file of the system, read when it is asked.<br>
 * Threads: any.<br>
 * Source: Linux, Documentation/block/stat.rst.
 */
final class BlockDevice
{
    /** There is no such device, or the system does not count: shared memory, a file system over others. */
    static final long UNKNOWN = -1;

    /** In the file: sectors written are the seventh figure; a sector has 512 bytes whatever the device has. */
    private static final int WRITTEN_SECTORS = 6;
    private static final int SECTOR_LENGTH = 512;

    private static final int MAJOR_SHIFT = 8;
    private static final int MAJOR_MASK = 0xFFF;
    private static final int MINOR_LOW_MASK = 0xFF;
    private static final int MINOR_SHIFT = 12;

    private final Path counts;

    /**
     * Find it.
     *
     * @param directory that exists.
     */
    BlockDevice(final Path directory)
    {
        Path file = null;
        try
        {
            final long number = (Long)Files.getAttribute(directory, "unix:dev");
            final long major = number >>> MAJOR_SHIFT & MAJOR_MASK | number >>> Integer.SIZE & ~MAJOR_MASK;
            final long minor = number & MINOR_LOW_MASK | number >>> MINOR_SHIFT & 0xFFFFFF00L;
            file = Path.of("/sys/dev/block", major + ":" + minor, "stat");
        }
        catch (final IOException | IllegalArgumentException | UnsupportedOperationException ignored)
        {
            // Not every system has numbers of devices.
        }
        counts = file;
    }

    /** Bytes written to it since the system began; or {@link #UNKNOWN}. */
    long writtenBytes()
    {
        try
        {
            return counts == null || !Files.isReadable(counts) ? UNKNOWN :
                Long.parseLong(Files.readString(counts).trim().split("\\s+")[WRITTEN_SECTORS]) * SECTOR_LENGTH;
        }
        catch (final IOException ignored)
        {
            return UNKNOWN;
        }
    }

    /** The sum of two differences, unknown if one of them is. */
    static long sum(final long bytes, final long other)
    {
        return bytes < 0 || other < 0 ? UNKNOWN : bytes + other;
    }

    /** Bytes written since there were so many; or {@link #UNKNOWN}. */
    long writtenBytesSince(final long before)
    {
        final long now = writtenBytes();
        return now < 0 || before < 0 ? UNKNOWN : now - before;
    }
}
