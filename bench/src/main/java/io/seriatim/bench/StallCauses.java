package io.seriatim.bench;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;
import io.seriatim.instruments.Distribution;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Notes what could make an engine give no answer for a while: snapshots, new segments, long passes of the journal's
 * thread, pauses of the garbage collector, memory that grows, and a machine that does not let threads run; and where
 * requests waited: in the ring, from append to commit, or for the client to poll. It looks every {@link #PERIOD_NS} and
 * knows nothing more exactly.
 * <p>
 * Cost: some files are listed and some counters read, fifty times a second.<br>
 * Threads: its own thread notes; what it noted is asked for when it is closed.
 */
final class StallCauses implements AutoCloseable
{
    static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long LATENCY_MIN_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LATE_MIN_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long GROWTH_MIN_MIB = 32;
    private static final int EVENT_COUNT_MAX = 1_000_000;
    private static final double MILLISECOND_NS = 1e6;

    private final Path dataDirectory;
    private final List<WatchedStage> stages = new ArrayList<>();
    private final List<GarbageCollectorMXBean> collectors;
    private final long[] collectionCounts;
    private final long jvmStartNs;
    private final List<Event> events = new ArrayList<>();
    private final Thread thread;
    private volatile boolean isClosed;
    private long snapshotSinceNs = -1;
    private long snapshotCount;
    private long segmentCount;
    private long segmentsAdded;
    private long residentMiB;
    private long collectionCount;
    private long collectionNs;
    private long worstPassNs;

    /**
     * Something that took a while.
     *
     * @param startNs when it began.
     * @param endNs   when it had ended.
     * @param what    it was.
     * @param size    of it.
     * @param unit    of the size.
     */
    private record Event(long startNs, long endNs, String what, double size, String unit)
    {
    }

    /** The latencies of a stage, from the beginning and from one look to the next. */
    private static final class WatchedStage
    {
        private final StageKind kind;
        private final String what;
        private final StageCounters counters;
        private final long[] first = new long[StageCounters.LATENCY_BUCKETS];
        private final long[] before = new long[StageCounters.LATENCY_BUCKETS];
        private final long[] now = new long[StageCounters.LATENCY_BUCKETS];

        WatchedStage(final StageKind kind, final String what, final StageCounters counters)
        {
            this.kind = kind;
            this.what = what;
            this.counters = counters;
            counters.readLatencies(first);
            System.arraycopy(first, 0, before, 0, first.length);
        }

        /** The longest that was counted since the last look, in nanoseconds. */
        long longestSinceLook()
        {
            counters.readLatencies(now);
            final long longest = Distribution.between(before, now).max();
            System.arraycopy(now, 0, before, 0, now.length);
            return longest;
        }

        /** The longest that was counted at all. */
        long longest()
        {
            counters.readLatencies(now);
            return Distribution.between(first, now).max();
        }
    }

    /**
     * Begin to look.
     *
     * @param dataDirectory of the engine; null if it has none.
     * @param subject       whose counters are read.
     */
    StallCauses(final Path dataDirectory, final EngineSubject subject)
    {
        this.dataDirectory = dataDirectory;
        watch(subject, StageKind.JOURNAL_THREAD, "journal pass");
        watch(subject, StageKind.RING, "in the ring");
        watch(subject, StageKind.JOURNAL, "append to commit");
        watch(subject, StageKind.REPLY, "reply to poll");
        collectors = ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
        collectionCounts = collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).toArray();
        jvmStartNs = System.nanoTime() -
            TimeUnit.MILLISECONDS.toNanos(ManagementFactory.getRuntimeMXBean().getUptime());
        residentMiB = ProcessMemory.residentMiB();
        thread = new Thread(this::run, "bench-causes");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(final EngineSubject subject, final StageKind kind, final String what)
    {
        subject.stages(kind).forEach(counters -> stages.add(new WatchedStage(kind, what, counters)));
    }

    /** What happened in a span, or so near to it that it may have, of each sort the largest; "-" if nothing. */
    String during(final long startNs, final long endNs)
    {
        final Map<String, Event> largest = new LinkedHashMap<>();
        for (final Event event : events)
        {
            if (event.startNs() <= endNs + PERIOD_NS && event.endNs() >= startNs - PERIOD_NS)
            {
                largest.merge(event.what(), event, (a, b) -> a.size() >= b.size() ? a : b);
            }
        }
        return largest.isEmpty() ? "-" : largest.values().stream()
            .map(event -> String.format(Locale.ROOT, "%s %.0f %s", event.what(), event.size(), event.unit()).trim())
            .collect(Collectors.joining(", "));
    }

    long snapshotCount()
    {
        return snapshotCount;
    }

    long segmentsAdded()
    {
        return segmentsAdded;
    }

    long collectionCount()
    {
        return collectionCount;
    }

    long collectionNs()
    {
        return collectionNs;
    }

    /** The longest pass of a journal's thread that wrote, and under FSYNC forced, something; 0 if none is counted. */
    long worstPassNs()
    {
        return worstPassNs;
    }

    @Override
    public void close()
    {
        isClosed = true;
        LockSupport.unpark(thread);
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        if (snapshotSinceNs >= 0)
        {
            final long nowNs = System.nanoTime();
            note(snapshotSinceNs, nowNs, "snapshot", nowNs - snapshotSinceNs);
        }
        worstPassNs = stages.stream().filter(stage -> stage.kind == StageKind.JOURNAL_THREAD)
            .mapToLong(WatchedStage::longest).max().orElse(0);
    }

    private void run()
    {
        long lastNs = System.nanoTime();
        while (!isClosed)
        {
            LockSupport.parkNanos(PERIOD_NS);
            final long nowNs = System.nanoTime();
            if (nowNs - lastNs > PERIOD_NS + LATE_MIN_NS)
            {
                note(lastNs + PERIOD_NS, nowNs, "no core for the watch", nowNs - lastNs - PERIOD_NS);
            }
            look(lastNs, nowNs);
            lastNs = nowNs;
        }
    }

    private void look(final long lastNs, final long nowNs)
    {
        lookAtCollectors();
        for (final WatchedStage stage : stages)
        {
            final long longestNs = stage.longestSinceLook();
            if (longestNs >= LATENCY_MIN_NS)
            {
                note(lastNs - longestNs, nowNs, stage.what, longestNs);
            }
        }
        final long newResidentMiB = ProcessMemory.residentMiB();
        if (newResidentMiB - residentMiB >= GROWTH_MIN_MIB)
        {
            add(new Event(lastNs, nowNs, "memory grew by", newResidentMiB - residentMiB, "MiB"));
        }
        residentMiB = newResidentMiB;
        if (dataDirectory != null)
        {
            lookAtFiles(lastNs, nowNs);
        }
    }

    private void lookAtCollectors()
    {
        for (int i = 0; i < collectionCounts.length; i++)
        {
            final long count = collectors.get(i).getCollectionCount();
            final GcInfo last = collectors.get(i).getLastGcInfo();
            if (count != collectionCounts[i] && last != null)
            {
                final long durationNs = TimeUnit.MILLISECONDS.toNanos(last.getDuration());
                final long startNs = jvmStartNs + TimeUnit.MILLISECONDS.toNanos(last.getStartTime());
                note(startNs, startNs + durationNs, "garbage collection", durationNs);
                collectionNs += durationNs;
                collectionCount += count - collectionCounts[i];
                collectionCounts[i] = count;
            }
        }
    }

    /** A snapshot is being written as long as there is a file that is not whole. */
    private void lookAtFiles(final long lastNs, final long nowNs)
    {
        final boolean isWriting = count(dataDirectory.resolve("shard-0").resolve("snapshots"), ".tmp") > 0;
        if (isWriting && snapshotSinceNs < 0)
        {
            snapshotSinceNs = lastNs;
        }
        else if (!isWriting && snapshotSinceNs >= 0)
        {
            note(snapshotSinceNs, nowNs, "snapshot", nowNs - snapshotSinceNs);
            snapshotSinceNs = -1;
            snapshotCount++;
        }
        final long newSegmentCount = count(dataDirectory.resolve("journal-0").resolve("archive"), ".rec");
        if (segmentCount > 0 && newSegmentCount > segmentCount)
        {
            add(new Event(lastNs, nowNs, "new segments", newSegmentCount - segmentCount, ""));
            segmentsAdded += newSegmentCount - segmentCount;
        }
        segmentCount = Math.max(segmentCount, newSegmentCount);
    }

    private static long count(final Path directory, final String suffix)
    {
        if (!Files.isDirectory(directory))
        {
            return 0;
        }
        try (Stream<Path> files = Files.list(directory))
        {
            return files.filter(file -> file.toString().endsWith(suffix)).count();
        }
        catch (final IOException ignored)
        {
            // What is renamed meanwhile is seen the next time.
            return 0;
        }
    }

    private void note(final long startNs, final long endNs, final String what, final long lengthNs)
    {
        add(new Event(startNs, endNs, what, lengthNs / MILLISECOND_NS, "ms"));
    }

    private void add(final Event event)
    {
        if (events.size() < EVENT_COUNT_MAX)
        {
            events.add(event);
        }
    }
}
