package io.seriatim.bench;

import io.seriatim.journal.Durability;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Seriatim and its peers on one disk, measured in turn in short slices: in each round every one has its slice, and the
 * next round begins with another. Each point of the curve gets fresh books of all. Before a slice what others have
 * left in the page cache is written back, and the disk is looked at.
 * <p>
 * Threads: confined to the one that measures.
 */
final class PeersRun implements AutoCloseable
{
    static final String SERIATIM = "seriatim";
    static final String SQLITE = "sqlite";
    static final String H2 = "h2";
    static final String CHRONICLE = "chronicle";

    /** All that can be asked for. */
    static final List<String> PEERS = List.of(PostgresPeer.NAME, SQLITE, H2, CHRONICLE);

    private final RunOptions options;
    private final boolean isCommitShared;
    private final Path directory;
    private final DiskProbe probe;
    private final BlockDevice device;
    private final List<String> names = new ArrayList<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();
    private PostgresServer postgres;
    private int pointCount;

    /**
     * One slice of one peer.
     *
     * @param slice       what happened.
     * @param disk        before it.
     * @param others      cores that processes took which have no part in it.
     * @param engineCores cores that the threads of Seriatim took, idle in the slice of another.
     * @param use         of the processes that did the work.
     * @param deviceBytes written to the disk until nothing was left to write back, or {@link BlockDevice#UNKNOWN}.
     */
    record Turn(
        Slice slice, DiskProbe.Result disk, double others, double engineCores, ProcessUse use, long deviceBytes)
    {
    }

    /**
     * What a point came to.
     *
     * @param point  of the curve.
     * @param rounds in order, each with the turn of each peer, Seriatim's first.
     */
    record Measured(PeerPoint point, List<Map<String, Turn>> rounds)
    {
        Collection<String> names()
        {
            return rounds.get(0).keySet();
        }

        List<Turn> turns(final String name)
        {
            return rounds.stream().map(round -> round.get(name)).toList();
        }
    }

    /**
     * Make ready, and find out who can take part.
     *
     * @param options        of the engine and the disk.
     * @param wanted         of {@link #PEERS}.
     * @param isCommitShared whether embedded stores commit together what waits together.
     * @param postgresBin    programs of PostgreSQL, if there are any.
     */
    PeersRun(
        final RunOptions options,
        final List<String> wanted,
        final boolean isCommitShared,
        final Optional<Path> postgresBin)
    {
        this.options = options;
        this.isCommitShared = isCommitShared;
        final Path base = options.base();
        try
        {
            Files.createDirectories(base);
            directory = Files.createTempDirectory(base.toRealPath(), "data-");
            // PostgreSQL may run as somebody else, who has to get into his part.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no data directory can be made in " + base, ex);
        }
        DiskProbe opened = null;
        try
        {
            opened = new DiskProbe(directory);
            probe = opened;
            device = new BlockDevice(directory);
            names.add(SERIATIM);
            versions.put(SERIATIM, "threading " + options.threading + ", " + options.shardCount + " shard(s)");
            for (final String name : wanted)
            {
                final String why = why(name, postgresBin);
                if (why == null)
                {
                    names.add(name);
                }
                else
                {
                    skipped.put(name, why);
                }
            }
        }
        catch (final RuntimeException | Error ex)
        {
            close(opened);
            throw ex;
        }
    }

    /** Why a peer can not take part; null if it can, and then its version is known. */
    private String why(final String name, final Optional<Path> postgresBin)
    {
        if (PostgresPeer.NAME.equals(name))
        {
            if (postgresBin.isEmpty())
            {
                return "no initdb in " + PostgresServer.DEBIAN + "/*/bin, nor on the PATH; on Debian and Ubuntu: " +
                    "apt-get install postgresql";
            }
            postgres = new PostgresServer(postgresBin.get(), directory.resolve(name), durability());
            versions.put(name, postgres.version() + "; a connection and a thread for each caller");
            return null;
        }
        try (PeerStore store = store(name, subdirectory("try-" + name), 2))
        {
            // Chronicle makes its first file only when something is appended.
            store.apply(1, 1, 2, 1);
            store.commit();
            versions.put(name, store.version() + "; a lone caller calls it, many queue at one writer" +
                (isCommitShared ? ", what waits is committed together" : ", a commit for each request"));
            return null;
        }
        catch (final AssertionError | LinkageError | RuntimeException ex)
        {
            if (CHRONICLE.equals(name))
            {
                return "it does not run in this JVM, without the --add-opens of scripts/bench perhaps: " + ex;
            }
            throw ex;
        }
    }

    private Durability durability()
    {
        return options.durability();
    }

    private PeerStore store(final String name, final Path path, final int accountCount)
    {
        return switch (name)
        {
            case SQLITE -> JdbcStore.sqlite(path, durability(), accountCount);
            case H2 -> JdbcStore.h2(path, durability(), accountCount);
            case CHRONICLE -> new ChronicleStore(path, durability());
            default -> throw new IllegalArgumentException("no peer: " + name);
        };
    }

