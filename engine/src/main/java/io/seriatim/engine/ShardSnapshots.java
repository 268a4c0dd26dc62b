package io.seriatim.engine;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The snapshot files of one shard: {@code snapshot-<position>-<next sequence>.snap} for its state at a position of the
 * journal, {@code index-<from>-<to>.run} for what was added to the index of its ids between two positions. A snapshot
 * needs the runs that lead from 0 to its position. Two snapshots may need different ones, as runs are joined.
 * <p>
 * Threads: confined to one at a time.
 */
public final class ShardSnapshots
{
    private static final Pattern STATE = Pattern.compile("snapshot-(\\d{1,18})-(\\d{1,18})\\.snap");
    private static final Pattern RUN = Pattern.compile("index-(\\d{1,18})-(\\d{1,18})\\.run");
    private static final String TEMPORARY = ".tmp";
    private static final String DAMAGED = ".damaged";
    private static final long NONE = -1;

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

    /** File of the run between two positions. */
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
    TreeMap<Long, Path> states()
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
     * What the snapshots that there are say of themselves, by their names alone.
     *
     * @return the sequence of the first entry that each does not know of, by its position in the journal.
     * @throws JournalException if the directory can not be listed.
     */
    public SortedMap<Long, Long> nextSequences()
    {
        final TreeMap<Long, Long> nextSequences = new TreeMap<>();
        states().forEach((position, file) ->
        {
            final Matcher matcher = STATE.matcher(file.getFileName().toString());
            if (matcher.matches())
            {
                nextSequences.put(position, Long.valueOf(matcher.group(2)));
            }
        });
        return nextSequences;
    }

    /**
     * From where on a launch reads a journal at the earliest, whichever of its snapshots it takes.
     *
     * @param dataDirectory of the engine.
     * @param manifest      of the journal.
     * @return position of the oldest snapshot that all its shards have, or of its read model if that is older; 0 if
     * there is none, and all of the journal is read.
     * @throws JournalException if a directory can not be listed.
     */
    public static long earliestStart(final Path dataDirectory, final Manifest manifest)
    {
        final TreeSet<Long> positions = commonPositions(
            manifest.shards().stream().map(shard -> new ShardSnapshots(dataDirectory, shard)).toList());
        final TreeMap<Long, Path> ofReadModel =
            new QuerySnapshotFiles(dataDirectory.resolve("journal-" + manifest.journalIndex())).byPosition();
        return positions.isEmpty() ? 0 : ofReadModel.isEmpty() ? positions.first() :
            Math.min(positions.first(), ofReadModel.firstKey());
    }

    /** The positions at which all shards of a journal have a snapshot. */
    static TreeSet<Long> commonPositions(final Collection<ShardSnapshots> shards)
    {
        TreeSet<Long> common = null;
        for (final ShardSnapshots shard : shards)
        {
            final Set<Long> own = shard.states().keySet();
            if (common == null)
            {
                common = new TreeSet<>(own);
            }
            common.retainAll(own);
        }
        return common;
    }

    /** A run by its name. */
    record Run(long from, long to)
    {
    }

    /**
     * The runs that lead from the start to a position.
     *
     * @param position of a snapshot.
     * @return the runs in their order.
     * @throws JournalException if one is missing.
     */
    List<Run> runsTo(final long position)
    {
        final List<Run> chain = chainTo(position);
        if (!hasRunsTo(position))
        {
            throw new JournalException(
                "a run of the index is missing: it has to end at position " +
                (chain.isEmpty() ? position : chain.get(0).from()) + ", directory=" + directory);
        }
        return chain;
    }

    /** Whether there are runs that lead from the start to a position. */
    boolean hasRunsTo(final long position)
    {
        final List<Run> chain = chainTo(position);
        return position == 0 || !chain.isEmpty() && chain.get(0).from() == 0;
    }

    /** The runs that lead to a position, from as far back as there are any. */
    private List<Run> chainTo(final long position)
    {
        final TreeMap<Long, Run> runsByTo = new TreeMap<>();
        for (final Path file : files())
        {
            final Run run = runOf(file);
            if (run != null && run.from() < run.to())
            {
                // Of two that end alike the longer one.
                runsByTo.merge(run.to(), run, (a, b) -> a.from() < b.from() ? a : b);
            }
        }
        final List<Run> chain = new ArrayList<>();
        Run run = runsByTo.get(position);
        while (run != null)
        {
            chain.add(run);
            run = runsByTo.get(run.from());
        }
        Collections.reverse(chain);
        return chain;
    }

    private static Run runOf(final Path file)
    {
        final Matcher matcher = RUN.matcher(file.getFileName().toString());
        return matcher.matches() ? new Run(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))) : null;
    }

    private static long positionOf(final Path file)
    {
        final Matcher matcher = STATE.matcher(file.getFileName().toString());
        if (matcher.matches())
        {
            return Long.parseLong(matcher.group(1));
        }
        final Run run = runOf(file);
        return run == null ? NONE : run.to();
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

    /** Keep the snapshots at these positions and the runs that they need; the others go. */
    void retain(final Collection<Long> positions)
    {
        final Set<Path> kept = new HashSet<>();
        final TreeMap<Long, Path> states = states();
        for (final long position : positions)
        {
            kept.add(states.get(position));
            chainTo(position).forEach(run -> kept.add(runFile(run.from(), run.to())));
        }
        for (final Path file : files())
        {
            if (positionOf(file) != NONE && !kept.contains(file))
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
            setAside(file);
        }
    }

    /** Put everything aside that goes beyond a position: it is of a history that the journal has not had. */
    void setAsideBeyond(final long position)
    {
        files().stream().filter(file -> positionOf(file) > position).forEach(ShardSnapshots::setAside);
    }

    private static void setAside(final Path file)
    {
        try
        {
            Files.move(file, file.resolveSibling(file.getFileName() + DAMAGED), StandardCopyOption.REPLACE_EXISTING);
        }
        catch (final IOException ignored)
        {
            // Then it is tried and refused again.
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
