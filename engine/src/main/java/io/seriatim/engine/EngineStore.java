package io.seriatim.engine;

import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalReader;
import org.agrona.concurrent.Agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What an engine stands on: its shards in the state that recovery left, the agents that run them and their journals,
 * and how to make a new directory count and to let go of it.
 * <p>
 * Threads: confined to the one that launches, and later to the one that closes.
 */
abstract class EngineStore
{
    private final List<Shard> shards = new ArrayList<>();
    private final List<ShardAgent> shardAgents = new ArrayList<>();
    private final List<Supplier<Refusal>> admissionConditions = new ArrayList<>();
    private final List<Agent> snapshotAgents = new ArrayList<>();
    private final List<QuerySnapshots> querySnapshots = new ArrayList<>();
    private final List<SnapshotExchange> snapshotExchanges = new ArrayList<>();

    static EngineStore open(final EngineConfig config)
    {
        return config.durability() == Durability.MEMORY ? new MemoryStore(config) : new DurableStore(config);
    }

    /** All shards, by number. */
    final List<Shard> shards()
    {
        return shards;
    }

    /** One agent for each journal. */
    final List<ShardAgent> shardAgents()
    {
        return shardAgents;
    }

    /**
     * What works beside the shards: what writes snapshots, what makes state roots, and what looks after the machine and
     * has done so once.
     */
    final List<Agent> sideAgents()
    {
        final List<Agent> agents = new ArrayList<>(snapshotAgents);
        for (int journal = 0; journal < shardAgents.size(); journal++)
        {
            final List<StateRootWork> works = Arrays.stream(shardAgents.get(journal).shards())
                .map(Shard::stateRootWork).filter(Objects::nonNull).toList();
            if (!works.isEmpty())
            {
                agents.add(new StateRootAgent(journal, works));
            }
        }
        final AdmissionGuard guard = new AdmissionGuard(List.copyOf(shards), List.copyOf(admissionConditions));
        guard.check();
        agents.add(guard);
        return agents;
    }

    /** What the machine must have for anything to be created. */
    final List<Supplier<Refusal>> admissionConditions()
    {
        return admissionConditions;
    }

    /** What writes snapshots, of the shards of a journal or of its read model; none if nothing lasts. */
    final List<Agent> snapshotAgents()
    {
        return snapshotAgents;
    }

    /** Snapshots of the read models, one for each journal; none if nothing lasts. */
    final List<QuerySnapshots> querySnapshots()
    {
        return querySnapshots;
    }

    /** Where snapshots are asked for, one for each journal. */
    final List<SnapshotExchange> snapshotExchanges()
    {
        return snapshotExchanges;
    }

    final ShardRouter router()
    {
        return shards.get(0).genesis().router();
    }

    /** The journals to follow, by number. */
    final List<JournalSource> journals()
    {
        final List<JournalSource> journals = new ArrayList<>();
        for (int i = 0; i < shardAgents.size(); i++)
        {
            final int journal = i;
            final Shard[] own = shardAgents.get(i).shards();
            journals.add(new JournalSource(
                journal, own[0].genesis().logUuid(), Arrays.stream(own).map(Shard::id).toList(),
                () -> openReader(journal), shardAgents.get(journal)::committedPosition));
        }
        return journals;
    }

    /** What a read model follows, one source for each journal. */
    final List<QuerySource> querySources(final long memoryMax)
    {
        final List<QuerySource> sources = new ArrayList<>();
        for (int i = 0; i < shardAgents.size(); i++)
        {
            final int journal = i;
            sources.add(new QuerySource(
                journals().get(journal),
                Arrays.stream(shardAgents.get(journal).shards()).map(Shard::queries).toList(),
                querySnapshots.isEmpty() ? QuerySnapshots.NONE : querySnapshots.get(journal),
                memoryMax));
        }
        return sources;
    }

    /** What is sealed, one source for each journal. */
    final List<SealingSource> sealingSources(final EngineConfig config)
    {
        final List<SealingSource> sources = new ArrayList<>();
        for (int i = 0; i < shardAgents.size(); i++)
        {
            final Map<Integer, SealingSource.SealedShard> sealed = new TreeMap<>();
            for (final Shard shard : shardAgents.get(i).shards())
            {
                sealed.put(shard.id(), new SealingSource.SealedShard(
                    shard.genesis(), shard.stateMachine().nextSequence()));
            }
            sources.add(new SealingSource(
                journals().get(i), config.dataDirectory(), sealed, forceOf(i), config.sealing()));
        }
        return sources;
    }

    /** What makes a journal durable whatever its policy. */
    abstract SealingSource.Force forceOf(int journal);

    /** Open a reader of a journal's frames, for another thread. */
    abstract JournalReader openReader(int journal);

    /** How far a journal is appended. Any thread may ask. */
    abstract long appendedPosition(int journal);

    /** What drives the journals; none if they need no driving. */
    abstract List<Agent> journalAgents();

    /** What was found and done, a line for each journal. */
    abstract List<String> report();

    /** Everything is committed: a new directory counts from now on. */
    abstract void activate();

    /**
     * Close the journals and let go.
     *
     * @param isClean     whether every shard has committed the mark of a clean close.
     * @param closeAgents stops the agents.
     */
    abstract void close(boolean isClean, Runnable closeAgents);
}
