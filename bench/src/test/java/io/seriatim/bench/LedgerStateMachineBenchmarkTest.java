package io.seriatim.bench;

import org.junit.jupiter.api.Test;

/** The benchmark checks its own books in the end; this is a short one, without JMH. */
class LedgerStateMachineBenchmarkTest
{
    @Test
    void shouldCreateEveryTransfer()
    {
        final LedgerStateMachineBenchmark benchmark = new LedgerStateMachineBenchmark();
        benchmark.accountCount = 100;
        benchmark.batchCount = 1_000;
        benchmark.isReadAhead = true;
        benchmark.createStateMachine();
        benchmark.createTransfer();
        benchmark.createTransfer();
        benchmark.checkAndClose();
    }
}
