package io.seriatim.bench;

import io.seriatim.advice.Ceiling;
import io.seriatim.advice.Workload;
import io.seriatim.engine.IdGenerator;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.TransferResult;
import io.seriatim.instruments.HotAccounts;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Thresholds;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedKeys;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.JournalFeed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One account takes half of the load, until it is split while the ledger is at work.
 */
@Command(
    name = "hot-partition",
    sortOptions = false,
    description = "Transfers at planned times, half of which credit one account, and a feed by account whose " +
        "handlers wait: half as much again comes as that account lets through. The instruments say so, the advice " +
        "says what splitting it would bring, and it is split on the living ledger: what came before is worked off, " +
        "what comes then goes to its parts, and sweeps bring it together.%nChecked: every outcome, each entry " +
        "handled once and in order for its accounts, and that the parts came to what one account would hold.",
    footer = "%nExample:%n  scripts/bench scenario hot-partition --parts 8")
final class HotPartitionScenario extends AppliedScenario
{
    private static final double HOT_SHARE = 0.5;
    private static final double LOAD = 1.5;
    private static final int CAPACITY = 128;
    private static final long SAMPLE_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** What is worked off, or caught up with, has to come to its end in so many times the seconds. */
    private static final int PATIENCE = 6;
    private static final double PATIENCE_SECONDS = 20;

    @Option(
        names = "--service-time",
        paramLabel = "MS",
        defaultValue = "10",
        description = "How long a handler waits for each entry, in milliseconds. Default: ${DEFAULT-VALUE}")
    private int serviceMs;

    @Option(
        names = "--workers",
        paramLabel = "N",
        defaultValue = "32",
        description = "Workers of the feed. Default: ${DEFAULT-VALUE}")
    private int workerCount;

    @Option(
        names = "--parts",
        paramLabel = "N",
        defaultValue = "4",
        description = "How many parts the hot account is split into. Default: ${DEFAULT-VALUE}")
    private int partCount;

    private final Curves rates = new Curves("Entries a second, over time", "s", "entries/s", false);
    private final Curves lags = new Curves("Entries behind, over time", "s", "entries", false);
    private Consumer<HotLoad> beforeCheck = load ->
    {
    };
    private HotLoad load;
    private JournalFeed feed;
    private Instruments instruments;
    private long startNs;
    private long sampledNs;
    private long sampledDone;
    private long sampledSent;

    /** Called before the books are checked, for a test of the check. */
    void beforeCheck(final Consumer<HotLoad> action)
    {
        beforeCheck = action;
    }

