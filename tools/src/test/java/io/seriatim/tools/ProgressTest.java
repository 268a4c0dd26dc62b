package io.seriatim.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest
{
    private final StringWriter err = new StringWriter();
    private long nowNs = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);

    @Test
    void shouldPrintALineWheneverTheIntervalHasPassed()
    {
        try (Progress progress = progress(10_000, Progress.Mode.LINES))
        {
            progress.advanceTo(0);
            nowNs += Progress.LINE_INTERVAL_NS - 1;
            progress.advanceTo(1000);
            assertEquals("", err.toString());
            nowNs += 1;
            progress.advanceTo(2500);
            progress.advanceTo(2600);
            nowNs += Progress.LINE_INTERVAL_NS;
            progress.advanceTo(10_000);
        }
        assertEquals("import: 2,500 of 10,000 rows (25 %), 500/s\nimport: 10,000 of 10,000 rows (100 %), 1,000/s\n",
            err.toString().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void shouldDoWithoutATotal()
    {
        try (Progress progress = progress(-1, Progress.Mode.LINES))
        {
            nowNs += Progress.LINE_INTERVAL_NS;
            progress.advanceTo(1_234_567);
        }
        assertEquals("import: 1,234,567 rows, 246,913/s\n", err.toString().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void shouldPrintNothingIfNothingIsWanted()
    {
        try (Progress progress = progress(10, Progress.Mode.NONE))
        {
            nowNs += 2 * Progress.LINE_INTERVAL_NS;
            progress.advanceTo(10);
        }
        assertEquals("", err.toString());
    }

    @Test
    void shouldFollowTheUsersWish()
    {
        assertEquals(Progress.Mode.BAR, Progress.Mode.of(true));
        assertEquals(Progress.Mode.NONE, Progress.Mode.of(false));
        assertEquals(System.console() == null ? Progress.Mode.LINES : Progress.Mode.BAR, Progress.Mode.of(null));
    }

    @Test
    void shouldHaveNoRateWhereNoTimeHasPassed()
    {
        assertEquals(0, Progress.perSecond(5, 0));
        assertEquals(2, Progress.perSecond(5, TimeUnit.SECONDS.toNanos(2)));
    }

    private Progress progress(final long total, final Progress.Mode mode)
    {
        return new Progress("import", " rows", total, mode, new PrintWriter(err), () -> nowNs);
    }
}
