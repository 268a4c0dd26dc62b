package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * A slice of state that the agent takes has all that the shard wrote to it.
 */
@JCStressTest
@Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "none there yet")
@Outcome(id = "7, 8", expect = ACCEPTABLE, desc = "all of it")
@Outcome(expect = FORBIDDEN, desc = "part of a slice")
@State
public class SnapshotSliceStress
{
    private final SnapshotExchange exchange = new SnapshotExchange(1, Long.BYTES);

    /** The shard. */
    @Actor
    public void handOver()
    {
        final SnapshotExchange.Slice slice = exchange.takeFree();
        slice.buffer.putLong(0, 7);
        slice.length = 8;
        exchange.handOver(slice);
    }

    /** The agent. */
    @Actor
    public void take(final JI_Result result)
    {
        final SnapshotExchange.Slice slice = exchange.takeFull();
        result.r1 = slice == null ? -1 : slice.buffer.getLong(0);
        result.r2 = slice == null ? -1 : slice.length;
    }
}
