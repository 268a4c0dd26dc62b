package io.seriatim.bench;

import io.seriatim.advice.Ceiling;
import io.seriatim.advice.Workload;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedHandler;
import io.seriatim.replay.FeedOrdering;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Orders of a shop: states that follow each other within each scope, money and stock that change together, and
 * notifications that need no order.
 */
@Command(
    name = "order-lifecycle",
    sortOptions = false,
    description = "Orders that are created, paid, shipped and delivered, or cancelled, over scopes that have nothing " +
        "to do with each other. A hold of money and one of stock are made in one request, as both ledgers are placed " +
        "on one shard; some are captured in part, some voided. Their transitions go to handlers in order for each " +
        "scope; notifications in none.%nChecked: each order went through its states in order and once, each was " +
        "notified of once, money and stock add up, and what was cancelled has released everything.",
    footer = "%nExample:%n  scripts/bench scenario order-lifecycle --scopes 256 --service-time 50")
final class OrderLifecycleScenario extends AppliedScenario
{
    private static final int NOTIFYING_WORKERS = 16;
    private static final int NOTIFYING_MS = 5;

    @Option(
        names = "--scopes",
        paramLabel = "N",
        defaultValue = "256",
        description = "Orders side by side: within one the states follow each other. Default: ${DEFAULT-VALUE}")
    private int scopeCount;

    @Option(
        names = "--service-time",
        paramLabel = "MS",
        defaultValue = "50",
        description = "How long a handler waits for each transition, in milliseconds. Default: ${DEFAULT-VALUE}")
    private int serviceMs;

    @Option(
        names = "--workers",
        paramLabel = "N",
        defaultValue = "288",
        description = "Workers of the feed of transitions; more than there are scopes have no use, which is what the " +
            "instruments say. Default: ${DEFAULT-VALUE}")
    private int workerCount;

    private Consumer<OrderStates> beforeCheck = states ->
    {
    };

    /** Called before the states are checked, for a test of the check. */
    void beforeCheck(final Consumer<OrderStates> action)
    {
        beforeCheck = action;
    }

    @Override
    void validate()
    {
        EngineOptions.require(scopeCount >= 1 && scopeCount <= 1_024, "--scopes", scopeCount);
        EngineOptions.require(serviceMs >= 1 && serviceMs <= 10_000, "--service-time", serviceMs);
        EngineOptions.require(workerCount >= 1 && workerCount <= 4_096, "--workers", workerCount);
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "Orders through their states: %d scopes, a ledger of money and one of stock placed on one " +
            "shard, durability %s, threading %s; handlers that wait %d ms, by scope with %d workers; %.0f s",
            scopeCount, options().durability, options().threading, serviceMs, workerCount, seconds());
    }

    @Override
    String measure(final Path directory) throws Exception
    {
        final Workload workload = new Workload().scopeCount(scopeCount).workerCount(workerCount)
            .serviceTimeNs(TimeUnit.MILLISECONDS.toNanos(serviceMs));
        try (LedgerEngine engine = LedgerEngine.launch(OrderBooks.place(engineConfig(directory))))
        {
            final OrderBooks books = new OrderBooks(engine, scopeCount);
            heading("The engine: holds, captures and voids of money and stock, a request of %d orders each, " +
                "durability %s", scopeCount, options().durability);
            final long startNs = System.nanoTime();
            final int waveCount = OrderBooks.wavesFor(serviceMs, seconds());
            for (int wave = 0; wave < waveCount; wave++)
            {
                books.postWave(wave);
            }
            final double postedSeconds = (System.nanoTime() - startNs) / 1e9;
            print("  measured     %,d orders, of which %,d cancelled, in %,d transfers: %,.0f transfers/s, one " +
                "request at a time, durability %s%n", books.orderCount(), books.cancelledCount(),
                books.transferCount(), books.transferCount() / postedSeconds, options().durability);

            heading("Their transitions by scope, %d workers, handlers that wait %d ms", workerCount, serviceMs);
            final Ceiling ceiling = advise(workload).consumers();
            final OrderStates states = new OrderStates(books);
            final WaitingHandler handler = new WaitingHandler(TimeUnit.MILLISECONDS.toNanos(serviceMs));
            final double perSecond = hand(engine, books, new FeedConfig().name("transitions")
                .ordering(FeedOrdering.BY_KEY).workerCount(workerCount)
                .keys((entry, keys) -> keys.add(0, 1 + books.scopeOf(OrderBooks.orderOf(entry)))),
                OrderBooks::isTransition, books.transitionCount(), states::onTransition, handler);
            compare("transitions", perSecond, ceiling, handler);

            heading("Notifications in no order, %d workers, handlers that wait %d ms", NOTIFYING_WORKERS, NOTIFYING_MS);
            final Ceiling notifying = advise(new Workload().mayLag(true).dependentShare(0)
                .workerCount(NOTIFYING_WORKERS)
                .serviceTimeNs(TimeUnit.MILLISECONDS.toNanos(NOTIFYING_MS))).consumers();
            final WaitingHandler notifier = new WaitingHandler(TimeUnit.MILLISECONDS.toNanos(NOTIFYING_MS));
            final double notified = hand(engine, books, new FeedConfig().name("notifications")
                .ordering(FeedOrdering.NONE).workerCount(NOTIFYING_WORKERS), OrderBooks::isLast, books.orderCount(),
                states::onNotification, notifier);
            compare("notifications", notified, notifying, notifier);

            final Chart chart = new Chart("Entries a second", "", "entries/s");
            chart.add("transitions, by scope", "measured", perSecond);
            chart.add("transitions, by scope", "foretold", ceiling.perSecond());
            chart.add("notifications, in no order", "measured", notified);
            chart.add("notifications, in no order", "foretold", notifying.perSecond());
            draw(chart);
            beforeCheck.accept(states);
            states.requireAllAtTheirEnd();
            books.requireBalances();
            return String.format(
                Locale.ROOT, "Checked: %,d orders went through their states in order and once, each was notified of " +
                "once; money and stock are as sent, nothing is held any more, and %,d cancelled orders have " +
                "released everything.", books.orderCount(), books.cancelledCount());
        }
    }

    /** Hand out some of the entries, and say how many a second. */
    private double hand(
        final LedgerEngine engine,
        final OrderBooks books,
        final FeedConfig config,
        final Predicate<FeedEntry> filter,
        final int count,
        final Consumer<FeedEntry> first,
        final WaitingHandler waiting)
    {
        final boolean isByKey = config.ordering() == FeedOrdering.BY_KEY;
        final Handled handled = new Handled(books.sequenceLimit(), isByKey ? scopeCount + 2 : 0);
        final FeedWatch watch = new FeedWatch(engine);
        final FeedHandler handler = entry ->
        {
            first.accept(entry);
            waiting.onEntry(entry);
        };
        config.counters(watch.counters()).handler(handler)
            .filter(entry -> entry.kind() == EntryKind.TRANSFER && filter.test(entry));
        final FeedRun.Measured measured = new FeedRun(engine.journals(), config, count, handled).run(
            Math.min(config.workerCount(), isByKey ? scopeCount : config.workerCount()), watch::sample);
        handled.requireEachOnceAndInOrder();
        show(watch.verdict());
        return measured.steadyPerSecond();
    }
}
