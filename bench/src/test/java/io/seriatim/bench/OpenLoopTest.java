package io.seriatim.bench;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OpenLoopTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Recording recording = new Recording(100 * MS);

    @Test
    void shouldCountTheWaitOfRequestsThatCouldNotLeaveInTime()
    {
        final StuckSubject subject = new StuckSubject(10 * MS, 60 * MS);

        final Slice slice = OpenLoop.run(subject, 1_000, 100 * MS, recording);

        assertEquals(100, slice.sentCount());
        assertEquals(100, slice.answeredCount());
        assertTrue(slice.backPressuredCount() >= 1);
        assertTrue(slice.lateCount() >= 40, () -> "late=" + slice.lateCount());
        // Stuck for 50 ms: fifty requests were due meanwhile and wait 50 ms to none, so that 25 wait longer than 25 ms.
        final long waited = slice.histogram().getCountBetweenValues(25 * MS, slice.histogram().getMaxValue());
        assertTrue(waited >= 24, () -> "waited=" + waited);
        assertTrue(slice.histogram().getMaxValue() >= 49 * MS);
    }

    @Test
    void shouldSayThatARateWasNotKept()
    {
        final StuckSubject subject = new StuckSubject(5 * MS, Long.MAX_VALUE);

        final Slice slice = OpenLoop.run(subject, 1_000, 20 * MS, recording);

        assertTrue(slice.sentCount() < slice.plannedCount());
        assertEquals(slice.sentCount(), slice.answeredCount());
        assertFalse(slice.isSustained(20 * MS));
    }

    @Test
    void shouldKeepToThePlanOfASubjectThatAnswersAtOnce()
    {
        final Slice slice = OpenLoop.run(new StuckSubject(0, 0), 1_000, 50 * MS, recording);

        assertEquals(50, slice.plannedCount());
        assertEquals(50, slice.sentCount());
        assertEquals(0, slice.backPressuredCount());
        assertTrue(slice.elapsedNs() >= 49 * MS);
    }

    @Test
    void shouldRunTwoLoadsOnOneThreadUntilBothAreOver()
    {
        final OpenLoop open = new OpenLoop(new StuckSubject(0, 0), 1_000, 30 * MS, recording);
        final ClosedLoop closed = new ClosedLoop(new StuckSubject(0, 0), 1, 60 * MS, new Recording(60 * MS));

        LoadLoop.run(open, closed);

        assertEquals(30, open.slice().answeredCount());
        assertTrue(open.slice().elapsedNs() < closed.slice().elapsedNs());
        assertTrue(closed.slice().elapsedNs() >= 60 * MS);
        assertEquals(closed.slice().sentCount(), closed.slice().answeredCount());
    }

    @Test
    void shouldCutARequestIntoTheFramesThatTheEngineWrites()
    {
        assertEquals(160, RawSubject.ENTRY_LENGTH);
        assertEquals(256, RawSubject.frameLengths(1)[0]);
        assertEquals(1, RawSubject.frameLengths(101).length);
        assertEquals(16_256, RawSubject.frameLengths(101)[0]);
        assertEquals(2, RawSubject.frameLengths(102).length);
        assertEquals(256, RawSubject.frameLengths(102)[1]);
    }

    /** Answers at once, but takes nothing between two times. */
    private static final class StuckSubject implements Subject
    {
        private final ArrayDeque<Long> waiting = new ArrayDeque<>();
        private final long stuckFromNs;
        private final long stuckToNs;
        private long startNs;

        StuckSubject(final long stuckFromNs, final long stuckToNs)
        {
            this.stuckFromNs = stuckFromNs;
            this.stuckToNs = stuckToNs;
        }

        @Override
        public String name()
        {
            return "stuck";
        }

        @Override
        public int batchCount()
        {
            return 1;
        }

        @Override
        public void resume()
        {
            startNs = System.nanoTime();
        }

        @Override
        public boolean trySend(final long intendedNs)
        {
            final long nowNs = System.nanoTime() - startNs;
            return (nowNs < stuckFromNs || nowNs >= stuckToNs) && waiting.add(intendedNs);
        }

        @Override
        public int poll(final AnswerHandler handler)
        {
            final int count = waiting.size();
            while (!waiting.isEmpty())
            {
                handler.onAnswer(waiting.poll());
            }
            return count;
        }

        @Override
        public long inFlight()
        {
            return waiting.size();
        }

        @Override
        public void close()
        {
        }
    }
}
