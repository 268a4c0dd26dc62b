package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * Two sessions claim the last place of a queue: never do both get it, and it is not lost.
 */
@JCStressTest
@Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = ACCEPTABLE, desc = "one got it")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE_INTERESTING, desc = "each saw the other: both try again")
@Outcome(expect = FORBIDDEN, desc = "one place was given twice, or got lost")
@State
public class QueryClaimStress
{
    private final QueryQueue queue = new QueryQueue(0);

    /** All places but one are claimed. */
    public QueryClaimStress()
    {
        for (int i = 1; i < QueryQueue.CAPACITY; i++)
        {
            queue.tryClaim();
        }
    }

    /** A session. */
    @Actor
    public void first(final III_Result result)
    {
        result.r1 = queue.tryClaim() ? 1 : 0;
    }

    /** Another one. */
    @Actor
    public void second(final III_Result result)
    {
        result.r2 = queue.tryClaim() ? 1 : 0;
    }

    /** A session, later. */
    @Arbiter
    public void third(final III_Result result)
    {
        result.r3 = queue.tryClaim() ? 1 : 0;
    }
}
