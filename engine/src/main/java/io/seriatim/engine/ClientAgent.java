package io.seriatim.engine;

import org.agrona.concurrent.Agent;

import java.util.Arrays;
import java.util.List;

/**
 * Polls the sessions of the convenient faces and hands their answers on; and warns once when the store of a shard is
 * nearly full, as shards log nothing themselves. It runs beside the engine and holds nobody up.
 */
final class ClientAgent implements Agent
{
    private static final System.Logger LOGGER = System.getLogger(LedgerEngine.class.getName());
    private static final double STORE_USE_TO_WARN_OF = 0.8;
    private static final int PASSES_BETWEEN_LOOKS = 1_024;

    private final List<Shard> shards;
    private final boolean[] isWarned;
    private volatile ShardClient[] clients = new ShardClient[0];
    private int passCount;

    ClientAgent(final List<Shard> shards)
    {
        this.shards = shards;
        isWarned = new boolean[shards.size()];
    }

    @Override
    public int doWork()
    {
        if (++passCount % PASSES_BETWEEN_LOOKS == 0)
        {
            warnOfFullStores();
        }
        int workCount = 0;
        for (final ShardClient client : clients)
        {
            workCount += client.poll();
        }
        return workCount;
    }

    @Override
    public String roleName()
    {
        return "seriatim-client";
    }

    synchronized void add(final ShardClient client)
    {
        final ShardClient[] more = Arrays.copyOf(clients, clients.length + 1);
        more[clients.length] = client;
        clients = more;
    }

    private void warnOfFullStores()
    {
        for (int i = 0; i < isWarned.length; i++)
        {
            final double use = shards.get(i).storeUse();
            if (use >= STORE_USE_TO_WARN_OF && !isWarned[i])
            {
                isWarned[i] = true;
                LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the store of shard " + i + " is " + (int)(use * 100) + " % full: raise " +
                    "EngineConfig.accountCountMax or transferCountMax at the next launch, before requests meet " +
                    "STORE_FULL");
            }
        }
    }
}
