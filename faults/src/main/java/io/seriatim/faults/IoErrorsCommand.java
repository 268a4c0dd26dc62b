package io.seriatim.faults;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.Durability;
import io.seriatim.journal.SegmentReader;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;

/**
 * Lets one call of the system fail under an engine at work, each time another: what was not written and forced is
 * never acknowledged, nothing is forced twice, the process ends by itself and the next one has lost nothing.
 */
@Command(
    name = "io-errors",
    description = "Lets the n-th write, force, rename or lengthening of a file fail (EIO, ENOSPC) in a process under " +
        "strace, for n up to 300. No root is needed.")
final class IoErrorsCommand extends Row
{
    private static final int CYCLES_FAST = 60;
    private static final int CYCLES_LONG = 900;
    private static final int NTH_MAX = 300;
    private static final int REPORT_EVERY = 20;
    private static final long NOT_REACHED_MS = 4_000;
    private static final long READINESS_NS = 100_000_000;

    /** Calls and how they fail. */
    private static final List<List<String>> FAULTS = List.of(
        List.of("fdatasync", "EIO"),
        List.of("pwrite64", "EIO"),
        List.of("pwrite64", "ENOSPC"),
        List.of("fsync", "EIO"),
        List.of("rename", "EIO"),
        List.of("ftruncate", "ENOSPC"));

    private final TreeMap<String, Integer> endings = new TreeMap<>();
    private final List<Long> notReadyNs = new ArrayList<>();
    private long acknowledgedCount;
    private int forcedAgainCount;

    @Override
    String missing()
    {
        return Machine.has("strace") ? null : "strace is not there";
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final int cycleCount = options().cycleCount(CYCLES_FAST, CYCLES_LONG);
        final Random random = new Random(options().seed());
        int ranCount = 0;
        for (int cycle = 0; cycle < cycleCount; cycle++)
        {
            final List<String> fault = FAULTS.get(cycle % FAULTS.size());
            // Early ones meet the launch and the making of the books, late ones the load.
            final int nth = 1 + random.nextInt(random.nextBoolean() ? 12 : NTH_MAX);
            cycle(fault.get(0), fault.get(1), nth);
            ranCount++;
            if (ranCount % REPORT_EVERY == 0)
            {
                out.printf(Locale.ROOT, "%d of %d errors %s%n", ranCount, cycleCount, endings);
                out.flush();
            }
        }
        Collections.sort(notReadyNs);
        final long slowestNs = notReadyNs.isEmpty() ? 0 : notReadyNs.get(notReadyNs.size() - 1);
        record.put("cycles", ranCount).put("endings", endings).put("acknowledged", acknowledgedCount)
            .put("forcedAgain", forcedAgainCount).put("stoppedByError", notReadyNs.size())
            .put("errorToNotReadyMsMax", slowestNs / 1e6)
            .put("errorToNotReadyMsMedian", notReadyNs.isEmpty() ? 0 : notReadyNs.get(notReadyNs.size() / 2) / 1e6);
        out.printf(
            Locale.ROOT, "%d errors %s: %,d acknowledged, 0 of them not forced, 0 lost; %d forces after a failed " +
            "one; first error of the recording to not ready: median %.1f ms, at most %.1f ms (%d stops)%n",
            ranCount, endings, acknowledgedCount, forcedAgainCount,
            notReadyNs.isEmpty() ? 0 : notReadyNs.get(notReadyNs.size() / 2) / 1e6, slowestNs / 1e6,
            notReadyNs.size());
        out.println(record.bound(ranCount));
    }

