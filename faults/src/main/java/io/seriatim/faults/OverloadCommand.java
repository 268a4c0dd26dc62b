package io.seriatim.faults;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Asks far more of an engine than it can take: it refuses at once by a number, its heap stays as it is, everything that
 * it took is answered and applied once, and afterwards it answers as if nothing had been.
 */
@Command(
    name = "overload",
    description = "Ten clients who flood an engine for 5 s (60 s with --long): refusals are immediate, the heap " +
        "stays flat, everything taken is answered.")
final class OverloadCommand extends Row
{
    private static final long FAST_MS = 5_000;
    private static final long LONG_MS = 60_000;
    private static final long CALM_MAX_NS = 1_000_000_000;
    private static final long HEAP_GROWTH_MAX = 8L * 1024 * 1024;

    @Option(names = "--for", paramLabel = "MILLISECONDS", description = "So long, whatever the tier.")
    private Long givenMs;

    @Option(
        names = "--refusal-max",
        paramLabel = "MILLISECONDS",
        description = "A refusal that takes longer is a failure; ${DEFAULT-VALUE} if not given. It holds what else " +
            "the machine does.",
        defaultValue = "100")
    private long refusalMaxMs;

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-overload");
        final long overloadMs = givenMs != null ? givenMs : options().isLong() ? LONG_MS : FAST_MS;
        final long[] found;
        try (ChildJvm child = new ChildJvm(
            OverloadWorker.class, List.of(), List.of(),
            List.of(directory.resolve("books").toString(), Long.toString(overloadMs))))
        {
            final String line = child.awaitLine(OverloadWorker.REPORT, overloadMs + WorkerBooks.TIMEOUT_MS);
            if (line == null || child.awaitExit(WorkerBooks.TIMEOUT_MS) != 0)
            {
                throw new FaultException("the process ended by itself:\n" + child.output());
            }
            found = Arrays.stream(line.split(" ")).skip(1).mapToLong(Long::parseLong).toArray();
        }
        record.put("cycles", 1).put("taken", found[0]).put("refused", found[1]).put("slowestRefusalMs", found[3] / 1e6)
            .put("heapEarlyKiB", found[4] / 1024).put("heapLateKiB", found[5] / 1024)
            .put("slowestAfterwardsMs", found[6] / 1e6);
        out.printf(
            Locale.ROOT, "%.1f s of overload: %,d transfers taken and answered, %,d refused, the slowest refusal " +
            "took %.1f ms; live heap %.1f MiB early, %.1f MiB late; the slowest of 200 calls afterwards %.1f ms%n",
            overloadMs / 1e3, found[0], found[1], found[3] / 1e6, found[4] / 1024.0 / 1024, found[5] / 1024.0 / 1024,
            found[6] / 1e6);
        require(found[0] == found[2] && found[0] == found[7], "taken, answered and posted are not the same", found);
        require(found[1] > found[0], "that was no overload: less was refused than taken", found);
        require(found[3] < refusalMaxMs * 1_000_000, "a refusal took too long", found);
        require(found[5] - found[4] < HEAP_GROWTH_MAX, "the heap grew", found);
        require(found[6] < CALM_MAX_NS, "it did not recover", found);
        DeletedDirectory.delete(directory);
    }

    private static void require(final boolean holds, final String otherwise, final long[] found)
    {
        if (!holds)
        {
            throw new FaultException(otherwise + ": " + Arrays.toString(found));
        }
    }
}
