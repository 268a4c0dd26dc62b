package io.seriatim.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

/**
 * Two threads draw from one generator, at a time that stands still: the ids follow each other, and none is given twice.
 */
@JCStressTest
@Outcome(id = {"0, 1", "1, 0"}, expect = ACCEPTABLE, desc = "one after the other")
@Outcome(expect = FORBIDDEN, desc = "the same id twice, or one left out")
@State
public class IdGeneratorStress
{
    private static final long SEED = 1;
    private static final long FIRST = new IdGenerator(() -> 1, SEED).next().low();

    private final IdGenerator generator = new IdGenerator(() -> 1, SEED);

    /** A thread. */
    @Actor
    public void first(final JJ_Result result)
    {
        result.r1 = generator.next().low() - FIRST;
    }

    /** Another one. */
    @Actor
    public void second(final JJ_Result result)
    {
        result.r2 = generator.next().low() - FIRST;
    }
}
