package io.seriatim.bench;

import io.seriatim.advice.Advice;
import io.seriatim.advice.Workload;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Thresholds;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.JournalFeed;
import io.seriatim.standings.Finding;
import io.seriatim.standings.Measure;
import io.seriatim.standings.Reconciliation;
import io.seriatim.standings.Standing;
import io.seriatim.standings.TopAccounts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A view that needs no order: who was credited most.
 */
@Command(
    name = "leaderboard",
    sortOptions = false,
    description = "Players are credited at planned times, and a feed without order keeps a view of who was credited " +
        "most, with handlers that wait as for a store. Some entries are lost on the way, and some standings are " +
        "spoilt. Then the view is compared with the journal, put right, and compared again.%nChecked: every outcome; " +
        "that exactly what was spoilt is called wrong; that nothing differs afterwards, and that the standings are " +
        "what was sent.",
    footer = "%nExample:%n  scripts/bench scenario leaderboard --rate 4000")
final class LeaderboardScenario extends AppliedScenario
{
    private static final long SAMPLE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long DRAIN_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int SPOILT_COUNT = 5;
    private static final int SHOWN = 3;

    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "4000",
        description = "Transfers a second. Default: ${DEFAULT-VALUE}")
    private int rate;

    @Option(
        names = "--service-time",
        paramLabel = "MS",
        defaultValue = "5",
        description = "How long a handler waits for each entry, in milliseconds. Default: ${DEFAULT-VALUE}")
    private int serviceMs;

    @Option(
        names = "--workers",
        paramLabel = "N",
        defaultValue = "64",
        description = "Workers of the feed. Default: ${DEFAULT-VALUE}")
    private int workerCount;

    @Option(
        names = "--lost-every",
        paramLabel = "N",
        defaultValue = "100",
        description = "One of so many entries is lost before the view sees it. Default: ${DEFAULT-VALUE}")
    private int lostEvery;

    private final Curves differing = new Curves("Players whose standing is not what was sent", "s", "players", false);
    private final Curves behind = new Curves("Entries behind", "s", "entries", false);
    private Consumer<TopAccounts> beforeRepair = view ->
    {
    };
    private ScoreLoad load;
    private long startNs;

    /** Called between the comparison and the repair, for a test of the check. */
    void beforeRepair(final Consumer<TopAccounts> action)
    {
        beforeRepair = action;
    }

    @Override
    void validate()
    {
        if (options().durability() == Durability.MEMORY)
        {
            throw new IllegalArgumentException(
                "--durability memory has no journal to compare with; fsync or os is needed");
        }
        EngineOptions.require(
            rate >= ScoreLoad.REQUESTS_PER_SECOND && rate <= 100_000 && rate % ScoreLoad.REQUESTS_PER_SECOND == 0,
            "--rate (hundreds)", rate);
        EngineOptions.require(serviceMs >= 1 && serviceMs <= 1_000, "--service-time", serviceMs);
        EngineOptions.require(workerCount >= 1 && workerCount <= 4_096, "--workers", workerCount);
        EngineOptions.require(lostEvery >= 2 && lostEvery <= 1_000_000, "--lost-every", lostEvery);
    }

    @Override
    String title()
    {
        return String.format(
            Locale.ROOT, "A leaderboard: %,d transfers/s to %,d players; a view kept without order, %d workers, " +
            "handlers that wait %d ms, one entry of %d lost; durability %s, threading %s",
            rate, ScoreLoad.PLAYER_COUNT, workerCount, serviceMs, lostEvery, options().durability,
            options().threading);
    }

    @Override
    String measure(final Path directory) throws Exception
    {
        heading("If every entry had to be seen in order");
        final Workload workload = new Workload().rate(rate).serviceTimeNs(TimeUnit.MILLISECONDS.toNanos(serviceMs));
        final Advice inOrder = advise(workload);
        heading("As the view may lag, and no standing depends on another");
        final Advice relaxed = advise(workload.workerCount(workerCount).mayLag(true).dependentShare(0));
        keep("inOrderPerSecond", inOrder.consumers().perSecond());
        keep("relaxedPerSecond", relaxed.consumers().perSecond());
        try (LedgerEngine engine = LedgerEngine.launch(engineConfig(directory)))
        {
            load = new ScoreLoad(engine, rate);
            final TopAccounts view = TopAccounts.of(engine);
            final WaitingHandler waiting = new WaitingHandler(TimeUnit.MILLISECONDS.toNanos(serviceMs));
            final Instruments instruments =
                Instruments.of(engine.counters(), new Thresholds().intervalCount(1));
            try (JournalFeed feed = JournalFeed.open(engine.journals(), new FeedConfig().name("leaderboard")
                .ordering(FeedOrdering.NONE).workerCount(workerCount).counters(engine.counters())
                .filter(entry -> entry.kind() == EntryKind.TRANSFER)
                .handler(entry -> onEntry(entry, waiting, view))))
            {
                run(view, feed, instruments);
            }
            final int rightCount = reconcile(engine, directory, view);
            draw(differing);
            draw(behind);
            return String.format(
                Locale.ROOT, "Checked: %,d transfers answered CREATED; after the repair all %,d standings are what " +
                "the books say, and what was sent.", load.createdCount(), rightCount);
        }
    }

    private void onEntry(final FeedEntry entry, final WaitingHandler waiting, final TopAccounts view)
    {
        waiting.onEntry(entry);
        if (entry.sequence() % lostEvery != 0)
        {
            view.onEntry(entry);
        }
    }

    private void run(final TopAccounts view, final JournalFeed feed, final Instruments instruments)
        throws InterruptedException
    {
        heading("The view follows, without order");
        startNs = System.nanoTime();
        long sampledNs = startNs;
        int behindMax = 0;
        while (System.nanoTime() - startNs < durationNs())
        {
            load.step();
            if (System.nanoTime() - sampledNs >= SAMPLE_NS)
            {
                sampledNs = System.nanoTime();
                instruments.sample();
                behindMax = Math.max(behindMax, sample(view, feed));
            }
        }
        show(instruments.verdict());
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        print("  measured     %,.0f entries/s seen of %,.0f sent; %,d behind at most%n",
            feed.progress().doneCount() / seconds, load.sentCount() / seconds, behindMax);
        keep("seenPerSecond", feed.progress().doneCount() / seconds);
        keep("behindMax", behindMax);
        load.end();
        final long drainNs = System.nanoTime();
        while (feed.progress().doneCount() < load.createdCount())
        {
            if (System.nanoTime() - drainNs > DRAIN_NS)
            {
                throw new BenchException(
                    "the feed did not come to its end: done=" + feed.progress().doneCount() + " of " +
                    load.createdCount());
            }
            Thread.sleep(1);
        }
        sample(view, feed);
    }

    private int sample(final TopAccounts view, final JournalFeed feed)
    {
        final double at = (System.nanoTime() - startNs) / 1e9;
        final int entries = (int)Math.max(0, load.sentCount() - feed.progress().doneCount());
        differing.add("players", at, load.differingCount(view.standings()));
        behind.add("entries", at, entries);
        return entries;
    }

    /** Compare, put right, compare again; how many standings are right in the end. */
    private int reconcile(final LedgerEngine engine, final Path directory, final TopAccounts view)
    {
        final JournalEntries journal = new JournalEntries(directory.resolve("engine"));
        final Set<Uint128> spoiltIds = new HashSet<>();
        for (final Standing standing : view.top(SPOILT_COUNT, Measure.CREDITS, load::isOfPlayer))
        {
            spoiltIds.add(standing.id());
            view.repair(List.of(new Finding(Finding.Kind.WRONG, standing, spoilt(standing), 0)));
        }
        heading("%d standings are spoilt, and the view is compared with the journal", spoiltIds.size());
        final Reconciliation before = compare(journal, view);
        beforeRepair.accept(view);
        final Set<Uint128> wrongIds = before.findings().stream()
            .filter(finding -> finding.kind() == Finding.Kind.WRONG || finding.kind() == Finding.Kind.UNKNOWN)
            .map(finding -> finding.known().id()).collect(Collectors.toSet());
        if (!wrongIds.equals(spoiltIds))
        {
            throw new BenchException("standings were spoilt: " + spoiltIds + ", and found wrong: " + wrongIds);
        }
        view.repair(before.findings());
        heading("After the repair");
        final Reconciliation after = compare(journal, view);
        if (!after.findings().isEmpty())
        {
            throw new BenchException("the view differs after it was repaired: " + after.findings());
        }
        final long differingCount = load.differingCount(view.standings());
        if (differingCount > 0)
        {
            throw new BenchException("standings are not what was sent: players=" + differingCount);
        }
        differing.add("players", (System.nanoTime() - startNs) / 1e9, differingCount);
        for (final Standing leader : view.top(SHOWN, Measure.CREDITS, load::isOfPlayer))
        {
            print("               player %s: %s%n", leader.id(), leader.creditsPosted());
        }
        load.requireBalanced(engine);
        return after.rightCount();
    }

    private static Standing spoilt(final Standing standing)
    {
        return new Standing(
            standing.shard(), standing.ledger(), standing.id(), standing.debitsPosted(),
            Uint128.of(standing.creditsPosted().low() + 1), standing.sequence());
    }

    private Reconciliation compare(final JournalEntries journal, final TopAccounts view)
    {
        final Reconciliation found = Reconciliation.of(journal, view.standings(), count ->
        {
        });
        print("  compared     as of sequence %s: %,d right, %,d lagging by up to %,d entries, %,d wrong, %,d missing%n",
            found.sequences().get(0), found.rightCount(), found.count(Finding.Kind.LAGGING), found.lagMax(),
            found.count(Finding.Kind.WRONG), found.count(Finding.Kind.MISSING));
        return found;
    }
}
