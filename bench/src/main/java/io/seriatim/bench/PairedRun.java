package io.seriatim.bench;

import io.seriatim.journal.Durability;
import org.HdrHistogram.Histogram;
import org.agrona.IoUtil;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An engine and its ceiling, a bare archive on the same disk or a bare ring, measured in turn in short slices, so that
 * both meet the same moods of the machine: engine first in one pair, ceiling first in the next. Each slice begins with
 * nothing in flight and nothing left to write back, and with a look at the disk.
 * <p>
 * Threads: confined to the one that measures.
 */
final class PairedRun implements AutoCloseable
{
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final double WARMUP_SLICE_SECONDS = 1;

    private final Path directory;
    private final Path aeronDirectory;
    private final EngineSubject engine;
    private final Subject raw;
    private final DiskProbe probe;
    private final BlockDevice device;
    private final boolean isWritten;
    private Resources engineUse = Resources.none();
    private Resources rawUse = Resources.none();
    private long engineDeviceBytes;
    private long rawDeviceBytes;
    private double othersCores;

    /**
     * How a slice is run.
     */
    @FunctionalInterface
    interface Loop
    {
        Slice run(Subject subject, long durationNs, Recording recording);
    }

    /**
     * Two slices that belong together.
     *
     * @param isEngineFirst which came first.
     * @param engineDisk    the disk before the engine's slice.
     * @param engineOthers  cores that other processes took meanwhile.
     * @param engine        its slice.
     * @param rawDisk       the disk before the archive's slice.
     * @param rawOthers     cores that other processes took meanwhile.
     * @param raw           its slice; null if there is no archive.
     */
    record Pair(
        boolean isEngineFirst,
        DiskProbe.Result engineDisk,
        double engineOthers,
        Slice engine,
        DiskProbe.Result rawDisk,
        double rawOthers,
        Slice raw) implements Mood.Met
    {
        @Override
        public List<DiskProbe.Result> disks()
        {
            return List.of(engineDisk, rawDisk);
        }

        @Override
        public double othersCores()
        {
            return Math.max(engineOthers, rawOthers);
        }
    }

