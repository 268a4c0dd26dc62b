package io.seriatim.engine;

import io.seriatim.journal.JournalException;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The snapshot files of one shard: {@code snapshot-<position>-<next sequence>.snap} for its state at a position of the
 * journal, {@code index-<from>-<to>.run} for what was added to the index of its ids between two positions. A snapshot
 * needs the runs that lead from 0 to its position.
 * <p>
 * Threads: confined to one at a time.
 */
public final class ShardSnapshots
{
    private static final Pattern STATE = Pattern.compile("snapshot-(\\d{1,18})-(\\d{1,18})\\.snap");
    private static final Pattern RUN = Pattern.compile("index-(\\d{1,18})-(\\d{1,18})\\.run");
    private static final String TEMPORARY = ".tmp";
    private static final String DAMAGED = ".damaged";

    private final Path directory;

    /**
     * The files of a shard.
     *
     * @param dataDirectory of the engine.
     * @param shard         number of the shard.
     */
    public ShardSnapshots(final Path dataDirectory, final int shard)
    {
        directory = dataDirectory.resolve("shard-" + shard).resolve("snapshots");
    }

    /** Where the files lie. */
    Path directory()
    {
        return directory;
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

    /** File for the state at a position. */
    Path stateFile(final long position, final long nextSequence)
    {
        return directory.resolve("snapshot-" + position + "-" + nextSequence + ".snap");
    }

    /** File for the run between two positions. */
    Path runFile(final long from, final long to)
    {
        return directory.resolve("index-" + from + "-" + to + ".run");
    }

    /**
     * The snapshots that there are, whether they can be believed or not.
     *
     * @return their files by the position of the journal that they go up to.
     * @throws JournalException if the directory can not be listed.
     */
    public TreeMap<Long, Path> states()
    {
        final TreeMap<Long, Path> states = new TreeMap<>();
        for (final Path file : files())
        {
            final Matcher matcher = STATE.matcher(file.getFileName().toString());
            if (matcher.matches())
            {
                states.put(Long.valueOf(matcher.group(1)), file);
            }
        }
        return states;
    }

    /**
     * The runs that lead from the start to a position.
     *
     * @param position of a snapshot.
     * @return the files in their order.
     * @throws JournalException if one is missing.
     */
    List<Path> runsTo(final long position)
    {
        final TreeMap<Long, Long> fromByTo = new TreeMap<>();
        for (final Path file : files())
        {
            final Matcher matcher = RUN.matcher(file.getFileName().toString());
            if (matcher.matches())
            {
                // Of two that end alike the longer one.
                fromByTo.merge(Long.valueOf(matcher.group(2)), Long.valueOf(matcher.group(1)), Math::min);
            }
        }
        final List<Path> runs = new ArrayList<>();
        long to = position;
        while (to > 0)
        {
            final Long from = fromByTo.get(to);
            if (from == null || from >= to)
            {
                throw new JournalException(
                    "a run of the index is missing: it has to end at position " + to + ", directory=" + directory);
            }
            runs.add(runFile(from, to));
            to = from;
        }
        Collections.reverse(runs);
        return runs;
    }

    /** Delete what a crash has left half written. */
    void deleteTemporary()
    {
        for (final Path file : files())
        {
            if (file.getFileName().toString().endsWith(TEMPORARY))
            {
                deleteQuietly(file);
            }
        }
    }

    /** Keep the newest snapshots and the runs that they need; the others go. */
    void retain(final int count)
    {
        final List<Path> kept = new ArrayList<>();
        final TreeMap<Long, Path> states = states();
        for (final long position : states.descendingKeySet().stream().limit(count).toList())
        {
            kept.add(states.get(position));
            kept.addAll(runsTo(position));
        }
        for (final Path file : files())
        {
            final String name = file.getFileName().toString();
            if (!kept.contains(file) && (STATE.matcher(name).matches() || RUN.matcher(name).matches()))
            {
                deleteQuietly(file);
            }
        }
    }

    /** Put a snapshot aside that can not be believed, so that it is not tried again; it is kept to be looked at. */
    void setAside(final long position)
    {
        final Path file = states().get(position);
        if (file != null)
        {
            try
            {
                Files.move(
                    file, file.resolveSibling(file.getFileName() + DAMAGED), StandardCopyOption.REPLACE_EXISTING);
            }
            catch (final IOException ignored)
            {
                // Then it is tried and refused again.
            }
        }
    }

    private List<Path> files()
    {
        final List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(directory))
        {
            return files;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory))
        {
            children.forEach(files::add);
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not list the snapshots: directory=" + directory, ex);
        }
        return files;
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
}
