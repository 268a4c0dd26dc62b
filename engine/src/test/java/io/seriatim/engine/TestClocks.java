package io.seriatim.engine;

/**
 * Moves manual clocks outside the order of requests, as time does that passes by itself.
 */
public final class TestClocks
{
    private TestClocks()
    {
    }

    /**
     * Set a clock. What is due by then is released with the next request.
     *
     * @param clock to set.
     * @param nowNs what it shows from now on.
     */
    public static void set(final ManualClock clock, final long nowNs)
    {
        clock.set(nowNs);
    }
}
