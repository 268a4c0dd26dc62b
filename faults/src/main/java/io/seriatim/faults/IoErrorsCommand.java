package io.seriatim.faults;

import io.seriatim.codecs.FrameHeaderDecoder;
import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.journal.Durability;
import io.seriatim.journal.SegmentReader;
import io.seriatim.tools.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Lets one call of the system fail under an engine at work, each time another: what was not written and forced is
 * never acknowledged, nothing is forced twice, the process ends by itself and the next one has lost nothing.
 */
@Command(
    name = "io-errors",
    description = "Lets the n-th write, force, rename or lengthening of a file fail (EIO, ENOSPC) in a process under " +
        "strace: some that are spread over the first 300 of each; with --long each of the first 300 writes and " +
        "forces in turn, and the fewer others that a launch, a recovery and a snapshot have. No root is needed.")
final class IoErrorsCommand extends Row
{
    private static final int CYCLES_FAST = 60;
    private static final int REPORT_EVERY = 20;
    private static final int POLL_MS = 20;

    /** A process that has not met its error by then is asked for it, and has so long in all to come to it. */
    private static final long MET_EARLY_MS = 4_000;
    private static final long MET_MAX_MS = 60_000;
    private static final long ASK_EVERY_MS = 500;

    /** One that has met it, and whose recording it was not, goes on so long before it is killed. */
    private static final long HARMLESS_MS = 1_500;

    /** How long the process lives that leaves books to recover. */
    private static final int BEFOREHAND_MS = 200;

    /** What is aimed at, from an error of the recording to not being ready, and what is a failure. */
    private static final long READINESS_AIM_NS = 100_000_000;
    private static final long READINESS_MAX_NS = 1_000_000_000;

    /** How a line begins that tells of a cause. */
    private static final String CAUSE = "Caused by:";

    /** How a cycle ended. */
    private enum Ending
    {
        /** The engine stopped at work. */
        STOPPED("stopped"),

        /** The launch was refused, for that error. */
        NOT_LAUNCHED("not launched"),

        /** It was something that is tried again or done without, such as a snapshot. */
        HARMED_NOBODY("harmed nobody"),

        /** There was no such call: the cycle shows nothing. */
        NOT_MET("not met");

        private final String text;

        Ending(final String text)
        {
            this.text = text;
        }

        @Override
        public String toString()
        {
            return text;
        }
    }

    @Option(
        names = "--only",
        paramLabel = "KIND",
        description = "Only errors of this kind: fdatasync-EIO, pwrite64-EIO, pwrite64-ENOSPC, fsync-EIO, " +
            "rename-EIO, ftruncate-ENOSPC, fsync-EIO-recovering or pwrite64-EIO-recovering.")
    private String only;

    @Option(names = "--nth", split = ",", paramLabel = "N", description = "Only the calls with these numbers.")
    private List<Integer> onlyNth;

    private final TreeMap<Ending, Integer> endings = new TreeMap<>();
    private final List<Long> notReadyNs = new ArrayList<>();
    private long acknowledgedCount;

    @Override
    String missing()
    {
        return Machine.has("strace") ? null : "strace is not there";
    }