    @Override
    void validate()
    {
        EngineOptions.require(serviceMs >= 1 && serviceMs <= 1_000, "--service-time", serviceMs);
        EngineOptions.require(workerCount >= 2 && workerCount <= 4_096, "--workers", workerCount);
        EngineOptions.require(partCount >= 2 && partCount <= HotLoad.PART_COUNT_MAX, "--parts", partCount);
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "A hot account: half of the transfers credit one of %d accounts, open loop; a feed by " +
            "account, %d workers, handlers that wait %d ms; then that account is split into %d; durability %s, " +
            "threading %s", HotLoad.OTHER_COUNT + 1, workerCount, serviceMs, partCount, options().durability,
            options().threading);
    }

    @Override
    String measure(final Path directory) throws Exception
    {
        heading("What is foretold of one account that takes half of the load");
        final Ceiling before = advise(workload(HOT_SHARE)).consumers();
        heading("And if it were %d", partCount);
        final Ceiling after = advise(workload(HOT_SHARE / partCount)).consumers();
        final double rate = LOAD * before.perSecond();
        try (LedgerEngine engine = LedgerEngine.launch(engineConfig(directory)))
        {
            load = new HotLoad(engine, rate, partCount);
            final double secondsMax = seconds() * (2 + 2 * PATIENCE) + 2 * PATIENCE_SECONDS;
            final Handled handled = new Handled((int)(1_000 + 2 * rate * secondsMax), HotLoad.ACCOUNT_LIMIT);
            final WaitingHandler handler = new WaitingHandler(TimeUnit.MILLISECONDS.toNanos(serviceMs));
            instruments = Instruments.of(engine.counters());
            try (JournalFeed opened = JournalFeed.open(engine.journals(), new FeedConfig().name("by-account")
                .ordering(FeedOrdering.BY_KEY).workerCount(workerCount).capacity(CAPACITY).counters(engine.counters())
                .filter(entry -> entry.kind() == EntryKind.TRANSFER && handled.want(entry))
                .handler(entry ->
                {
                    handled.begin(entry, FeedKeys.ACCOUNTS);
                    handler.onEntry(entry);
                    handled.end(entry, FeedKeys.ACCOUNTS);
                    load.onHandled(entry);
                })))
            {
                feed = opened;
                overload(rate, before, handler);
                remedy(engine, after, handler);
                drive("the feed did not come to its end", () -> feed.progress().doneCount() < load.entryCount());
            }
            draw(rates);
            draw(lags);
            beforeCheck.accept(load);
            final int count = handled.requireEachOnceAndInOrder();
            load.requireSumOfOneAccount(engine);
            return String.format(
                Locale.ROOT, "Checked: %,d transfers answered CREATED; %,d entries handled, each once and in order " +
                "for its accounts; account and parts came to %,d together, as one account would, and the sweeps have " +
                "moved all of it there.", load.sentCount(), count, load.creditedToHot());
        }
    }

    private Workload workload(final double heaviestShare)
    {
        return new Workload().scopeCount(HotLoad.OTHER_COUNT + 1).heaviestShare(heaviestShare).workerCount(workerCount)
            .serviceTimeNs(TimeUnit.MILLISECONDS.toNanos(serviceMs));
    }

    /** More comes than one account lets through, until the instruments have seen it. */
    private void overload(final double rate, final Ceiling foretold, final WaitingHandler handler)
    {
        heading("Before: %,.0f transfers/s come, open loop, durability %s", rate, options().durability);
        startNs = System.nanoTime();
        sampledNs = startNs;
        load.begin(startNs);
        driveFor(durationNs() / 2);
        final long halfNs = System.nanoTime();
        final long halfDone = load.doneCount();
        driveFor(durationNs() / 2);
        show(instruments.verdict());
        final HotAccounts.Heat heat = instruments.hotAccounts().top(1).get(0);
        print("               hot account %d: %.0f %% of all moves, each transfer being two; concerning from %.0f %%%n",
            heat.idLow(), 100 * heat.share(), 100 * new Thresholds().hotAccountShare());
        compare("before", (load.doneCount() - halfDone) * 1e9 / (System.nanoTime() - halfNs), foretold, handler);
        print("               %,d entries behind, and ever more%n", load.sentCount() - load.doneCount());
        keep("lagBefore", load.sentCount() - load.doneCount());
    }

    /** Split it, work off what came before, catch up, and keep up. */
    private void remedy(final LedgerEngine engine, final Ceiling foretold, final WaitingHandler handler)
    {
        heading("The remedy: the account is split into %d, on the living ledger", partCount);
        load.split(engine);
        final long splitNs = System.nanoTime();
        drive("what came before the split was not worked off", () -> load.leftOfBefore() > 0);
        print("  worked off   what came before the split, in %.1f s%n", (System.nanoTime() - splitNs) / 1e9);
        // The places still hold what ran ahead of it.
        driveFor(SAMPLE_NS);
        final long fromNs = System.nanoTime();
        final long fromDone = load.doneCount();
        drive("the feed did not catch up", () -> load.sentCount() - load.doneCount() > CAPACITY);
        final double caughtUpSeconds = (System.nanoTime() - fromNs) / 1e9;
        final double perSecond = (load.doneCount() - fromDone) / caughtUpSeconds;
        load.sweep(engine, new IdGenerator()).forEach(HotPartitionScenario::requireCreated);
        heading("After: while it catches up, for %.1f s", caughtUpSeconds);
        compare("after", perSecond, foretold, handler);
        final long keptFromNs = System.nanoTime();
        final long keptFromDone = load.doneCount();
        driveFor(durationNs() / 2);
        print("  then         %,.0f/s as they come, %,d entries behind%n",
            (load.doneCount() - keptFromDone) * 1e9 / (System.nanoTime() - keptFromNs),
            load.sentCount() - load.doneCount());
        keep("lagAfter", load.sentCount() - load.doneCount());
        show(instruments.verdict());
        load.end();
        load.sweep(engine, new IdGenerator()).forEach(HotPartitionScenario::requireCreated);
    }

    static void requireCreated(final TransferResult result)
    {
        if (!result.isCreated())
        {
            throw new BenchException("a sweep was refused: " + result);
        }
    }

    private void driveFor(final long spanNs)
    {
        final long untilNs = System.nanoTime() + spanNs;
        drive("", () -> System.nanoTime() - untilNs < 0);
    }

    /** Let the load come, and look on, as long as something is so. */
    private void drive(final String complaint, final BooleanSupplier isSo)
    {
        final long patienceNs = (long)((PATIENCE * seconds() + PATIENCE_SECONDS) * 1e9);
        final long fromNs = System.nanoTime();
        while (isSo.getAsBoolean())
        {
            load.step();
            final long nowNs = System.nanoTime();
            if (nowNs - sampledNs >= SAMPLE_NS)
            {
                sample(nowNs);
            }
            if (feed.failure() != null)
            {
                throw new BenchException("the feed has stopped: " + feed.failure().getMessage(), feed.failure());
            }
            if (nowNs - fromNs > patienceNs)
            {
                throw new BenchException(complaint + ": sent=" + load.sentCount() + ", done=" + load.doneCount());
            }
        }
    }

    private void sample(final long nowNs)
    {
        instruments.sample();
        final double span = (nowNs - sampledNs) / 1e9;
        final double at = (nowNs - startNs) / 1e9;
        rates.add("handled", at, (load.doneCount() - sampledDone) / span);
        rates.add("sent", at, (load.sentCount() - sampledSent) / span);
        lags.add("behind", at, load.sentCount() - load.doneCount());
        sampledNs = nowNs;
        sampledDone = load.doneCount();
        sampledSent = load.sentCount();
    }
}
