package io.seriatim.bench;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MoodTest
{
    private final PairedRun.Pair calm = pair(100, 200, 0);
    private final PairedRun.Pair slowDisk = pair(201, 200, 0);
    private final PairedRun.Pair stuckDisk = pair(100, 801, 0);
    private final PairedRun.Pair busy = pair(100, 200, 0.21);
    private final Mood mood = new Mood(List.of(calm, calm, slowDisk, stuckDisk, busy));

    @Test
    void shouldMarkPairsByTheDiskAndByWhatOthersTook()
    {
        assertTrue(mood.isGood(calm));
        assertTrue(mood.isDiskBad(slowDisk));
        assertTrue(mood.isDiskBad(stuckDisk));
        assertFalse(mood.isDiskBad(busy));
        assertTrue(Mood.isBusy(busy));
        assertFalse(mood.isGood(busy));
    }

    @Test
    void shouldSayWhichPairsAreMarked()
    {
        assertThat(mood.legend()).contains("(4 times); pairs: 3 4", "0.2 cores; pairs: 5");
    }

    @Test
    void shouldGiveMedianAndQuartilesOfRatios()
    {
        final Ratios ratios = new Ratios(new double[] {5, 1, Double.NaN, 2, 4, 3});

        assertEquals(5, ratios.count());
        assertEquals(3, ratios.median());
        assertEquals(2, ratios.at(0.25));
        assertEquals(4.5, ratios.at(0.875));
        assertTrue(Double.isNaN(new Ratios(new double[0]).median()));
    }

    private static PairedRun.Pair pair(final double p50Us, final double p99Us, final double others)
    {
        final DiskProbe.Result usual = new DiskProbe.Result(100, 200);
        return new PairedRun.Pair(true, new DiskProbe.Result(p50Us, p99Us), others, null, usual, 0, null);
    }
}
