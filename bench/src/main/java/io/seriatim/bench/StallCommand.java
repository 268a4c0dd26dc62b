package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.journal.Durability;
import io.seriatim.tools.Progress;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * The worst stalls of an engine with a grown store, under small requests at a part of what it can do.
 */
@Command(
    name = "stall",
    sortOptions = false,
    description = "How long an engine gives no answer at worst: grows a store, finds out what it can do in small " +
        "requests, then sends a part of that at planned times and notes every time without an answer " +
        "though a request waited. Snapshots, segments and tables come as they do in the engine's usual " +
        "settings.%n%nThe worst stalls are listed with what happened at their time. Beside them stands the " +
        "worst fdatasync of the disk: small appends of a quiet time before and after, and the longest pass " +
        "of the thread that writes and, under fsync, forces the journal, in the run itself.",
    footer = "%nExample: a hundred million transfers, ten minutes%n  scripts/bench stall --data-dir /mnt/disk")
final class StallCommand implements Callable<Integer>
{
    /** On the disk: an entry with its part of frames and indexes, and two snapshots. */
    private static final double BYTES_PER_TRANSFER = 280;

    private static final int FULL_SLICES = 3;
    private static final int PROBES = 20;

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--grow",
        paramLabel = "N",
        defaultValue = "100000000",
        description = "Transfers in the store before anything is measured. Default: ${DEFAULT-VALUE}")
    private long growCount;

    @Option(
        names = "--minutes",
        paramLabel = "M",
        defaultValue = "10",
        description = "How long the load takes. Default: ${DEFAULT-VALUE}")
    private double minutes;

    @Option(
        names = "--load",
        paramLabel = "PERCENT",
        defaultValue = "50",
        description = "Of what the grown store can do in such requests. Default: ${DEFAULT-VALUE}")
    private double loadPercent;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "10",
        description = "Transfers in a request. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--accounts",
        paramLabel = "N",
        defaultValue = "100000",
        description = "How many accounts. Default: ${DEFAULT-VALUE}")
    private int accountCount;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "1024",
        description = "Most requests in flight while it is found out what can be done. Default: ${DEFAULT-VALUE}")
    private int inFlightMax;

    @Option(
        names = "--full-seconds",
        paramLabel = "S",
        defaultValue = "6",
        description = "How long that takes. Default: ${DEFAULT-VALUE}")
    private double fullSeconds;

    private PrintWriter out;

    @Override
    public Integer call() throws IOException
    {
        try
        {
            validate();
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        final Path directory = EngineOptions.freshDirectory(options.base());
        final Results results = new Results(options.out, "stall");
        out = results.printing(spec.commandLine().getOut());
        final boolean isWritten = options.durability() != Durability.MEMORY;
        final Path data = isWritten ? directory.resolve("engine") : null;
        final Map<String, String> environment = Environment.of(
            directory, "scripts/bench " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
        try (EngineSubject engine = new EngineSubject(
                options.engineConfig().dataDirectory(data), 1, accountCount, EngineConfig.BATCH_COUNT_MAX_DEFAULT);
            DiskProbe probe = isWritten ? new DiskProbe(directory) : null)
        {
            out.println(title());
            environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
            out.println();
            out.flush();
            grow(engine);
            final StallReport.Measured measured = measure(engine, probe, data);
            engine.requireAllBooked();
            final StallReport report = new StallReport(out, title(), measured, engine.createdCount());
            final Map<String, Object> summary = report.print(options.durability() == Durability.FSYNC, data);
            summary.put("environment", environment);
            summary.put("batchCount", batchCount);
            summary.put("sides", Map.of("engine", "engine"));
            summary.put("pairs", List.of());
            final List<String> warnings = warnings(measured.load(), data);
            warnings.forEach(warning -> out.println("!!! " + warning));
            summary.put("warnings", warnings);
            results.writeLog("engine", List.of(measured.load()), environment);
            results.writeSummary(summary);
            results.writeReport();
            out.println("Files: " + results.directory());
            out.flush();
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
        return 0;
    }

    private void validate()
    {
        options.durability();
        options.threading();
        EngineOptions.require(growCount >= 0 && growCount <= 10_000_000_000L, "--grow", growCount);
        EngineOptions.require(minutes > 0 && minutes <= TimeUnit.DAYS.toMinutes(7), "--minutes", minutes);
        EngineOptions.require(loadPercent > 0 && loadPercent <= 100, "--load", loadPercent);
        EngineOptions.require(
            batchCount >= 1 && batchCount <= EngineConfig.BATCH_COUNT_MAX_DEFAULT, "--batch", batchCount);
        EngineOptions.require(
            accountCount >= 2 && accountCount <= EngineOptions.ACCOUNT_COUNT_MAX, "--accounts", accountCount);
        EngineOptions.require(inFlightMax >= 1 && inFlightMax <= 1 << 16, "--in-flight", inFlightMax);
        EngineOptions.require(
            fullSeconds > 0 && fullSeconds <= TimeUnit.HOURS.toSeconds(1), "--full-seconds", fullSeconds);
        if (options.durability() != Durability.MEMORY)
        {
            options.requireRoom(
                growCount * BYTES_PER_TRANSFER + fullSeconds * EngineOptions.BYTES_PER_SECOND_MAX, "a smaller --grow");
        }
    }

    private String title()
    {
        return String.format(
            Locale.ROOT, "Stalls: requests of %d, open loop, %.0f %% of full load for %.2f min over a store of %,d " +
            "transfers and %,d accounts; durability %s, threading %s, 1 shard, %s",
            batchCount, loadPercent, minutes, growCount, accountCount, options.durability, options.threading,
            options.isWithoutSnapshots ? "no snapshots" :
            String.format(Locale.ROOT, "snapshot every %,d entries", EngineConfig.SNAPSHOT_ENTRIES_DEFAULT));
    }

    private void grow(final EngineSubject engine)
    {
        engine.resume();
        final long startNs = System.nanoTime();
        try (Progress progress = new Progress(
            "grow", " transfers", growCount, Progress.Mode.of(null), spec.commandLine().getErr(), System::nanoTime))
        {
            long left = growCount;
            int idleCount = 0;
            while (left > 0 || engine.inFlight() > 0)
            {
                final int count = (int)Math.min(left, EngineConfig.BATCH_COUNT_MAX_DEFAULT);
                engine.batchCount(Math.max(1, count));
                final boolean isSent = count > 0 && engine.trySend(startNs);
                left -= isSent ? count : 0;
                final boolean isIdle = engine.poll(intendedNs -> { }) == 0 && !isSent;
                idleCount = isIdle ? idleCount + 1 : 0;
                LoadLoop.idle(idleCount);
                if (isSent)
                {
                    progress.advanceTo(growCount - left);
                }
            }
        }
        engine.pause();
        final long elapsedNs = System.nanoTime() - startNs;
        out.printf(
            Locale.ROOT, "grown        %,d transfers in %,.1f s: %,.0f a second%n", growCount, elapsedNs / 1e9,
            growCount * 1e9 / elapsedNs);
        out.flush();
    }

    private StallReport.Measured measure(final EngineSubject engine, final DiskProbe probe, final Path data)
        throws IOException
    {
        engine.batchCount(batchCount);
        writeBack(data);
        final double[] rates = new double[FULL_SLICES];
        for (int i = 0; i < FULL_SLICES; i++)
        {
            final long sliceNs = (long)(fullSeconds / FULL_SLICES * TimeUnit.SECONDS.toNanos(1));
            rates[i] = ClosedLoop.run(engine, inFlightMax, sliceNs, new Recording(sliceNs)).transfersPerSecond();
        }
        final double full = new Ratios(rates).median();
        final double rate = full * loadPercent / 100;
        out.printf(
            Locale.ROOT, "full load    %,.0f transfers/s (%,.0f to %,.0f), up to %,d requests in flight%n", full,
            new Ratios(rates).at(0), new Ratios(rates).at(1), inFlightMax);
        if (data != null && data.toFile().getUsableSpace() < rate * minutes * 60 * BYTES_PER_TRANSFER)
        {
            throw new BenchException(String.format(
                Locale.ROOT, "the disk would fill up: needed %.0f GB, usable %.0f GB; take fewer --minutes",
                rate * minutes * 60 * BYTES_PER_TRANSFER / 1e9, data.toFile().getUsableSpace() / 1e9));
        }
        writeBack(data);
        final DiskProbe.Result before = probe(probe);
        out.printf(Locale.ROOT, "load         %,.0f transfers/s for %.2f min%n", rate, minutes);
        out.flush();
        final long durationNs = (long)(minutes * TimeUnit.MINUTES.toNanos(1));
        try (Progress progress = new Progress(
            "load", " requests", (long)(rate / batchCount * durationNs / 1e9), Progress.Mode.of(null),
            spec.commandLine().getErr(), System::nanoTime))
        {
            final AnswerWatch watch = new AnswerWatch(engine, progress::advanceTo);
            final StallCauses causes = new StallCauses(data, engine);
            final Resources resources = Resources.now();
            final Slice load;
            try (causes)
            {
                load = OpenLoop.run(watch, rate / batchCount, durationNs, new Recording(durationNs));
            }
            final double others = Resources.now().since(resources).othersCores();
            final long residentMiB = ProcessMemory.residentMiB();
            return new StallReport.Measured(full, load, watch, causes, before, probe(probe), others, residentMiB);
        }
    }

    /** What was written before is no part of what is measured. */
    private static void writeBack(final Path data) throws IOException
    {
        if (data != null)
        {
            for (final Path file : SegmentFiles.below(data))
            {
                SegmentFiles.force(file);
            }
        }
    }

    /** The worst of a quiet time: more than one look, as the worst is asked for. */
    private static DiskProbe.Result probe(final DiskProbe probe)
    {
        if (probe == null)
        {
            return DiskProbe.Result.NONE;
        }
        double p50Us = 0;
        double worstUs = 0;
        for (int i = 0; i < PROBES; i++)
        {
            final DiskProbe.Result result = probe.probe();
            p50Us += result.p50Us() / PROBES;
            worstUs = Math.max(worstUs, result.p99Us());
        }
        return new DiskProbe.Result(p50Us, worstUs);
    }

    private List<String> warnings(final Slice load, final Path data)
    {
        final List<String> warnings = new ArrayList<>();
        if (!load.isSustained((long)(minutes * TimeUnit.MINUTES.toNanos(1))))
        {
            warnings.add(String.format(
                Locale.ROOT, "THE RATE WAS NOT KEPT: planned %,d requests in %.1f s, sent %,d, the last answer after " +
                "%.1f s; the latencies are those of a queue that grew", load.plannedCount(), minutes * 60,
                load.sentCount(), load.elapsedNs() / 1e9));
        }
        if (data != null && Environment.isInMemory(data))
        {
            warnings.add("THE DATA DIRECTORY IS IN MEMORY: a force costs nothing there; see --data-dir");
        }
        return warnings;
    }
}
