package io.seriatim.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the threads of this process have used, by what they are for: figures that depend less on the mood of the machine
 * than a time does. Threads that have ended are forgotten, so differences are taken while they live.
 * <p>
 * Shape: immutable once taken.<br>
 * Threads: any.
 */
final class Resources
{
    private static final ThreadMXBean THREADS = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
        (OperatingSystemMXBean)ManagementFactory.getOperatingSystemMXBean();
    private static final Path SYSTEM_STAT = Path.of("/proc/stat");
    private static final int[] BUSY_FIELDS = {1, 2, 3, 6, 7, 8};
    private static final long TICK_NS = 10_000_000;
    private static final Path PROCESS_IO = Path.of("/proc/self/io");

    private final Map<String, Long> cpuNs = new TreeMap<>();
    private final Map<String, Long> allocatedBytes = new TreeMap<>();
    private final long takenNs;
    private long writtenBytes;
    private long writeCallCount;
    private long othersNs;

    private Resources(final long takenNs)
    {
        this.takenNs = takenNs;
    }

    static Resources none()
    {
        return new Resources(0);
    }

    static Resources now()
    {
        final Resources resources = new Resources(System.nanoTime());
        final long[] ids = THREADS.getAllThreadIds();
        final ThreadInfo[] infos = THREADS.getThreadInfo(ids);
        final long[] allocated = THREADS.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++)
        {
            if (infos[i] != null)
            {
                final String role = ids[i] == Thread.currentThread().getId() ?
                    "sender" : roleOf(infos[i].getThreadName());
                if (role != null)
                {
                    resources.cpuNs.merge(role, Math.max(0, THREADS.getThreadCpuTime(ids[i])), Long::sum);
                    resources.allocatedBytes.merge(role, Math.max(0, allocated[i]), Long::sum);
                }
            }
        }
        resources.readProcessIo();
        resources.readOthers();
        return resources;
    }

    /** Threads of agents bear the names of their agents, one that runs several all of them. */
    private static String roleOf(final String threadName)
    {
        if (threadName.startsWith("seriatim-shards-"))
        {
            return "shards";
        }
        if (threadName.contains("seriatim-journal-"))
        {
            return "journal";
        }
        switch (threadName)
        {
            case "seriatim-client":
                return "client";
            case "bench-engine":
                return "engine";
            case "bench-raw":
                return "raw journal";
            default:
                return null;
        }
    }

    /** What was used since then. */
    Resources since(final Resources before)
    {
        final Resources difference = new Resources(takenNs - before.takenNs);
        cpuNs.forEach((role, ns) -> difference.cpuNs.put(role, ns - before.cpuNs.getOrDefault(role, 0L)));
        allocatedBytes.forEach((role, bytes) ->
            difference.allocatedBytes.put(role, bytes - before.allocatedBytes.getOrDefault(role, 0L)));
        difference.writtenBytes = writtenBytes - before.writtenBytes;
        difference.writeCallCount = writeCallCount - before.writeCallCount;
        difference.othersNs = othersNs - before.othersNs;
        return difference;
    }

    /** The sum of two differences. */
    Resources plus(final Resources other)
    {
        final Resources sum = new Resources(takenNs + other.takenNs);
        sum.cpuNs.putAll(cpuNs);
        other.cpuNs.forEach((role, ns) -> sum.cpuNs.merge(role, ns, Long::sum));
        sum.allocatedBytes.putAll(allocatedBytes);
        other.allocatedBytes.forEach((role, bytes) -> sum.allocatedBytes.merge(role, bytes, Long::sum));
        sum.writtenBytes = writtenBytes + other.writtenBytes;
        sum.writeCallCount = writeCallCount + other.writeCallCount;
        sum.othersNs = othersNs + other.othersNs;
        return sum;
    }

    /** Cores that each role kept busy. */
    Map<String, Double> cores()
    {
        final Map<String, Double> cores = new TreeMap<>();
        cpuNs.forEach((role, ns) -> cores.put(role, takenNs == 0 ? 0 : ns / (double)takenNs));
        return cores;
    }

    /** Cores that others kept busy: processes of this machine, and those that share its processor. */
    double othersCores()
    {
        return takenNs == 0 ? 0 : Math.max(0, othersNs / (double)takenNs);
    }

    Map<String, Long> cpuNs()
    {
        return cpuNs;
    }

    Map<String, Long> allocatedBytes()
    {
        return allocatedBytes;
    }

    /** Bytes handed to write calls. */
    long writtenBytes()
    {
        return writtenBytes;
    }

    long writeCallCount()
    {
        return writeCallCount;
    }

    /** First line of the file: cpu, then user, nice, system, idle, iowait, irq, softirq, steal in ticks. */
    private void readOthers()
    {
        try
        {
            if (Files.isReadable(SYSTEM_STAT))
            {
                try (BufferedReader reader = Files.newBufferedReader(SYSTEM_STAT))
                {
                    final String[] fields = reader.readLine().split("\\s+");
                    long busyTicks = 0;
                    for (final int index : BUSY_FIELDS)
                    {
                        busyTicks += Long.parseLong(fields[index]);
                    }
                    othersNs = busyTicks * TICK_NS - SYSTEM.getProcessCpuTime();
                }
            }
        }
        catch (final IOException ignored)
        {
            // Not every system tells; nobody is marked then.
        }
    }

    private void readProcessIo()
    {
        try
        {
            if (Files.isReadable(PROCESS_IO))
            {
                for (final String line : Files.readAllLines(PROCESS_IO))
                {
                    final String[] parts = line.split(": ");
                    if ("wchar".equals(parts[0]))
                    {
                        writtenBytes = Long.parseLong(parts[1]);
                    }
                    else if ("syscw".equals(parts[0]))
                    {
                        writeCallCount = Long.parseLong(parts[1]);
                    }
                }
            }
        }
        catch (final IOException ignored)
        {
            // Not every system counts; the figures stay zero then.
        }
    }
}
