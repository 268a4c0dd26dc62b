package io.seriatim.engine;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * A clock that threads move and read, for {@link LinearizabilityTest}.
 */
@Param(name = "time", gen = IntGen.class, conf = "0:3")
public class ManualClockOrders
{
    private final ManualClock clock = new ManualClock();

    @Operation
    public long read()
    {
        return clock.nanoTime();
    }

    @Operation
    public boolean advance(@Param(name = "time") final int earliestNs, @Param(name = "time") final int spanNs)
    {
        return clock.tryAdvance(earliestNs, spanNs);
    }

    @Operation
    public boolean set(@Param(name = "time") final int earliestNs, @Param(name = "time") final int nowNs)
    {
        return clock.trySet(earliestNs, nowNs);
    }
}
