package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.journal.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;

/**
 * What a caller of full batches does to one that sends transfers one by one.
 */
@Command(
    name = "fairness",
    sortOptions = false,
    description = "What a caller of full batches does to one that sends single transfers at planned times, on one " +
        "shard: each alone and both together, in alternating slices. The worst that a lone transfer can meet in a " +
        "fair order is a batch just before it, so its p99 is held against the time of one batch.",
    footer = "%nExample:%n  scripts/bench fairness --durability os --rate 10000")
final class FairnessCommand extends RoundsCommand
{
    private static final Scenario.Bound PLANNED = new Scenario.Bound(false, 1.5);

    /** The batch caller fills the ring, so that the time of one batch is that of the engine alone. */
    private static final int FULL_LOAD_IN_FLIGHT = 64;

    private static final int LONE = 0;
    private static final int BOTH = 1;
    private static final int BATCHES = 2;
    private static final int FULL_LOAD = 3;

    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "10000",
        description = "Lone transfers a second, each a request of its own. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "8189",
        description = "Transfers in a batch. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "1",
        description = "Most batches in flight. Default: ${DEFAULT-VALUE}")
    private int inFlightMax;

    @Option(
        names = "--client-threads",
        paramLabel = "N",
        defaultValue = "2",
        description = "2: each caller has a thread of its own. 1: one thread serves both, and a lone transfer that " +
            "is due waits while a batch is written into the ring. Default: ${DEFAULT-VALUE}")
    private int clientThreadCount;

    @Override
    String name()
    {
        return "fairness";
    }

    @Override
    int batchCount()
    {
        return batchCount;
    }

    @Override
    void validate()
    {
        EngineOptions.require(rate >= 1 && rate <= 1e9, "--rate", rate);
        EngineOptions.require(inFlightMax >= 1 && inFlightMax <= 1 << 16, "--in-flight", inFlightMax);
        if (clientThreadCount != 1 && clientThreadCount != 2)
        {
            throw new IllegalArgumentException("--client-threads is 1 or 2: found " + clientThreadCount);
        }
        options().requireRoom(3 * seconds() + 2 * options().warmupSeconds);
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "Fairness: %,.0f lone transfers/s, open loop, beside batches of %,d, closed loop, %d " +
            "in flight at most; durability %s, threading %s, 1 shard on 1 journal, %,d accounts of each caller; " +
            "%d slices of %.2f s of each turn after %.0f s of warm-up",
            rate, batchCount, inFlightMax, options().durability, options().threading, options().accountCount,
            sliceCount(), seconds() / sliceCount(), options().warmupSeconds);
    }

    @Override
    String ratioOf()
    {
        return "Lone transfers and batches";
    }

    @Override
    String measure(final Rounds rounds, final PrintWriter out, final Map<String, Object> summary)
    {
        out.printf("%n%d thread(s) of callers beside those of the engine, on %d cores: what one waits for the core " +
            "of another is in the figures.%n", clientThreadCount, Runtime.getRuntime().availableProcessors());
        final EngineConfig config = options().engineConfig().dataDirectory(
            options().durability() == Durability.MEMORY ? null : rounds.directory().resolve("engine"));
        final ExecutorService poster = Executors.newSingleThreadExecutor(task ->
        {
            final Thread thread = new Thread(task, "bench-batches");
            thread.setDaemon(true);
            return thread;
        });
        try (EngineSubject batches = new EngineSubject(config, 1, options().accountCount, batchCount))
        {
            batches.pause();
            final EngineSubject lone = batches.newCaller(1);
            final List<Rounds.Turn> turns = List.of(
                durationNs -> List.of(OpenLoop.run(lone, rate, durationNs, new Recording(durationNs))),
                durationNs -> both(lone, batches, durationNs, poster),
                durationNs -> List.of(
                    ClosedLoop.run(batches, inFlightMax, durationNs, new Recording(durationNs))),
                durationNs -> List.of(
                    ClosedLoop.run(batches, FULL_LOAD_IN_FLIGHT, durationNs, new Recording(durationNs))));
            turns.forEach(turn -> turn.run(warmUpNs() / turns.size()));
            printHead(out);
            final List<Rounds.Round> measured = rounds.run(turns, sliceNs(), sliceCount(), soFar ->
            {
                final Rounds.Round round = soFar.get(soFar.size() - 1);
                out.printf("%4d%s %s%n", soFar.size(), new Mood(soFar).mark(round), row(round));
                out.flush();
            });
            batches.requireAllBooked();
            lone.requireAllBooked();
            sumUp(out, measured, summary);
            return String.format(
                Locale.ROOT, "Checked: %,d lone transfers and %,d in batches answered CREATED, every balance as sent.",
                lone.createdCount(), batches.createdCount());
        }
        finally
        {
            poster.shutdown();
        }
    }

    /** Both callers for the same time; the lone one's slice comes first. */
    private List<Slice> both(
        final EngineSubject lone, final EngineSubject batches, final long durationNs, final ExecutorService poster)
    {
        final OpenLoop loneLoop = new OpenLoop(lone, rate, durationNs, new Recording(durationNs));
        final ClosedLoop batchLoop = new ClosedLoop(batches, inFlightMax, durationNs, new Recording(durationNs));
        if (clientThreadCount == 1)
        {
            LoadLoop.run(loneLoop, batchLoop);
        }
        else
        {
            final Future<?> posting = poster.submit(() -> LoadLoop.run(batchLoop));
            LoadLoop.run(loneLoop);
            await(posting);
        }
        return List.of(loneLoop.slice(), batchLoop.slice());
    }

    private static void await(final Future<?> posting)
    {
        try
        {
            posting.get();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while batches were posted", ex);
        }
        catch (final ExecutionException ex)
        {
            throw ex.getCause() instanceof BenchException failure ?
                failure : new BenchException("the caller of batches has failed: " + ex.getCause(), ex.getCause());
        }
    }

    private void sumUp(final PrintWriter out, final List<Rounds.Round> rounds, final Map<String, Object> summary)
    {
        out.println(new Mood(rounds).legend());
        out.println("Round by round:");
        print(rounds, "p99ByBatchTime", "lone p99 / time of one batch", FairnessCommand::p99ByBatchTime, PLANNED);
        print(
            rounds, "p99ByServiceTime", "lone p99 / time of one batch at full load",
            FairnessCommand::p99ByServiceTime, PLANNED);
        print(rounds, "p99ByBatchP99", "lone p99 / p99 of the batches", FairnessCommand::p99ByBatchP99, null);
        for (final String percentile : List.of("50", "99", "99.9"))
        {
            print(
                rounds, "p" + percentile + "WithByWithout", "lone p" + percentile + " beside batches / alone",
                round -> loneRatio(round, Double.parseDouble(percentile)), null);
        }
        print(
            rounds, "batchesWithByWithout", "batches' throughput beside lone / alone", FairnessCommand::batchRatio,
            null);
        summary.put("clientThreads", clientThreadCount);
        out.println("Medians of the slices:");
        final Map<String, Object> medians = new LinkedHashMap<>();
        sumUp(out, medians, rounds, "lone transfers alone", LONE, 0);
        sumUp(out, medians, rounds, "lone transfers beside batches", BOTH, 0);
        sumUp(out, medians, rounds, "batches beside lone transfers", BOTH, 1);
        sumUp(out, medians, rounds, "batches alone", BATCHES, 0);
        sumUp(out, medians, rounds, "batches at full load", FULL_LOAD, 0);
        final double serviceUs = median(rounds, FairnessCommand::serviceUs);
        out.printf(Locale.ROOT, "  %-30s %.1f us: %,d transfers at the rate of full load%n", "one batch",
            serviceUs, batchCount);
        medians.put("batchServiceUs", serviceUs);
        summary.put("medians", medians);
    }

    private void sumUp(
        final PrintWriter out,
        final Map<String, Object> medians,
        final List<Rounds.Round> rounds,
        final String name,
        final int turn,
        final int caller)
    {
        final List<Slice> slices = rounds.stream().map(round -> round.turn(turn).slices().get(caller)).toList();
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("p50Us", median(slices, slice -> slice.us(50)));
        map.put("p99Us", median(slices, slice -> slice.us(99)));
        map.put("p999Us", median(slices, slice -> slice.us(99.9)));
        map.put("transfersPerSecond", median(slices, Slice::transfersPerSecond));
        map.put("backPressuredRequests", slices.stream().mapToLong(Slice::backPressuredCount).sum());
        map.put("lateRequests", slices.stream().mapToLong(Slice::lateCount).sum());
        final long unsustained = slices.stream().filter(slice -> !slice.isSustained(sliceNs())).count();
        out.printf(Locale.ROOT, "  %-30s p50 %.1f us, p99 %.1f, p99.9 %.1f; %,.0f transfers/s; requests " +
            "back-pressured %d, left over %d us late %d%n", name, map.get("p50Us"), map.get("p99Us"),
            map.get("p999Us"), map.get("transfersPerSecond"), map.get("backPressuredRequests"),
            OpenLoop.LATE_NS / 1_000, map.get("lateRequests"));
        if (slices.get(0).batchCount() == 1 && unsustained > 0)
        {
            out.printf("!!! THE RATE WAS NOT KEPT by %s in %d of %d slices%n", name, unsustained, slices.size());
            map.put("slicesBelowRate", unsustained);
        }
        medians.put(name, map);
        writeLog(name.replace(' ', '-'), name, slices);
    }

    static double p99ByBatchTime(final Rounds.Round round)
    {
        return round.turn(BOTH).slice().us(99) / round.turn(BOTH).slices().get(1).us(50);
    }

    /** Whether a lone transfer fares worse than the batches that are in its way. */
    static double p99ByBatchP99(final Rounds.Round round)
    {
        return round.turn(BOTH).slice().us(99) / round.turn(BOTH).slices().get(1).us(99);
    }

    static double loneRatio(final Rounds.Round round, final double percentile)
    {
        return round.turn(BOTH).slice().us(percentile) / round.turn(LONE).slice().us(percentile);
    }

    static double batchRatio(final Rounds.Round round)
    {
        return round.turn(BOTH).slices().get(1).transfersPerSecond() /
            round.turn(BATCHES).slice().transfersPerSecond();
    }

    static double p99ByServiceTime(final Rounds.Round round)
    {
        return round.turn(BOTH).slice().us(99) / serviceUs(round);
    }

    /** Time of one batch where the engine always has the next. */
    static double serviceUs(final Rounds.Round round)
    {
        final Slice full = round.turn(FULL_LOAD).slice();
        return full.batchCount() * 1e6 / full.transfersPerSecond();
    }

    private static <T> double median(final List<T> values, final ToDoubleFunction<T> figure)
    {
        return new Ratios(values.stream().mapToDouble(figure).toArray()).median();
    }

    private static void printHead(final PrintWriter out)
    {
        out.println(
            "Times in microseconds. disk = fdatasync of a small append before the slice, p50/p99; others = cores " +
            "that other processes took; batch = median time from sending a batch to its reply.");
        out.printf("       %-44s| %-63s| %-38s| %-31s| p99%n", "lone alone", "lone, and batches beside it",
            "batches alone", "full load");
        final String mood = String.format("%11s %6s ", "disk", "others");
        final String lone = String.format("%7s %8s %8s", "p50", "p99", "p99.9");
        final String batches = String.format("%8s %10s", "batch", "transfers/s");
        out.printf("round  %s%s | %s%s %s| %s%s| %s%12s| /batch%n", mood, lone, mood, lone, batches, mood, batches,
            mood, "transfers/s");
    }

    private static String row(final Rounds.Round round)
    {
        final List<String> parts = new ArrayList<>();
        parts.add(round.turn(LONE).mood() + lone(round.turn(LONE).slice()) + ' ');
        parts.add(round.turn(BOTH).mood() + lone(round.turn(BOTH).slice()) + batches(round.turn(BOTH).slices().get(1)));
        parts.add(round.turn(BATCHES).mood() + batches(round.turn(BATCHES).slice()));
        parts.add(round.turn(FULL_LOAD).mood() + String.format(
            Locale.ROOT, " %,12.0f", round.turn(FULL_LOAD).slice().transfersPerSecond()));
        parts.add(String.format(Locale.ROOT, "%6.2f", p99ByBatchTime(round)));
        return String.join("| ", parts);
    }

    private static String lone(final Slice slice)
    {
        return String.format(Locale.ROOT, " %7.1f %8.1f %8.1f", slice.us(50), slice.us(99), slice.us(99.9));
    }

    private static String batches(final Slice slice)
    {
        return String.format(Locale.ROOT, " %8.1f %,11.0f", slice.us(50), slice.transfersPerSecond());
    }
}
