package io.seriatim.bench;

import io.seriatim.codecs.TransferRecordEncoder;
import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.ReplyHandler;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedCompletion;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedKeys;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.JournalFeed;
import io.seriatim.tools.HtmlPage;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/**
 * What order costs: one journal consumed by feeds of each ordering, whose handlers wait, so that a hundred workers are
 * honest on two cores; with the curves of theory through the measured points. Each run checks that every entry was
 * handled once, and in the order that was asked for.
 */
@Command(
    name = "order",
    sortOptions = false,
    description = "What order costs: one journal consumed in total order, by 1 to 256 keys and in any order, with " +
        "handlers that wait; the share of ordered work, the skew of keys, places in flight. Writes order.html and a " +
        "drawing (SVG) for each table.",
    footer = "%nExample:%n  scripts/bench order --seconds 5")
final class OrderCommand implements Callable<Integer>
{
    private static final int LEDGER = 840;
    private static final int ACCOUNT_COUNT = 1_000;
    private static final int ENTRY_COUNT_MAX = 200_000;

    /** Behind the genesis and the accounts. */
    private static final int FIRST_SEQUENCE = 1 + ACCOUNT_COUNT;

    private static final int[] KEY_COUNTS = {1, 4, 16, 50, 64, 256};
    private static final int[] ORDERED_PERCENTS = {0, 10, 25, 50, 75, 90, 100};
    private static final double[] SKEWS = {0, 0.4, 0.8, 1.0, 1.2};
    private static final int[] CAPACITIES = {64, 256, 1_024, 8_192};
    private static final int SHARE_WORKERS = 20;
    private static final int SKEW_KEYS = 64;
    private static final double CURVE_STEP = 0.01;
    private static final int OTHERS_PER_SECOND = 500;
    private static final int OTHER_KEYS = 200;
    private static final int HOT_ROUNDS = 3;
    private static final long HOT_SERVICE_NS = 1_000_000;
    private static final double NANOS = 1e9;
    private static final int PLOT_HEIGHT = 320;
    private static final double ROOM = 1.15;
    private static final Plot.Look MEASURED = new Plot.Look(0, false);
    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(5);

    @Spec
    private CommandSpec spec;

    @Option(
        names = "--workers",
        paramLabel = "N",
        defaultValue = "100",
        description = "Workers of a feed. Default: ${DEFAULT-VALUE}")
    private int workerCount;

