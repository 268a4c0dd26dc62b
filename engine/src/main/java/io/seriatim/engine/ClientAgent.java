package io.seriatim.engine;

import org.agrona.concurrent.Agent;

/**
 * Polls the sessions of the convenient faces and hands their answers on. It runs beside the engine and holds nobody up.
 */
final class ClientAgent implements Agent
{
    private volatile ShardClient[] clients = new ShardClient[0];

    @Override
    public int doWork()
    {
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
        final ShardClient[] more = java.util.Arrays.copyOf(clients, clients.length + 1);
        more[clients.length] = client;
        clients = more;
    }
}
