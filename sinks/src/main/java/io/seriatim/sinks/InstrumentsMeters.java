package io.seriatim.sinks;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.seriatim.instruments.Bottleneck;
import io.seriatim.instruments.Instruments;
import io.seriatim.instruments.Interval;
import io.seriatim.instruments.OrderFigures;
import io.seriatim.instruments.StageFigures;
import io.seriatim.instruments.Verdict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Instruments as Micrometer meters: bind it to a registry, and call {@link #refresh} after each sample. The meters tell
 * of the newest interval; those of a stage have the tags {@code stage}, {@code kind} and {@code scope}, times are in
 * seconds.
 * <p>
 * Threads: bind and refresh confined to the one that samples; registries read at any time.
 */
public final class InstrumentsMeters implements MeterBinder
{
    private static final double NS_PER_S = 1e9;

    private final Instruments instruments;
    private final Map<String, ToDoubleFunction<StageFigures>> stageFigures = new LinkedHashMap<>();
    private final List<Map<String, MultiGauge>> gauges = new ArrayList<>();
    private volatile OrderFigures order = OrderFigures.of(Interval.NONE);
    private volatile Verdict verdict = Verdict.NONE;

    /**
     * Nothing is bound yet.
     *
     * @param instruments that their owner samples.
     */
    public InstrumentsMeters(final Instruments instruments)
    {
        this.instruments = instruments;
        stageFigures.put("seriatim.stage.throughput", StageFigures::throughput);
        stageFigures.put("seriatim.stage.utilisation", StageFigures::utilisation);
        stageFigures.put("seriatim.stage.depth", StageFigures::depth);
        stageFigures.put("seriatim.stage.lag", StageFigures::lag);
        stageFigures.put("seriatim.stage.oldest.age.seconds", stage -> stage.oldestAgeNs() / NS_PER_S);
        stageFigures.put("seriatim.stage.back.pressure", StageFigures::backPressure);
        stageFigures.put("seriatim.stage.theoretical.maximum", StageFigures::theoreticalMaximum);
        stageFigures.put("seriatim.stage.latency.p50.seconds", stage -> stage.latencies().at(0.5) / NS_PER_S);
        stageFigures.put("seriatim.stage.latency.p99.seconds", stage -> stage.latencies().at(0.99) / NS_PER_S);
        stageFigures.put("seriatim.stage.latency.p999.seconds", stage -> stage.latencies().at(0.999) / NS_PER_S);
        stageFigures.put("seriatim.stage.latency.max.seconds", stage -> stage.latencies().max() / NS_PER_S);
    }

    @Override
    public void bindTo(final MeterRegistry registry)
    {
        final Map<String, MultiGauge> ofRegistry = new LinkedHashMap<>();
        stageFigures.keySet().forEach(
            name -> ofRegistry.put(name, MultiGauge.builder(name).register(registry)));
        gauges.add(ofRegistry);
        gauge(registry, "seriatim.order.ordered.share", OrderFigures::orderedShare);
        gauge(registry, "seriatim.order.ordered.item.share", OrderFigures::orderedItemShare);
        gauge(registry, "seriatim.order.utilisation.variance", OrderFigures::utilisationVariance);
        gauge(registry, "seriatim.order.busy.workers", OrderFigures::busyWorkers);
        gauge(registry, "seriatim.order.workers", OrderFigures::workers);
        gauge(registry, "seriatim.order.amdahl", OrderFigures::amdahl);
        gauge(registry, "seriatim.throughput", OrderFigures::throughput);
        gauge(registry, "seriatim.theoretical.maximum", OrderFigures::theoreticalMaximum);
        for (final Bottleneck bottleneck : Bottleneck.values())
        {
            Gauge.builder("seriatim.bottleneck", this, meters -> meters.verdict.bottleneck() == bottleneck ? 1 : 0)
                .tag("bottleneck", bottleneck.name().toLowerCase(Locale.ROOT))
                .description("1 for what keeps the whole from going faster, 0 for all else")
                .register(registry);
        }
    }

    /** Tell of the newest interval from now on. */
    public void refresh()
    {
        final Interval interval = instruments.hour().over(1);
        order = OrderFigures.of(interval);
        verdict = instruments.verdict();
        for (final Map<String, MultiGauge> ofRegistry : gauges)
        {
            ofRegistry.forEach((name, gauge) ->
            {
                final List<MultiGauge.Row<?>> rows = new ArrayList<>();
                for (final StageFigures stage : interval.stages())
                {
                    rows.add(MultiGauge.Row.of(
                        Tags.of("stage", stage.label(), "kind", stage.kind().label(), "scope",
                            Integer.toString(stage.scope())),
                        stageFigures.get(name).applyAsDouble(stage)));
                }
                gauge.register(rows, true);
            });
        }
    }

    private void gauge(final MeterRegistry registry, final String name, final ToDoubleFunction<OrderFigures> figure)
    {
        Gauge.builder(name, this, meters -> figure.applyAsDouble(meters.order)).register(registry);
    }
}
