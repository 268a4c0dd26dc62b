package io.seriatim.engine;

import io.seriatim.journal.JournalException;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The snapshot files of the read model of one journal: {@code read-model-<position>.snap}.
 * <p>
 * Threads: confined to one at a time.
 */
final class QuerySnapshotFiles
{
    private static final Pattern NAME = Pattern.compile("read-model-(\\d{1,18})\\.snap");
    private static final String TEMPORARY = ".tmp";
    private static final String BEYOND = ".damaged";

    private final Path directory;

    /**
     * The files of a journal.
     *
     * @param journalDirectory of the journal.
     */
    QuerySnapshotFiles(final Path journalDirectory)
    {
        directory = journalDirectory.resolve("snapshots");
    }

    /** Make the directory, for its owner only, if it is not there. */
    void ensureDirectory() throws IOException
    {
        if (!Files.isDirectory(directory))
        {
            Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    Path file(final long position)
    {
        return directory.resolve("read-model-" + position + ".snap");
    }

    /** The files that there are, whether they can be used or not. */
    TreeMap<Long, Path> byPosition()
    {
        final TreeMap<Long, Path> byPosition = new TreeMap<>();
        for (final Path file : files())
        {
            final Matcher matcher = NAME.matcher(file.getFileName().toString());
            if (matcher.matches())
            {
                byPosition.put(Long.valueOf(matcher.group(1)), file);
            }
        }
        return byPosition;
    }

    /** Delete what a crash has left half written, and put aside what is of a history that the journal has not had. */
    void tidy(final long watermarkPosition)
    {
        for (final Path file : files())
        {
            if (file.getFileName().toString().endsWith(TEMPORARY))
            {
                deleteQuietly(file);
            }
        }
        for (final Path file : byPosition().tailMap(watermarkPosition, false).values())
        {
            setAside(file);
        }
    }

    /** A history that the journal has not had must never be answered from. */
    private static void setAside(final Path file)
    {
        try
        {
            Files.move(file, file.resolveSibling(file.getFileName() + BEYOND), StandardCopyOption.REPLACE_EXISTING);
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "a snapshot of the read model lies beyond the watermark and can not be put aside: file=" + file, ex);
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
            // A file too many does no harm.
        }
    }

    /** Keep the newest ones; the others go. */
    void retain(final int count)
    {
        byPosition().descendingMap().values().stream().skip(count).forEach(QuerySnapshotFiles::deleteQuietly);
    }

    private List<Path> files()
    {
        final List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory))
        {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(directory))
            {
                children.forEach(files::add);
            }
            catch (final IOException ex)
            {
                throw new JournalException("can not list the snapshots: directory=" + directory, ex);
            }
        }
        return files;
    }
}
