package io.seriatim.tools;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.EngineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * How many shards new books get, on how many journals, and which ledgers live where: of every command that makes some.
 */
final class ShardingOptions
{
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
        names = "--shards",
        paramLabel = "N",
        description = "How many shards: ledgers on the same shard share one order. Default: 1")
    private Integer shardCount;

    @Option(
        names = "--journals",
        paramLabel = "N",
        description = "How many journals the shards share. Default: one for each two cores, at most one for each shard")
    private Integer journalCount;

    @Option(
        names = "--place",
        paramLabel = "LEDGER=SHARD",
        split = ",",
        description = "Which shard a ledger lives on; ledgers not placed go where their number hashes to.")
    private Map<String, Integer> placement = new LinkedHashMap<>();

    @Option(
        names = "--settings",
        paramLabel = "FILE",
        description = "Shards, journals and places of ledgers out of a file that seriatim advise --out has written; " +
            "what is given here besides counts more.")
    private Path settingsFile;

    /** Whether the user has said how many shards there are to be. */
    boolean isGiven()
    {
        return shardCount != null || settingsFile != null;
    }

    /** Set what the user has said. */
    void apply(final EngineConfig config) throws IOException
    {
        config.shardCount(1);
        applySettings(config);
        if (shardCount != null)
        {
            config.shardCount(atLeastOne("--shards", shardCount));
            if (config.journalCount() > shardCount)
            {
                // The settings say it for another number of shards.
                config.journalCount(shardCount);
            }
        }
        if (journalCount != null)
        {
            config.journalCount(atLeastOne("--journals", journalCount));
        }
        placement.forEach((ledger, shard) -> config.place(ledger(ledger), shard));
    }

    private void applySettings(final EngineConfig config) throws IOException
    {
        if (settingsFile != null)
        {
            try
            {
                EngineSettings.apply(settingsFile, config);
            }
            catch (final IllegalArgumentException ex)
            {
                throw new ParameterException(
                    spec.commandLine(), "--settings " + settingsFile + ": " + ex.getMessage(), ex);
            }
        }
    }

    /** A number that has to be at least 1. */
    int atLeastOne(final String option, final int value)
    {
        if (value < 1)
        {
            throw new ParameterException(spec.commandLine(), option + " must be at least 1: found=" + value);
        }
        return value;
    }

    private int ledger(final String text)
    {
        try
        {
            final int ledger = Integer.parseUnsignedInt(text);
            if (ledger != 0 && text.charAt(0) != '+')
            {
                return ledger;
            }
        }
        catch (final NumberFormatException e)
        {
            // Told below.
        }
        throw new ParameterException(spec.commandLine(),
            "--place needs the number of a ledger: found=" + text + ", allowed=1 to 4294967295");
    }
}
