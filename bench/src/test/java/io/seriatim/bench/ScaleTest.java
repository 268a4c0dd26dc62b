package io.seriatim.bench;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ScaleTest
{
    private static final double EXACT = 1e-9;

    @Test
    void shouldGiveEachNineTheSameLength()
    {
        final Scale scale = Scale.nines(10_000);

        assertEquals(0, scale.share(0), EXACT);
        assertEquals(0.25, scale.share(90), EXACT);
        assertEquals(0.5, scale.share(99), EXACT);
        assertEquals(0.75, scale.share(99.9), EXACT);
        assertEquals(1, scale.share(99.99), EXACT);
        assertEquals(0.301_03 / 4, scale.share(50), 1e-5);
        assertEquals(1, scale.share(100), "what lies beyond the end lies at it");
        assertEquals(List.of("0", "50", "90", "99", "99.9", "99.99"), labels(scale));
    }

    @Test
    void shouldEndAtTheNinesThatTheCountCanHave()
    {
        assertEquals(List.of("0", "50", "90", "99"), labels(Scale.nines(1)));
        assertEquals(List.of("0", "50", "90", "99", "99.9"), labels(Scale.nines(1_000)));
        assertEquals(List.of("0", "50", "90", "99", "99.9", "99.99"), labels(Scale.nines(1_001)));
        assertEquals("99.99999", labels(Scale.nines(10_000_000)).get(8));
    }

    @Test
    void shouldTurnPercentilesIntoNinesAndBack()
    {
        assertEquals(2, Scale.ninesOf(99), EXACT);
        assertEquals(99.9, Scale.percentile(3), EXACT);
        assertEquals(42, Scale.percentile(Scale.ninesOf(42)), EXACT);
    }

    @Test
    void shouldGiveEachFactorTheSameLength()
    {
        final Scale scale = Scale.logarithmic(10, 1_000, Scale::plain);

        assertEquals(0, scale.share(10), EXACT);
        assertEquals(0.5, scale.share(100), EXACT);
        assertEquals(1, scale.share(1_000), EXACT);
        assertEquals(0, scale.share(0), "what lies before the begin lies at it");
        assertEquals(List.of("10", "20", "50", "100", "200", "500", "1000"), labels(scale));
        assertEquals(
            List.of("1 µs", "", "", "10 µs", "", "", "100 µs", "", "", "1 ms", ""),
            labels(Scale.logarithmic(900, 3e6, Scale::time)), "over many decades, only their begins");
    }

    @Test
    void shouldStepByOneTwoOrFive()
    {
        assertEquals(List.of("0", "2", "4", "6", "8", "10"), labels(Scale.linear(0, 10, Scale::plain)));
        assertEquals(List.of("0", "500k", "1M"), labels(Scale.linear(0, 1.4e6, Scale::count)).subList(0, 3));
        assertEquals(0.5, Scale.linear(0, 0.8, Scale::plain).share(0.4), EXACT);
        assertEquals(0, Scale.linear(0, 0, Scale::plain).share(0), EXACT);
    }

    @Test
    void shouldNameColumnsInTheirMiddles()
    {
        final Scale scale = Scale.columns(List.of("p50", "p99"));

        assertEquals(List.of("p50", "p99"), labels(scale));
        assertEquals(0.25, scale.ticks().get(0).share(), EXACT);
    }

    @Test
    void shouldWriteTimesAndCountsWithTheirUnits()
    {
        assertEquals("999 ns", Scale.time(999));
        assertEquals("1 µs", Scale.time(1_000));
        assertEquals("2.5 ms", Scale.time(2_500_000));
        assertEquals("10 s", Scale.time(1e10));
        assertEquals("0", Scale.count(0));
        assertEquals("100", Scale.count(100));
        assertEquals("1.5k", Scale.count(1_500));
        assertEquals("2M", Scale.count(2e6));
    }

    private static List<String> labels(final Scale scale)
    {
        return scale.ticks().stream().map(Scale.Tick::label).toList();
    }
}
