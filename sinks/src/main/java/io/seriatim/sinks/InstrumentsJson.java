package io.seriatim.sinks;

import io.seriatim.instruments.Distribution;
import io.seriatim.instruments.HotAccounts;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Interval;
import io.seriatim.instruments.OrderFigures;
import io.seriatim.instruments.StageFigures;
import io.seriatim.ledger.Uint128;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The newest interval of instruments as a JSON object: when, the verdict, what order costs, each stage, the hottest
 * accounts. Times are in nanoseconds; ids are strings.
 * <p>
 * Threads: static, any.
 */
public final class InstrumentsJson
{
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int HOT_ACCOUNTS = 10;

    private InstrumentsJson()
    {
    }

    /**
     * Write the newest interval.
     *
     * @param instruments that were sampled.
     * @return one line without its end.
     */
    public static String encode(final Instruments instruments)
    {
        return MAPPER.writeValueAsString(fields(instruments));
    }

    /**
     * The newest interval, to be put into a larger object.
     *
     * @param instruments that were sampled.
     * @return names and values, in their order.
     */
    public static Map<String, Object> fields(final Instruments instruments)
    {
        final Interval interval = instruments.hour().over(1);
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time_ms", interval.endMs());
        fields.put("span_ns", interval.spanNs());
        fields.put("engine_alive", instruments.isEngineAlive());
        fields.put("bottleneck", instruments.verdict().bottleneck().name().toLowerCase(Locale.ROOT));
        fields.put("evidence", instruments.verdict().evidence());
        fields.put("order", order(OrderFigures.of(interval)));
        final List<Map<String, Object>> stages = new ArrayList<>();
        interval.stages().forEach(stage -> stages.add(stage(stage)));
        fields.put("stages", stages);
        final List<Map<String, Object>> accounts = new ArrayList<>();
        for (final HotAccounts.Heat heat : instruments.hotAccounts().top(HOT_ACCOUNTS))
        {
            final Map<String, Object> account = new LinkedHashMap<>();
            account.put("account", new Uint128(heat.idHigh(), heat.idLow()).toString());
            account.put("share", heat.share());
            accounts.add(account);
        }
        fields.put("hot_accounts", accounts);
        return fields;
    }

    private static Map<String, Object> order(final OrderFigures order)
    {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ordered_share", order.orderedShare());
        fields.put("ordered_item_share", order.orderedItemShare());
        fields.put("utilisation_variance", order.utilisationVariance());
        fields.put("busy_workers", order.busyWorkers());
        fields.put("workers", order.workers());
        fields.put("amdahl", order.amdahl());
        fields.put("throughput", order.throughput());
        fields.put("theoretical_maximum", order.theoreticalMaximum());
        return fields;
    }

    private static Map<String, Object> stage(final StageFigures stage)
    {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("stage", stage.label());
        fields.put("kind", stage.kind().label());
        fields.put("scope", stage.scope());
        fields.put("throughput", stage.throughput());
        fields.put("utilisation", stage.utilisation());
        fields.put("theoretical_maximum", stage.theoreticalMaximum());
        fields.put("items", stage.items());
        fields.put("batches", stage.batches());
        fields.put("busy_ns", stage.busyNs());
        fields.put("idle_ns", Math.max(0, stage.spanNs() * stage.workers() - stage.busyNs()));
        fields.put("back_pressure", stage.backPressure());
        fields.put("sequence", Long.toString(stage.sequence()));
        fields.put("depth", stage.depth());
        fields.put("lag", stage.lag());
        fields.put("oldest_age_ns", stage.oldestAgeNs());
        fields.put("workers", stage.workers());
        fields.put("scopes", stage.scopes());
        fields.put("latency_of", stage.kind().latency());
        fields.put("latency_ns", distribution(stage.latencies()));
        fields.put("batch_size", distribution(stage.batchSizes()));
        return fields;
    }

    private static Map<String, Object> distribution(final Distribution distribution)
    {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("count", distribution.count());
        fields.put("p50", distribution.at(0.5));
        fields.put("p99", distribution.at(0.99));
        fields.put("p999", distribution.at(0.999));
        fields.put("max", distribution.max());
        return fields;
    }
}
