package io.seriatim.engine;

import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.CompositeAgent;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which thread runs which agents, as the {@link Threading} has it: threads of the engine's own, which are daemons, or
 * that of whoever steps the engine.
 * <p>
 * Threads: {@link #doWork} and {@link #idle} any; the rest the one that launches, and later the one that closes.
 */
final class EngineThreads
{
    private static final System.Logger LOGGER = System.getLogger(LedgerEngine.class.getName());
    private static final int CLOSE_TIMEOUT_MS = 60_000;
    private static final long PARK_MAX_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int YIELDS_MAX = 100;
    private static final int SPINS_MAX = 10;

    private final List<AgentRunner> runners = new ArrayList<>();
    private final ReentrantLock passLock = new ReentrantLock();
    private AgentInvoker invoker;

    /**
     * Let the agents run.
     *
     * @param threading      layout of the threads.
     * @param shardAgents    one for each journal.
     * @param journalAgents  what drives the journals.
     * @param clientAgent    of the convenient faces.
     * @param queryAgents    of the read model, beside everything else whatever the layout.
     * @param sideAgents     that write snapshots and look after the machine, beside everything else too.
     */
    void start(
        final Threading threading,
        final List<? extends Agent> shardAgents,
        final List<? extends Agent> journalAgents,
        final ClientAgent clientAgent,
        final List<? extends Agent> queryAgents,
        final List<? extends Agent> sideAgents)
    {
        if (threading != Threading.INVOKER)
        {
            // They come first, as they are the first to be closed: while their journal is still open.
            sideAgents.forEach(agent -> run(agent, new SleepingMillisIdleStrategy(1)));
        }
        final List<Agent> together = new ArrayList<>(shardAgents);
        switch (threading)
        {
            case COMPACT:
                shardAgents.forEach(agent -> run(agent, backoff()));
                if (!journalAgents.isEmpty())
                {
                    run(compose(journalAgents), backoff());
                }
                break;
            case DEDICATED:
                shardAgents.forEach(agent -> run(agent, new BusySpinIdleStrategy()));
                journalAgents.forEach(agent -> run(agent, new BusySpinIdleStrategy()));
                break;
            case SINGLE:
                together.addAll(journalAgents);
                run(compose(together), new BusySpinIdleStrategy());
                break;
            default:
                together.addAll(journalAgents);
                together.add(clientAgent);
                together.addAll(queryAgents);
                together.addAll(sideAgents);
                invoker = new AgentInvoker(EngineThreads::onError, null, compose(together));
                invoker.start();
                return;
        }
        run(clientAgent, new ClientIdleStrategy(clientAgent, backoff()));
        queryAgents.forEach(agent -> run(agent, backoff()));
    }

    /** Whether the engine is stepped by others, as it has no threads of its own. */
    boolean isStepped()
    {
        return invoker != null;
    }

    /**
     * Run all agents for one pass, one thread at a time: another one that calls, itself or by waiting for an answer, is
     * told that there was nothing to do.
     *
     * @return how much was done; 0 if nothing.
     */
    int doWork()
    {
        if (passLock.isHeldByCurrentThread() || !passLock.tryLock())
        {
            Thread.yield();
            return 0;
        }
        try
        {
            return invoker.invoke();
        }
        finally
        {
            passLock.unlock();
        }
    }

    /** Wait a little for what the agents do; where nobody else runs them, run them. */
    void idle()
    {
        if (isStepped())
        {
            doWork();
        }
        else
        {
            new SleepingMillisIdleStrategy(1).idle();
        }
    }

    /** End all agents and wait for it. */
    void close()
    {
        // Not Agrona's own time limit, after which it interrupts the thread: that would break off a force of the files.
        runners.forEach(runner -> runner.close(
            CLOSE_TIMEOUT_MS,
            thread -> LOGGER.log(System.Logger.Level.WARNING, "still waiting for the end of " + thread)));
        passLock.lock();
        try
        {
            CloseHelper.close(invoker);
        }
        finally
        {
            passLock.unlock();
        }
    }

    private static Agent compose(final List<? extends Agent> agents)
    {
        return agents.size() == 1 ? agents.get(0) : new CompositeAgent(agents);
    }

    private static IdleStrategy backoff()
    {
        return new BackoffIdleStrategy(SPINS_MAX, YIELDS_MAX, 1_000, PARK_MAX_NS);
    }

    private void run(final Agent agent, final IdleStrategy idleStrategy)
    {
        final AgentRunner runner = new AgentRunner(idleStrategy, EngineThreads::onError, null, agent);
        runners.add(runner);
        AgentRunner.startOnThread(runner, target ->
        {
            final Thread thread = new Thread(target, agent.roleName());
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void onError(final Throwable error)
    {
        LOGGER.log(System.Logger.Level.ERROR, "an agent has failed", error);
    }
}
