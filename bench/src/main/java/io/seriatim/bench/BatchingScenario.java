package io.seriatim.bench;

import io.seriatim.advice.Advisor;
import io.seriatim.advice.Workload;
import io.seriatim.engine.EngineConfig;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Thresholds;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * How large a request is to be, and how long it is worth waiting for that.
 */
@Command(
    name = "batching",
    sortOptions = false,
    description = "Batch and linger: for each size of requests first what the engine does with full ones (closed " +
        "loop); then transfers come one by one at 70 %% of that (open loop), and a request leaves when it is full or " +
        "its first transfer has lingered. What each transfer takes, from its planned moment until it is durable, " +
        "over transfers a second: a point for each size, a curve for each linger.%nChecked: every outcome and every " +
        "balance.",
    footer = "%nExample:%n  scripts/bench scenario batching --durability os --lingers 0,100,1000")
final class BatchingScenario extends AppliedScenario
{
    private static final int ACCOUNT_COUNT = 10_000;
    private static final long WARM_UP_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final double WARM_UP_PER_SECOND = 10_000;
    private static final int LINGER_MAX_US = 1_000_000;

    /** All points in turn, so often: a moment in which the machine was slow is not that of one point alone. */
    private static final int ROUND_COUNT = 3;

    @Option(
        names = "--batches",
        paramLabel = "N",
        split = ",",
        defaultValue = "1,16,128,1024,8189",
        description = "Most transfers in a request. Default: ${DEFAULT-VALUE}")
    private List<Integer> batchCounts = new ArrayList<>();

