package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * Two who ask for a snapshot at once get numbers of their own, and both are counted.
 */
@JCStressTest
@Outcome(id = {"1, 2, 2", "2, 1, 2"}, expect = ACCEPTABLE, desc = "both counted")
@Outcome(expect = FORBIDDEN, desc = "one was lost")
@State
public class SnapshotAskStress
{
    private final SnapshotExchange exchange = new SnapshotExchange(1, Long.BYTES);

    /** A thread. */
    @Actor
    public void first(final JJJ_Result result)
    {
        result.r1 = exchange.ask();
    }

    /** Another one. */
    @Actor
    public void second(final JJJ_Result result)
    {
        result.r2 = exchange.ask();
    }

    /** When both have asked. */
    @Arbiter
    public void count(final JJJ_Result result)
    {
        result.r3 = exchange.askedCount();
    }
}
