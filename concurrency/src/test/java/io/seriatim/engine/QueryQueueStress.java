package io.seriatim.engine;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * A query is put into the queue before the next entry is made: who sees a later committed sequence finds the query, and
 * finds all of it.
 */
@JCStressTest
@Outcome(id = {"0, -1", "0, 5"}, expect = ACCEPTABLE, desc = "the next entry is not committed yet")
@Outcome(id = "1, 5", expect = ACCEPTABLE, desc = "committed, and the query is there")
@Outcome(expect = FORBIDDEN, desc = "the query is missed, or is not whole")
@State
public class QueryQueueStress
{
    private final QueryQueue queue = new QueryQueue(0);
    private final RequestRing.Slot slot = new RequestRing.Slot();
    private final UnsafeBuffer events = new UnsafeBuffer(new byte[Filter.LENGTH]);
    private volatile int committed;

    /** The shard, and what commits its next entry. */
    @Actor
    public void add()
    {
        queue.add(slot, events, 0, 5);
        queue.publish();
        committed = 1;
    }

    /** The read model: first the committed position, then the queue. */
    @Actor
    public void look(final IJ_Result result)
    {
        result.r1 = committed;
        final long sequence = queue.nextSequence();
        result.r2 = sequence == Long.MAX_VALUE ? -1 : sequence;
    }
}
