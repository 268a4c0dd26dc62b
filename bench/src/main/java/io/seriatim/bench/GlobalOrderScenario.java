package io.seriatim.bench;

import io.seriatim.advice.Advice;
import io.seriatim.advice.Ceiling;
import io.seriatim.advice.Workload;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Thresholds;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedOrdering;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One order of everything, and what it costs those who wait in it.
 */
@Command(
    name = "global-order",
    sortOptions = false,
    description = "One ledger, one order. First what the engine itself does in it; then the same entries handed out " +
        "in that order to a handler that waits, where one after the other is all there is; then by account, where " +
        "only those entries wait for each other that share one.%nChecked: every outcome and balance, and that each " +
        "entry was handled once and in its order.",
    footer = "%nExample:%n  scripts/bench scenario global-order --service-time 5")
final class GlobalOrderScenario extends AppliedScenario
{
    private static final int ACCOUNT_COUNT = 10_000;
    private static final int BATCH_COUNT = 1_000;
    private static final int IN_FLIGHT = 16;

    /** The engine is so much faster than its consumers that it is measured for this part of the time only. */
    private static final double ENGINE_PART = 0.3;

    /** In one order the next entry may wait at the worker, as it can run nowhere else: no hand-over in between. */
    private static final int TOTAL_BATCH = 16;

    @Option(
        names = "--service-time",
        paramLabel = "MS",
        defaultValue = "5",
        description = "How long a handler waits for each entry, in milliseconds. Default: ${DEFAULT-VALUE}")
    private int serviceMs;

    @Option(
        names = "--workers",
        paramLabel = "N",
        defaultValue = "32",
        description = "Workers of the feed by account. Default: ${DEFAULT-VALUE}")
    private int workerCount;

    private Consumer<Handled> beforeCheck = handled ->
    {
    };

    /** Called before what was handled is checked, for a test of the check. */
    void beforeCheck(final Consumer<Handled> action)
    {
        beforeCheck = action;
    }

    @Override
    void validate()
    {
        EngineOptions.require(serviceMs >= 1 && serviceMs <= 10_000, "--service-time", serviceMs);
        EngineOptions.require(workerCount >= 1 && workerCount <= 4_096, "--workers", workerCount);
        options().requireRoom(2 * ENGINE_PART * seconds() * EngineOptions.BYTES_PER_SECOND_MAX, "fewer --seconds");
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "One order of everything: 1 ledger of %,d accounts on 1 shard, durability %s, threading %s; " +
            "handlers that wait %d ms, in one order and by account with %d workers; %.0f s each",
            ACCOUNT_COUNT, options().durability, options().threading, serviceMs, workerCount, seconds());
    }

    @Override
    String measure(final Path directory) throws Exception
    {
        final Chart chart = new Chart("Entries a second, by how wide the order is", "", "entries/s");
        try (EngineSubject engine = new EngineSubject(engineConfig(directory), 1, ACCOUNT_COUNT, BATCH_COUNT))
        {
            final long posted = post(engine, chart);
            int handled = hand(engine, "total", new Workload(), 1, new FeedConfig()
                .ordering(FeedOrdering.TOTAL).batchCountMax(TOTAL_BATCH), chart);
            handled += hand(engine, "byAccount", new Workload().scopeCount(ACCOUNT_COUNT)
                .workerCount(workerCount), ACCOUNT_COUNT + 1, new FeedConfig().ordering(FeedOrdering.BY_KEY)
                .workerCount(workerCount), chart);
            draw(chart);
            return String.format(
                Locale.ROOT, "Checked: %,d transfers answered CREATED, every balance as sent; %,d entries handed " +
                "out, each handled once and in its order.", posted, handled);
        }
    }

    /** Full load, so that there is something to hand out. */
    private long post(final EngineSubject engine, final Chart chart)
    {
        heading("The engine: transfers in requests of %,d, closed loop, %d in flight, durability %s", BATCH_COUNT,
            IN_FLIGHT, options().durability);
        final long spanNs = (long)(ENGINE_PART * durationNs());
        ClosedLoop.run(engine, IN_FLIGHT, spanNs, new Recording(spanNs));
        final Instruments instruments =
            Instruments.of(engine.engine().counters(), new Thresholds().intervalCount(1));
        final Slice slice = ClosedLoop.run(engine, IN_FLIGHT, spanNs, new Recording(spanNs));
        instruments.sample();
        engine.requireAllBooked();
        final Advice advice = advise(new Workload());
        show(instruments.verdict());
        print("  measured     %,.0f transfers/s in one order, durability %s; a request p50 %.2f ms, p99 %.2f%n",
            slice.transfersPerSecond(), options().durability, slice.us(50) / 1e3, slice.us(99) / 1e3);
        keep("enginePerSecond", slice.transfersPerSecond());
        chart.add("engine", "measured", slice.transfersPerSecond());
        chart.add("engine", "foretold", advice.engine().perSecond());
        return engine.createdCount();
    }

    private int hand(
        final EngineSubject subject,
        final String key,
        final Workload workload,
        final int keyLimit,
        final FeedConfig config,
        final Chart chart)
    {
        heading("The same entries %s, %d worker(s), handlers that wait %d ms",
            config.ordering() == FeedOrdering.TOTAL ? "in one order" : "by account", config.workerCount(), serviceMs);
        final Ceiling ceiling = advise(
            workload.serviceTimeNs(TimeUnit.MILLISECONDS.toNanos(serviceMs))).consumers();
        final LedgerEngine engine = subject.engine();
        final int count = (int)Math.min(subject.createdCount(), Math.max(10, ceiling.perSecond() * seconds()));
        final int sequenceLimit = 1 + ACCOUNT_COUNT + count;
        final WaitingHandler handler = new WaitingHandler(TimeUnit.MILLISECONDS.toNanos(serviceMs));
        final Handled handled = new Handled(sequenceLimit, keyLimit);
        final FeedWatch watch = new FeedWatch(engine);
        config.name(config.ordering() == FeedOrdering.TOTAL ? "one-order" : "by-account").counters(watch.counters())
            .filter(entry -> entry.kind() == EntryKind.TRANSFER).handler(handler);
        final FeedRun.Measured measured = new FeedRun(engine.journals(), config, count, handled).run(
            config.workerCount(), watch::sample);
        beforeCheck.accept(handled);
        final int checked = handled.requireEachOnceAndInOrder();
        show(watch.verdict());
        compare(key, measured.steadyPerSecond(), ceiling, handler);
        chart.add(config.name(), "measured", measured.steadyPerSecond());
        chart.add(config.name(), "foretold", ceiling.perSecond());
        return checked;
    }
}
