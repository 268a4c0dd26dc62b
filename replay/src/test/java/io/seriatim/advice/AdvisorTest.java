package io.seriatim.advice;

import io.seriatim.advice.Ceiling.Limit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.StringReader;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The arithmetic of advice, and what tips it. */
class AdvisorTest
{
    private static final double SHARD = 1_000_000;
    private static final String COSTS =
        "machine=a machine\ncommand=a command\nentriesPerSecond=1000000\n" +
        "shards.1=1 1 200 50 300\nshards.4=0.97 1.02 230 60 350\n";

    private final Advisor advisor = new Advisor(costs());

    private static ShardCosts costs()
    {
        try
        {
            return ShardCosts.read(new StringReader(COSTS));
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private static Workload waiting(final long scopes, final long serviceMs, final long workers)
    {
        return new Workload().scopeCount(scopes).serviceTimeNs(TimeUnit.MILLISECONDS.toNanos(serviceMs))
            .workerCount(workers).coreCount(2);
    }

    @ParameterizedTest
    @CsvSource({
        // Textbook cases.
        "50, 10, 100, 5000, SCOPES",
        "256, 50, 0, 5120, SCOPES",
        "10, 10, 0, 1000, SCOPES",
        "100, 10, 0, 10000, SCOPES",
        "1, 5, 0, 200, SCOPES",
        // At their borders.
        "100, 10, 100, 10000, SCOPES",
        "101, 10, 100, 10000, WORKERS",
        "1, 5, 50, 200, SCOPES",
        "1000000, 1, 7, 7000, WORKERS"})
    void shouldKnowWhatHandlersCanDo(
        final long scopes, final long serviceMs, final long workers, final double perSecond, final Limit limit)
    {
        final Advice advice = advisor.advise(waiting(scopes, serviceMs, workers));
        assertEquals(perSecond, advice.consumers().perSecond(), 1e-6);
        assertEquals(limit, advice.consumers().limit());
        assertEquals(advice.consumers(), advice.ceiling());
        assertTrue(advice.consumers().arithmetic().endsWith(String.format(Locale.ROOT, "%,.0f/s", perSecond)),
            advice.consumers()::arithmetic);
        assertEquals(scopes == 1 ? OrderingScope.TOTAL : OrderingScope.ACCOUNT, advice.scope());
    }

    @Test
    void shouldSeeThatOneOrderIsHeavierThanTheOthers()
    {
        final Advice advice = advisor.advise(waiting(64, 10, 100).heaviestShare(0.25));
        assertEquals(400, advice.consumers().perSecond(), 1e-6);
        assertEquals(Limit.HEAVIEST_SCOPE, advice.consumers().limit());
        assertEquals(4, advice.workerCount(), "more would wait for the heavy one");
        assertEquals(Limit.SCOPES, advisor.advise(waiting(64, 10, 100).heaviestShare(1.0 / 64)).consumers().limit());
    }

    /** What has no order runs beside the rest, so this is more than Amdahl's law leaves. */
    @Test
    void shouldLetWhatHasNoOrderRunBesideTheRest()
    {
        final Advice advice = advisor.advise(waiting(1, 10, 20).orderedShare(0.1));
        assertEquals(1_000, advice.consumers().perSecond(), 1e-6);
        assertEquals(Limit.ORDERED_SHARE, advice.consumers().limit());
        assertEquals(Limit.WORKERS, advisor.advise(waiting(1, 10, 20).orderedShare(0.01)).consumers().limit());
        assertEquals(2_000, advisor.advise(waiting(1, 10, 20).orderedShare(0)).consumers().perSecond(), 1e-6);
    }

    @Test
    void shouldLetWorkersAloneLimitWhatNeedsNoOrder()
    {
        final Workload free = waiting(1, 10, 20).mayLag(true).dependentShare(0);
        final Advice advice = advisor.advise(free);
        assertEquals(OrderingScope.NONE, advice.scope());
        assertEquals(2_000, advice.consumers().perSecond(), 1e-6);
        assertEquals(Limit.WORKERS, advice.consumers().limit());
        assertTrue(
            advice.consumers().arithmetic().contains("min(20 workers, any number of orders)"),
            advice.consumers()::arithmetic);
        assertEquals(20, advice.workerCount());
        assertEquals(4_096, advisor.advise(free.workerCount(0)).workerCount(), "as many as a feed takes");
        final Advice corrected = advisor.advise(waiting(1, 10, 30).mayBeCorrected(true).dependentShare(0.05));
        assertEquals(OrderingScope.OPTIMISTIC, corrected.scope());
        assertEquals(3_000, corrected.consumers().perSecond(), 1e-6);
    }

    @Test
    void shouldTakeLedgersThatChangeTogetherForOneOrder()
    {
        final Advice advice = advisor.advise(waiting(64, 10, 100).ledgerCount(2).crossLedgerShare(0.1));
        assertEquals(OrderingScope.COLOCATED_LEDGERS, advice.scope());
        assertEquals(100, advice.consumers().perSecond(), 1e-6);
        assertEquals(Limit.SCOPES, advice.consumers().limit());
        assertTrue(
            advice.consumers().arithmetic().startsWith("min(100 workers, 1 order) / 10 ms"),
            advice.consumers()::arithmetic);
        assertEquals(1, advice.workerCount());
    }

    @Test
    void shouldTellWhetherHandlersOrTheEngineAreTheLimit()
    {
        final Advice fast = advisor.advise(new Workload().scopeCount(1_000).serviceTimeNs(100).workerCount(100));
        assertTrue(fast.consumers().perSecond() > SHARD, fast::toString);
        assertEquals(fast.engine(), fast.ceiling());
        final Advice slow = advisor.advise(waiting(10, 10, 0));
        assertEquals(slow.consumers(), slow.ceiling());
    }

    @Test
    void shouldTakeNoMoreWorkersThanTheRateNeeds()
    {
        // 300/s x 10 ms = 3 at work, of which no more than 70 % should be.
        assertEquals(5, advisor.advise(waiting(64, 10, 0).rate(300)).workerCount());
        assertEquals(64, advisor.advise(waiting(64, 10, 0).rate(30_000)).workerCount());
    }

    @Test
    void shouldTakeTheNarrowestScopeThatIsStillRight()
    {
        assertEquals(OrderingScope.TOTAL, advisor.advise(new Workload()).scope());
        assertEquals(OrderingScope.LEDGER, advisor.advise(new Workload().ledgerCount(2)).scope());
        assertEquals(
            OrderingScope.COLOCATED_LEDGERS,
            advisor.advise(new Workload().ledgerCount(2).crossLedgerShare(0.001)).scope());
        assertEquals(OrderingScope.NONE, advisor.advise(new Workload().mayLag(true).dependentShare(0)).scope());
        assertEquals(OrderingScope.TOTAL, advisor.advise(new Workload().mayLag(true).dependentShare(0.01)).scope());
        assertEquals(
            OrderingScope.OPTIMISTIC, advisor.advise(new Workload().mayBeCorrected(true).dependentShare(0.05)).scope());
        assertEquals(
            OrderingScope.TOTAL, advisor.advise(new Workload().mayBeCorrected(true).dependentShare(0.051)).scope());
    }

    @Test
    void shouldSayWhenMoreShardsAreOfNoUse()
    {
        final Advice oneLedger = advisor.advise(new Workload().coreCount(64));
        assertEquals(1, oneLedger.shardCount());
        assertTrue(oneLedger.shardReasons().get(0).startsWith("one ledger is one order"), oneLedger::toString);
        assertEquals(SHARD, oneLedger.ceiling().perSecond());

        final Advice twoCores = advisor.advise(new Workload().ledgerCount(100).coreCount(2));
        assertEquals(1, twoCores.shardCount());
        assertEquals(Limit.CORES, twoCores.ceiling().limit());
        assertTrue(twoCores.shardReasons().get(0).contains("no more shards"), twoCores::toString);

        final Advice littleToDo = advisor.advise(new Workload().ledgerCount(100).coreCount(64).rate(700_000));
        assertEquals(1, littleToDo.shardCount());
        assertTrue(littleToDo.shardReasons().get(0).contains("70 %"), littleToDo::toString);
        assertEquals(2, advisor.advise(
            new Workload().ledgerCount(100).coreCount(64).rate(700_001)).shardCount());

        final Advice tooMuch = advisor.advise(new Workload().ledgerCount(100).coreCount(4).rate(3_000_000));
        assertEquals(2, tooMuch.shardCount());
        assertEquals(
            "3,000,000/s are 150 % of what 2 shards can do: it will not keep up, or with long waiting times",
            tooMuch.shardReasons().get(0));
        assertEquals(
            "3,000,000/s are 300 % of what one shard can do: it will not keep up, or with long waiting times",
            advisor.advise(new Workload().coreCount(4).rate(3_000_000)).shardReasons().get(0));

        final Advice heavyLedger =
            advisor.advise(new Workload().ledgerCount(100).heaviestLedgerShare(0.4).coreCount(64));
        assertEquals(2, heavyLedger.shardCount());
        assertTrue(heavyLedger.shardReasons().get(0).contains("40 %"), heavyLedger::toString);

        final Advice many = advisor.advise(new Workload().ledgerCount(100).coreCount(16));
        assertEquals(8, many.shardCount());
        assertEquals(8 * SHARD, many.ceiling().perSecond());
        assertNull(many.consumers());
    }

    @Test
    void shouldTellWhatMoreShardsHaveCost()
    {
        final Advice advice = advisor.advise(new Workload().ledgerCount(2).coreCount(2));
        final String cost = advice.shardReasons().get(advice.shardReasons().size() - 1);
        assertTrue(cost.contains("4 shards") && cost.contains("230 MiB") && cost.contains("a machine"), cost);
        final Advice beyond = advisor.advise(new Workload().ledgerCount(100).coreCount(16));
        assertTrue(beyond.shardReasons().toString().contains("were not measured"), beyond::toString);
        assertEquals(SHARD, costs().entriesPerSecond());
        assertEquals(1, costs().at(3).shardCount());
        assertEquals(4, costs().at(4).shardCount());
    }

    @Test
    void shouldWriteTheCostsAsItReadsThem() throws IOException
    {
        assertEquals(costs(), ShardCosts.read(new StringReader(costs().text())));
        for (final String wrong : new String[] {
            COSTS.replace("shards.1=1 1 200 50 300\n", ""), COSTS.replace("shards.", "parts."),
            COSTS.replace("200", "-1"), COSTS.replace("200 50", "200"),
            COSTS.replace("machine=a machine\n", ""), COSTS.replace("=1000000", "=many")})
        {
            assertThrows(IllegalArgumentException.class, () -> ShardCosts.read(new StringReader(wrong)), wrong);
        }
    }

    @Test
    void shouldKnowTheCostsThatWereMeasured()
    {
        final ShardCosts measured = ShardCosts.measured();
        assertEquals(1, measured.rows().get(0).shardCount());
        assertTrue(measured.rows().stream().anyMatch(row -> row.shardCount() == 64), measured::toString);
        assertTrue(measured.entriesPerSecond() > 100_000, measured::toString);
    }

    @Test
    void shouldNameWhatAWorkloadCanNotBe()
    {
        final Workload workload = new Workload();
        assertThrows(IllegalArgumentException.class, () -> workload.scopeCount(0));
        assertThrows(IllegalArgumentException.class, () -> workload.heaviestShare(1.01));
        assertThrows(IllegalArgumentException.class, () -> workload.orderedShare(-0.01));
        assertThrows(IllegalArgumentException.class, () -> workload.serviceTimeNs(-1));
        assertThrows(IllegalArgumentException.class, () -> workload.rate(Double.NaN));
        final String message =
            assertThrows(IllegalArgumentException.class, () -> workload.coreCount(0)).getMessage();
        assertTrue(message.contains("coreCount=0"), message);
        assertEquals(
            "Workload.rate is 0 or more: rate=-1.0E20",
            assertThrows(IllegalArgumentException.class, () -> workload.rate(-1e20)).getMessage());
    }

    @Test
    void shouldGiveSettingsForWhatItAdvises()
    {
        final Advice advice = advisor.advise(waiting(50, 10, 100));
        assertEquals("by-account", advice.settings().get("feed.ordering"));
        assertEquals("50", advice.settings().get("feed.workers"));
        assertEquals("1", advice.settings().get("engine.shards"));
        assertEquals("total", advisor.advise(waiting(1, 5, 9)).settings().get("feed.ordering"));
        assertEquals("1", advisor.advise(waiting(1, 5, 9)).settings().get("feed.workers"));
        assertFalse(advice.reviews().isEmpty());
    }
}
