package io.seriatim.bench;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HeatMapTest
{
    @Test
    void shouldPutAValueIntoTheRowWhoseBoundsHoldIt()
    {
        assertEquals(0, HeatMap.row(0));
        assertEquals(0, HeatMap.row(1));
        assertEquals(HeatMap.ROWS_PER_DECADE, HeatMap.row(10));
        assertEquals(HeatMap.ROWS_PER_DECADE - 1, HeatMap.row(9.99));
        assertEquals(6 * HeatMap.ROWS_PER_DECADE, HeatMap.row(1e6));
        for (double value = 1; value < 1e10; value *= 1.07)
        {
            final int row = HeatMap.row(value);
            assertTrue(HeatMap.least(row) <= value * (1 + 1e-12) && value < HeatMap.least(row + 1), "value=" + value);
        }
    }

    @Test
    void shouldColourTheLogarithmOfTheCount()
    {
        assertEquals(1, HeatMap.level(1, 10_000_000));
        assertEquals(4, HeatMap.level(1_001, 10_000_000));
        assertEquals(HeatMap.LEVEL_COUNT - 1, HeatMap.level(9_999_999, 10_000_000));
        assertEquals(HeatMap.LEVEL_COUNT, HeatMap.level(10_000_000, 10_000_000));
        assertEquals(HeatMap.LEVEL_COUNT, HeatMap.level(1, 1));
    }

    @Test
    void shouldCountTheValuesOfACell()
    {
        final Histogram histogram = PairedRun.newHistogram();
        histogram.recordValueWithCount(1_000, 7);
        histogram.recordValueWithCount(1_100, 2);
        histogram.recordValueWithCount(1_000_000, 4);
        final HeatMap map = new HeatMap().add(0, 1, histogram);
        assertEquals(9, map.countMax());

        final Plot plot = new Plot(
            "t", Scale.linear(0, 2, Scale::plain), "x", Scale.logarithmic(100, 1e7, Scale::time), "y", 100);
        map.draw(plot, 9);

        assertThat(plot.svg()).contains("class=\"h8\" d=\"M0 ", "class=\"h5\" d=\"M0 ");
        assertThat(plot.svg()).doesNotContain("class=\"h7\" d=");
        assertThat(plot.svg()).contains("9 answers in a cell");
    }
}
