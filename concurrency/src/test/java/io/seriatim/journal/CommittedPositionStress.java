package io.seriatim.journal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * Who sees a committed position sees what was written before it.
 */
@JCStressTest
@Outcome(id = {"0, 0", "0, 1"}, expect = ACCEPTABLE, desc = "not committed yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "committed, and there")
@Outcome(expect = FORBIDDEN, desc = "committed, but not there")
@State
public class CommittedPositionStress
{
    private final PaddedPositions positions = new PaddedPositions();
    private long written;

    /** The journal thread. */
    @Actor
    public void commit()
    {
        written = 1;
        positions.committed(1);
    }

    /** Any reader. */
    @Actor
    public void read(final JJ_Result result)
    {
        result.r1 = positions.committed();
        result.r2 = written;
    }
}
