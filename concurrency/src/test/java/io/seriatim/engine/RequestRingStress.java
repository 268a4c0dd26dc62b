package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * Two sessions publish requests of two slots at once; the shard finds whole ones, and each of them once.
 */
@JCStressTest
@Outcome(id = {"10, 20", "20, 10"}, expect = ACCEPTABLE, desc = "one after the other")
@Outcome(expect = FORBIDDEN, desc = "half a request, or one lost")
@State
public class RequestRingStress
{
    private final RequestRing ring = new RequestRing(4);

    /** A session. */
    @Actor
    public void first()
    {
        RingRequests.send(ring, 10);
    }

    /** Another one. */
    @Actor
    public void second()
    {
        RingRequests.send(ring, 20);
    }

    /** The shard, when both have published. */
    @Arbiter
    public void receive(final JJ_Result result)
    {
        result.r1 = RingRequests.receive(ring);
        result.r2 = RingRequests.receive(ring);
    }
}
