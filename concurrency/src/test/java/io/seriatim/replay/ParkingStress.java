package io.seriatim.replay;

import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * A worker is about to wait while the feed gives it an entry: it sees the entry, or is woken.
 */
@JCStressTest
@Outcome(id = {"true, true", "true, false", "false, true"}, expect = ACCEPTABLE, desc = "woken, or it has seen it")
@Outcome(expect = FORBIDDEN, desc = "it waits beside an entry")
@State
public class ParkingStress
{
    private final OneToOneConcurrentArrayQueue<String> queue = new OneToOneConcurrentArrayQueue<>(2);
    private final Parking parking = new Parking();

    /** The feed. */
    @Actor
    public void hand(final ZZ_Result result)
    {
        queue.offer("entry");
        result.r1 = parking.wake();
    }

    /** The worker. */
    @Actor
    public void look(final ZZ_Result result)
    {
        parking.announce();
        result.r2 = !queue.isEmpty();
    }
}
