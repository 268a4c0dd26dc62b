package io.seriatim.engine;

import io.seriatim.ledger.OrderedWorker;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Does work beside the thread that launches the engine, on a thread of its own that ends with this.
 * <p>
 * Threads: confined to the one that launches the engine.
 */
final class LaunchWorker implements OrderedWorker, AutoCloseable
{
    private final Semaphore room = new Semaphore(UNFINISHED_MAX);
    private final ExecutorService executor;

    /** What the work has thrown first; nothing is done any more then. Written before room is given back. */
    private volatile Throwable failure;

    /**
     * A thread that waits for work.
     *
     * @param name of the thread.
     */
    LaunchWorker(final String name)
    {
        executor = Executors.newSingleThreadExecutor(work ->
        {
            final Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void execute(final Runnable work)
    {
        room.acquireUninterruptibly();
        executor.execute(() -> run(work));
        throwFailure();
    }

    @Override
    public void await()
    {
        awaitAll();
        throwFailure();
    }

    /** Waits for what is on its way; a failure that nobody has asked for is dropped. */
    @Override
    public void close()
    {
        awaitAll();
        executor.shutdown();
    }

    private void awaitAll()
    {
        room.acquireUninterruptibly(UNFINISHED_MAX);
        room.release(UNFINISHED_MAX);
    }

    private void run(final Runnable work)
    {
        try
        {
            if (failure == null)
            {
                work.run();
            }
        }
        catch (final RuntimeException | Error ex)
        {
            failure = ex;
        }
        finally
        {
            room.release();
        }
    }

    private void throwFailure()
    {
        if (failure instanceof RuntimeException exception)
        {
            throw exception;
        }
        if (failure instanceof Error error)
        {
            throw error;
        }
    }
}
