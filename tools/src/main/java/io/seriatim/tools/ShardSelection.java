package io.seriatim.tools;

import io.seriatim.replay.JournalEntries;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * Which order is meant where a directory has several: that of a shard, or of the shard that a ledger lives on.
 */
final class ShardSelection
{
    @Option(
        names = "--shard",
        paramLabel = "N",
        description = "Shard that is meant; needed if there are several and no --ledger is given.")
    private Integer shard;

    @Option(
        names = "--ledger",
        paramLabel = "L",
        description = "Ledger that is meant, from 1 to 4294967295; it says the shard, too.")
    private Long ledger;

    /** Whether the user has said which one. */
    boolean isGiven()
    {
        return shard != null || ledger != null;
    }

    /** The ledger; null if none was given. */
    Long ledger()
    {
        return ledger;
    }

    /** Number of the shard. */
    int shardOf(final CommandSpec spec, final JournalEntries entries)
    {
        final int shardCount = entries.shardCount();
        if (ledger != null)
        {
            if (ledger < 1 || ledger > 0xFFFF_FFFFL)
            {
                throw new ParameterException(
                    spec.commandLine(), "a ledger is a number from 1 to 4294967295: ledger=" + ledger);
            }
            return entries.genesis(0).router().shardOf(ledger.intValue());
        }
        if (shard == null && shardCount > 1)
        {
            throw new ParameterException(
                spec.commandLine(),
                "there are " + shardCount + " shards here, each with an order of its own: say --shard 0 to " +
                (shardCount - 1) + ", or --ledger");
        }
        final int chosen = shard == null ? 0 : shard;
        if (chosen < 0 || chosen >= shardCount)
        {
            throw new ParameterException(
                spec.commandLine(), "shards are 0 to " + (shardCount - 1) + ": shard=" + chosen);
        }
        return chosen;
    }
}
