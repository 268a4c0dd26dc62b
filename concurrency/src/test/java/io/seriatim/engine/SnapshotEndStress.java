package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

import java.util.List;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * Who sees that no snapshot is being taken any more sees how it ended.
 */
@JCStressTest
@Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = ACCEPTABLE, desc = "going on, or over with its result")
@Outcome(expect = FORBIDDEN, desc = "over, but with the result before it")
@State
public class SnapshotEndStress
{
    private final SnapshotExchange exchange = new SnapshotExchange(1, Long.BYTES);

    /** A snapshot is being taken. */
    public SnapshotEndStress()
    {
        exchange.begin(new SnapshotExchange.Start(
            0, new long[0], new int[0], new SnapshotExchange.WaitingRoot[0], 1, 0));
    }

    /** The agent. */
    @Actor
    public void end()
    {
        exchange.end(new SnapshotExchange.Result(1, List.of(), null));
    }

    /** Any thread. */
    @Actor
    public void look(final IJ_Result result)
    {
        result.r1 = exchange.isIdle() ? 1 : 0;
        result.r2 = exchange.result().servedCount();
    }
}
