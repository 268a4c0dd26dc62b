package io.seriatim.instruments;

import io.seriatim.engine.CounterTable;
import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;
import io.seriatim.engine.ValueBuckets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Figures are what the counters say, whatever the intervals that they are read in.
 */
class InstrumentsTest
{
    private static final UUID LOG = new UUID(3, 4);
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir
    private Path directory;

    @Test
    void shouldTellQuantilesOfMergedDistributionsAsOfOne()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        Distribution merged = Distribution.EMPTY;
        final List<Long> values = new ArrayList<>();
        for (int part = 0; part < 20; part++)
        {
            final long[] counts = new long[StageCounters.LATENCY_BUCKETS];
            for (int i = 0; i < 1 + random.nextInt(500); i++)
            {
                final long value = 1L << random.nextInt(30) | random.nextInt(1 << 20);
                values.add(value);
                counts[ValueBuckets.indexOf(value, counts.length)]++;
            }
            merged = merged.plus(Distribution.between(new long[counts.length], counts));
        }
        Collections.sort(values);
        assertEquals(values.size(), merged.count());
        for (final double quantile : new double[]{0, 0.01, 0.5, 0.9, 0.99, 0.999, 1})
        {
            final long exact = values.get((int)Math.max(0, Math.ceil(quantile * values.size()) - 1));
            final long told = merged.at(quantile);
            assertTrue(
                told >= exact && told <= exact * 1.033 + 1,
                "quantile=" + quantile + ", exact=" + exact + ", told=" + told + ", seed=" + seed);
        }
        final double mean = values.stream().mapToLong(Long::longValue).average().orElseThrow();
        assertEquals(mean, merged.mean(), mean * 0.02, "seed=" + seed);
        assertTrue(merged.max() >= values.get(values.size() - 1), "seed=" + seed);
    }

    @Test
    void shouldTellNothingOfNothing()
    {
        assertEquals(0, Distribution.EMPTY.at(0.5));
        assertEquals(0, Distribution.EMPTY.max());
        assertEquals(0, Distribution.EMPTY.mean());
        assertSame(Distribution.EMPTY, Distribution.between(new long[3], new long[3]));
        final StageFigures idle = figures(StageKind.APPLY, 0, 0, 0, 1, 1, 0);
        assertEquals(0, idle.theoreticalMaximum());
        assertEquals(0, OrderFigures.of(new Interval(0, SECOND_NS, List.of(idle))).orderedShare());
        assertEquals(Interval.NONE, new RollingHour().over(SECOND_NS));
    }

    @Test
    void shouldTellWhatWasDoneBetweenTwoSamples()
    {
        final CounterTable table = CounterTable.create(LOG, 2, 0);
        final StageCounters stage = table.newStage(StageKind.APPLY, 0, "shard 0: apply");
        stage.addItems(100, 1);
        final Instruments instruments = Instruments.of(table);
        stage.addItems(7, 2);
        stage.addBusyNs(500);
        stage.recordLatency(20, 7);
        stage.standing(3, 4, 0);

        final StageFigures first = instruments.sample().stage("shard 0: apply");
        assertEquals(List.of(7L, 2L, 500L), List.of(first.items(), first.batches(), first.busyNs()));
        assertEquals(20, first.latencies().at(0.5));
        assertEquals(List.of(3L, 4L), List.of(first.depth(), first.lag()));
        stage.addItems(1, 1);
        table.newStage(StageKind.RING, 0, "late").addItems(5, 5);
        final Interval second = instruments.sample();
        assertEquals(1, second.stage("shard 0: apply").items());
        assertEquals(0, second.stage("shard 0: apply").latencies().count());
        assertEquals(5, second.stage("late").items());
        assertNull(second.stage("never"));
        assertEquals(8, instruments.hour().over(SECOND_NS * 3_600).stage("shard 0: apply").items());
    }

    @Test
    void shouldKeepAnHour()
    {
        final RollingHour hour = new RollingHour();
        for (int second = 1; second <= 4_000; second++)
        {
            hour.add(new Interval(second, SECOND_NS, List.of(figures(StageKind.APPLY, 0, second, 10, 1, 1, 0))));
        }
        assertEquals(3_600, hour.intervals().size());
        assertEquals(401, hour.intervals().get(0).endMs());
        final Interval minute = hour.over(60 * SECOND_NS);
        assertEquals(60 * SECOND_NS, minute.spanNs());
        assertEquals(4_000, minute.endMs());
        assertEquals((3_941 + 4_000) * 30, minute.stages().get(0).items());
        assertEquals(600, minute.stages().get(0).busyNs());
        assertEquals(SECOND_NS, hour.over(1).spanNs(), "the newest at least");
    }

    @Test
    void shouldFindProcessesThatComeAndGo()
    {
        final Instruments instruments = Instruments.open(directory, new Thresholds());
        assertFalse(instruments.isEngineAlive());
        assertNull(instruments.engine());
        try (CounterTable engine = CounterTable.create(directory, CounterTable.ENGINE_FILE, LOG, 1, 0))
        {
            engine.newStage(StageKind.APPLY, 0, "apply").addItems(3, 1);
            try (CounterTable feed = CounterTable.create(directory, "feed-a", LOG, 1, 0))
            {
                feed.newStage(StageKind.ORDERED_FEED, -1, "feed a").addItems(4, 1);
                final Interval both = instruments.sample();
                assertEquals(List.of("apply", "feed a"), both.stages().stream().map(StageFigures::label).toList());
                assertEquals(4, both.stage("feed a").items());
                assertTrue(instruments.isEngineAlive());
            }
            assertNull(instruments.sample().stage("feed a"));
            try (CounterTable again = CounterTable.create(directory, "feed-a", LOG, 1, 0))
            {
                again.newStage(StageKind.ORDERED_FEED, -1, "feed a").addItems(2, 1);
                assertEquals(2, instruments.sample().stage("feed a").items(), "counted anew");
            }
            engine.alive(System.currentTimeMillis() - 60_000);
            assertTrue(instruments.sample().stages().isEmpty(), "dead");
            assertFalse(instruments.isEngineAlive());
        }
    }

    @Test
    void shouldTellWhatOrderCosts()
    {
        final Interval interval = new Interval(0, SECOND_NS, List.of(
            figures(StageKind.APPLY, 0, 1_000, SECOND_NS / 10, 1, 1, 0),
            figures(StageKind.APPLY, 1, 3_000, SECOND_NS * 3 / 10, 1, 1, 0),
            figures(StageKind.JOURNAL, 0, 4_000, 0, 1, 1, 0),
            figures(StageKind.JOURNAL_THREAD, 0, 999_999, SECOND_NS * 4 / 10, 1, 1, 0),
            figures(StageKind.PARALLEL_FEED, -1, 4_000, SECOND_NS * 8 / 10, 4, 0, 0)));
        final OrderFigures order = OrderFigures.of(interval);

        assertEquals(0.5, order.orderedShare(), 1e-9);
        assertEquals(0.5, order.orderedItemShare(), 1e-9);
        assertEquals(0.5, order.utilisationVariance(), 1e-9);
        assertEquals(1.6, order.busyWorkers(), 1e-9);
        assertEquals(7, order.workers());
        assertEquals(1 / (0.5 + 0.5 / 7), order.amdahl(), 1e-9);
        assertEquals(4_000, order.throughput(), 1e-9);
        assertEquals(10_000, order.theoreticalMaximum(), 1e-6, "of the journal; the shards could do 20,000");
    }

    @Test
    void shouldTellTheTheoreticalMaximumOfAFeed()
    {
        final long busyNs = 10 * SECOND_NS;
        assertEquals(5_000, new StageFigures(
            StageKind.PARALLEL_FEED, -1, "f", SECOND_NS, 1_000, 0, busyNs, 0, 0, 0, 8_192, 0, 0, 100, 50,
            Distribution.EMPTY, Distribution.EMPTY).theoreticalMaximum(), 1e-6, "50 orders of 10 ms");
        assertEquals(1_000, new StageFigures(
            StageKind.PARALLEL_FEED, -1, "f", SECOND_NS, 1_000, 0, busyNs, 0, 0, 0, 8_192, 0, 0, 10, 0,
            Distribution.EMPTY, Distribution.EMPTY).theoreticalMaximum(), 1e-6, "10 workers");
        assertEquals(819_200, new StageFigures(
            StageKind.PARALLEL_FEED, -1, "f", SECOND_NS, 1_000, 0, busyNs, 0, 0, 0, 8_192, 0, 0, 2, 0,
            Distribution.EMPTY, Distribution.EMPTY).theoreticalMaximum(), 1e-6, "handlers end later than they return");
    }

    @Test
    void shouldKeepEveryAccountThatIsHot()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final HotAccounts hot = new HotAccounts(20);
        final Map<Long, Integer> exact = new HashMap<>();
        for (int i = 0; i < 20_000; i++)
        {
            final long id = random.nextInt(3) == 0 ? random.nextInt(4) : random.nextInt(5_000);
            exact.merge(id, 1, Integer::sum);
            hot.add(0, id, 1);
        }
        final List<HotAccounts.Heat> top = hot.top(20);
        assertEquals(20, top.size());
        exact.forEach((id, count) ->
        {
            if (count > 20_000 / 20)
            {
                final HotAccounts.Heat heat =
                    top.stream().filter(each -> each.idLow() == id).findFirst().orElseThrow();
                assertTrue(heat.weight() >= count && heat.weight() - heat.error() <= count, heat + ", seed=" + seed);
            }
        });
        assertTrue(top.get(0).weight() >= top.get(1).weight());
        final double before = top.get(0).weight();
        hot.fade();
        assertEquals(before / 2, hot.top(1).get(0).weight());
        assertEquals(top.get(0).share(), hot.top(1).get(0).share(), 1e-9);
    }

    @Test
    void shouldChangeTheVerdictOnlyAfterSomeIntervals()
    {
        final Judge judge = new Judge(new Thresholds().intervalCount(3));
        final Interval busy = interval(0.81);
        assertEquals(Bottleneck.BALANCED, judge.judge(interval(0.79)).bottleneck());
        assertEquals(Bottleneck.BALANCED, judge.judge(busy).bottleneck());
        assertEquals(Bottleneck.BALANCED, judge.judge(busy).bottleneck());
        assertEquals(Bottleneck.BALANCED, judge.judge(interval(0.1)).bottleneck());
        assertEquals(Bottleneck.BALANCED, judge.judge(busy).bottleneck(), "counted anew");
        assertEquals(Bottleneck.BALANCED, judge.judge(busy).bottleneck());
        assertEquals(Bottleneck.PROCESSING, judge.judge(busy).bottleneck());
        for (int i = 0; i < 10; i++)
        {
            assertEquals(Bottleneck.PROCESSING, judge.judge(interval(0.69)).bottleneck(), "the lower limit is 0.68");
        }
        judge.judge(interval(0.67));
        judge.judge(interval(0.67));
        assertEquals(Bottleneck.BALANCED, judge.judge(interval(0.67)).bottleneck());
        assertTrue(judge.verdict().evidence().contains("67 %"), judge.verdict().evidence());
    }

    @Test
    void shouldRefuseThresholdsOutOfRange()
    {
        final Thresholds thresholds = new Thresholds();
        for (final double wrong : new double[]{-0.01, 1.01, Double.NaN})
        {
            assertThrows(IllegalArgumentException.class, () -> thresholds.orderedShare(wrong));
            assertThrows(IllegalArgumentException.class, () -> thresholds.utilisation(wrong));
            assertThrows(IllegalArgumentException.class, () -> thresholds.hotAccountShare(wrong));
        }
        assertThrows(IllegalArgumentException.class, () -> thresholds.utilisationVariance(-1));
        assertThrows(IllegalArgumentException.class, () -> thresholds.lagAgeNs(0));
        assertThrows(IllegalArgumentException.class, () -> thresholds.intervalCount(0));
        assertEquals(1, thresholds.orderedShare(1).orderedShare());
        assertEquals(Arrays.asList(0.0, 1), Arrays.asList(thresholds.utilisation(0).utilisation(),
            thresholds.intervalCount(1).intervalCount()));
    }

    private static Interval interval(final double utilisation)
    {
        return new Interval(0, SECOND_NS, List.of(
            figures(StageKind.APPLY, 0, 1_000, (long)(utilisation * SECOND_NS), 1, 1, 0)));
    }

    private static StageFigures figures(
        final StageKind kind,
        final int scope,
        final long items,
        final long busyNs,
        final long workers,
        final long scopes,
        final long oldestAgeNs)
    {
        return new StageFigures(
            kind, scope, scope + kind.label(), SECOND_NS, items, 1, busyNs, 0, items, 0, 0, 0, oldestAgeNs, workers,
            scopes, Distribution.EMPTY, Distribution.EMPTY);
    }
}
