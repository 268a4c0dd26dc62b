package io.seriatim.sinks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.seriatim.engine.CounterTable;
import io.seriatim.engine.StageCounters;
import io.seriatim.engine.StageKind;
import io.seriatim.instruments.Instruments;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What instruments say, said by others. */
class InstrumentsMetersTest
{
    @Test
    void shouldTellOfTheNewestIntervalAndOfStagesThatCameLater()
    {
        final CounterTable table = CounterTable.create(new UUID(1, 2), 2, 0);
        final Instruments instruments = Instruments.of(table);
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final InstrumentsMeters meters = new InstrumentsMeters(instruments);
        meters.bindTo(registry);
        assertNull(registry.find("seriatim.stage.depth").gauge());
        assertEquals(1, registry.get("seriatim.bottleneck").tag("bottleneck", "balanced").gauge().value());

        final StageCounters stage = table.newStage(StageKind.APPLY, 3, "shard 3: apply");
        stage.addItems(100, 1);
        stage.addBusyNs(1_000);
        stage.standing(7, 0, 0);
        stage.recordLatency(2_000_000, 100);
        instruments.sample();
        meters.refresh();

        assertEquals(7, registry.get("seriatim.stage.depth").tag("stage", "shard 3: apply").gauge().value());
        assertEquals(
            0.002, registry.get("seriatim.stage.latency.p99.seconds").tag("scope", "3").gauge().value(), 0.000_1);
        assertTrue(registry.get("seriatim.stage.throughput").tag("kind", "apply").gauge().value() > 0);
        assertEquals(1, registry.get("seriatim.order.ordered.share").gauge().value());
        assertEquals(0, registry.get("seriatim.bottleneck").tag("bottleneck", "journal").gauge().value());

        final JsonNode json = new JsonMapper().readTree(InstrumentsJson.encode(instruments));
        assertEquals("shard 3: apply", json.get("stages").get(0).get("stage").asString());
        assertEquals(100, json.get("stages").get(0).get("items").asLong());
        assertEquals(StageKind.APPLY.latency(), json.get("stages").get(0).get("latency_of").asString());
        assertEquals(1.0, json.get("order").get("ordered_share").asDouble());
    }
}
