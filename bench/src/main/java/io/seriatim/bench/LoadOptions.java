package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import picocli.CommandLine.Option;

import java.util.concurrent.TimeUnit;

/**
 * Options of everything that gives an engine transfers between accounts of its own.
 */
class LoadOptions extends EngineOptions
{
    /** No disk that this will meet writes more in a second. */
    private static final double BYTES_PER_SECOND_MAX = 1.0e9;

    @Option(
        names = "--accounts",
        paramLabel = "N",
        defaultValue = "10000",
        description = "How many accounts, shared out to the shards. Default: ${DEFAULT-VALUE}")
    int accountCount;

    @Option(
        names = "--warmup-seconds",
        paramLabel = "S",
        defaultValue = "4",
        description = "Load on each side before anything is measured. Default: ${DEFAULT-VALUE}")
    double warmupSeconds;

    void validate(final int batchCount, final double seconds, final int sliceCount)
    {
        durability();
        threading();
        require(accountCount >= 2 && accountCount <= ACCOUNT_COUNT_MAX, "--accounts", accountCount);
        require(batchCount >= 1 && batchCount <= EngineConfig.BATCH_COUNT_MAX_DEFAULT, "--batch", batchCount);
        require(seconds > 0 && seconds <= TimeUnit.HOURS.toSeconds(1), "--seconds", seconds);
        require(warmupSeconds >= 0 && warmupSeconds <= TimeUnit.HOURS.toSeconds(1), "--warmup-seconds", warmupSeconds);
        require(sliceCount >= 1 && sliceCount <= 10_000, "--slices", sliceCount);
    }

    /** Full load for so long must fit the disk. */
    final void requireRoom(final double loadSeconds)
    {
        requireRoom(loadSeconds * BYTES_PER_SECOND_MAX, "fewer --seconds");
    }
}
