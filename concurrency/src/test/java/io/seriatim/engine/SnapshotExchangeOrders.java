package io.seriatim.engine;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * Slices on their way round, and those who ask, for {@link LinearizabilityTest}.
 */
@Param(name = "value", gen = IntGen.class, conf = "0:9")
public class SnapshotExchangeOrders
{
    private final SnapshotExchange exchange = new SnapshotExchange(2, Long.BYTES);

    @Operation
    public long ask()
    {
        return exchange.ask();
    }

    @Operation
    public long askedCount()
    {
        return exchange.askedCount();
    }

    @Operation(nonParallelGroup = "shard")
    public boolean handOver(@Param(name = "value") final int value)
    {
        final SnapshotExchange.Slice slice = exchange.takeFree();
        if (slice == null)
        {
            return false;
        }
        slice.length = value;
        exchange.handOver(slice);
        return true;
    }

    @Operation(nonParallelGroup = "agent")
    public int take()
    {
        final SnapshotExchange.Slice slice = exchange.takeFull();
        if (slice == null)
        {
            return Integer.MIN_VALUE;
        }
        final int value = slice.length;
        exchange.giveBack(slice);
        return value;
    }
}
