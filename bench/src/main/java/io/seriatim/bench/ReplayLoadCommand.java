package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Genesis;
import io.seriatim.engine.ManualClock;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A recorded journal as the load of a new engine, whose every outcome has to be the recorded one.
 */
@Command(
    name = "replay-load",
    sortOptions = false,
    description = "Sends what a journal has recorded to a fresh engine: the same commands in the same requests and " +
        "order, at their own pace, at a multiple of it, or as fast as they are taken. Every outcome is " +
        "compared with the recorded one and, at the end, every balance; a difference fails the " +
        "run.%n%nWhat follows from the time can be compared only if time is the same. So if the journal " +
        "holds imported events, or pending transfers that expire, the new engine gets a clock that is set " +
        "at the places in the order at which the recording asks for it: then all expires where it did, at " +
        "any speed, every entry gets its recorded timestamp, and the new journal is compared byte for " +
        "byte. The moves of the clock are requests beside the load, and are counted. Else the machine's " +
        "clock is used, and timestamps are those of this run. A clock is one for all shards, so that " +
        "journals of several shards can be sent with the machine's clock alone.%n%nThe result names the " +
        "load, so that others know whether they have the same: for each shard the SHA-256 over all of its " +
        "entries in their order, each from its SBE message header to its end, and size and root of the RFC " +
        "6962 tree over them.%n%nShards, journals, placement, batchCountMax and identity are those of the " +
        "recording; state roots are not made again, as that takes a key. Requests that a crash has cut are " +
        "sent as far as they were recorded. An engine on which the code is made warm comes before, in " +
        "memory.",
    footer = {
        "%nExamples: ten times as fast as it was, and as fast as it is taken",
        "  scripts/bench replay-load --data books --speed 10",
        "  scripts/bench replay-load --data books --speed max --durability os"})
final class ReplayLoadCommand implements Callable<Integer>
{
    private static final String AS_FAST_AS_TAKEN = "max";
    private static final double SPEED_MAX = 1e6;
    private static final long UNLIMITED_NS = TimeUnit.DAYS.toNanos(365);
    private static final int WARMUP_ACCOUNTS = 1_000;
    private static final int WARMUP_BATCH = 100;
    private static final int WARMUP_IN_FLIGHT = 64;
    private static final int SECONDS_TO_PUBLISH = 10;
    private static final double ROOM_FACTOR = 1.5;
    private static final double ROOM_MIN = 1e9;

    private static final String MACHINE = "machine";
    private static final String RECORDED = "recorded";

