package io.seriatim.tools;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Tells how far a long command has come, on the error stream, so that what it prints can be piped: a bar on a
 * terminal, a line every few seconds elsewhere, nothing if nothing is wanted.
 * <p>
 * Threads: confined to one.
 */
public final class Progress implements AutoCloseable
{
    /** How much lies between two lines. */
    static final long LINE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    private static final int BAR_INTERVAL_MS = 200;

    private final String task;
    private final String unit;
    private final long total;
    private final PrintWriter err;
    private final LongSupplier clockNs;
    private final ProgressBar bar;
    private final long startNs;
    private long nextLineNs;

    /** What is shown. */
    public enum Mode
    {
        /** A bar that moves. */
        BAR,

        /** A line every few seconds. */
        LINES,

        /** Nothing. */
        NONE;

        /**
         * From what the user asked for and what there is.
         *
         * @param wanted true for a bar, false for nothing, null if the user said nothing.
         * @return a bar if it is wanted, or if there is a terminal; else lines.
         */
        public static Mode of(final Boolean wanted)
        {
            if (wanted != null)
            {
                return wanted ? BAR : NONE;
            }
            return System.console() != null ? BAR : LINES;
        }
    }

    /**
     * Begins.
     *
     * @param task    what is being done.
     * @param unit    of what is counted, such as {@code " rows"}.
     * @param total   to be done; below zero if that is not known.
     * @param mode    what is shown.
     * @param err     where lines go.
     * @param clockNs monotonic.
     */
    public Progress(
        final String task,
        final String unit,
        final long total,
        final Mode mode,
        final PrintWriter err,
        final LongSupplier clockNs)
    {
        this.task = task;
        this.unit = unit;
        this.total = total;
        this.err = mode == Mode.LINES ? err : null;
        this.clockNs = clockNs;
        startNs = clockNs.getAsLong();
        nextLineNs = startNs + LINE_INTERVAL_NS;
        bar = mode != Mode.BAR ? null : new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setUnit(unit, 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(BAR_INTERVAL_MS)
            .showSpeed()
            .build();
    }

    /**
     * Tells how much is done by now. It costs a reading of the clock, so it is for every thousandth row or so.
     *
     * @param done from the beginning.
     */
    public void advanceTo(final long done)
    {
        if (bar != null)
        {
            bar.stepTo(done);
        }
        else if (err != null)
        {
            final long nowNs = clockNs.getAsLong();
            if (nowNs - nextLineNs >= 0)
            {
                nextLineNs = nowNs + LINE_INTERVAL_NS;
                err.println(line(done, nowNs - startNs));
                err.flush();
            }
        }
    }

    private String line(final long done, final long elapsedNs)
    {
        final StringBuilder line = new StringBuilder(task).append(": ").append(grouped(done));
        if (total >= 0)
        {
            line.append(" of ").append(grouped(total));
        }
        line.append(unit);
        if (total > 0)
        {
            line.append(" (").append(100 * done / total).append(" %)");
        }
        return line.append(", ").append(grouped(perSecond(done, elapsedNs))).append("/s").toString();
    }

    /** A rate, rounded down; 0 if no time has passed. */
    static long perSecond(final long count, final long elapsedNs)
    {
        return elapsedNs <= 0 ? 0 : (long) (count * 1e9 / elapsedNs);
    }

    /** A number for people: 1,234,567. */
    static String grouped(final long number)
    {
        return String.format(Locale.ROOT, "%,d", number);
    }

    @Override
    public void close()
    {
        if (bar != null)
        {
            bar.close();
        }
    }
}
