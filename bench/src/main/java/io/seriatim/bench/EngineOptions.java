package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.File;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Options of everything that measures an engine.
 */
class EngineOptions
{
    /** Set by the script: where data and results go by default. */
    static final String HOME_PROPERTY = "seriatim.bench.home";

    static final int ACCOUNT_COUNT_MAX = 100_000_000;

    /** No disk that this will meet writes more in a second. */
    private static final double BYTES_PER_SECOND_MAX = 1.0e9;

    @Option(
        names = "--durability",
        paramLabel = "P",
        defaultValue = "fsync",
        description = "fsync (forced), os (page cache) or memory (no journal, and so no ceiling beside it). " +
            "Default: ${DEFAULT-VALUE}")
    String durability;

    @Option(
        names = "--threading",
        paramLabel = "T",
        defaultValue = "compact",
        description = "compact (shard thread and journal thread), single (one spinning thread) or dedicated (both " +
            "spinning; they do not stop while the ceiling is measured, so it wants cores). Default: ${DEFAULT-VALUE}")
    String threading;

    @Option(
        names = "--accounts",
        paramLabel = "N",
        defaultValue = "10000",
        description = "How many accounts, shared out to the shards. Default: ${DEFAULT-VALUE}")
    int accountCount;

    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description = "Where to make the fresh data directory, which is deleted at the end; it decides which disk is " +
            "measured. Default: bench/target")
    Path dataDirectory;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Where the .hlog files and summary.json go. Default: a new directory in bench/target/results")
    Path out;

    @Option(
        names = "--warmup-seconds",
        paramLabel = "S",
        defaultValue = "4",
        description = "Load on each side before anything is measured. Default: ${DEFAULT-VALUE}")
    double warmupSeconds;

    @Option(
        names = "--no-snapshots",
        description = "Write no snapshots of the shards meanwhile, which else come every million entries: shows how " +
            "much of a tail is theirs.")
    boolean isWithoutSnapshots;

    Durability durability()
    {
        return parse(Durability.class, durability, "--durability");
    }

    Threading threading()
    {
        final Threading parsed = parse(Threading.class, threading, "--threading");
        if (parsed == Threading.INVOKER)
        {
            throw new IllegalArgumentException("--threading is compact, single or dedicated: " + threading);
        }
        return parsed;
    }

    static Path home()
    {
        return Path.of(System.getProperty(HOME_PROPERTY, "bench/target"));
    }

    /** Settings of the engine; the directory is set by the run. */
    EngineConfig engineConfig()
    {
        return new EngineConfig().durability(durability()).threading(threading()).readModel(false)
            .snapshotEntries(isWithoutSnapshots ? 0 : EngineConfig.SNAPSHOT_ENTRIES_DEFAULT);
    }

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

    /** Where the data directory is made. */
    Path base()
    {
        return dataDirectory != null ? dataDirectory : home();
    }

    /** Full load for so long must fit the disk. */
    void requireRoom(final double loadSeconds)
    {
        final double needed = loadSeconds * BYTES_PER_SECOND_MAX;
        final File directory = base().toFile();
        if (directory.isDirectory() && directory.getUsableSpace() < needed)
        {
            throw new IllegalArgumentException(String.format(
                Locale.ROOT, "the disk may fill up: needed up to %.0f GB, usable %.0f GB; take fewer --seconds or " +
                "another --data-dir", needed / 1e9, directory.getUsableSpace() / 1e9));
        }
    }

    /** Look at what was asked for; what is wrong is said as of an option. */
    static void check(final CommandLine commandLine, final Runnable checks)
    {
        try
        {
            checks.run();
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(commandLine, ex.getMessage(), ex);
        }
    }

    static void require(final boolean isValid, final String option, final Object value)
    {
        if (!isValid)
        {
            throw new IllegalArgumentException(option + " is out of range: " + value);
        }
    }

    private static <T extends Enum<T>> T parse(final Class<T> type, final String text, final String option)
    {
        try
        {
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalArgumentException(option + " can not be " + text + "; see --help", ex);
        }
    }
}