    @Override
    void run(final PrintWriter out, final RunRecord record) throws IOException, InterruptedException
    {
        final List<IoErrorPlan.Fault> plan = plan();
        int ranCount = 0;
        for (final IoErrorPlan.Fault fault : plan)
        {
            endings.merge(cycle(fault), 1, Integer::sum);
            ranCount++;
            if (ranCount % REPORT_EVERY == 0)
            {
                out.printf(Locale.ROOT, "%d of %d errors %s%n", ranCount, plan.size(), endings);
                out.flush();
            }
        }
        Collections.sort(notReadyNs);
        final int notMetCount = endings.getOrDefault(Ending.NOT_MET, 0);
        final long slowestNs = notReadyNs.isEmpty() ? 0 : notReadyNs.get(notReadyNs.size() - 1);
        final double medianMs = notReadyNs.isEmpty() ? 0 : notReadyNs.get(notReadyNs.size() / 2) / 1e6;
        final long slowCount = notReadyNs.stream().filter(tookNs -> tookNs > READINESS_AIM_NS).count();
        record.put("cycles", ranCount).put("notMet", notMetCount).put("endings", endings.toString())
            .put("acknowledged", acknowledgedCount).put("forcedAgain", 0)
            .put("recordingFailed", notReadyNs.size()).put("errorToNotReadyMsMax", slowestNs / 1e6)
            .put("errorToNotReadyMsMedian", medianMs).put("errorToNotReadyOver100Ms", slowCount);
        out.printf(
            Locale.ROOT, "%d errors that were met %s: %,d acknowledged, 0 of them not forced, 0 lost; 0 forces of " +
            "the recording after a failed one; first error of the recording to not ready: median %.1f ms, at most " +
            "%.1f ms, %d of %d over 100 ms, which is the aim%n",
            ranCount - notMetCount, endings, acknowledgedCount, medianMs, slowestNs / 1e6, slowCount,
            notReadyNs.size());
        if (notMetCount > 0)
        {
            out.println("NOT MET: " + notMetCount + " errors, as there was no such call; they are not counted");
        }
        out.println(record.bound(ranCount - notMetCount));
    }

    private List<IoErrorPlan.Fault> plan()
    {
        final List<IoErrorPlan.Kind> kinds = IoErrorPlan.KINDS.stream()
            .filter(kind -> only == null || kind.toString().equals(only)).toList();
        if (kinds.isEmpty())
        {
            throw new FaultException("there is no such kind: " + only + "; there are " + IoErrorPlan.KINDS);
        }
        final List<IoErrorPlan.Fault> all = IoErrorPlan.all(kinds);
        return onlyNth != null ? all.stream().filter(fault -> onlyNth.contains(fault.nth())).toList() :
            IoErrorPlan.spread(kinds, options().cycleCount(CYCLES_FAST, all.size()), options().seed());
    }

    private Ending cycle(final IoErrorPlan.Fault fault) throws IOException, InterruptedException
    {
        final Path directory = Files.createTempDirectory("seriatim-io");
        try
        {
            final WorkerBooks books = new WorkerBooks(directory.resolve("books"), directory, Durability.FSYNC);
            if (fault.kind().life() == IoErrorPlan.Life.SECOND)
            {
                leaveBooks(books);
            }
            final List<Long> sequencesBefore = books.lastAcknowledgedSequences();
            final Ending ending = run(books, directory.resolve("trace"), fault, sequencesBefore);
            books.checkAll();
            books.verify();
            acknowledgedCount += books.acknowledgedCount();
            DeletedDirectory.delete(directory);
            return ending;
        }
        catch (final FaultException ex)
        {
            throw new FaultException(
                fault + ": scripts/crash-test io-errors --only " + fault.kind() + " --nth " + fault.nth() +
                ", kept in " + directory + ": " + ex.getMessage(), ex);
        }
    }

    private static void leaveBooks(final WorkerBooks books) throws IOException, InterruptedException
    {
        try (ChildJvm child = books.start(KillWorker.SEND))
        {
            books.awaitProgress(child);
            Thread.sleep(BEFOREHAND_MS);
            child.kill();
        }
    }