    @Option(
        names = "--lingers",
        paramLabel = "US",
        split = ",",
        defaultValue = "0,100,300,1000",
        description = "How long the first transfer of a request waits for others, in microseconds. Default: " +
            "${DEFAULT-VALUE}")
    private List<Integer> lingersUs = new ArrayList<>();

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "32",
        description = "Most requests in flight. Default: ${DEFAULT-VALUE}")
    private int inFlightMax;

    /** One point in one round. */
    private record Point(double perSecond, double size, double p50Ms, double p99Ms, boolean isKept)
    {
    }

    private Consumer<EngineSubject> beforeCheck = engine ->
    {
    };

    /** Called before the books are checked, for a test of the check. */
    void beforeCheck(final Consumer<EngineSubject> action)
    {
        beforeCheck = action;
    }

    @Override
    void validate()
    {
        batchCounts.forEach(count -> EngineOptions.require(
            count >= 1 && count <= EngineConfig.BATCH_COUNT_MAX_DEFAULT, "--batches", count));
        lingersUs.forEach(us -> EngineOptions.require(us >= 0 && us <= LINGER_MAX_US, "--lingers", us));
        batchCounts = batchCounts.stream().distinct().toList();
        lingersUs = lingersUs.stream().distinct().toList();
        EngineOptions.require(inFlightMax >= 1 && inFlightMax <= 1 << 16, "--in-flight", inFlightMax);
        options().requireRoom(
            batchCounts.size() * seconds() / 2 * EngineOptions.BYTES_PER_SECOND_MAX, "fewer --seconds");
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "Batch and linger: requests of 1 to %,d transfers, durability %s, threading %s, %d in " +
            "flight at most, %,d accounts; each size at full load (closed loop), then each linger at %.0f %% of that " +
            "(open loop)", batchCounts.stream().mapToInt(Integer::intValue).max().orElse(1), options().durability,
            options().threading, inFlightMax, ACCOUNT_COUNT, 100 * Advisor.HEADROOM);
    }

    @Override
    String measure(final Path directory) throws Exception
    {
        // The time of a part is that of one size: full load, and each linger.
        final long sliceNs = durationNs() / (lingersUs.size() + 1) / ROUND_COUNT;
        try (EngineSubject engine = new EngineSubject(engineConfig(directory), 1, ACCOUNT_COUNT, 1))
        {
            warmUp(engine);
            final Instruments instruments =
                Instruments.of(engine.engine().counters(), new Thresholds().intervalCount(1));
            final Map<Integer, Double> fullLoad = fullLoad(engine, sliceNs);
            instruments.sample();
            heading("At full load, requests of each size in turn");
            advise(new Workload());
            show(instruments.verdict());
            final Map<String, List<Point>> points = new LinkedHashMap<>();
            for (int round = 0; round < ROUND_COUNT; round++)
            {
                for (final int batchCount : batchCounts)
                {
                    for (final int lingerUs : lingersUs)
                    {
                        points.computeIfAbsent(key(batchCount, lingerUs), any -> new ArrayList<>()).add(point(
                            engine, Advisor.HEADROOM * fullLoad.get(batchCount), batchCount, lingerUs, sliceNs));
                    }
                }
            }
            tell(fullLoad, points);
            beforeCheck.accept(engine);
            engine.requireAllBooked();
            return String.format(
                Locale.ROOT, "Checked: %,d transfers answered CREATED, every balance as sent.", engine.createdCount());
        }
    }

    /** Nothing is measured until the compiler has seen both loads. */
    private void warmUp(final EngineSubject engine)
    {
        for (final int batchCount : batchCounts)
        {
            engine.batchCount(batchCount);
            ClosedLoop.run(engine, inFlightMax, WARM_UP_NS, new Recording(WARM_UP_NS));
        }
        point(engine, WARM_UP_PER_SECOND, batchCounts.get(batchCounts.size() - 1), 0, WARM_UP_NS);
    }

    /** Transfers a second by size, medians of the rounds. */
    private Map<Integer, Double> fullLoad(final EngineSubject engine, final long sliceNs)
    {
        final Map<Integer, List<Double>> rates = new LinkedHashMap<>();
        for (int round = 0; round < ROUND_COUNT; round++)
        {
            for (final int batchCount : batchCounts)
            {
                engine.batchCount(batchCount);
                rates.computeIfAbsent(batchCount, any -> new ArrayList<>()).add(
                    ClosedLoop.run(engine, inFlightMax, sliceNs, new Recording(sliceNs)).transfersPerSecond());
            }
        }
        final Map<Integer, Double> medians = new LinkedHashMap<>();
        rates.forEach((batchCount, all) -> medians.put(batchCount, median(all, Double::doubleValue)));
        return medians;
    }

    private Point point(
        final EngineSubject engine,
        final double perSecond,
        final int batchCount,
        final int lingerUs,
        final long sliceNs)
    {
        final LingerLoop loop = new LingerLoop(
            engine, perSecond, sliceNs, batchCount, TimeUnit.MICROSECONDS.toNanos(lingerUs), inFlightMax,
            new Recording(sliceNs));
        final Slice slice = loop.run();
        return new Point(
            slice.transfersPerSecond(), loop.meanSize(), slice.us(50) / 1e3, slice.us(99) / 1e3,
            slice.isSustained(sliceNs));
    }

    private void tell(final Map<Integer, Double> fullLoad, final Map<String, List<Point>> points) throws IOException
    {
        final Curves p99 = curves("p99");
        final Curves p50 = curves("p50");
        heading("durability %s; medians of %d rounds; kept: in so many of them the rate was kept, else what waits " +
            "grows with the time", options().durability, ROUND_COUNT);
        print("%8s %12s | %9s %12s %10s %13s %13s  kept%n", "batch", "full load/s", "linger", "transfers/s",
            "a request", "p50", "p99");
        for (final int batchCount : batchCounts)
        {
            keep("fullLoad" + batchCount, fullLoad.get(batchCount));
            String head = String.format(Locale.ROOT, "%,8d %,12.0f", batchCount, fullLoad.get(batchCount));
            for (final int lingerUs : lingersUs)
            {
                final String key = key(batchCount, lingerUs);
                final List<Point> rounds = points.get(key);
                final double perSecond = median(rounds, Point::perSecond);
                final double p50Ms = median(rounds, Point::p50Ms);
                final double p99Ms = median(rounds, Point::p99Ms);
                print("%21s | %,6d us %,12.0f %,10.1f %,10.2f ms %,10.2f ms  %d of %d%n", head, lingerUs, perSecond,
                    median(rounds, Point::size), p50Ms, p99Ms, rounds.stream().filter(Point::isKept).count(),
                    ROUND_COUNT);
                head = "";
                final String name = "linger " + lingerUs + " us";
                p50.add(name, perSecond, p50Ms);
                p99.add(name, perSecond, p99Ms);
                keep(key + "PerSecond", perSecond);
                keep(key + "P50Ms", p50Ms);
                keep(key + "P99Ms", p99Ms);
            }
        }
        draw(p99);
        draw(p50);
    }

    private Curves curves(final String percentile)
    {
        return new Curves(
            percentile + " of a transfer over throughput: a point for each size of requests, durability " +
            options().durability, "transfers/s", "ms", true);
    }

    private static String key(final int batchCount, final int lingerUs)
    {
        return "batch" + batchCount + "Linger" + lingerUs;
    }

    private static <T> double median(final List<T> rounds, final ToDoubleFunction<T> figure)
    {
        return new Ratios(rounds.stream().mapToDouble(figure).toArray()).median();
    }
}
