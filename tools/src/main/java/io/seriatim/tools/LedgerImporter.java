package io.seriatim.tools;

import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Defines ledgers, each on its shard. One that is defined so already is left alone, because every definition is an
 * entry.
 * <p>
 * Threads: confined to one.
 */
final class LedgerImporter
{
    private static final String CREATED = "created";

    private static final String EXISTS = "exists";

    private final LedgerEngine engine;
    private final OutcomeCounts counts = new OutcomeCounts();

    LedgerImporter(final LedgerEngine engine)
    {
        this.engine = engine;
    }

    /** Defines what is not defined so, in requests as long as the engine takes them. */
    void define(final List<LedgerRows.Definition> rows)
    {
        final Map<Integer, List<LedgerRows.Definition>> rowsByShard = new HashMap<>();
        for (final LedgerRows.Definition row : rows)
        {
            rowsByShard.computeIfAbsent(
                engine.shardOf(row.definition().ledger()), shard -> new ArrayList<>()).add(row);
        }
        rowsByShard.forEach((shard, ofShard) ->
        {
            for (int from = 0; from < ofShard.size(); from += engine.batchCountMax())
            {
                final int to = Math.min(ofShard.size(), from + engine.batchCountMax());
                defineTogether(engine.shard(shard), ofShard.subList(from, to));
            }
        });
    }

    private void defineTogether(final Ledger shard, final List<LedgerRows.Definition> rows)
    {
        final int[] ledgers = rows.stream().mapToInt(row -> row.definition().ledger()).toArray();
        final List<LedgerDefinition> found = shard.lookupLedgers(ledgers).values();
        final List<LedgerDefinition> wanted = new ArrayList<>();
        for (final LedgerRows.Definition row : rows)
        {
            final boolean isThere = found.contains(row.definition());
            counts.count(isThere ? EXISTS : CREATED, row.line());
            if (!isThere)
            {
                wanted.add(row.definition());
            }
        }
        if (!wanted.isEmpty())
        {
            shard.defineLedgers(wanted);
        }
    }

    OutcomeCounts counts()
    {
        return counts;
    }
}
