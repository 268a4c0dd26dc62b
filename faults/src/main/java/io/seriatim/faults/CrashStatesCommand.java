package io.seriatim.faults;

import io.seriatim.journal.CrashStates;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Cuts the power of a simulated disk after every turn of short workloads, and recovers every state that may be left.
 */
@Command(
    name = "crash-states",
    description = "Every state that a cut of the power can leave of short workloads, at every crash point: subsets " +
        "of up to eight sectors that are not forced. 2 workloads, 500 with --long.")
final class CrashStatesCommand extends Row
{
    private static final int WORKLOADS_FAST = 2;
    private static final int WORKLOADS_LONG = 500;
    private static final int SECTORS = 8;
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException
    {
        final Path directory = Files.isWritable(SHARED_MEMORY) ?
            Files.createTempDirectory(SHARED_MEMORY, "seriatim-states") : Files.createTempDirectory("seriatim-states");
        final int count = options().cycleCount(WORKLOADS_FAST, WORKLOADS_LONG);
        final CrashStates states = new CrashStates(directory, options().seed(), SECTORS);
        final SweepProgress progress = new SweepProgress(count, out);
        for (int i = 0; i < count; i++)
        {
            states.run();
            progress.at(i + 1L);
        }
        out.printf(
            Locale.ROOT, "%d workloads, %,d crash points, %,d states: 0 acknowledged lost, 0 invented%n", count,
            states.crashPointCount(), states.stateCount());
        out.println(record.bound(states.stateCount()));
        record.put("workloads", count).put("crashPoints", states.crashPointCount()).put("states", states.stateCount());
        DeletedDirectory.delete(directory);
    }
}
