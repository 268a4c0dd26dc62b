package io.seriatim.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The segment files of journals, while engines may be at work beside. */
final class SegmentFiles
{
    private SegmentFiles()
    {
    }

    /**
     * All of those below a directory.
     *
     * @param directory to look through.
     * @return files in the order of their paths.
     * @throws IOException if it can not be looked through.
     */
    static List<Path> below(final Path directory) throws IOException
    {
        final List<Path> files = new ArrayList<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>()
        {
            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes)
            {
                if (file.toString().endsWith(".rec"))
                {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            /** The engines go on meanwhile, and snapshots of theirs come and go. */
            @Override
            public FileVisitResult visitFileFailed(final Path file, final IOException ex) throws IOException
            {
                if (ex instanceof NoSuchFileException)
                {
                    return FileVisitResult.CONTINUE;
                }
                throw ex;
            }
        });
        Collections.sort(files);
        return files;
    }

    static void force(final Path file) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            channel.force(false);
        }
    }
}
