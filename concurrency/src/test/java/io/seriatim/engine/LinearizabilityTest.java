package io.seriatim.engine;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

/**
 * Whatever the order in which threads come to run, what they get is what one thread would have got that did the same in
 * some order. Lincheck draws the calls and goes through the orders; what it finds, it prints step by step.
 */
class LinearizabilityTest
{
    /** Drawn scenarios for each class, {@code -Dseriatim.lincheck.scenarios=...}. */
    private static final int SCENARIO_COUNT = Integer.getInteger("seriatim.lincheck.scenarios", 5);

    private static final int ORDER_COUNT_MAX = Integer.getInteger("seriatim.lincheck.orders", 200);

    @ParameterizedTest
    @ValueSource(classes = {
        IdGeneratorOrders.class, ManualClockOrders.class, ReplyRingOrders.class, SnapshotExchangeOrders.class})
    void shouldGiveWhatOneThreadWouldHaveGotInSomeOrder(final Class<?> type)
    {
        new ModelCheckingOptions()
            .iterations(SCENARIO_COUNT)
            .invocationsPerIteration(ORDER_COUNT_MAX)
            .threads(2)
            .actorsPerThread(3)
            // One call of a buffer is one step. Lincheck does not find constants that a class has from an interface.
            .addGuarantee(forClasses("org.agrona.AbstractMutableDirectBuffer", "org.agrona.concurrent.UnsafeBuffer")
                .allMethods().treatAsAtomic())
            .check(type);
    }
}
