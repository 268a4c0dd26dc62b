package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.journal.Durability;
import io.seriatim.journal.EnvironmentCheck;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What every command that runs an engine can be told, and how it launches one.
 */
final class EngineOptions
{
    @Option(
        names = "--shards",
        paramLabel = "N",
        description = "How many shards. A directory that is there must have been created with as many. " +
            "Default: as it was created")
    private Integer shardCount;

    @Option(
        names = "--durability",
        paramLabel = "POLICY",
        defaultValue = "FSYNC",
        description = "When a transfer is answered: fsync once it is forced to the disk; os once it is in the page " +
            "cache, which survives the process but no power cut; memory keeps nothing. Default: fsync")
    private Durability durability;

    @Option(
        names = "--without-archive",
        description = "Launch though an archive can not be reached that segments were moved to. Whatever then needs " +
            "an entry in it fails; the id of such an entry stops its shard.")
    private boolean isArchiveDispensable;

    @Mixin
    private Followers followers;

    @Mixin
    private Seals seals;

    @Mixin
    private StateRootOptions stateRoots;

    @Option(
        names = "--state-root-every",
        paramLabel = "N",
        description = "With --state-root-key, of books that are made: a state root every so many entries. Default: " +
            StateRootConfig.EVERY_DEFAULT)
    private long stateRootEvery;

    Durability durability()
    {
        return durability;
    }

    /**
     * Settings of an engine.
     *
     * @param directory       of the data; not used under MEMORY.
     * @param shardCountOfNew if the directory is new and the user said nothing.
     * @return settings to launch with.
     */
    EngineConfig config(final Path directory, final int shardCountOfNew)
    {
        requireShards();
        final EngineConfig config = new EngineConfig().durability(durability);
        final boolean isMemory = durability == Durability.MEMORY;
        if (!isMemory)
        {
            requireNoFile(directory);
            config.dataDirectory(directory);
            config.journal().replication(followers.replication()).archiveRequired(!isArchiveDispensable);
            config.sealing(seals.sealing());
        }
        config.stateRoots(stateRoots());
        if (shardCount != null)
        {
            config.shardCount(shardCount);
        }
        else if (isMemory || isNew(directory))
        {
            config.shardCount(shardCountOfNew);
        }
        return config;
    }

    private StateRootConfig stateRoots()
    {
        if (stateRootEvery != 0 && !stateRoots.isGiven())
        {
            throw new ToolException(
                ExitCode.BAD_INPUT, "--state-root-every needs --state-root-key: there is nothing to make them with");
        }
        return stateRoots.config(stateRootEvery);
    }

    /**
     * Settings of an engine that keeps nothing, whatever else the user said of durability.
     *
     * @param shardCountOfNew if the user said nothing.
     * @return settings to launch with.
     */
    EngineConfig memoryConfig(final int shardCountOfNew)
    {
        requireShards();
        return new EngineConfig()
            .durability(Durability.MEMORY)
            .shardCount(shardCount != null ? shardCount : shardCountOfNew);
    }

    private void requireShards()
    {
        if (shardCount != null && shardCount < 1)
        {
            throw new ToolException(ExitCode.BAD_INPUT, "--shards must be at least 1: found=" + shardCount);
        }
    }

    /**
     * Does a directory hold no books yet?
     *
     * @param directory of the data.
     * @return true if it is not there, or holds no journal, or one that was never finished.
     */
    static boolean isNew(final Path directory)
    {
        final Manifest manifest = Manifest.read(directory.resolve("journal-0"));
        return manifest == null || manifest.state() == Manifest.State.CREATING;
    }

    /**
     * Refuses a file where a directory has to be.
     *
     * @param directory of the data, which need not be there.
     */
    static void requireNoFile(final Path directory)
    {
        if (Files.exists(directory) && !Files.isDirectory(directory))
        {
            throw new ToolException(ExitCode.BAD_INPUT,
                "there is a file where the directory of the books has to be: file=" + directory);
        }
    }

    /**
     * Launches an engine.
     *
     * @param config of it.
     * @return a running engine.
     * @throws ToolException    if the environment lacks something, or a setting is wrong.
     * @throws JournalException if the directory is in use or its journal is refused.
     */
    static LedgerEngine launch(final EngineConfig config)
    {
        try
        {
            EnvironmentCheck.require(false);
        }
        catch (final JournalException e)
        {
            throw new ToolException(ExitCode.ENVIRONMENT, e.getMessage(), e);
        }
        try
        {
            return LedgerEngine.launch(config);
        }
        catch (final IllegalArgumentException e)
        {
            throw new ToolException(ExitCode.BAD_INPUT, e.getMessage(), e);
        }
    }
}
