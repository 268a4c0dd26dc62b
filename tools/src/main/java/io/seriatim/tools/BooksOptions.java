package io.seriatim.tools;

import io.seriatim.tools.RecordOutput.Format;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What commands that look into the past of books have in common.
 */
final class BooksOptions
{
    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of an engine.")
    private Path directory;

    @ArgGroup
    private ShardSelection selection = new ShardSelection();

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "table, csv or json. Default: ${DEFAULT-VALUE}")
    private Format format;

    @Option(
        names = "--raw",
        description = "Amounts as the ledger counts them: whole numbers of its smallest unit, whatever its definition.")
    private boolean isRaw;

    @Option(
        names = "--progress",
        negatable = true,
        description = "Show a progress bar, or nothing. Without: a bar on a terminal, else lines.")
    private Boolean isProgressWanted;

    Format format()
    {
        return format;
    }

    boolean isRaw()
    {
        return isRaw;
    }

    /** Number of the ledger that is meant; null for all. */
    Long ledger()
    {
        return selection.ledger();
    }

    BooksReader reader(final CommandSpec spec)
    {
        return new BooksReader(spec, directory, isProgressWanted);
    }

    /** The shards that are meant: one if a place in an order is named, else as many as there are. */
    List<Integer> shards(final CommandSpec spec, final BooksReader reader, final boolean isOneNeeded)
    {
        if (isOneNeeded || selection.isGiven())
        {
            return List.of(selection.shardOf(spec, reader.entries()));
        }
        final List<Integer> shards = new ArrayList<>();
        for (int shard = 0; shard < reader.entries().shardCount(); shard++)
        {
            shards.add(shard);
        }
        return shards;
    }

    /** A moment as a user names it. */
    static PlaceInOrder place(final CommandSpec spec, final String option, final String text)
    {
        try
        {
            return PlaceInOrder.parse(text);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ParameterException(spec.commandLine(), option + ": " + ex.getMessage(), ex);
        }
    }

    /** Makes sure that a part of the past has a beginning and an end: what is before it is before its last moment. */
    static void requireOrder(final CommandSpec spec, final PlaceInOrder before, final PlaceInOrder last)
    {
        if (before.isSequence() && last.isSequence() && before.sequence() >= last.sequence() ||
            !before.isSequence() && before.timestampNs() >= last.timestampNs())
        {
            throw new ParameterException(
                spec.commandLine(),
                "nothing lies between --from and --to: it would begin behind " + before + " and end with " + last);
        }
    }
}
