package io.seriatim.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds, as the system counts it.
 *
 * @param anonymousBytes  resident memory that is of no file.
 * @param fileDescriptors that are open.
 * @param threads         that live.
 * @param mappedFiles     of ours: segments, and what lies in {@code /dev/shm}.
 */
record ProcessStatus(long anonymousBytes, long fileDescriptors, long threads, long mappedFiles)
{
    /** Of a process, now. */
    static ProcessStatus of(final long pid) throws IOException
    {
        final Path process = Path.of("/proc", Long.toString(pid));
        final List<String> status = Files.readAllLines(process.resolve("status"));
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"));
            Stream<String> maps = Files.lines(process.resolve("maps")))
        {
            return new ProcessStatus(
                number(status, "RssAnon") * 1_024, descriptors.count(), number(status, "Threads"),
                maps.filter(line -> line.contains("/seriatim-")).count());
        }
    }

    private static long number(final List<String> status, final String field)
    {
        return status.stream().filter(line -> line.startsWith(field + ":"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
