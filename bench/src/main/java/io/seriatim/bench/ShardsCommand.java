package io.seriatim.bench;

import io.seriatim.advice.ShardCosts;
import io.seriatim.engine.EngineConfig;
import io.seriatim.journal.Durability;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What many shards cost: an engine with some beside one with a single shard, under the same total load.
 */
@Command(
    name = "shards",
    sortOptions = false,
    description = "What many shards cost: for each number of them an engine with so many, beside a new one with a " +
        "single shard, under the same total load in alternating slices. Full load (closed loop, the requests go to " +
        "the shards in turn) gives the ratio of throughputs, single transfers at a rate (open loop) that of " +
        "latencies. One against one shows how far two alike engines differ.",
    footer = "%nExample:%n  scripts/bench shards --shards 1,2,4 --seconds 5 --slices 10")
final class ShardsCommand extends RoundsCommand
{
    private static final int SHARDS_MAX = 256;
    private static final double RATE_TARGET = 0.9;
    private static final double P50_TARGET = 1.5;
    private static final long IDLE_NS = 300_000_000;

    private static final int ONE_FULL = 0;
    private static final int MANY_FULL = 1;
    private static final int ONE_AT_RATE = 2;
    private static final int MANY_AT_RATE = 3;

    @Option(
        names = "--shards",
        paramLabel = "N",
        split = ",",
        defaultValue = "1,2,4,8,16",
        description = "How many shards, several numbers joined by commas. Default: ${DEFAULT-VALUE}")
    private int[] shardCounts;