    /** Let it run into the error, and judge what it did. */
    private Ending run(
        final WorkerBooks books, final Path trace, final IoErrorPlan.Fault fault, final List<Long> sequencesBefore)
        throws IOException, InterruptedException
    {
        final IoErrorPlan.Kind kind = fault.kind();
        try (ChildJvm child = books.start(
            KillWorker.SNAPSHOTS, TraceLog.tracer(trace, kind.call(), kind.error(), fault.nth())))
        {
            awaitEnd(child, trace);
            final boolean isEnded = !child.isAlive();
            if (!isEnded)
            {
                child.kill();
            }
            final int exitCode = child.awaitExit(WorkerBooks.TIMEOUT_MS);
            final TraceLog log = new TraceLog(trace);
            judge(log, books, child, sequencesBefore);
            final boolean isMet = log.firstInjected() != null;
            if (!isEnded)
            {
                final TraceLog.Call failed = log.firstFailedOfRecording();
                require(failed == null, child, "the process went on after an error of the recording: " + failed);
                return isMet ? Ending.HARMED_NOBODY : Ending.NOT_MET;
            }
            require(isMet, child, "the process ended though no call had failed, exit code " + exitCode);
            if (exitCode == ExitCode.STOPPED.code())
            {
                return Ending.STOPPED;
            }
            require(exitCode == ExitCode.JOURNAL_REFUSED.code(), child, "the process ended with " + exitCode);
            // Either the refusal itself says it, or one of its causes.
            require(
                Stream.of(KillWorker.REFUSED, CAUSE).flatMap(beginning -> child.linesOf(beginning).stream())
                    .anyMatch(line -> line.contains(kind.reason())), child,
                "the launch was refused, but not for the error that it met: " + kind.reason());
            return Ending.NOT_LAUNCHED;
        }
    }

    /** Until it ends by itself, or has met the error and it was nothing to end for, or does not come to it. */
    private static void awaitEnd(final ChildJvm child, final Path trace) throws IOException, InterruptedException
    {
        final long startNs = System.nanoTime();
        long metMs = -1;
        long askedMs = 0;
        while (child.isAlive())
        {
            final long nowMs = (System.nanoTime() - startNs) / 1_000_000;
            if (metMs < 0 && nowMs >= MET_EARLY_MS && nowMs - askedMs >= ASK_EVERY_MS)
            {
                askedMs = nowMs;
                metMs = new TraceLog(trace).firstInjected() == null ? -1 : nowMs;
            }
            if (metMs >= 0 ? nowMs - metMs > graceMs(child) : nowMs > MET_MAX_MS)
            {
                return;
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** One that is not ready any more, or was not launched, is about to end, however long a busy machine takes. */
    private static long graceMs(final ChildJvm child)
    {
        return Stream.of(KillWorker.NOT_READY, KillWorker.REFUSED).allMatch(word -> child.linesOf(word).isEmpty()) ?
            HARMLESS_MS : WorkerBooks.TIMEOUT_MS;
    }

    private static void require(final boolean holds, final ChildJvm child, final String otherwise)
    {
        if (!holds)
        {
            throw new FaultException(otherwise + "; the process said:\n" + child.output());
        }
    }

    private void judge(
        final TraceLog log, final WorkerBooks books, final ChildJvm child, final List<Long> sequencesBefore)
        throws IOException
    {
        final List<TraceLog.Call> again = log.forcedAgain();
        require(again.isEmpty(), child, "a file was forced again after its force had failed: " + again);
        final TraceLog.Call failed = log.firstFailedOfRecording();
        if (failed == null)
        {
            return;
        }
        final List<Long> lastSequences = books.lastAcknowledgedSequences();
        if (!failed.name().equals("ftruncate") && !lastSequences.equals(sequencesBefore))
        {
            final String name = Path.of(failed.file()).getFileName().toString();
            final long base = Long.parseLong(name.substring(name.indexOf('-') + 1, name.length() - ".rec".length()));
            final long unforcedOffset = log.unforcedOffset(failed);
            final long acknowledgedPosition = positionOf(books.directory(), lastSequences);
            require(
                acknowledgedPosition - base < unforcedOffset, child,
                "what was not forced was acknowledged: last sequences=" + lastSequences + ", the frame at " +
                acknowledgedPosition + ", unforced from " + (base + unforcedOffset) + " on: " + failed);
        }
        final String notReady = child.linesOf(KillWorker.NOT_READY).stream().findFirst().orElse(null);
        if (notReady != null)
        {
            final long tookNs = Long.parseLong(notReady.split(" ")[1]) - failed.timeNs();
            notReadyNs.add(tookNs);
            require(
                tookNs <= READINESS_MAX_NS, child,
                "the engine was ready for " + tookNs / 1e6 + " ms after the error: " + failed);
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