    @Mixin
    private EngineOptions options = new EngineOptions();

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        required = true,
        description = "Data directory of an engine that was closed; it is only read.")
    private Path recorded;

    @Option(
        names = "--speed",
        paramLabel = "X",
        defaultValue = "1",
        description = "1 = at the recorded pace, 10 = ten times as fast, or any other multiple, in an open loop; " +
            "max = in a closed loop. Default: ${DEFAULT-VALUE}")
    private String speedText;

    @Option(
        names = "--clock",
        paramLabel = "CLOCK",
        description = "recorded (the clock is set as it was) or machine; machine is refused for what depends on the " +
            "time. Default: recorded if something does, else machine")
    private String clock;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "64",
        description = "Most requests in flight with --speed max. Default: ${DEFAULT-VALUE}")
    private int inFlightMax;

    @Option(
        names = "--warmup-seconds",
        paramLabel = "S",
        defaultValue = "4",
        description = "Load on an engine in memory before. Default: ${DEFAULT-VALUE}")
    private double warmupSeconds;

    private PrintWriter out;

    /** When requests leave: when they did, at another speed. */
    private record RecordedPlan(RecordedLoad load, long count, long firstNs, long durationNs, double speed)
        implements OpenLoop.Plan
    {
        /** All of it has to be sent. */
        @Override
        public long limitNs()
        {
            return UNLIMITED_NS;
        }

        @Override
        public long offsetNs(final long index)
        {
            final long nextNs = load.nextNs();
            return nextNs == RecordedLoad.NONE ? Long.MAX_VALUE : (long)((nextNs - firstNs) / speed);
        }
    }

    @Override
    public Integer call() throws IOException
    {
        final double speed;
        final RecordedJournal recording;
        final boolean isClockSet;
        try
        {
            speed = validate();
            recording = read(recorded, "read");
            if (recording.requestCount() == 0)
            {
                throw new IllegalArgumentException("--data holds nothing but a beginning: " + recorded);
            }
            isClockSet = isClockSet(recording);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), ex.getMessage(), ex);
        }
        final Path directory = EngineOptions.freshDirectory(options.base());
        final Results results = new Results(options.out, "replay-load");
        out = results.printing(spec.commandLine().getOut());
        final Map<String, String> environment = Environment.of(
            directory, "scripts/bench " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs()));
        try
        {
            out.println(title(isClockSet));
            environment.forEach((key, value) -> out.printf("  %-12s %s%n", key, value));
            out.println();
            new ReplayLoadReport(out, recording, recorded).printRecording();
            out.flush();
            warmUp();
            run(directory, recording, speed, isClockSet, results, environment);
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
        return 0;
    }

    private double validate() throws IOException
    {
        options.durability();
        options.threading();
        EngineOptions.require(inFlightMax >= 1 && inFlightMax <= 1 << 16, "--in-flight", inFlightMax);
        EngineOptions.require(
            warmupSeconds >= 0 && warmupSeconds <= TimeUnit.HOURS.toSeconds(1), "--warmup-seconds", warmupSeconds);
        if (clock != null && !clock.equals(MACHINE) && !clock.equals(RECORDED))
        {
            throw new IllegalArgumentException("--clock is recorded or machine: " + clock);
        }
        if (!Files.isDirectory(recorded.resolve("journal-0")))
        {
            throw new IllegalArgumentException(
                "--data is not the data directory of an engine, as it holds no journal-0: " + recorded);
        }
        if (options.durability() != Durability.MEMORY)
        {
            options.requireRoom(ROOM_MIN + ROOM_FACTOR * lengthOf(recorded), "a shorter recording");
        }
        return AS_FAST_AS_TAKEN.equals(speedText) ? Double.POSITIVE_INFINITY : speed();
    }

    private double speed()
    {
        try
        {
            final double speed = Double.parseDouble(speedText);
            EngineOptions.require(speed > 0 && speed <= SPEED_MAX, "--speed", speedText);
            return speed;
        }
        catch (final NumberFormatException ex)
        {
            throw new IllegalArgumentException(
                "--speed is a number, such as 1 or 10, or max: " + speedText, ex);
        }
    }

    private RecordedJournal read(final Path data, final String task)
    {
        try (Progress progress = progress(task, " entries", -1))
        {
            return RecordedJournal.read(data, progress::advanceTo);
        }
    }

    private boolean isClockSet(final RecordedJournal recording)
    {
        final boolean isClockSet = clock == null ? recording.timed() != null : clock.equals(RECORDED);
        if (!isClockSet && recording.timed() != null)
        {
            throw new IllegalArgumentException(
                "--clock machine would change outcomes, as they depend on the time: " + recording.timed());
        }
        if (isClockSet && recording.shardCount() > 1)
        {
            throw new IllegalArgumentException(
                "a clock can not be set for several shards at once: shards=" + recording.shardCount() +
                (recording.timed() == null ? "; take --clock machine" : ", and outcomes depend on the time: " +
                recording.timed()));
        }
        return isClockSet;
    }

    private String title(final boolean isClockSet)
    {
        return String.format(
            Locale.ROOT, "Recorded load: %s; durability %s, threading %s, %s clock; recorded in %s",
            AS_FAST_AS_TAKEN.equals(speedText) ?
                String.format(Locale.ROOT, "closed loop, up to %d requests in flight", inFlightMax) :
                "open loop at " + speedText + " times its pace",
            options.durability, options.threading, isClockSet ? RECORDED : MACHINE, recorded);
    }

    private void warmUp()
    {
        if (warmupSeconds > 0)
        {
            final EngineConfig config = options.engineConfig().durability(Durability.MEMORY);
            try (EngineSubject subject = new EngineSubject(config, 1, WARMUP_ACCOUNTS, WARMUP_BATCH))
            {
                final long durationNs = (long)(warmupSeconds * TimeUnit.SECONDS.toNanos(1));
                ClosedLoop.run(subject, WARMUP_IN_FLIGHT, durationNs, new Recording(durationNs));
                subject.requireAllBooked();
            }
        }
    }

    private EngineConfig config(final RecordedJournal recording, final Path data, final boolean isClockSet)
    {
        final Genesis genesis = recording.shard(0).genesis();
        final EngineConfig config = options.engineConfig()
            .dataDirectory(data)
            .shardCount(genesis.shardCount())
            .journalCount(recording.files().journalCount())
            .batchCountMax(genesis.batchCountMax())
            .logUuid(genesis.logUuid())
            .origin(genesis.origin().substring(0, genesis.origin().lastIndexOf('/')));
        genesis.placement().forEach(config::place);
        return isClockSet ? config.clock(new ManualClock()) : config;
    }

    private void run(
        final Path directory,
        final RecordedJournal recording,
        final double speed,
        final boolean isClockSet,
        final Results results,
        final Map<String, String> environment)
    {
        final Path data = options.durability() == Durability.MEMORY ? null : directory.resolve("engine");
        final ReplayLoadReport report = new ReplayLoadReport(out, recording, recorded);
        final AnswerWatch watch;
        final Slice slice;
        try (DiskProbe probe = data == null ? null : new DiskProbe(directory);
            RecordedLoad load = new RecordedLoad(
                recording.files(), recording.shard(0).genesis().batchCountMax(), isClockSet);
            RecordedSubject engine = new RecordedSubject(
                config(recording, data, isClockSet), recording.shardCount(), load, recording.requestCount());
            Progress progress = progress("sent", " requests", recording.requestCount()))
        {
            watch = new AnswerWatch(engine, progress::advanceTo);
            final DiskProbe.Result before = probe == null ? DiskProbe.Result.NONE : probe.probe();
            load.awaitFirst();
            final Resources resources = Resources.now();
            slice = Double.isInfinite(speed) ?
                ClosedLoop.run(watch, inFlightMax, UNLIMITED_NS, Recording.ofUnknownLength()) :
                paced(watch, load, recording, speed);
            final double others = Resources.now().since(resources).othersCores();
            final DiskProbe.Result after = probe == null ? DiskProbe.Result.NONE : probe.probe();
            engine.sendRest();
            report.requireSameOutcomes(engine);
            report.keep(slice, watch, before, after, others, load.waitedNs(), isClockSet);
            new RecordedBalances(engine, recording).requireEqual();
        }
        final String entries = data == null ? "not looked at, as nothing is written" :
            report.requireSameEntries(read(data, "read again"), isClockSet);
        report.print(entries);
        final List<String> warnings = warnings(slice, data, recording, speed);
        warnings.forEach(warning -> out.println("!!! " + warning));
        results.writeLog("engine", List.of(slice), environment);
        results.writeSummary(report.toMap(title(isClockSet), environment, entries, warnings));
        results.writeReport();
        out.println("Files: " + results.directory());
        out.flush();
    }

    private static Slice paced(
        final Subject subject, final RecordedLoad load, final RecordedJournal recording, final double speed)
    {
        final long durationNs = (long)(recording.durationNs() / speed);
        return OpenLoop.run(
            subject,
            new RecordedPlan(load, recording.requestCount(), recording.firstNs(), durationNs, speed),
            new Recording(durationNs));
    }

    private List<String> warnings(
        final Slice slice, final Path data, final RecordedJournal recording, final double speed)
    {
        final List<String> warnings = new ArrayList<>();
        if (!Double.isInfinite(speed) && !slice.isSustained((long)(recording.durationNs() / speed)))
        {
            warnings.add(String.format(
                Locale.ROOT, "THE PACE WAS NOT KEPT: planned %.2f s, taken %.2f s; the latencies are those of a " +
                "queue that grows", recording.durationNs() / speed / 1e9, slice.elapsedNs() / 1e9));
        }
        if (slice.elapsedNs() < SECONDS_TO_PUBLISH * 1e9)
        {
            warnings.add(String.format(
                Locale.ROOT, "Shorter than %d s: a look, not a result.", SECONDS_TO_PUBLISH));
        }
        if (data != null && Environment.isInMemory(options.base()))
        {
            warnings.add("THE DATA DIRECTORY IS IN MEMORY: a force costs nothing there; see --data-dir");
        }
        return warnings;
    }

    private Progress progress(final String task, final String unit, final long total)
    {
        return new Progress(
            task, unit, total, Progress.Mode.of(null), spec.commandLine().getErr(), System::nanoTime);
    }

    private static long lengthOf(final Path directory) throws IOException
    {
        try (Stream<Path> files = Files.walk(directory))
        {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
