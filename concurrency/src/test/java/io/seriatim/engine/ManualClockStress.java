package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * Two shards advance a clock at once: no step is lost, and a reader never sees it go back.
 */
@JCStressTest
@Outcome(id = "true, 3", expect = ACCEPTABLE, desc = "both steps counted")
@Outcome(expect = FORBIDDEN, desc = "a step was lost, or the clock went back")
@State
public class ManualClockStress
{
    private final ManualClock clock = new ManualClock();

    /** A shard. */
    @Actor
    public void first()
    {
        clock.tryAdvance(0, 1);
    }

    /** Another one, which reads it before and after. */
    @Actor
    public void second(final ZJ_Result result)
    {
        final long beforeNs = clock.nanoTime();
        clock.tryAdvance(0, 2);
        result.r1 = beforeNs + 2 <= clock.nanoTime();
    }

    /** When both are done. */
    @Arbiter
    public void sum(final ZJ_Result result)
    {
        result.r2 = clock.nanoTime();
    }
}
