package io.seriatim.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What rows need of the machine. */
final class Machine
{
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final String MODEL = "model name";

    private Machine()
    {
    }

    /** The model of its processor, or that it is unknown. */
    static String processor()
    {
        try
        {
            return Files.readAllLines(CPU_INFO).stream().filter(line -> line.startsWith(MODEL) && line.contains(":"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim()).findFirst().orElse("unknown");
        }
        catch (final IOException ex)
        {
            return "unknown";
        }
    }

    /** Whether a program is on the path. */
    static boolean has(final String program)
    {
        return Arrays.stream((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** Whether this process may mount and run as others. */
    static boolean isRoot() throws IOException
    {
        return (int)Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }
}
