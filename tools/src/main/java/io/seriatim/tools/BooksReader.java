package io.seriatim.tools;

import io.seriatim.replay.BooksWalk;
import io.seriatim.replay.DefinitionAudit;
import io.seriatim.replay.JournalEntries;
import org.agrona.DirectBuffer;
import picocli.CommandLine.Model.CommandSpec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Walks the books of a shard up to a moment, for commands that look into the past.
 * <p>
 * Threads: confined to one.
 */
final class BooksReader
{
    private final CommandSpec spec;
    private final JournalEntries entries;
    private final Boolean isProgressWanted;
    private final Map<Long, DefinitionAudit> definitions = new HashMap<>();

    BooksReader(final CommandSpec spec, final Path directory, final Boolean isProgressWanted)
    {
        this.spec = spec;
        this.isProgressWanted = isProgressWanted;
        entries = new JournalEntries(DataDirectory.require(directory));
    }

    JournalEntries entries()
    {
        return entries;
    }

    /**
     * Walk a shard.
     *
     * @param shard   to walk.
     * @param place   up to which entries count.
     * @param handler of what they do.
     * @return the walk at its end.
     */
    BooksWalk walk(final int shard, final PlaceInOrder place, final BooksWalk.MovementHandler handler)
    {
        final BooksWalk walk = new BooksWalk(handler);
        try (Progress progress = new Progress(
            "read", " entries", -1, Progress.Mode.of(isProgressWanted), spec.commandLine().getErr(), System::nanoTime))
        {
            final long[] count = new long[1];
            entries.read(shard, 0, (buffer, offset, length) ->
            {
                if (++count[0] % 1_024 == 0)
                {
                    progress.advanceTo(count[0]);
                }
                return take(walk, place, buffer, offset);
            });
        }
        walk.definitions().forEach(definition -> definitions.put(definition.ledger(), definition));
        return walk;
    }

    /** An amount with the decimals of its ledger. */
    String amount(final BigInteger amount, final int ledger, final boolean isRaw)
    {
        final DefinitionAudit definition = definitions.get(Integer.toUnsignedLong(ledger));
        return isRaw || definition == null ? amount.toString() :
            new BigDecimal(amount, definition.scale()).toPlainString();
    }

    /** What a ledger counts; its number if that was not said. */
    String asset(final int ledger)
    {
        final DefinitionAudit definition = definitions.get(Integer.toUnsignedLong(ledger));
        return definition == null ? Integer.toUnsignedString(ledger) : definition.assetCode();
    }

    private static boolean take(
        final BooksWalk walk, final PlaceInOrder place, final DirectBuffer buffer, final int offset)
    {
        if (place.isBehind(buffer, offset))
        {
            return false;
        }
        if (place.includes(walk, buffer, offset))
        {
            walk.onEntry(buffer, offset);
        }
        else
        {
            walk.passOver(buffer, offset);
        }
        return true;
    }
}