    Path directory()
    {
        return directory;
    }

    /** Who takes part, Seriatim first. */
    List<String> names()
    {
        return names;
    }

    /** Name to version and settings. */
    Map<String, String> versions()
    {
        return versions;
    }

    /** Name to reason. */
    Map<String, String> skipped()
    {
        return skipped;
    }

    /**
     * Measure a point, and check what all of them have kept.
     *
     * @param point       of the curve.
     * @param seconds     of a slice.
     * @param roundCount  how many.
     * @param listener    told of each round.
     * @param beforeCheck told of the peers, before their books are checked.
     * @return what it came to.
     */
    Measured measure(
        final PeerPoint point,
        final double seconds,
        final int roundCount,
        final Consumer<Map<String, Turn>> listener,
        final Consumer<Peer> beforeCheck)
    {
        final long durationNs = (long)(seconds * TimeUnit.SECONDS.toNanos(1));
        final Path pointDirectory = subdirectory("point-" + ++pointCount);
        final List<Peer> peers = new ArrayList<>();
        try
        {
            names.forEach(name -> peers.add(open(name, pointDirectory, point)));
            final long warmUpNs = (long)(options.warmupSeconds * TimeUnit.SECONDS.toNanos(1));
            peers.forEach(peer -> peer.run(warmUpNs, new Recording(warmUpNs)));
            final List<Map<String, Turn>> rounds = new ArrayList<>();
            for (int i = 0; i < roundCount; i++)
            {
                final List<Peer> order = new ArrayList<>(peers);
                Collections.rotate(order, -i);
                final Map<String, Turn> turns = new LinkedHashMap<>();
                names.forEach(name -> turns.put(name, null));
                order.forEach(peer -> turns.put(peer.name(), turn(peer, durationNs)));
                rounds.add(turns);
                listener.accept(turns);
            }
            peers.forEach(beforeCheck);
            peers.forEach(Peer::requireBooked);
            return new Measured(point, rounds);
        }
        finally
        {
            CloseHelper.closeAll(peers);
            IoUtil.delete(pointDirectory.toFile(), true);
        }
    }

    private Peer open(final String name, final Path pointDirectory, final PeerPoint point)
    {
        if (SERIATIM.equals(name))
        {
            final EngineSubject engine = new EngineSubject(
                options.engineConfig().dataDirectory(pointDirectory.resolve(name)), options.shardCount,
                options.accountCount, point.batchCount());
            engine.pause();
            return new SubjectPeer(engine, point.callers());
        }
        if (PostgresPeer.NAME.equals(name))
        {
            return new PostgresPeer(postgres, point, options.accountCount);
        }
        final PeerStore store = store(
            name, subdirectory(pointDirectory.getFileName() + "/" + name), options.accountCount);
        return new SubjectPeer(
            new WriterSubject(store, point, options.accountCount, isCommitShared), point.callers());
    }

    private Turn turn(final Peer peer, final long durationNs)
    {
        settle();
        final DiskProbe.Result disk = probe.probe();
        final long deviceBytesBefore = device.writtenBytes();
        final Recording recording = new Recording(durationNs);
        final ProcessUse useBefore = peer.use();
        final Resources before = Resources.now();
        final Slice slice = peer.run(durationNs, recording);
        final Resources used = Resources.now().since(before);
        final ProcessUse use = peer.use().since(useBefore);
        if (slice.answeredCount() != slice.sentCount())
        {
            throw new BenchException(
                peer.name() + " did not answer every request: sent=" + slice.sentCount() + ", answered=" +
                slice.answeredCount());
        }
        settle();
        final long deviceBytes = device.writtenBytesSince(deviceBytesBefore);
        final double own = peer.isInThisProcess() ? 0 : use.cpuNs() / (double)slice.elapsedNs();
        return new Turn(
            slice, disk, Math.max(0, used.othersCores() - own), Scenario.cores(used, Scenario.ENGINE_THREADS), use,
            deviceBytes);
    }

    /**
     * Write back what the page cache holds, by another process: to open and close the files of a database here would
     * take away the locks that it has on them.
     */
    private void settle()
    {
        try
        {
            final int exitCode = new ProcessBuilder("sync", "-f", directory.toString()).inheritIO().start().waitFor();
            if (exitCode != 0)
            {
                throw new BenchException("sync -f has failed: exit code " + exitCode + ", directory=" + directory);
            }
        }
        catch (final IOException ex)
        {
            throw new BenchException("there is no command sync, of the coreutils: " + ex.getMessage(), ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted between slices", ex);
        }
    }

    private Path subdirectory(final String name)
    {
        try
        {
            return Files.createDirectories(directory.resolve(name));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close()
    {
        close(probe);
    }

    private void close(final DiskProbe opened)
    {
        try
        {
            CloseHelper.closeAll(opened, postgres);
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
    }
}
