package io.seriatim.engine;

import org.agrona.concurrent.Agent;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Polls the sessions of the convenient faces and hands their answers on; and warns once when the store of a shard is
 * nearly full, as shards log nothing themselves. It runs beside the engine and holds nobody up.
 * <p>
 * Threads: {@link #doWork} and {@link #park} on its own; the rest any.
 */
final class ClientAgent implements Agent
{
    private static final System.Logger LOGGER = System.getLogger(LedgerEngine.class.getName());
    private static final double STORE_USE_TO_WARN_OF = 0.8;
    private static final int PASSES_BETWEEN_LOOKS = 1_024;

    /** How long it sleeps while nobody waits for an answer; who asks wakes it. */
    private static final long PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<Shard> shards;
    private final boolean[] isWarned;
    private volatile ShardClient[] clients = new ShardClient[0];
    private volatile Thread parked;
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

    /** Whether anybody waits for an answer. */
    boolean isAwaited()
    {
        for (final ShardClient client : clients)
        {
            if (client.isAwaited())
            {
                return true;
            }
        }
        return false;
    }

    /** Sleep until somebody asks for something, or for a millisecond. */
    void park()
    {
        // Whoever asks looks at this after he has asked, so one of the two sees the other.
        parked = Thread.currentThread();
        if (!isAwaited())
        {
            LockSupport.parkNanos(PARK_NS);
        }
        parked = null;
    }

    /** Somebody has asked for something. */
    void wake()
    {
        final Thread sleeper = parked;
        if (sleeper != null)
        {
            LockSupport.unpark(sleeper);
        }
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
