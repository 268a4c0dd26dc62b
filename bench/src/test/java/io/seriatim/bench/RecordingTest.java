package io.seriatim.bench;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RecordingTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    @Test
    void shouldCutASliceIntoIntervalsByWhenItWasAnswered()
    {
        final Recording recording = new Recording(300 * MS);
        recording.begin(10_000, 5);
        recording.record(5, 1);
        recording.record(5 + 100 * MS - 1, 2);
        recording.record(5 + 250 * MS, 3);
        recording.record(5 + 399 * MS, 4);
        recording.end(5 + 400 * MS - 10);

        assertEquals(4, recording.count());
        assertEquals(4, recording.histogram().getTotalCount());
        assertEquals(List.of(2L, 0L, 2L), counts(recording));
        assertEquals(10_100, recording.intervals().get(0).getEndTimeStamp());
        assertEquals(10_100, recording.intervals().get(1).getStartTimeStamp());
        assertEquals(10_400, recording.intervals().get(2).getEndTimeStamp());
    }

    @Test
    void shouldOpenMoreIntervalsForASliceThatTakesLongerThanItsPlan()
    {
        final Recording recording = new Recording(200 * MS);
        recording.begin(0, 0);
        recording.record(310 * MS, 1);
        recording.record(520 * MS, 1);
        recording.end(530 * MS);

        assertEquals(List.of(0L, 0L, 1L, 0L, 1L), counts(recording));
        assertEquals(500, recording.intervals().get(4).getStartTimeStamp());
        assertEquals(530, recording.intervals().get(4).getEndTimeStamp());
    }

    @Test
    void shouldTakeValuesBeyondItsBoundsAsThoseAtThem()
    {
        final Recording recording = new Recording(0);
        recording.begin(0, 0);
        recording.record(1, -1);
        recording.record(1, Long.MAX_VALUE);
        recording.end(MS);

        assertEquals(0, recording.histogram().getMinValue());
        assertEquals(600, recording.histogram().getMaxValue() / 1_000_000_000);
        assertEquals(1, recording.intervals().size());
    }

    @Test
    void shouldCutALongSliceIntoNoMoreThanSoMany()
    {
        final Recording recording = new Recording(TimeUnit.HOURS.toNanos(1));
        recording.begin(0, 0);
        recording.record(TimeUnit.HOURS.toNanos(1) - 1, 1);
        recording.end(TimeUnit.HOURS.toNanos(1));

        assertEquals(Recording.INTERVAL_COUNT_MAX, recording.intervals().size());
    }

    @Test
    void shouldTakeIntervalsTogetherInASliceOfWhichNobodyKnewHowLongItWouldTake()
    {
        final Recording recording = Recording.ofUnknownLength();
        final int seconds = 1_000;
        recording.begin(0, 0);
        for (int i = 0; i < seconds; i++)
        {
            recording.record(TimeUnit.SECONDS.toNanos(i), i + 1);
        }
        recording.end(TimeUnit.SECONDS.toNanos(seconds));

        final int count = recording.intervals().size();
        assertTrue(count >= Recording.INTERVAL_COUNT_MAX && count <= 2 * Recording.INTERVAL_COUNT_MAX);
        assertEquals(seconds, counts(recording).stream().mapToLong(Long::longValue).sum());
        assertEquals(List.of(4L, 3L, 3L), counts(recording).subList(0, 3));
        assertEquals(TimeUnit.SECONDS.toMillis(seconds), recording.intervals().get(count - 1).getEndTimeStamp());
    }

    private static List<Long> counts(final Recording recording)
    {
        return recording.intervals().stream().map(interval -> interval.getTotalCount()).toList();
    }
}
