package io.seriatim.faults;

import io.seriatim.engine.Readiness;
import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Lets the machine's clock jump under an engine at work: a jump that is too far never enters, what would create
 * something is refused meanwhile, and all goes on when the clock is back.
 */
@Command(
    name = "clock",
    description = "Jumps of the wall clock, which libfaketime makes: 2 h forward and back are not believed, 10 min " +
        "are followed. Skipped without libfaketime.")
final class ClockCommand extends Row
{
    private static final List<Path> LIBRARIES = List.of(
        Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
        Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));
    private static final List<Integer> TOO_FAR_S = List.of(7_200, -7_200, 86_400, -86_400);
    private static final List<Integer> FOLLOWED_S = List.of(600, -600, 0);
    private static final int FOLLOW_MS = 1_500;

    @Option(names = "--too-far", split = ",", paramLabel = "SECONDS", description = "Only these jumps are refused.")
    private List<Integer> tooFar = TOO_FAR_S;

    @Option(names = "--followed", split = ",", paramLabel = "SECONDS", description = "Only these jumps are followed.")
    private List<Integer> followed = FOLLOWED_S;

    @Override
    String missing()
    {
        return library() == null ? "libfaketime is not there" : null;
    }

    private static Path library()
    {
        return LIBRARIES.stream().filter(Files::exists).findFirst().orElse(null);
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-clock");
        final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
        final Path offset = directory.resolve("offset");
        final Instant start = Instant.now();
        jump(offset, 0);
        try (ChildJvm child = books.start(
            KillWorker.SEND, "env", "LD_PRELOAD=" + library(), "FAKETIME_TIMESTAMP_FILE=" + offset,
            "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"))
        {
            if (child.awaitLine(KillWorker.CHECKED, WorkerBooks.TIMEOUT_MS) == null)
            {
                throw new FaultException("the process ended by itself:\n" + child.output());
            }
            for (final int seconds : tooFar)
            {
                jump(offset, seconds);
                require(child, Readiness.CLOCK_JUMPED);
                jump(offset, 0);
                require(child, Readiness.READY);
                books.awaitProgress(child);
            }
            for (final int seconds : followed)
            {
                jump(offset, seconds);
                Thread.sleep(FOLLOW_MS);
                books.awaitProgress(child);
            }
            child.kill();
            final List<String> changes = child.linesOf(KillWorker.READINESS);
            if (changes.size() != 2 * tooFar.size())
            {
                throw new FaultException("a small jump was not followed: " + changes);
            }
        }
        final long latestNs = books.latestAcknowledgedTimestampNs();
        final long allowedNs = TimeUnit.SECONDS.toNanos(Instant.now().getEpochSecond() + 601);
        if (latestNs > allowedNs || latestNs < TimeUnit.SECONDS.toNanos(start.getEpochSecond()))
        {
            throw new FaultException("a jump entered the ledger: timestampNs=" + latestNs + ", latest=" + allowedNs);
        }
        books.checkAll();
        books.verify();
        final int jumpCount = tooFar.size() + followed.size();
        record.put("cycles", jumpCount).put("acknowledged", books.acknowledgedCount());
        out.printf(
            Locale.ROOT, "%d jumps of the clock too far: refused meanwhile, none entered; %d followed: %,d " +
            "acknowledged, 0 lost%n", tooFar.size(), followed.size(), books.acknowledgedCount());
        out.println(record.bound(jumpCount));
        DeletedDirectory.delete(directory);
    }

    private static void jump(final Path offset, final int seconds) throws IOException
    {
        Files.writeString(offset, String.format(Locale.ROOT, "%+ds%n", seconds));
    }

    private static void require(final ChildJvm child, final Readiness readiness) throws InterruptedException
    {
        final String line = child.awaitLine(KillWorker.READINESS, WorkerBooks.TIMEOUT_MS);
        if (line == null || !line.endsWith(readiness.name()))
        {
            throw new FaultException(
                "expected " + readiness + ", found " + line + "; the process said:\n" + child.output());
        }
    }
}
