package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Threading;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs an engine. One whose single thread spins would take a core from whatever is measured beside it, so such an
 * engine is run here by a thread that spins while the engine is measured and else looks in once a millisecond. Engines
 * with threads of their own are left to them.
 * <p>
 * Threads: any.
 */
final class EngineHost implements AutoCloseable
{
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** How many are at work with it; whoever launches it is. */
    private final AtomicInteger resumedCount = new AtomicInteger(1);
    private final CountDownLatch launched = new CountDownLatch(1);
    private final Thread thread;
    private volatile LedgerEngine engine;
    private volatile Throwable failure;
    private volatile boolean isClosing;

    private EngineHost(final EngineConfig config, final boolean isThreadOurs)
    {
        if (isThreadOurs)
        {
            thread = new Thread(() -> run(config.threading(Threading.INVOKER)), "bench-engine");
            thread.setDaemon(true);
            thread.start();
        }
        else
        {
            thread = null;
            engine = LedgerEngine.launch(config);
        }
    }

    static EngineHost launch(final EngineConfig config, final boolean isThreadOurs)
    {
        final EngineHost host = new EngineHost(config, isThreadOurs);
        if (isThreadOurs)
        {
            host.awaitLaunch();
        }
        return host;
    }

    LedgerEngine engine()
    {
        return engine;
    }

    void resume()
    {
        resumedCount.incrementAndGet();
        LockSupport.unpark(thread);
    }

    void pause()
    {
        resumedCount.decrementAndGet();
    }

    @Override
    public void close()
    {
        isClosing = true;
        if (thread == null)
        {
            engine.close();
            return;
        }
        LockSupport.unpark(thread);
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        throwFailure();
    }

    private void run(final EngineConfig config)
    {
        try (LedgerEngine launchedEngine = LedgerEngine.launch(config))
        {
            engine = launchedEngine;
            launched.countDown();
            while (!isClosing)
            {
                if (launchedEngine.doWork() > 0)
                {
                    continue;
                }
                if (resumedCount.get() > 0)
                {
                    Thread.onSpinWait();
                }
                else
                {
                    LockSupport.parkNanos(PAUSE_NS);
                }
            }
        }
        catch (final RuntimeException ex)
        {
            failure = ex;
        }
        finally
        {
            launched.countDown();
        }
    }

    private void awaitLaunch()
    {
        try
        {
            launched.await();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while the engine was launched", ex);
        }
        throwFailure();
    }

    private void throwFailure()
    {
        if (failure != null)
        {
            throw new BenchException("the engine has failed: " + failure.getMessage(), failure);
        }
    }
}
