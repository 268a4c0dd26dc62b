package io.seriatim.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Memory of this process that is resident, as the system counts it; 0 where it does not tell.
 */
final class ProcessMemory
{
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";

    private ProcessMemory()
    {
    }

    /** Now, in MiB. */
    static long residentMiB()
    {
        return statusOf("VmRSS");
    }

    /** Of that what lies in {@code /dev/shm} or is shared otherwise, now, in MiB. */
    static long sharedMiB()
    {
        return statusOf("RssShmem");
    }

    /** The most there was since the last {@link #resetPeak()}, in MiB. */
    static long peakMiB()
    {
        return statusOf("VmHWM");
    }

    static void resetPeak()
    {
        try
        {
            if (Files.isWritable(CLEAR))
            {
                Files.write(CLEAR, RESET_PEAK.getBytes(StandardCharsets.US_ASCII));
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static long statusOf(final String field)
    {
        if (!Files.isReadable(STATUS))
        {
            return 0;
        }
        try (Stream<String> lines = Files.lines(STATUS))
        {
            return lines.filter(line -> line.startsWith(field + ":")).findFirst()
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).orElse(0L);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
