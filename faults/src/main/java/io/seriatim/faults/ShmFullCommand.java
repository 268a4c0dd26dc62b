package io.seriatim.faults;

import io.seriatim.journal.Durability;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Gives an engine less shared memory than it needs, in steps, as a container does: it works, from the data directory if
 * it must, or refuses with a reason; it never meets the end of the memory in the middle of its work.
 */
@Command(
    name = "shm-full",
    description = "Launches an engine on a /dev/shm of its own with 0.25 to 64 MiB. Needs root for that mount; " +
        "skipped without.")
final class ShmFullCommand extends Row
{
    private static final List<Integer> SIZES_KIB = List.of(256, 512, 1024, 2048, 4096, 8192, 16384, 65536);
    private static final int WORK_MS = 500;

    @Override
    String missing() throws IOException
    {
        return LoopDisk.missing();
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final TreeMap<Integer, String> endings = new TreeMap<>();
        long acknowledgedCount = 0;
        for (final int kib : SIZES_KIB)
        {
            final Path directory = Files.createTempDirectory("seriatim-shm");
            final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
            endings.put(kib, cycle(books, kib));
            books.checkAll();
            books.verify();
            acknowledgedCount += books.acknowledgedCount();
            DeletedDirectory.delete(directory);
        }
        record.put("cycles", endings.size()).put("endings", endings).put("acknowledged", acknowledgedCount);
        out.printf(
            Locale.ROOT, "/dev/shm in KiB %s: %,d acknowledged, 0 lost, 0 crashes%n", endings, acknowledgedCount);
        out.println(record.bound(endings.size()));
    }

    private static String cycle(final WorkerBooks books, final int kib) throws IOException, InterruptedException
    {
        try (ChildJvm child = books.start(
            KillWorker.SEND, "unshare", "--mount", "--propagation", "slave", "sh", "-c",
            "mount -t tmpfs -o size=" + kib + "k tmpfs /dev/shm && exec \"$0\" \"$@\""))
        {
            if (child.awaitLine(KillWorker.CHECKED, WorkerBooks.TIMEOUT_MS) == null)
            {
                if (child.awaitExit(WorkerBooks.TIMEOUT_MS) == ExitCode.JOURNAL_REFUSED.code())
                {
                    return "refused";
                }
                throw new FaultException(
                    "with " + kib + " KiB of /dev/shm the process ended; it said:\n" + child.output());
            }
            Thread.sleep(WORK_MS);
            books.awaitProgress(child);
            child.kill();
            return "worked";
        }
    }
}
