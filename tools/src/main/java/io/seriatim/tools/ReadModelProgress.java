package io.seriatim.tools;

import io.seriatim.engine.LedgerEngine;
import java.io.PrintWriter;

/**
 * Tells how far a read model has come that is being built, when somebody waits for it; else nothing.
 * <p>
 * Threads: confined to one.
 */
final class ReadModelProgress implements Runnable, AutoCloseable
{
    private static final long TOTAL = 1_000;

    private final LedgerEngine engine;
    private final PrintWriter err;
    private Progress progress;

    /**
     * Tells nothing at first.
     *
     * @param engine of which the read model is.
     * @param err    where lines go.
     */
    ReadModelProgress(final LedgerEngine engine, final PrintWriter err)
    {
        this.engine = engine;
        this.err = err;
    }

    /** Somebody waits. */
    @Override
    public void run()
    {
        if (progress == null)
        {
            progress = new Progress(
                "read model", " per mille", TOTAL, Progress.Mode.of(null), err, System::nanoTime);
        }
        progress.advanceTo((long) (TOTAL * engine.readModelProgress()));
    }

    @Override
    public void close()
    {
        if (progress != null)
        {
            progress.close();
        }
    }
}
