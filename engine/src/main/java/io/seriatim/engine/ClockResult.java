package io.seriatim.engine;

/**
 * The answer to a move of a manual clock.
 *
 * @param clockNs      what the clock shows now.
 * @param expiredCount how many pending transfers were released.
 */
public record ClockResult(long clockNs, long expiredCount)
{
    @Override
    public String toString()
    {
        return "clock " + clockNs + ", expired " + expiredCount;
    }
}
