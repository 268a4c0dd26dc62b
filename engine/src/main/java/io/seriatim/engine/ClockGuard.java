package io.seriatim.engine;

import org.agrona.concurrent.EpochNanoClock;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets the engine's time follow the machine's wall clock in small steps, and keeps out jumps: the time that enters is
 * that of the monotonic clock from the last step that was followed. While the wall clock is further away than is
 * allowed, nothing is created; what is due expires by the time that goes on.
 * <p>
 * Threads: confined to that of the guard; the clock itself is read by all.
 */
final class ClockGuard implements Supplier<Refusal>
{
    /** Nearer than this the two are the same: a wall clock is read to the millisecond. */
    private static final long FOLLOW_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final EpochNanoClock clock;
    private final EpochNanoClock wallClock;
    private final Runnable follow;
    private final long jumpMaxNs;

    /**
     * A guard over a clock.
     *
     * @param clock     that gives the engine its time.
     * @param wallClock of the machine.
     * @param follow    sets the clock by the wall clock.
     * @param jumpMaxNs the furthest that the wall clock may be away, in nanoseconds.
     */
    ClockGuard(
        final EpochNanoClock clock, final EpochNanoClock wallClock, final Runnable follow, final long jumpMaxNs)
    {
        this.clock = clock;
        this.wallClock = wallClock;
        this.follow = follow;
        this.jumpMaxNs = jumpMaxNs;
    }

    @Override
    public Refusal get()
    {
        final long aheadNs = wallClock.nanoTime() - clock.nanoTime();
        final long distanceNs = Math.abs(aheadNs);
        if (distanceNs > jumpMaxNs)
        {
            return Refusal.clockJumped(
                "the machine's clock has jumped " + TimeUnit.NANOSECONDS.toSeconds(distanceNs) + " s " +
                (aheadNs > 0 ? "forward" : "back") + ": EngineConfig.clockJumpMaxNs=" + jumpMaxNs +
                "; time goes on as it went before, look-ups and queries are answered; set the clock right, and " +
                "requests are taken again; if it is right now, launch anew");
        }
        if (distanceNs > FOLLOW_NS)
        {
            follow.run();
        }
        return null;
    }
}
