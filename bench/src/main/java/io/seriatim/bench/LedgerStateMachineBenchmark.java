package io.seriatim.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * Nanoseconds per transfer in the state machine alone, see {@link StateMachineLoad}. The index of transfers grows all
 * along, which is part of the figure. In the end the number of transfers and the balances are checked.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"})
public class LedgerStateMachineBenchmark
{
    private static final int TRANSFERS_PER_INVOCATION = 65_536;

    /** How many accounts there are. */
    @Param({"10000", "1000000"})
    public int accountCount;

    /** Transfers in a batch. */
    @Param("8189")
    public int batchCount;

    /** Whether what they need is read ahead, as a shard does with what comes in batches. */
    @Param({"false", "true"})
    public boolean isReadAhead;

    private StateMachineLoad load;

    /** A new state machine with its accounts. */
    @Setup(Level.Trial)
    public void createStateMachine()
    {
        load = new StateMachineLoad(accountCount, batchCount, 1);
    }

    /** Checks that every transfer was created and the balances add up. */
    @TearDown(Level.Trial)
    public void checkAndClose()
    {
        load.check();
        load.close();
    }

    /** Applies transfers in full batches, and the rest in one that is not full. */
    @Benchmark
    @OperationsPerInvocation(TRANSFERS_PER_INVOCATION)
    public void createTransfer()
    {
        load.apply(TRANSFERS_PER_INVOCATION, isReadAhead);
    }
}
