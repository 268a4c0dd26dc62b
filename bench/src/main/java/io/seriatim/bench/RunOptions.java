package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import picocli.CommandLine.Option;

/**
 * Options that the scenarios with one engine and its ceiling share.
 */
final class RunOptions extends LoadOptions
{
    @Option(
        names = "--shards",
        paramLabel = "N",
        defaultValue = "1",
        description = "How many shards, on one journal. Default: ${DEFAULT-VALUE}")
    int shardCount;

    @Option(
        names = "--no-ceiling",
        description = "Measure the engine alone, as a profiler wants it; no figure without its ceiling is worth much.")
    boolean isEngineAlone;

    @Override
    void validate(final int batchCount, final double seconds, final int sliceCount)
    {
        super.validate(batchCount, seconds, sliceCount);
        require(shardCount >= 1 && shardCount <= EngineConfig.SHARD_COUNT_LIMIT, "--shards", shardCount);
        require(accountCount >= 2 * shardCount, "--accounts", accountCount);
    }
}
