package io.seriatim.bench;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AnswerWatchTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<Long> told = new ArrayList<>();

    @Test
    void shouldSeeTheTimeWithoutAnAnswer()
    {
        final AnswerWatch watch = new AnswerWatch(new SilentSubject(40 * MS, 160 * MS), told::add);

        final Slice slice = OpenLoop.run(watch, 500, 300 * MS, new Recording(300 * MS));

        assertEquals(150, slice.answeredCount());
        assertTrue(watch.longestNs() >= 115 * MS, () -> "longest=" + watch.longestNs());
        assertTrue(watch.stallCounts()[2] >= 1);
        assertEquals(watch.stallCounts()[0], watch.stallStartsNs().size());
        assertEquals(watch.longestNs(), watch.worst().get(0).lengthNs());
        final long atNs = watch.worst().get(0).startNs() - watch.startNs();
        assertTrue(atNs < 160 * MS, () -> "at=" + atNs);
    }

    @Test
    void shouldNotCountATimeInWhichNobodyAskedForAnything()
    {
        final AnswerWatch watch = new AnswerWatch(new SilentSubject(0, 0), told::add);

        watch.resume();
        final long waitUntilNs = System.nanoTime() + 300 * MS;
        while (System.nanoTime() < waitUntilNs)
        {
            watch.poll(intendedNs -> { });
        }
        watch.trySend(System.nanoTime());
        while (watch.inFlight() > 0)
        {
            watch.poll(intendedNs -> { });
        }
        watch.pause();

        assertTrue(watch.longestNs() < 300 * MS, () -> "longest=" + watch.longestNs());
    }

    @Test
    void shouldTellFromTimeToTimeHowManyWereAnswered()
    {
        final AnswerWatch watch = new AnswerWatch(new SilentSubject(0, 0), told::add);

        OpenLoop.run(watch, 1_000, 1_300 * MS, new Recording(1_300 * MS));

        assertEquals(1, told.size(), told::toString);
        assertTrue(told.get(0) >= 900 && told.get(0) <= 1_300, told::toString);
    }

    /** Answers at once, but for a span. */
    private static final class SilentSubject implements Subject
    {
        private final long silentFromNs;
        private final long silentToNs;
        private final ArrayDeque<Long> waiting = new ArrayDeque<>();
        private long startNs;

        SilentSubject(final long silentFromNs, final long silentToNs)
        {
            this.silentFromNs = silentFromNs;
            this.silentToNs = silentToNs;
        }

        @Override
        public String name()
        {
            return "silent";
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
            return waiting.add(intendedNs);
        }

        @Override
        public int poll(final AnswerHandler handler)
        {
            final long atNs = System.nanoTime() - startNs;
            if (atNs >= silentFromNs && atNs < silentToNs)
            {
                return 0;
            }
            final int count = waiting.size();
            while (!waiting.isEmpty())
            {
                handler.onAnswer(waiting.remove());
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
            // Nothing is held.
        }
    }
}