    @Option(
        names = "--journals",
        paramLabel = "N",
        defaultValue = "1",
        description = "On how many journals the shards are, at most one for each shard; the single shard has one. " +
            "Default: ${DEFAULT-VALUE}")
    private int journalCount;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "1000",
        description = "Transfers in a request at full load. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "64",
        description = "Most requests in flight at full load, of all shards together. Default: ${DEFAULT-VALUE}")
    private int inFlightMax;

    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "10000",
        description = "Single transfers a second for the latencies, of all shards together. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
        names = "--costs",
        paramLabel = "FILE",
        description = "Write what shards cost on this machine, for seriatim advise --costs FILE: besides the ratios " +
            "the memory of an empty engine and how long its launch takes, in processes of their own.")
    private Path costsFile;

    /** An engine, and what its journals did under each load. */
    private final class Side implements AutoCloseable
    {
        private final Path directory;
        private final EngineSubject engine;
        private JournalWork fullWork = JournalWork.NONE;
        private JournalWork rateWork = JournalWork.NONE;

        Side(final Path directory, final int shardCount)
        {
            this.directory = directory;
            final EngineConfig config = options().engineConfig()
                .dataDirectory(options().durability() == Durability.MEMORY ? null : directory)
                .journalCount(journalsOf(shardCount));
            engine = new EngineSubject(config, shardCount, options().accountCount, batchCount);
            engine.pause();
        }

        Slice full(final long durationNs)
        {
            engine.batchCount(batchCount);
            final JournalWork before = JournalWork.of(engine);
            final Slice slice = ClosedLoop.run(engine, inFlightMax, durationNs, new Recording(durationNs));
            fullWork = fullWork.plus(JournalWork.of(engine).since(before));
            return slice;
        }

        Slice atRate(final long durationNs)
        {
            engine.batchCount(1);
            final JournalWork before = JournalWork.of(engine);
            final Slice slice = OpenLoop.run(engine, rate, durationNs, new Recording(durationNs));
            rateWork = rateWork.plus(JournalWork.of(engine).since(before));
            return slice;
        }

        void warmUp()
        {
            full(warmUpNs() / 2);
            atRate(warmUpNs() / 2);
            fullWork = JournalWork.NONE;
            rateWork = JournalWork.NONE;
        }

        @Override
        public void close()
        {
            engine.close();
            IoUtil.delete(directory.toFile(), true);
        }
    }

    @Override
    String name()
    {
        return "shards";
    }

    @Override
    int batchCount()
    {
        return batchCount;
    }

    @Override
    void validate()
    {
        for (final int shardCount : shardCounts)
        {
            if (shardCount < 1 || shardCount > SHARDS_MAX)
            {
                throw new IllegalArgumentException(
                    "--shards are numbers from 1 to " + SHARDS_MAX + " joined by commas: found " + shardCount);
            }
            EngineOptions.require(options().accountCount >= 2 * shardCount, "--accounts", options().accountCount);
        }
        final int journalsMax = options().durability() == Durability.MEMORY ? 1 : SHARDS_MAX;
        if (journalCount < 1 || journalCount > journalsMax)
        {
            throw new IllegalArgumentException(
                "--journals is 1 to " + journalsMax + " under --durability " + options().durability + ": found " +
                journalCount);
        }
        EngineOptions.require(inFlightMax >= 1 && inFlightMax <= 1 << 16, "--in-flight", inFlightMax);
        EngineOptions.require(rate >= 1 && rate <= 1e9, "--rate", rate);
        if (costsFile != null && Arrays.stream(shardCounts).noneMatch(shardCount -> shardCount == 1))
        {
            throw new IllegalArgumentException("--costs needs those of one shard as well: --shards has no 1");
        }
        options().requireRoom(2 * (seconds() + options().warmupSeconds));
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "Shards: %s beside 1; full load is requests of %d, closed loop, up to %d in flight; " +
            "latencies at %,.0f transfers/s one by one, open loop; durability %s, threading %s, up to %d journal(s), " +
            "%,d accounts; %d slices of %.2f s of each after %.0f s of warm-up",
            Arrays.stream(shardCounts).mapToObj(Integer::toString).collect(Collectors.joining(", ")), batchCount,
            inFlightMax, rate, options().durability, options().threading, journalCount, options().accountCount,
            sliceCount(), seconds() / sliceCount(), options().warmupSeconds);
    }

    @Override
    String ratioOf()
    {
        return "Many shards divided by one";
    }

    @Override
    String measure(final Rounds rounds, final PrintWriter out, final Map<String, Object> summary)
    {
        out.printf("%ndisk = fdatasync of a small append before the slice, p50/p99 in us; others = cores that other " +
            "processes took.%n");
        final List<Map<String, Object>> results = new ArrayList<>();
        for (final int shardCount : shardCounts)
        {
            try (Side one = new Side(rounds.directory().resolve("one"), 1);
                Side many = new Side(rounds.directory().resolve("many"), shardCount))
            {
                out.printf("%n%d shard(s) on %d journal(s) beside 1%n", shardCount, journalsOf(shardCount));
                one.warmUp();
                many.warmUp();
                results.add(compare(rounds, out, shardCount, one, many));
            }
        }
        summary.put("shards", results);
        if (costsFile != null)
        {
            writeCosts(rounds.directory(), results, (Map<?, ?>)summary.get("environment"), out);
        }
        return "Checked: every transfer answered CREATED, every balance as sent.";
    }

    private void writeCosts(
        final Path directory,
        final List<Map<String, Object>> results,
        final Map<?, ?> environment,
        final PrintWriter out)
    {
        final List<ShardCosts.Row> rows = new ArrayList<>();
        double entriesPerSecond = 0;
        for (final Map<String, Object> result : results)
        {
            final int shardCount = (int)result.get("shards");
            final ShardProbe.Found found = ShardProbe.run(directory, shardCount, journalsOf(shardCount));
            rows.add(new ShardCosts.Row(
                shardCount, medianOf(result, "throughputRatio"), medianOf(result, "p50Ratio"), found.residentMiB(),
                found.sharedMiB(), found.launchMs()));
            if (shardCount == 1)
            {
                entriesPerSecond = (double)((Map<?, ?>)result.get("one")).get("transfersPerSecond");
            }
        }
        final ShardCosts costs = new ShardCosts(
            environment.get("cpu") + ", " + environment.get("disk") + ", " + environment.get("java"),
            environment.get("command").toString(), entriesPerSecond, rows);
        try
        {
            Files.writeString(costsFile, costs.text());
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        out.printf("%n%sWritten to %s%n", costs.text(), costsFile);
    }

    private static double medianOf(final Map<String, Object> result, final String ratio)
    {
        return (double)((Map<?, ?>)((Map<?, ?>)result.get(ratio)).get("all")).get("median");
    }

    private Map<String, Object> compare(
        final Rounds rounds, final PrintWriter out, final int shardCount, final Side one, final Side many)
    {
        final double idleCores = idleCores();
        final List<Rounds.Turn> turns = List.of(
            durationNs -> List.of(one.full(durationNs)), durationNs -> List.of(many.full(durationNs)),
            durationNs -> List.of(one.atRate(durationNs)), durationNs -> List.of(many.atRate(durationNs)));
        printHead(out, shardCount);
        final List<Rounds.Round> measured = rounds.run(turns, sliceNs(), sliceCount(), soFar ->
        {
            final Rounds.Round round = soFar.get(soFar.size() - 1);
            out.printf("%4d%s %s%n", soFar.size(), new Mood(soFar).mark(round), row(round));
            out.flush();
        });
        one.engine.requireAllBooked();
        many.engine.requireAllBooked();
        out.println(new Mood(measured).legend());
        out.printf("%d shard(s) divided by 1, round by round:%n", shardCount);
        final Map<String, Object> result = new LinkedHashMap<>();
        result.put("shards", shardCount);
        result.put("journals", journalsOf(shardCount));
        final String of = shardCount + " shards: ";
        result.put("throughputRatio", print(
            measured, of + "rate", "total throughput at full load", ShardsCommand::throughputRatio,
            new Scenario.Bound(true, RATE_TARGET)));
        result.put("p50Ratio", print(
            measured, of + "p50", "p50 at the rate", round -> usRatio(round, 50),
            new Scenario.Bound(false, P50_TARGET)));
        result.put("p99Ratio", print(measured, of + "p99", "p99 at the rate", round -> usRatio(round, 99), null));
        result.put("one", sumUp(out, one, measured, ONE_FULL, ONE_AT_RATE, "1 shard"));
        result.put("many", sumUp(out, many, measured, MANY_FULL, MANY_AT_RATE, shardCount + " shard(s)"));
        result.put("idleCoresOfBoth", idleCores);
        out.printf(Locale.ROOT, "The threads of both engines take %.2f cores together when neither is loaded.%n",
            idleCores);
        out.printf(Locale.ROOT, "Checked: %,d and %,d transfers answered CREATED, every balance as sent.%n",
            one.engine.createdCount(), many.engine.createdCount());
        final String beside = "1 shard beside " + shardCount;
        final String shards = shardCount + " shards";
        writeLog(shardCount + "-beside-full", beside + ", full load", slices(measured, ONE_FULL));
        writeLog(shardCount + "-shards-full", shards + ", full load", slices(measured, MANY_FULL));
        writeLog(shardCount + "-beside-rate", beside + ", at the rate", slices(measured, ONE_AT_RATE));
        writeLog(shardCount + "-shards-rate", shards + ", at the rate", slices(measured, MANY_AT_RATE));
        return result;
    }

    private Map<String, Object> sumUp(
        final PrintWriter out,
        final Side side,
        final List<Rounds.Round> rounds,
        final int fullTurn,
        final int rateTurn,
        final String name)
    {
        final List<Slice> full = slices(rounds, fullTurn);
        final List<Slice> atRate = slices(rounds, rateTurn);
        final long fullCount = full.stream().mapToLong(slice -> slice.answeredCount() * slice.batchCount()).sum();
        final long rateCount = atRate.stream().mapToLong(Slice::answeredCount).sum();
        final long unsustained = atRate.stream().filter(slice -> !slice.isSustained(sliceNs())).count();
        final long[] got = LongStream.range(0, side.engine.shardCount())
            .map(shard -> side.engine.books((int)shard).transferCount()).toArray();
        final double throughput = median(full, Slice::transfersPerSecond);
        final double p50Us = median(atRate, slice -> slice.us(50));
        final double p99Us = median(atRate, slice -> slice.us(99));
        out.printf(Locale.ROOT, "%s, medians: %,.0f transfers/s; at the rate p50 %.1f us, p99 %.1f us%n", name,
            throughput, p50Us, p99Us);
        out.printf("  full load: %s%n", side.fullWork.text(fullCount));
        out.printf("  at the rate: %s%n", side.rateWork.text(rateCount));
        out.printf(Locale.ROOT, "  transfers of a shard, warm-up and all: %,d to %,d%n",
            Arrays.stream(got).min().orElse(0), Arrays.stream(got).max().orElse(0));
        if (unsustained > 0)
        {
            out.printf("!!! THE RATE WAS NOT KEPT by %s in %d of %d slices%n", name, unsustained, atRate.size());
        }
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("transfersPerSecond", throughput);
        map.put("p50Us", p50Us);
        map.put("p99Us", p99Us);
        map.put("fullLoad", side.fullWork.toMap(fullCount));
        map.put("atRate", side.rateWork.toMap(rateCount));
        map.put("slicesBelowRate", unsustained);
        map.put("transfersByShard", got);
        map.put("rounds", rounds.stream().map(round -> List.of(
            round.turn(fullTurn).slice().transfersPerSecond(), round.turn(rateTurn).slice().us(50))).toList());
        return map;
    }

    static double throughputRatio(final Rounds.Round round)
    {
        return round.turn(MANY_FULL).slice().transfersPerSecond() / round.turn(ONE_FULL).slice().transfersPerSecond();
    }

    static double usRatio(final Rounds.Round round, final double percentile)
    {
        return round.turn(MANY_AT_RATE).slice().us(percentile) / round.turn(ONE_AT_RATE).slice().us(percentile);
    }

    private int journalsOf(final int shardCount)
    {
        return Math.min(journalCount, shardCount);
    }

    private static List<Slice> slices(final List<Rounds.Round> rounds, final int turn)
    {
        return rounds.stream().map(round -> round.turn(turn).slice()).toList();
    }

    private static double median(final List<Slice> slices, final ToDoubleFunction<Slice> figure)
    {
        return new Ratios(slices.stream().mapToDouble(figure).toArray()).median();
    }

    private static double idleCores()
    {
        final Resources before = Resources.now();
        LockSupport.parkNanos(IDLE_NS);
        final Map<String, Double> cores = Resources.now().since(before).cores();
        return cores.entrySet().stream().filter(entry -> !"sender".equals(entry.getKey()))
            .mapToDouble(Map.Entry::getValue).sum();
    }

    private static void printHead(final PrintWriter out, final int shardCount)
    {
        final String full = String.format("%11s %6s %12s %7s ", "disk", "others", "transfers/s", "p50 ms");
        final String atRate = String.format("%11s %6s %8s %8s ", "disk", "others", "p50 us", "p99 us");
        final String many = shardCount + " shard(s)";
        out.printf("       %-40s| %-40s| %-37s| %-37s| %d / 1%n", "1 shard, full load", many + ", full load",
            "1 shard, at the rate", many + ", at the rate", shardCount);
        out.printf("round  %s| %s| %s| %s| total   p50%n", full, full, atRate, atRate);
    }

    private static String row(final Rounds.Round round)
    {
        return full(round.turn(ONE_FULL)) + "| " + full(round.turn(MANY_FULL)) + "| " +
            atRate(round.turn(ONE_AT_RATE)) + "| " + atRate(round.turn(MANY_AT_RATE)) +
            String.format(Locale.ROOT, "| %5.2f %5.2f", throughputRatio(round), usRatio(round, 50));
    }

    private static String full(final Rounds.Measured measured)
    {
        return String.format(Locale.ROOT, "%s %,12.0f %7.2f ", measured.mood(),
            measured.slice().transfersPerSecond(), measured.slice().us(50) / 1e3);
    }

    private static String atRate(final Rounds.Measured measured)
    {
        return String.format(
            Locale.ROOT, "%s %8.1f %8.1f ", measured.mood(), measured.slice().us(50), measured.slice().us(99));
    }
}