    private void cycle(final String call, final String error, final int nth) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-io");
        final String where = call + " " + error + " at the " + nth + "th call";
        try
        {
            final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
            final Path log = directory.resolve("trace");
            final String notReady = run(books, TraceLog.tracer(log, call, error, nth), where);
            judge(new TraceLog(log), books, notReady, where);
            books.checkAll();
            books.verify();
            acknowledgedCount += books.acknowledgedCount();
        }
        catch (final FaultException ex)
        {
            throw new FaultException(where + ", seed=" + options().seed() + ", kept in " + directory + ": " +
                ex.getMessage(), ex);
        }
        DeletedDirectory.delete(directory);
    }

    /** Let it run into the error; one that does not end by itself has not met it, or it did not matter. */
    private String run(final WorkerBooks books, final String[] tracer, final String where) throws InterruptedException
    {
        try (ChildJvm child = books.start(KillWorker.SNAPSHOTS, tracer))
        {
            final long deadlineNs = System.nanoTime() + NOT_REACHED_MS * 1_000_000;
            while (child.isAlive() && System.nanoTime() - deadlineNs < 0)
            {
                Thread.sleep(20);
            }
            if (child.isAlive())
            {
                child.kill();
                endings.merge("went on", 1, Integer::sum);
                return child.linesOf(KillWorker.NOT_READY).stream().findFirst().orElse(null);
            }
            final int exitCode = child.awaitExit(WorkerBooks.TIMEOUT_MS);
            if (exitCode == ExitCode.STOPPED.code())
            {
                endings.merge("stopped", 1, Integer::sum);
            }
            else if (exitCode == ExitCode.JOURNAL_REFUSED.code())
            {
                endings.merge("not launched", 1, Integer::sum);
            }
            else
            {
                throw new FaultException(
                    "the process ended with " + exitCode + " at " + where + "; it said:\n" + child.output());
            }
            return child.linesOf(KillWorker.NOT_READY).stream().findFirst().orElse(null);
        }
    }

    private void judge(final TraceLog log, final WorkerBooks books, final String notReady, final String where)
        throws IOException
    {
        final List<TraceLog.Call> again = log.forcedAgain();
        forcedAgainCount += again.size();
        if (!again.isEmpty())
        {
            throw new FaultException("a file was forced again after its force had failed: " + again);
        }
        final TraceLog.Call failed = log.firstFailedOfRecording();
        if (failed == null)
        {
            return;
        }
        final List<Long> lastSequences = books.lastAcknowledgedSequences();
        final String name = Path.of(failed.file()).getFileName().toString();
        final long base = Long.parseLong(name.substring(name.indexOf('-') + 1, name.length() - ".rec".length()));
        final long unforcedOffset = log.unforcedOffset(failed);
        final long acknowledgedPosition = positionOf(books.directory(), lastSequences);
        if (!failed.name().equals("ftruncate") && acknowledgedPosition - base >= unforcedOffset)
        {
            throw new FaultException(
                "what was not forced was acknowledged: last sequences=" + lastSequences + ", the frame at " +
                acknowledgedPosition + ", unforced from " + (base + unforcedOffset) + " on: " + failed);
        }
        if (notReady != null)
        {
            final long tookNs = Long.parseLong(notReady.split(" ")[1]) - failed.timeNs();
            notReadyNs.add(tookNs);
            if (tookNs > 10 * READINESS_NS)
            {
                throw new FaultException(
                    "the engine was ready for " + tookNs / 1e6 + " ms after the error at " + where + ": " + failed);
            }
        }
    }

    /** Where the last frame begins that holds an entry of these, one of each shard; -1 if there is none. */
    private static long positionOf(final Path books, final List<Long> sequences)
    {
        final FrameHeaderDecoder header = new FrameHeaderDecoder();
        final long[] found = {-1};
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
        {
            reader.read(0, Long.MAX_VALUE, (position, buffer, offset, length) ->
            {
                header.wrap(
                    buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH,
                    FrameHeaderDecoder.BLOCK_LENGTH, FrameHeaderDecoder.SCHEMA_VERSION);
                final long sequence = sequences.get(header.shard());
                if (header.entryCount() > 0 && sequence > 0 && header.firstSequence() <= sequence)
                {
                    found[0] = position;
                }
            });
        }
        return found[0];
    }
}
