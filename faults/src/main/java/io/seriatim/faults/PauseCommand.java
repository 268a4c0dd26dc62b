package io.seriatim.faults;

import io.seriatim.journal.Durability;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Stops a whole process for a while (SIGSTOP), as a suspended machine or a debugger does: it goes on, or its engine
 * stops for good, and nothing is lost.
 */
@Command(
    name = "pause",
    description = "SIGSTOP for 12 s, longer than the time-outs that Aeron has by default, after which the engine " +
        "must go on; with --long also for 1, 5, 30 and 75 s, the last of which is longer than every time-out.")
final class PauseCommand extends Row
{
    private static final List<Integer> FAST_S = List.of(12);
    private static final List<Integer> LONG_S = List.of(1, 5, 12, 30, 75);

    /** Beyond this the engine may stop: its own time-outs are 60 s. */
    private static final int SURVIVED_S = 50;

    @Option(names = "--pauses", split = ",", paramLabel = "SECONDS", description = "Only these.")
    private List<Integer> pauses;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final TreeMap<Integer, String> endings = new TreeMap<>();
        long acknowledgedCount = 0;
        for (final int seconds : pauses != null ? pauses : options().isLong() ? LONG_S : FAST_S)
        {
            final Path directory = Files.createTempDirectory("seriatim-pause");
            final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
            endings.put(seconds, cycle(books, seconds));
            books.checkAll();
            books.verify();
            acknowledgedCount += books.acknowledgedCount();
            DeletedDirectory.delete(directory);
        }
        record.put("cycles", endings.size()).put("endings", endings).put("acknowledged", acknowledgedCount);
        out.printf(
            Locale.ROOT, "pauses in seconds %s: %,d acknowledged, 0 lost%n", endings, acknowledgedCount);
        out.println(record.bound(endings.size()));
    }

    private static String cycle(final WorkerBooks books, final int seconds) throws IOException, InterruptedException
    {
        try (ChildJvm child = books.start(KillWorker.SNAPSHOTS))
        {
            if (child.awaitLine(KillWorker.READY, WorkerBooks.TIMEOUT_MS) == null)
            {
                throw new FaultException("the process ended by itself:\n" + child.output());
            }
            books.awaitProgress(child);
            LoopDisk.run("kill", "-STOP", Long.toString(child.pid()));
            Thread.sleep(seconds * 1_000L);
            LoopDisk.run("kill", "-CONT", Long.toString(child.pid()));
            try
            {
                books.awaitProgress(child);
                books.awaitProgress(child);
                child.kill();
                return "went on";
            }
            catch (final FaultException ex)
            {
                if (seconds > SURVIVED_S && child.awaitExit(WorkerBooks.TIMEOUT_MS) == ExitCode.STOPPED.code())
                {
                    return "stopped";
                }
                throw new FaultException("a pause of " + seconds + " s was not survived: " + ex.getMessage(), ex);
            }
        }
    }
}
