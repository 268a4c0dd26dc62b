package io.seriatim.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process and its children have used since they began, as Linux counts it. A process takes over what its
 * children have used when they end, so nothing is lost when a worker goes.
 *
 * @param writtenBytes bytes handed to write calls; what goes to files through mappings is not among them. The count of
 *                     pages made dirty is no better: it takes in whatever the cache keeps together with a page. -1 if
 *                     the system does not tell.
 * @param cpuNs        time on processors.
 */
record ProcessUse(long writtenBytes, long cpuNs)
{
    private static final long TICK_NS = 10_000_000;
    private static final String WRITTEN_BYTES = "wchar: ";

    /** In the file "stat", behind the name of the program: own times, and then those of children that have ended. */
    private static final int FIRST_TIME = 11;
    private static final int TIME_COUNT = 4;

    static ProcessUse ofThisOne()
    {
        return of(ProcessHandle.current(), false);
    }

    /**
     * Look at a process.
     *
     * @param process     that runs.
     * @param isWithBelow whether those below it that still run count too.
     * @return what they have used.
     */
    static ProcessUse of(final ProcessHandle process, final boolean isWithBelow)
    {
        final Stream<ProcessHandle> below = isWithBelow ? process.descendants() : Stream.empty();
        return Stream.concat(Stream.of(process), below)
            .map(each -> new ProcessUse(writtenBytes(each.pid()), cpuNs(each.pid())))
            .reduce(new ProcessUse(0, 0), ProcessUse::plus);
    }

    /** What was used since then. */
    ProcessUse since(final ProcessUse before)
    {
        final boolean isKnown = writtenBytes >= 0 && before.writtenBytes >= 0;
        return new ProcessUse(
            isKnown ? Math.max(0, writtenBytes - before.writtenBytes) : -1, Math.max(0, cpuNs - before.cpuNs));
    }

    ProcessUse plus(final ProcessUse other)
    {
        final boolean isKnown = writtenBytes >= 0 && other.writtenBytes >= 0;
        return new ProcessUse(isKnown ? writtenBytes + other.writtenBytes : -1, cpuNs + other.cpuNs);
    }

    private static long writtenBytes(final long pid)
    {
        final Path file = Path.of("/proc", Long.toString(pid), "io");
        try
        {
            for (final String line : Files.readAllLines(file))
            {
                if (line.startsWith(WRITTEN_BYTES))
                {
                    return Long.parseLong(line.substring(WRITTEN_BYTES.length()));
                }
            }
        }
        catch (final IOException ignored)
        {
            // It has ended meanwhile, and its parent counts it; or this system does not count.
            return Files.exists(file) ? -1 : Files.exists(Path.of("/proc/self/io")) ? 0 : -1;
        }
        return -1;
    }

    private static long cpuNs(final long pid)
    {
        try
        {
            final String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long ticks = 0;
            for (int i = FIRST_TIME; i < FIRST_TIME + TIME_COUNT; i++)
            {
                ticks += Long.parseLong(fields[i]);
            }
            return ticks * TICK_NS;
        }
        catch (final IOException ignored)
        {
            // As above.
            return 0;
        }
    }
}
