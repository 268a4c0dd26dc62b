package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * A session claims while the shard executes what another one had claimed, of which nothing is stored: there is room for
 * one, never for two, and what looked full for a moment is free in the end.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "it came behind the shard")
@Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "it came before, and tries again")
@Outcome(expect = FORBIDDEN, desc = "room for two, or for none")
@State
public class StoreExecutedStress
{
    private final StoreAdmission admission = new StoreAdmission(1, 0);

    /** All is claimed by another session. */
    public StoreExecutedStress()
    {
        admission.tryClaim(1);
    }

    /** The shard refuses what the other session sent, so nothing is stored. */
    @Actor
    public void execute()
    {
        admission.onExecuted(1, 0);
    }

    /** A session. */
    @Actor
    public void claim(final II_Result result)
    {
        result.r1 = admission.tryClaim(1) == 0 ? 1 : 0;
    }

    /** A session, later. */
    @Arbiter
    public void claimLater(final II_Result result)
    {
        result.r2 = admission.tryClaim(1) == 0 ? 1 : 0;
    }
}
