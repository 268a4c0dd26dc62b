package io.seriatim.tools;

import io.seriatim.instruments.Instruments;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.sinks.InstrumentsJson;
import io.seriatim.totals.Totals;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest interval of several engines as a JSON object: each engine as in {@link InstrumentsJson}, with its
 * directory, and the totals if they are counted. Amounts are strings.
 */
final class TopJson
{
    private static final JsonMapper MAPPER = new JsonMapper();

    private TopJson()
    {
    }

    /** One line without its end. */
    static String encode(final List<Path> directories, final List<Instruments> all, final LiveTotals totals)
    {
        final List<Map<String, Object>> engines = new ArrayList<>();
        for (int i = 0; i < all.size(); i++)
        {
            final Map<String, Object> engine = new LinkedHashMap<>();
            engine.put("data", directories.get(i).toString());
            engine.putAll(InstrumentsJson.fields(all.get(i)));
            engines.add(engine);
        }
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("engines", engines);
        if (totals != null)
        {
            final Totals counted = totals.totals();
            fields.put("totals", sums(counted));
            fields.put("totals_as_of", asOf(counted));
            fields.put("totals_lag_bytes", totals.lagBytes());
        }
        return MAPPER.writeValueAsString(fields);
    }

    private static List<Map<String, Object>> sums(final Totals totals)
    {
        final List<Map<String, Object>> rows = new ArrayList<>();
        totals.sums().forEach((key, sums) ->
        {
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("ledger", Integer.toUnsignedLong(key.ledger()));
            row.put("code", key.code());
            row.put("outcome", TransferOutcome.of(key.outcome()).label());
            row.put("count", sums.count());
            row.put("moved", sums.moved().toString());
            row.put("pending_opened", sums.pendingOpened());
            row.put("pending_open", sums.pendingOpen());
            rows.add(row);
        });
        return rows;
    }

    private static List<Map<String, Object>> asOf(final Totals totals)
    {
        final List<Map<String, Object>> rows = new ArrayList<>();
        totals.contributions().forEach(each ->
        {
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("log", each.log().toString());
            row.put("shard", each.shard());
            row.put("sequence", each.sequence());
            rows.add(row);
        });
        return rows;
    }
}
