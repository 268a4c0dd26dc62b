package io.seriatim.engine;

import org.jetbrains.lincheck.datastructures.Operation;

/**
 * A generator whose time stands still, for {@link LinearizabilityTest}: its ids are those of one thread, in some order.
 */
public class IdGeneratorOrders
{
    private final IdGenerator generator = new IdGenerator(() -> 1, 1);

    @Operation
    public long next()
    {
        return generator.next().low();
    }
}