    PairedRun(final RunOptions options, final int batchCount)
    {
        isWritten = options.durability() != Durability.MEMORY;
        directory = EngineOptions.freshDirectory(options.base());
        aeronDirectory = Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY) ?
            SHARED_MEMORY.resolve("seriatim-bench-" + ProcessHandle.current().pid()) : directory.resolve("aeron");
        EngineSubject openedEngine = null;
        Subject openedRaw = null;
        try
        {
            openedEngine = new EngineSubject(
                options.engineConfig().dataDirectory(isWritten ? directory.resolve("engine") : null),
                options.shardCount, options.accountCount, batchCount);
            openedEngine.pause();
            if (!options.isEngineAlone)
            {
                openedRaw = !isWritten ? new RingSubject(options.threading(), batchCount) : new RawSubject(
                    Files.createDirectory(directory.resolve("raw")), aeronDirectory, options.durability(),
                    options.threading(), batchCount);
            }
            probe = isWritten ? new DiskProbe(directory) : null;
            device = new BlockDevice(directory);
            engine = openedEngine;
            raw = openedRaw;
        }
        catch (final IOException | RuntimeException ex)
        {
            close(openedRaw, openedEngine);
            throw ex instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException)ex;
        }
    }

    /** What is beside the engine; empty if nothing is. */
    String ceiling()
    {
        return raw == null ? "" : isWritten ? "bare archive" : "bare ring";
    }

    Path directory()
    {
        return directory;
    }

    EngineSubject engine()
    {
        return engine;
    }

    /** Load on both sides that is not measured. */
    void warmUp(final Loop loop, final double seconds)
    {
        double left = seconds;
        while (left > 0)
        {
            final long durationNs = (long)(Math.min(left, WARMUP_SLICE_SECONDS) * TimeUnit.SECONDS.toNanos(1));
            loop.run(engine, durationNs, new Recording(durationNs));
            if (raw != null)
            {
                loop.run(raw, durationNs, new Recording(durationNs));
            }
            left -= WARMUP_SLICE_SECONDS;
        }
        settle();
        engineUse = Resources.none();
        rawUse = Resources.none();
        engineDeviceBytes = 0;
        rawDeviceBytes = 0;
    }

    /**
     * Measure.
     *
     * @param loop       of the scenario.
     * @param seconds    on each side.
     * @param sliceCount on each side.
     * @param listener   told of each pair.
     * @return the pairs in order.
     */
    List<Pair> run(final Loop loop, final double seconds, final int sliceCount, final Consumer<Pair> listener)
    {
        final long durationNs = (long)(seconds / sliceCount * TimeUnit.SECONDS.toNanos(1));
        final List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < sliceCount; i++)
        {
            final boolean isEngineFirst = i % 2 == 0;
            final DiskProbe.Result[] disk = {DiskProbe.Result.NONE, DiskProbe.Result.NONE};
            final Slice[] slices = new Slice[2];
            final double[] others = new double[2];
            for (int turn = 0; turn < 2; turn++)
            {
                final boolean isEngine = isEngineFirst == (turn == 0);
                final int side = isEngine ? 0 : 1;
                if (isEngine || raw != null)
                {
                    disk[side] = probe == null ? DiskProbe.Result.NONE : probe.probe();
                    slices[side] = measure(loop, isEngine, durationNs);
                    others[side] = othersCores;
                }
            }
            final Pair pair = new Pair(
                isEngineFirst, disk[0], others[0], slices[0], disk[1], others[1], slices[1]);
            pairs.add(pair);
            listener.accept(pair);
        }
        return pairs;
    }

    private Slice measure(final Loop loop, final boolean isEngine, final long durationNs)
    {
        final Recording recording = new Recording(durationNs);
        final long deviceBytesBefore = device.writtenBytes();
        final Resources before = Resources.now();
        final Slice slice = loop.run(isEngine ? engine : raw, durationNs, recording);
        final Resources used = Resources.now().since(before);
        othersCores = used.othersCores();
        if (slice.answeredCount() != slice.sentCount())
        {
            throw new BenchException(
                slice.subject() + " did not answer every request: sent=" + slice.sentCount() + ", answered=" +
                slice.answeredCount());
        }
        settle();
        final long deviceBytes = device.writtenBytesSince(deviceBytesBefore);
        if (isEngine)
        {
            engineUse = engineUse.plus(used);
            engineDeviceBytes = BlockDevice.sum(engineDeviceBytes, deviceBytes);
        }
        else
        {
            rawUse = rawUse.plus(used);
            rawDeviceBytes = BlockDevice.sum(rawDeviceBytes, deviceBytes);
        }
        return slice;
    }

    /** What the process used in the engine's slices, its idle neighbour included. */
    Resources engineUse()
    {
        return engineUse;
    }

    Resources rawUse()
    {
        return rawUse;
    }

    /** Bytes written to the disk in the engine's slices and until nothing was left of them to write back. */
    long engineDeviceBytes()
    {
        return isWritten ? engineDeviceBytes : BlockDevice.UNKNOWN;
    }

    long rawDeviceBytes()
    {
        return isWritten ? rawDeviceBytes : BlockDevice.UNKNOWN;
    }

    /**
     * Write back what the slices have left in the page cache, so that none pays for the one before it. The bare
     * archive's full segments are of no more use and would only fill the disk.
     */
    private void settle()
    {
        if (!isWritten)
        {
            return;
        }
        try
        {
            final List<Path> recordings = SegmentFiles.below(directory);
            long newestRaw = -1;
            for (final Path file : recordings)
            {
                newestRaw = isOfRaw(file) ? Math.max(newestRaw, segmentBase(file)) : newestRaw;
            }
            for (final Path file : recordings)
            {
                if (isOfRaw(file) && segmentBase(file) < newestRaw)
                {
                    Files.delete(file);
                }
                else
                {
                    SegmentFiles.force(file);
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private boolean isOfRaw(final Path file)
    {
        return file.startsWith(directory.resolve("raw"));
    }

    private static long segmentBase(final Path file)
    {
        final String name = file.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1, name.lastIndexOf('.')));
    }

    static Histogram newHistogram()
    {
        return new Histogram(TimeUnit.MINUTES.toNanos(10), 3);
    }

    @Override
    public void close()
    {
        if (probe != null)
        {
            probe.close();
        }
        close(raw, engine);
    }

    private void close(final Subject openedRaw, final EngineSubject openedEngine)
    {
        try
        {
            if (openedRaw != null)
            {
                openedRaw.close();
            }
            if (openedEngine != null)
            {
                openedEngine.close();
            }
        }
        finally
        {
            IoUtil.delete(aeronDirectory.toFile(), true);
            IoUtil.delete(directory.toFile(), true);
        }
    }
}
