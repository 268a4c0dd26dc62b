package io.seriatim.faults;

import java.io.PrintWriter;
import java.util.Locale;

/** A line for each tenth of long work. */
final class SweepProgress
{
    private static final int PARTS = 10;

    private final long total;
    private final PrintWriter out;
    private final long startNs = System.nanoTime();
    private int shownCount;

    SweepProgress(final long total, final PrintWriter out)
    {
        this.total = total;
        this.out = out;
    }

    /** So much of the total is done. */
    void at(final long done)
    {
        final int part = (int)(done * PARTS / total);
        if (part > shownCount)
        {
            shownCount = part;
            out.printf(
                Locale.ROOT, "%d %% after %.0f s%n", part * 100 / PARTS, (System.nanoTime() - startNs) / 1e9);
            out.flush();
        }
    }
}
