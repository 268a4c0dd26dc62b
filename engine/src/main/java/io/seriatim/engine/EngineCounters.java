package io.seriatim.engine;

import io.seriatim.journal.Durability;
import org.agrona.concurrent.Agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The counters of one engine: a table, the meters of its shards, and what counts the agents beside them.
 * <p>
 * Threads: confined to the one that launches, but for the agents.
 */
final class EngineCounters implements Agent
{
    private static final long ALIVE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final CounterTable table;
    private final EngineStore store;
    private long aliveNs = System.nanoTime();

    private EngineCounters(final CounterTable table, final EngineStore store)
    {
        this.table = table;
        this.store = store;
    }

    /**
     * Count an engine from its launch on.
     *
     * @param config of the engine.
     * @param store  whose shards are not opened yet.
     * @return its counters; null if they are switched off, or there are too many shards.
     */
    static EngineCounters of(final EngineConfig config, final EngineStore store)
    {
        final List<Shard> shards = store.shards();
        if (!config.hasCounters() || shards.size() > EngineConfig.COUNTED_SHARDS_MAX)
        {
            return null;
        }
        final UUID logUuid = shards.get(0).genesis().logUuid();
        final int stagesMax =
            ShardMeter.STAGE_COUNT * shards.size() + 2 * store.shardAgents().size() + CounterTable.SPARE_STAGES;
        final CounterTable table = config.durability() == Durability.MEMORY ?
            CounterTable.create(logUuid, stagesMax, shards.size()) :
            CounterTable.create(
                config.dataDirectory(), CounterTable.ENGINE_FILE, logUuid, stagesMax, shards.size());
        final List<AccountSamples> samples = table.samples();
        for (int i = 0; i < shards.size(); i++)
        {
            final Shard shard = shards.get(i);
            shard.meter(new ShardMeter(table, samples.get(i), shard.id(), shard.ring().length(),
                shard.stateRootWork() != null));
        }
        return new EngineCounters(table, store);
    }

    CounterTable table()
    {
        return table;
    }

    /** What drives the journals, counted. */
    List<Agent> journalAgents(final List<Agent> agents)
    {
        final List<Agent> metered = new ArrayList<>();
        for (int i = 0; i < agents.size(); i++)
        {
            final int journal = i;
            final ShardAgent shards = store.shardAgents().get(i);
            metered.add(new MeteredAgent(
                agents.get(i), table.newStage(StageKind.JOURNAL_THREAD, i, "journal " + i + ": thread"),
                shards::committedPosition, () -> store.appendedPosition(journal)));
        }
        return metered;
    }

    /** The read models, counted. */
    List<Agent> queryAgents(final List<QueryAgent> agents)
    {
        final List<Agent> metered = new ArrayList<>();
        for (int i = 0; i < agents.size(); i++)
        {
            final Shard[] shards = store.shardAgents().get(i).shards();
            metered.add(new MeteredAgent(
                agents.get(i), table.newStage(StageKind.READ_MODEL, i, "journal " + i + ": read-model"),
                agents.get(i)::appliedCount,
                () -> Arrays.stream(shards).mapToLong(shard -> shard.meter().committedCount()).sum()));
        }
        return metered;
    }

    @Override
    public String roleName()
    {
        return "seriatim-counters";
    }

    @Override
    public int doWork()
    {
        final long nowNs = System.nanoTime();
        if (nowNs - aliveNs < ALIVE_INTERVAL_NS)
        {
            return 0;
        }
        aliveNs = nowNs;
        table.alive(System.currentTimeMillis());
        return 1;
    }
}
