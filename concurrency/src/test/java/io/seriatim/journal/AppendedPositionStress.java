package io.seriatim.journal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * A committed position is never seen ahead of the appended one, whoever reads the later stage first.
 */
@JCStressTest
@Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = ACCEPTABLE, desc = "in order")
@Outcome(expect = FORBIDDEN, desc = "committed before it was appended")
@State
public class AppendedPositionStress
{
    private final PaddedPositions positions = new PaddedPositions();

    /** What the shard thread and then the journal thread do. */
    @Actor
    public void appendAndCommit()
    {
        positions.appended(1);
        positions.committed(1);
    }

    /** Reads the later stage first. */
    @Actor
    public void read(final JJ_Result result)
    {
        result.r1 = positions.committed();
        result.r2 = positions.appended();
    }
}
