package io.seriatim.engine;

import io.seriatim.journal.JournalReader;
import io.seriatim.journal.MemoryJournal;
import org.agrona.concurrent.Agent;

import java.util.List;
import java.util.UUID;

/**
 * Shards on one journal in memory. Nothing survives.
 */
final class MemoryStore extends EngineStore
{
    private final MemoryJournal journal = new MemoryJournal();

    MemoryStore(final EngineConfig config)
    {
        config.validateForNew();
        admissionConditions().addAll(config.admissionConditions());
        final UUID logUuid = config.logUuidForNew();
        final int shardCount = config.shardCountForNew();
        final ShardAgent.Opening[] openings = new ShardAgent.Opening[shardCount];
        for (int shard = 0; shard < shardCount; shard++)
        {
            final ShardRecovery recovery = new ShardRecovery(
                shard, config, journal, journal.frameLengthMax(), genesis -> {});
            recovery.create(config.genesis(logUuid, shard));
            shards().add(recovery.toShard());
            openings[shard] = new ShardAgent.Opening(true, 0);
        }
        shardAgents().add(new ShardAgent(journal, () -> true, () -> 1, shards().toArray(new Shard[0]), openings, null));
    }

    @Override
    List<Agent> journalAgents()
    {
        return List.of();
    }

    @Override
    JournalReader openReader(final int number)
    {
        return journal.openReader();
    }

    @Override
    SealingSource.Force forceOf(final int journal)
    {
        return SealingSource.Force.NONE;
    }

    @Override
    long appendedPosition(final int number)
    {
        return journal.committedPosition();
    }

    @Override
    List<String> report()
    {
        return List.of("memory: nothing is kept");
    }

    @Override
    void activate()
    {
    }

    @Override
    void close(final boolean isClean, final Runnable closeAgents)
    {
        closeAgents.run();
        journal.close();
        shards().forEach(Shard::release);
    }
}
