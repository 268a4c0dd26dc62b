package io.seriatim.bench;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Threading;
import io.seriatim.journal.Durability;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Options of everything that measures an engine: which one, where it writes, and where the results go.
 */
class EngineOptions
{
    /** Set by the script: where data and results go by default. */
    static final String HOME_PROPERTY = "seriatim.bench.home";

    static final int ACCOUNT_COUNT_MAX = 100_000_000;

    /** No disk that this will meet writes more in a second. */
    static final double BYTES_PER_SECOND_MAX = 1.0e9;

    @Option(
        names = "--durability",
        paramLabel = "P",
        defaultValue = "fsync",
        description = "fsync (forced), os (page cache) or memory (no journal; the ceiling is a bare ring). Default: " +
            "${DEFAULT-VALUE}")
    String durability;

    @Option(
        names = "--threading",
        paramLabel = "T",
        defaultValue = "compact",
        description = "compact (shard thread and journal thread), single (one spinning thread) or dedicated (both " +
            "spinning; they do not stop while the ceiling is measured, so it wants cores). Default: ${DEFAULT-VALUE}")
    String threading;

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
        names = "--no-snapshots",
        description = "Write no snapshots of the shards meanwhile, which else come every million entries: shows how " +
            "much of a tail is theirs.")
    boolean isWithoutSnapshots;

    @Option(
        names = "--read-model",
        description = "Let the read model follow the journal meanwhile.")
    boolean isReadModel;

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

    /**
     * A directory of its own for a run.
     *
     * @param base in which it is made; null for the default.
     */
    static Path freshDirectory(final Path base)
    {
        final Path parent = base != null ? base : home();
        try
        {
            Files.createDirectories(parent);
            return Files.createTempDirectory(parent, "data-");
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no data directory can be made in " + parent, ex);
        }
    }

    /** Settings of the engine; the directory is set by the run. */
    EngineConfig engineConfig()
    {
        return new EngineConfig().durability(durability()).threading(threading()).readModel(isReadModel)
            .snapshotEntries(isWithoutSnapshots ? 0 : EngineConfig.SNAPSHOT_ENTRIES_DEFAULT);
    }

    /** Where the data directory is made. */
    Path base()
    {
        return dataDirectory != null ? dataDirectory : home();
    }

    /**
     * Make sure that a run does not fill the disk.
     *
     * @param neededBytes at most.
     * @param instead     of what was asked for, so that less is needed.
     */
    final void requireRoom(final double neededBytes, final String instead)
    {
        final File directory = base().toFile();
        if (directory.isDirectory() && directory.getUsableSpace() < neededBytes)
        {
            throw new IllegalArgumentException(String.format(
                Locale.ROOT, "the disk may fill up: needed up to %.0f GB, usable %.0f GB; take %s or another " +
                "--data-dir", neededBytes / 1e9, directory.getUsableSpace() / 1e9, instead));
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
