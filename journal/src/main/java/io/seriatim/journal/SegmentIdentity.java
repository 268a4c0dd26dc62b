package io.seriatim.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Which file a segment is in, whatever name it has: a file that is deleted and made anew, or replaced by another one,
 * is not the same any more.
 *
 * @param base    position of the segment's first byte.
 * @param fileKey device and inode.
 */
record SegmentIdentity(long base, Object fileKey)
{
    /** What is there now; null if there is no such file. */
    static SegmentIdentity of(final long base, final Path file) throws IOException
    {
        try
        {
            return new SegmentIdentity(base, Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        }
        catch (final NoSuchFileException ex)
        {
            return null;
        }
    }
}
