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
 * Two sessions claim the last room at once: never do both get it; and when what a third had claimed is executed, who
 * comes later gets what is left.
 */
@JCStressTest
@Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = ACCEPTABLE, desc = "one got it")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE_INTERESTING, desc = "each saw the other: both try again")
@Outcome(expect = FORBIDDEN, desc = "given twice, or lost")
@State
public class StoreAdmissionStress
{
    private final StoreAdmission admission = new StoreAdmission(2, 0);

    /** One of two is claimed by a third session. */
    public StoreAdmissionStress()
    {
        admission.tryClaim(1);
    }

    /** A session. */
    @Actor
    public void first(final III_Result result)
    {
        result.r1 = claimed();
    }

    /** Another one. */
    @Actor
    public void second(final III_Result result)
    {
        result.r2 = claimed();
    }

    /** The shard has stored what the third session sent; a session, later. */
    @Arbiter
    public void third(final III_Result result)
    {
        admission.onExecuted(1, 1);
        result.r3 = claimed();
    }

    private int claimed()
    {
        return admission.tryClaim(1) == 0 ? 1 : 0;
    }
}
