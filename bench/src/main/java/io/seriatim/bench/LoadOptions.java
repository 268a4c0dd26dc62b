package io.seriatim.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.seriatim.engine.EngineConfig;
import io.seriatim.journal.Durability;
import picocli.CommandLine.Option;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Options of everything that gives an engine transfers between accounts of its own.
 */
class LoadOptions extends EngineOptions
{
    /** No shard that this will meet journals more. */
    private static final double MEMORY_BYTES_PER_SECOND_MAX = 0.5e9;

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

    /** Full load for so long must fit the disk, or the memory that a journal in memory may take. */
    final void requireRoom(final double loadSeconds)
    {
        if (durability() != Durability.MEMORY)
        {
            requireRoom(loadSeconds * BYTES_PER_SECOND_MAX, "fewer --seconds");
        }
        else if (loadSeconds * MEMORY_BYTES_PER_SECOND_MAX > directMemoryMax())
        {
            throw new IllegalArgumentException(String.format(
                Locale.ROOT, "the journal in memory may become too large: needed up to %.0f GB, direct memory at " +
                "most %.1f GB; take fewer --seconds, or JAVA_OPTS=-XX:MaxDirectMemorySize=...",
                loadSeconds * MEMORY_BYTES_PER_SECOND_MAX / 1e9, directMemoryMax() / 1e9));
        }
    }

    /** What the JVM was told, or as much as its heap may take. */
    private static double directMemoryMax()
    {
        final String told = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("MaxDirectMemorySize").getValue();
        return "0".equals(told) ? Runtime.getRuntime().maxMemory() : Long.parseLong(told);
    }
}
