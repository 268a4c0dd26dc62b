package io.seriatim.faults;

import io.seriatim.tools.ExitCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a row needs of the machine; without it the row says loudly that nothing was shown. */
final class Skipped
{
    private Skipped()
    {
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

    /**
     * Say that a row was not run.
     *
     * @return the exit code: not running is no failure, and the record counts it as skipped.
     */
    static int loudly(
        final String row, final String why, final PrintWriter out, final RunRecord record, final Path recordFile)
    {
        out.println("SKIPPED: " + row + ": " + why + "; nothing was shown");
        record.put("skipped", why).write(recordFile);
        return ExitCode.DONE.code();
    }
}
