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
 * The shard looks while a session publishes: it finds nothing or all of a request, and the rest later.
 */
@JCStressTest
@Outcome(id = {"0, 10", "10, 0"}, expect = ACCEPTABLE, desc = "whole, now or later")
@Outcome(expect = FORBIDDEN, desc = "half a request, or it was lost")
@State
public class RequestHandOverStress
{
    private final RequestRing ring = new RequestRing(4);

    /** A session. */
    @Actor
    public void send()
    {
        RingRequests.send(ring, 10);
    }

    /** The shard, beside it. */
    @Actor
    public void receive(final JJ_Result result)
    {
        result.r1 = RingRequests.receive(ring);
    }

    /** The shard, when it has published. */
    @Arbiter
    public void receiveLater(final JJ_Result result)
    {
        result.r2 = RingRequests.receive(ring);
    }
}