    @Option(
        names = "--service-time",
        paramLabel = "MS",
        defaultValue = "10",
        description = "How long a handler waits for each entry, in milliseconds. Default: ${DEFAULT-VALUE}")
    private int serviceMs;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "3",
        description = "How long each point takes, about. Default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        defaultValue = "target/bench-order",
        description = "Where the report goes. Default: ${DEFAULT-VALUE}")
    private Path directory;

    private final Map<String, Plot> plots = new LinkedHashMap<>();
    private final StringBuilder tables = new StringBuilder();
    private PrintWriter out;
    private LedgerEngine engine;
    private int nextRun;

    @Override
    public Integer call() throws Exception
    {
        Files.createDirectories(directory);
        out = spec.commandLine().getOut();
        final Map<String, String> environment = Environment.of(
            directory, String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        environment.forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        final EngineConfig config = new EngineConfig()
            .durability(Durability.MEMORY).readModel(false);
        try (LedgerEngine launched = LedgerEngine.launch(config))
        {
            engine = launched;
            fill();
            measureKeys();
            measureShares();
            measureSkews();
            measureCapacities();
            measureDeferred();
            measureHotKey();
        }
        report(environment);
        return 0;
    }

    private void measureKeys() throws Exception
    {
        final String form = "%-14s %,9d entries %,10.0f /s   theory %,10.0f /s   ratio %.3f   steady %.3f%n";
        print("%norder: %d workers, handlers that wait %d ms; theory: min(workers, scopes) / service time;%n" +
            "steady: without the first and the last tenth%n", workerCount, serviceMs);
        final List<double[]> measured = new ArrayList<>();
        final List<double[]> theory = new ArrayList<>();
        final double total = rate(1);
        final FeedRun.Measured inTotal = run(waiting(FeedOrdering.TOTAL, 1, null), countFor(total), 1);
        print(form, "TOTAL", inTotal.count(), inTotal.perSecond(), total, inTotal.perSecond() / total,
            inTotal.steadyPerSecond() / total);
        for (final int keyCount : KEY_COUNTS)
        {
            final double expected = rate(Math.min(workerCount, keyCount));
            final FeedRun.Measured run = run(
                waiting(FeedOrdering.BY_KEY, workerCount, key(entry -> entry.sequence() % keyCount)),
                countFor(expected), keyCount);
            measured.add(new double[] {keyCount, run.perSecond()});
            theory.add(new double[] {keyCount, expected});
            print(form, "BY_KEY " + keyCount, run.count(), run.perSecond(), expected, run.perSecond() / expected,
                run.steadyPerSecond() / expected);
        }
        final double none = rate(workerCount);
        final FeedRun.Measured inAny = run(waiting(FeedOrdering.NONE, workerCount, null), countFor(none), 0);
        print(form, "NONE", inAny.count(), inAny.perSecond(), none, inAny.perSecond() / none,
            inAny.steadyPerSecond() / none);
        theory.add(new double[] {workerCount, none});
        theory.sort(Comparator.comparingDouble(point -> point[0]));
        draw("keys", "Entries a second by ordering scopes", "keys (BY_KEY)", true, measured, Map.of(
            "min(workers, keys) / service time", theory));
    }

    private void measureShares() throws Exception
    {
        print("%nordered work: %d workers; the ordered part p runs beside the rest: 1 / max(p, 1 / workers) is the " +
            "most;%nAmdahl, 1 / (p + (1 - p) / workers), is what it would be if the rest had to wait for it%n",
            SHARE_WORKERS);
        final List<double[]> measured = new ArrayList<>();
        final List<double[]> theory = new ArrayList<>();
        final List<double[]> amdahls = new ArrayList<>();
        for (final int percent : ORDERED_PERCENTS)
        {
            final double share = percent / 100.0;
            final double expected = rate(1) / Math.max(share, 1.0 / SHARE_WORKERS);
            final double amdahl = rate(1) / (share + (1 - share) / SHARE_WORKERS);
            final FeedRun.Measured run = run(
                waiting(FeedOrdering.BY_KEY, SHARE_WORKERS, (entry, keys) ->
                {
                    if (entry.sequence() * 37 % 100 < percent)
                    {
                        keys.add(0, 1);
                    }
                }), countFor(expected), 0);
            measured.add(new double[] {percent, run.perSecond()});
            print("%3d %% ordered %,9d entries %,10.0f /s   most %,10.0f /s   ratio %.3f   Amdahl %,10.0f /s%n",
                percent, run.count(), run.perSecond(), expected, run.perSecond() / expected, amdahl);
        }
        for (double share = 0; share < 1.001; share += CURVE_STEP)
        {
            theory.add(new double[] {100 * share, rate(1) / Math.max(share, 1.0 / SHARE_WORKERS)});
            amdahls.add(new double[] {100 * share, rate(1) / (share + (1 - share) / SHARE_WORKERS)});
        }
        final Map<String, List<double[]>> curves = new LinkedHashMap<>();
        curves.put("beside each other", theory);
        curves.put("Amdahl", amdahls);
        draw("share", "Entries a second by the share of ordered work", "% ordered", false, measured, curves);
    }

    private void measureSkews() throws Exception
    {
        print("%nskew of %d keys, %d workers; theory: the heaviest key, or all keys at once%n", SKEW_KEYS, workerCount);
        final List<double[]> measured = new ArrayList<>();
        final List<double[]> theory = new ArrayList<>();
        for (final double skew : SKEWS)
        {
            final int[] keyOf = zipf(skew);
            final int count = countOf(keyOf);
            final double expected = expectedOf(keyOf, count);
            final FeedRun.Measured run = run(
                waiting(FeedOrdering.BY_KEY, workerCount, key(
                    entry -> keyOf[(int)(entry.sequence() % keyOf.length)])), count, 0);
            measured.add(new double[] {skew, run.perSecond()});
            theory.add(new double[] {skew, expected});
            print("skew %.1f       %,9d entries %,10.0f /s   theory %,10.0f /s   ratio %.3f   heaviest key %.1f %%%n",
                skew, run.count(), run.perSecond(), expected, run.perSecond() / expected, 100 * heaviest(keyOf, count));
        }
        draw("skew", "Entries a second by the skew of 64 keys", "skew (Zipf)", false, measured, Map.of(
            "heaviest key", theory));
    }

    private void measureCapacities() throws Exception
    {
        print("%nplaces in flight, 64 keys of skew 0: how far ahead the others can run of the key that is behind%n");
        final int[] keyOf = zipf(0);
        final int count = countOf(keyOf);
        final double expected = expectedOf(keyOf, count);
        for (final int capacity : CAPACITIES)
        {
            final FeedRun.Measured run = run(
                waiting(FeedOrdering.BY_KEY, workerCount, key(
                    entry -> keyOf[(int)(entry.sequence() % keyOf.length)])).capacity(capacity),
                count, 0);
            print("%,6d places  %,9d entries %,10.0f /s   ratio to theory %.3f%n",
                capacity, run.count(), run.perSecond(), run.perSecond() / expected);
        }
    }

    private void measureDeferred() throws Exception
    {
        final int deferralMs = 100;
        final double expected = ACCOUNT_COUNT * 1_000.0 / deferralMs;
        final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        try
        {
            final FeedConfig config = new FeedConfig().ordering(FeedOrdering.BY_KEY).workerCount(1)
                .keys(key(entry -> entry.sequence() % ACCOUNT_COUNT)).handler(entry ->
                {
                    final FeedCompletion completion = entry.defer();
                    timer.schedule(completion::done, deferralMs, TimeUnit.MILLISECONDS);
                });
            final FeedRun.Measured run = run(config, countFor(expected), 0);
            print("%nhandlers that answer %d ms later, 1,000 keys, one worker: %,.0f /s, theory %,.0f /s, %.2f cores%n",
                deferralMs, run.perSecond(), expected, run.cpuShare());
        }
        finally
        {
            timer.shutdownNow();
        }
    }

    /** Half of all entries have one key: how long do those of the other keys take, beside it and without it? */
    private void measureHotKey() throws Exception
    {
        print("%na hot key: %,d entries a second, handlers that wait 1 ms, %d workers; every other entry has one and " +
            "the same key, or one of %d%nas the rest has; time of the rest from the planned moment of a request to " +
            "the end of its handler%n", 2 * OTHERS_PER_SECOND, SHARE_WORKERS, OTHER_KEYS);
        final Histogram without = new Histogram(3);
        final Histogram beside = new Histogram(3);
        runOpenLoop(true, new Histogram(3));
        for (int i = 0; i < 2 * HOT_ROUNDS; i++)
        {
            final boolean isHot = i % 2 == 1;
            runOpenLoop(isHot, isHot ? beside : without);
        }
        for (final Histogram each : List.of(without, beside))
        {
            print("%-14s p50 %7.2f ms   p99 %7.2f ms   p99.9 %7.2f ms   max %7.2f ms   %,d entries%n",
                each == without ? "without it" : "beside it", ms(each, 50), ms(each, 99), ms(each, 99.9),
                each.getMaxValue() / 1e6, each.getTotalCount());
        }
        print("p99 beside it is %.2f times that without it%n", ms(beside, 99) / ms(without, 99));
    }

    private static double ms(final Histogram histogram, final double percentile)
    {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    private void runOpenLoop(final boolean isHot, final Histogram histogram) throws Exception
    {
        final int count = (int)(2 * OTHERS_PER_SECOND * seconds);
        final long[] plannedNs = new long[count];
        final long firstId = 1_000_000L + ENTRY_COUNT_MAX + nextRun++ * 1_000_000L;
        final AtomicInteger handled = new AtomicInteger();
        final FeedConfig config = new FeedConfig().ordering(FeedOrdering.BY_KEY).workerCount(SHARE_WORKERS)
            .filter(entry -> entry.kind() == EntryKind.TRANSFER && TransferIds.low(entry) >= firstId)
            .keys((entry, keys) ->
            {
                final long index = TransferIds.low(entry) - firstId;
                keys.add(0, isHot && index % 2 == 1 ? 1 : 2 + index % OTHER_KEYS);
            })
            .handler(entry ->
            {
                LockSupport.parkNanos(HOT_SERVICE_NS);
                final int index = (int)(TransferIds.low(entry) - firstId);
                if (index % 2 == 0)
                {
                    synchronized (histogram)
                    {
                        histogram.recordValue(Math.max(0, System.nanoTime() - plannedNs[index]));
                    }
                }
                handled.incrementAndGet();
            });
        try (JournalFeed feed = JournalFeed.open(engine.journals(), config))
        {
            // It passes over what is there already.
            while (feed.progress().lagBytes() > 0 || feed.progress().skippedCount() == 0)
            {
                LockSupport.parkNanos(1_000_000);
            }
            final LedgerSession session = engine.openSession(engine.shardOf(LEDGER));
            final long startNs = System.nanoTime();
            final double distanceNs = NANOS * seconds / count;
            for (int i = 0; i < count; i++)
            {
                plannedNs[i] = startNs + (long)(i * distanceNs);
                while (plannedNs[i] - System.nanoTime() > 0)
                {
                    LockSupport.parkNanos(plannedNs[i] - System.nanoTime());
                }
                while (session.claimTransfers(1) <= 0)
                {
                    session.poll(reply -> { }, 1);
                }
                encode(session.transfer(0), (int)(firstId - 1_000_000L) + i);
                session.publish();
                session.poll(reply -> { }, 1);
            }
            final long endNs = System.nanoTime();
            while (handled.get() < count)
            {
                session.poll(reply -> { }, 1);
                LockSupport.parkNanos(1_000_000);
                if (System.nanoTime() - endNs > TIMEOUT_NS || feed.failure() != null)
                {
                    throw new BenchException("the feed does not come to its end: handled=" + handled, feed.failure());
                }
            }
        }
    }

    private FeedConfig waiting(final FeedOrdering ordering, final int workers, final FeedKeys keys)
    {
        final FeedConfig config = new FeedConfig().ordering(ordering).workerCount(workers)
            .handler(new WaitingHandler(TimeUnit.MILLISECONDS.toNanos(serviceMs)));
        return keys == null ? config : config.keys(keys);
    }

    /** Hand out so many entries; of a number of keys in turn, order is checked too. */
    private FeedRun.Measured run(final FeedConfig config, final int count, final int keyCount)
    {
        final Handled handled = new Handled(FIRST_SEQUENCE + count, keyCount <= 1 ? keyCount : keyCount + 1);
        config.filter(entry -> entry.kind() == EntryKind.TRANSFER);
        final FeedRun.Measured measured = new FeedRun(engine.journals(), config, count, handled).run(1, () ->
        {
        });
        handled.requireEachOnceAndInOrder();
        return measured;
    }

    private double rate(final int scopes)
    {
        return scopes * 1_000.0 / serviceMs;
    }

    private int countFor(final double perSecond)
    {
        return (int)Math.min(ENTRY_COUNT_MAX, Math.max(50, perSecond * seconds));
    }

    private static FeedKeys key(final ToLongFunction<FeedEntry> number)
    {
        return (entry, keys) -> keys.add(0, 1 + number.applyAsLong(entry));
    }

    /** Keys of a skew, in a random order that is the same each time. */
    private static int[] zipf(final double skew)
    {
        final double[] weights = new double[SKEW_KEYS];
        double sum = 0;
        for (int i = 0; i < SKEW_KEYS; i++)
        {
            weights[i] = 1 / Math.pow(i + 1, skew);
            sum += weights[i];
        }
        final SplittableRandom random = new SplittableRandom(1);
        final int[] keys = new int[ENTRY_COUNT_MAX];
        for (int i = 0; i < keys.length; i++)
        {
            double draw = random.nextDouble() * sum;
            int key = 0;
            while (key < SKEW_KEYS - 1 && draw >= weights[key])
            {
                draw -= weights[key];
                key++;
            }
            keys[i] = key;
        }
        return keys;
    }

    /** Share of the key that most of the first entries have. */
    private static double heaviest(final int[] keyOf, final int count)
    {
        final int[] counts = new int[SKEW_KEYS];
        int most = 0;
        for (int i = 0; i < count; i++)
        {
            final int key = keyOf[(FIRST_SEQUENCE + i) % keyOf.length];
            counts[key]++;
            most = Math.max(most, counts[key]);
        }
        return (double)most / count;
    }

    /** As many entries as take about the time that was asked for, with keys of a skew. */
    private int countOf(final int[] keyOf)
    {
        return countFor(Math.min(
            rate(1) / heaviest(keyOf, keyOf.length), rate(Math.min(workerCount, SKEW_KEYS))));
    }

    private double expectedOf(final int[] keyOf, final int count)
    {
        return Math.min(rate(1) / heaviest(keyOf, count), rate(Math.min(workerCount, SKEW_KEYS)));
    }

    private void print(final String format, final Object... values)
    {
        final String text = String.format(Locale.ROOT, format, values);
        out.print(text);
        out.flush();
        tables.append(text);
    }

    /** A plot of the measured points and of the curves of theory. */
    private void draw(
        final String key,
        final String title,
        final String xName,
        final boolean isLogarithmic,
        final List<double[]> measured,
        final Map<String, List<double[]>> curves)
    {
        final List<double[]> all = new ArrayList<>(measured);
        curves.values().forEach(all::addAll);
        final double mostX = all.stream().mapToDouble(point -> point[0]).max().orElse(1);
        final double leastY = all.stream().mapToDouble(point -> point[1]).min().orElse(1);
        final double mostY = all.stream().mapToDouble(point -> point[1]).max().orElse(1) * ROOM;
        final Plot plot = new Plot(
            title,
            isLogarithmic ? Scale.logarithmic(1, mostX, Scale::plain) : Scale.linear(0, mostX, Scale::plain), xName,
            isLogarithmic ? Scale.logarithmic(leastY / ROOM, mostY, Scale::count) :
                Scale.linear(0, mostY, Scale::count), "entries/s", PLOT_HEIGHT)
            .pointLegend("measured", MEASURED, Plot.Mark.FULL);
        measured.forEach(point -> plot.point(
            MEASURED, Plot.Mark.FULL, point[0], point[1],
            String.format(Locale.ROOT, "%s: %,.0f entries/s", Scale.plain(point[0]), point[1])));
        int color = MEASURED.color();
        for (final Map.Entry<String, List<double[]>> curve : curves.entrySet())
        {
            plot.curve(curve.getKey(), new Plot.Look(++color, color > 1), curve.getValue());
        }
        plots.put(key, plot);
    }

    private void report(final Map<String, String> environment) throws IOException
    {
        final HtmlPage page = new HtmlPage("What order costs", Report.STYLE);
        environment.forEach(page::fact);
        for (final Map.Entry<String, Plot> plot : plots.entrySet())
        {
            Files.writeString(
                directory.resolve("order-" + plot.getKey() + ".svg"), plot.getValue().file(), StandardCharsets.UTF_8);
            page.drawing(plot.getValue().svg());
        }
        page.heading("As printed");
        page.lines(tables.toString());
        Files.writeString(directory.resolve("order.html"), page.toString(), StandardCharsets.UTF_8);
        out.printf("%nreport       %s%n", directory.resolve("order.html"));
    }

    private void fill()
    {
        final List<Account> accounts = new ArrayList<>();
        for (int id = 1; id <= ACCOUNT_COUNT; id++)
        {
            accounts.add(Account.of(id, 1, 0));
        }
        engine.ledger(LEDGER).createAccounts(accounts);
        final LedgerSession session = engine.openSession(engine.shardOf(LEDGER));
        final ReplyHandler handler = reply ->
        {
            for (int i = 0; i < reply.count(); i++)
            {
                if (reply.outcome(i) != TransferOutcome.CREATED.code())
                {
                    throw new BenchException("a transfer was refused: " + TransferOutcome.of(reply.outcome(i)));
                }
            }
        };
        int done = 0;
        while (done < ENTRY_COUNT_MAX || session.inFlight() > 0)
        {
            final int batch = Math.min(session.batchCountMax(), ENTRY_COUNT_MAX - done);
            if (batch > 0 && session.claimTransfers(batch) > 0)
            {
                for (int i = 0; i < batch; i++)
                {
                    encode(session.transfer(i), done + i);
                }
                session.publish();
                done += batch;
            }
            session.poll(handler, 1);
        }
    }

    private static void encode(final TransferRecordEncoder transfer, final int index)
    {
        transfer.idLow(1_000_000L + index).debitAccountIdLow(1 + index % ACCOUNT_COUNT)
            .creditAccountIdLow(1 + (index + 1) % ACCOUNT_COUNT).amountLow(1).ledger(LEDGER).code(1).flags(0);
    }
}
