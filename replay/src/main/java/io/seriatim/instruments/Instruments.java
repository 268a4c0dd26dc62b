package io.seriatim.instruments;

import io.seriatim.engine.AccountSamples;
import io.seriatim.engine.CounterTable;
import io.seriatim.engine.StageCounters;
import io.seriatim.journal.CountersDirectory;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the counters of an engine, and of the feeds beside it, from the same process or from another: each
 * {@link #sample} tells what was done since the one before. Whoever wants figures of each second samples once a second.
 * The engine does not notice.
 *
 * <pre>
 *   Instruments instruments = Instruments.of(engine.counters());
 *   ...
 *   Interval second = instruments.sample();
 *   OrderFigures order = OrderFigures.of(second);
 *   Verdict verdict = instruments.verdict();
 * </pre>
 *
 * Threads: confined to one.
 */
public final class Instruments
{
    /** A process that has not said for so long that it lives is taken for dead. */
    private static final long DEAD_AFTER_MS = 5_000;
    private static final int HOT_ACCOUNT_CAPACITY = 512;
    private static final int SAMPLES_PER_FADE = 60;

    private final Path directory;
    private final Judge judge;
    private final RollingHour hour = new RollingHour();
    private final HotAccounts hotAccounts = new HotAccounts(HOT_ACCOUNT_CAPACITY);
    private final Map<String, CounterTable> tables = new TreeMap<>();
    private final Map<String, Reading> readings = new HashMap<>();
    private final Map<String, long[]> sampleNumbers = new HashMap<>();
    private long sampledNs = System.nanoTime();
    private int sampleCount;

    /** What a stage's sums were. */
    private static final class Reading
    {
        private long items;
        private long batches;
        private long busyNs;
        private long backPressure;
        private long[] latencies = new long[StageCounters.LATENCY_BUCKETS];
        private long[] batchSizes = new long[StageCounters.BATCH_BUCKETS];
    }

    private Instruments(final Path directory, final Thresholds thresholds)
    {
        this.directory = directory;
        judge = new Judge(thresholds);
    }

    /**
     * Read one table of this process.
     *
     * @param table of an engine.
     * @return instruments with default thresholds, which count from now on.
     */
    public static Instruments of(final CounterTable table)
    {
        return of(table, new Thresholds());
    }

    /**
     * Read one table of this process.
     *
     * @param table      of an engine.
     * @param thresholds for the verdict.
     * @return instruments, which count from now on.
     */
    public static Instruments of(final CounterTable table, final Thresholds thresholds)
    {
        final Instruments instruments = new Instruments(null, thresholds);
        instruments.tables.put(CounterTable.ENGINE_FILE, table);
        instruments.readAll(0);
        return instruments;
    }

    /**
     * Read what the processes have that work on a data directory; those that come later are found as well.
     *
     * @param dataDirectory of an engine, which need not run.
     * @param thresholds    for the verdict.
     * @return instruments, which count from now on.
     */
    public static Instruments open(final Path dataDirectory, final Thresholds thresholds)
    {
        final Instruments instruments = new Instruments(CountersDirectory.of(dataDirectory), thresholds);
        instruments.findTables();
        instruments.readAll(0);
        return instruments;
    }

    /**
     * What was done since the last call, or since these instruments were made.
     *
     * @return an interval, which the rolling hour has from now on too.
     */
    public Interval sample()
    {
        if (directory != null)
        {
            findTables();
        }
        final long nowNs = System.nanoTime();
        final long spanNs = Math.max(1, nowNs - sampledNs);
        sampledNs = nowNs;
        final Interval interval = new Interval(System.currentTimeMillis(), spanNs, readAll(spanNs));
        hour.add(interval);
        judge.judge(interval);
        if (++sampleCount % SAMPLES_PER_FADE == 0)
        {
            hotAccounts.fade();
        }
        return interval;
    }

    /**
     * The intervals of the last hour.
     *
     * @return as many as were sampled.
     */
    public RollingHour hour()
    {
        return hour;
    }

    /**
     * Where the bottleneck is.
     *
     * @return the verdict that stands.
     */
    public Verdict verdict()
    {
        return judge.verdict();
    }

    /**
     * Which accounts are moved most; each transfer moves two, so that an account that is in all of them has a share of
     * one half.
     *
     * @return a sketch that goes on changing.
     */
    public HotAccounts hotAccounts()
    {
        return hotAccounts;
    }

    /**
     * The engine's table.
     *
     * @return a table; null if no engine was found.
     */
    public CounterTable engine()
    {
        return tables.get(CounterTable.ENGINE_FILE);
    }

    /**
     * Whether there is an engine at work.
     *
     * @return true if its process lives as far as can be told.
     */
    public boolean isEngineAlive()
    {
        final CounterTable engine = engine();
        return engine != null && isAlive(engine);
    }

    private static boolean isAlive(final CounterTable table)
    {
        return !table.isClosed() && System.currentTimeMillis() - table.aliveMs() < DEAD_AFTER_MS;
    }

    /** A process that was started anew has a new file under the old name. */
    private void findTables()
    {
        final List<String> seen = new ArrayList<>();
        if (Files.isDirectory(directory))
        {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory))
            {
                for (final Path file : files)
                {
                    final String name = file.getFileName().toString();
                    seen.add(name);
                    final CounterTable known = tables.get(name);
                    if (known == null || !isAlive(known))
                    {
                        map(name, file, known);
                    }
                }
            }
            catch (final IOException ignored)
            {
                // It is looked at again with the next sample.
            }
        }
        tables.keySet().retainAll(seen);
    }

    private void map(final String name, final Path file, final CounterTable known)
    {
        try
        {
            final CounterTable table = CounterTable.map(file);
            if (known == null || table.startedMs() != known.startedMs() || table.processId() != known.processId())
            {
                tables.put(name, table);
                readings.keySet().removeIf(key -> key.startsWith(name + "/"));
                sampleNumbers.remove(name);
            }
        }
        catch (final IOException ignored)
        {
            // It is in the making, or not one.
        }
    }

    private List<StageFigures> readAll(final long spanNs)
    {
        final List<StageFigures> figures = new ArrayList<>();
        // The engine's name comes before that of any feed.
        tables.forEach((name, table) ->
        {
            if (isAlive(table))
            {
                int number = 0;
                for (final StageCounters stage : table.stages())
                {
                    figures.add(read(name + "/" + number++, stage, spanNs));
                }
                readSamples(name, table.samples());
            }
        });
        return List.copyOf(figures);
    }

    private StageFigures read(final String key, final StageCounters stage, final long spanNs)
    {
        final Reading before = readings.getOrDefault(key, new Reading());
        final Reading after = new Reading();
        after.items = stage.items();
        after.batches = stage.batches();
        after.busyNs = stage.busyNs();
        after.backPressure = stage.backPressure();
        stage.readLatencies(after.latencies);
        stage.readBatches(after.batchSizes);
        readings.put(key, after);
        return new StageFigures(
            stage.kind(), stage.scope(), stage.label(), spanNs, after.items - before.items,
            after.batches - before.batches, after.busyNs - before.busyNs, after.backPressure - before.backPressure,
            stage.sequence(), stage.depth(), stage.capacity(), stage.lag(), stage.oldestAgeNs(System.nanoTime()),
            stage.workers(), stage.scopes(), Distribution.between(before.latencies, after.latencies),
            Distribution.between(before.batchSizes, after.batchSizes));
    }

    private void readSamples(final String name, final List<AccountSamples> samples)
    {
        final long[] numbers = sampleNumbers.computeIfAbsent(name, any -> new long[samples.size()]);
        for (int i = 0; i < numbers.length; i++)
        {
            numbers[i] = samples.get(i).read(numbers[i], (debitHigh, debitLow, creditHigh, creditLow, weight) ->
            {
                hotAccounts.add(debitHigh, debitLow, weight);
                hotAccounts.add(creditHigh, creditLow, weight);
            });
        }
    }
}
