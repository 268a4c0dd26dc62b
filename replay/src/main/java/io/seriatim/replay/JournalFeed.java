package io.seriatim.replay;

import io.seriatim.engine.JournalSource;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands committed entries to a consumer, in the order that the consumer needs and as much side by side as that allows:
 * the one way to read them. What is done is remembered by an offset; an entry comes again only if it was not done when
 * the offset was stored last.
 * <p>
 * Cost: a feed takes two or more threads, and the memory of its entries in flight. The engine is not slowed down by a
 * feed, however slow that is.<br>
 * Threads: any.
 */
public final class JournalFeed implements AutoCloseable
{
    private static final System.Logger LOGGER = System.getLogger(JournalFeed.class.getName());
    private static final long POLL_NS = 1_000_000;

    private final FeedConfig config;
    private final FeedAgent agent;
    private final List<AgentRunner> runners = new ArrayList<>();

    private JournalFeed(final FeedConfig config, final FeedAgent agent)
    {
        this.config = config;
        this.agent = agent;
    }

    /**
     * Open a feed, which begins at once.
     *
     * @param journals to follow, of one log: those of a running engine ({@code LedgerEngine.journals()}), or of a
     *                 directory ({@link JournalDirectories#journalsOf}).
     * @param config   how entries are handed out.
     * @return the feed.
     * @throws IllegalArgumentException if the configuration does not fit together.
     * @throws FeedException            if the offset can not be read, or is that of another log.
     */
    public static JournalFeed open(final List<JournalSource> journals, final FeedConfig config)
    {
        config.validate();
        final FeedOffset offset;
        try
        {
            offset = config.offsetStore().load();
        }
        catch (final FeedException ex)
        {
            throw ex;
        }
        catch (final Exception ex)
        {
            throw new FeedException("the offset can not be read: feed=" + config.name() + ": " + ex, ex);
        }
        final JournalFeed feed = new JournalFeed(
            config, new FeedAgent(List.copyOf(journals), config, offset == null ? config.offset() : offset));
        feed.start();
        return feed;
    }

    /**
     * How far it has come.
     *
     * @return counts that go on changing.
     */
    public FeedProgress progress()
    {
        return agent.progress();
    }

    /**
     * How often an entry was tried again.
     *
     * @return a count.
     */
    public long retryCount()
    {
        return agent.retryCount();
    }

    /**
     * Why the feed has stopped.
     *
     * @return the reason; null if it has not, or was closed, or has come to its end.
     */
    public Throwable failure()
    {
        return agent.failure();
    }

    /**
     * Whether nothing is handed out any more: it was closed, has failed, or has come to its end.
     *
     * @return true if so.
     */
    public boolean isEnded()
    {
        return agent.isEnded();
    }

    /** Hand out no more for now; what is under way goes on. */
    public void pause()
    {
        agent.pause(true);
    }

    /** Go on after a {@link #pause}. */
    public void resume()
    {
        agent.pause(false);
    }

    /**
     * Wait until a feed that is bounded has come to its end.
     *
     * @param timeoutNs how long, in nanoseconds.
     * @return false if it has not by then.
     * @throws FeedException        if it has stopped before.
     * @throws InterruptedException if the thread is interrupted.
     */
    public boolean awaitEnd(final long timeoutNs) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!agent.isEnded() && System.nanoTime() - startNs < timeoutNs)
        {
            if (Thread.interrupted())
            {
                throw new InterruptedException();
            }
            idle();
        }
        final Throwable failure = agent.failure();
        if (failure != null)
        {
            throw failure instanceof FeedException ? (FeedException)failure :
                new FeedException("the feed has stopped: feed=" + config.name() + ": " + failure, failure);
        }
        return agent.isEnded();
    }

    /**
     * Run all of it for one pass, if it has no threads of its own.
     *
     * @return how much was done; 0 if nothing.
     */
    public int doWork()
    {
        int work = agent.doWork();
        for (final FeedWorker worker : agent.workers())
        {
            work += worker.doWork();
        }
        return work;
    }

    /** Hand out no more, wait for what is under way, store the offset and let go. */
    @Override
    public void close()
    {
        agent.close();
        final long startNs = System.nanoTime();
        while (!agent.isEnded() && System.nanoTime() - startNs < config.closeTimeoutNs())
        {
            idle();
        }
        if (!agent.isEnded())
        {
            LOGGER.log(System.Logger.Level.WARNING, "the feed " + config.name() + " is closed while " +
                agent.progress().underWayCount() + " entries are under way: they come again");
        }
        agent.end();
        for (final FeedWorker worker : agent.workers())
        {
            worker.wake();
        }
        CloseHelper.closeAll(runners);
        if (config.isStepped())
        {
            agent.onClose();
        }
    }

    private void start()
    {
        if (config.isStepped())
        {
            agent.onStart();
            return;
        }
        for (final FeedWorker worker : agent.workers())
        {
            run(worker, worker::park);
        }
        run(agent, agent::park);
    }

    private void idle()
    {
        if (config.isStepped())
        {
            doWork();
        }
        else
        {
            LockSupport.parkNanos(POLL_NS);
        }
    }

    private void run(final Agent body, final Runnable park)
    {
        final AgentRunner runner = new AgentRunner(new ParkingIdleStrategy(park), agent::onFailure, null, body);
        // The last one started is closed first: the feed before its workers.
        runners.add(0, runner);
        AgentRunner.startOnThread(runner, target ->
        {
            final Thread thread = new Thread(target, body.roleName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Parks at once: those who have something for the thread wake it. */
    private record ParkingIdleStrategy(Runnable park) implements IdleStrategy
    {
        @Override
        public void idle(final int workCount)
        {
            if (workCount <= 0)
            {
                park.run();
            }
        }

        @Override
        public void idle()
        {
            park.run();
        }

        @Override
        public void reset()
        {
            // Nothing is counted.
        }
    }
}
