package io.seriatim.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/**
 * Runs {@link LedgerStateMachineBenchmark} in a short configuration.
 */
@Command(
    name = "state-machine",
    sortOptions = false,
    description = "Nanoseconds and bytes allocated per transfer in the state machine alone, with JMH.",
    footer = "%nExample:%n  scripts/bench state-machine --accounts 10000,1000000 --forks 3")
final class StateMachineCommand implements Callable<Integer>
{
    @Option(
        names = "--accounts",
        paramLabel = "N",
        split = ",",
        defaultValue = "10000",
        description = "How many accounts; several make several runs. Default: ${DEFAULT-VALUE}")
    private String[] accountCounts;

    @Option(
        names = "--batch",
        paramLabel = "N",
        defaultValue = "8189",
        description = "Transfers in a batch. Default: ${DEFAULT-VALUE}")
    private int batchCount;

    @Option(names = "--forks", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
    private int forkCount;

    @Option(names = "--iterations", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}")
    private int iterationCount;

    @Override
    public Integer call() throws RunnerException
    {
        new Runner(new OptionsBuilder()
            .include(LedgerStateMachineBenchmark.class.getSimpleName())
            .param("accountCount", accountCounts)
            .param("batchCount", Integer.toString(batchCount))
            .forks(forkCount)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(iterationCount)
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .build()).run();
        return 0;
    }
}
