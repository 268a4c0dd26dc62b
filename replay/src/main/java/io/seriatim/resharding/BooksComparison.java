package io.seriatim.resharding;

import io.seriatim.ledger.EntryWindow;
import io.seriatim.replay.Difference;
import io.seriatim.replay.EntryText;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what two books hold, ledger by ledger, whatever shards the ledgers live on: every entry with its number in
 * its ledger, its time, its outcome and what it moved; every account with its balances; every definition. It knows of
 * the files alone, and nothing of how the ones came from the others.
 * <p>
 * Threads: confined to one.
 */
public final class BooksComparison
{
    private final BooksPrint one;
    private final BooksPrint other;
    private final boolean isPlaceIncluded;

    /**
     * Of two books.
     *
     * @param one             as printed.
     * @param other           as printed.
     * @param isPlaceIncluded as both were printed.
     */
    public BooksComparison(final BooksPrint one, final BooksPrint other, final boolean isPlaceIncluded)
    {
        this.one = one;
        this.other = other;
        this.isPlaceIncluded = isPlaceIncluded;
    }

    /**
     * What differs.
     *
     * @return a line for each difference; the first entry of a ledger that differs is told. Empty if all is the same.
     */
    public List<String> differences()
    {
        final List<String> differences = new ArrayList<>();
        for (final BooksPrint print : List.of(one, other))
        {
            if (print.audit().isDamaged())
            {
                differences.add("the journals can not be read: directory=" + print.books().directory());
            }
            print.audit().shards().forEach(shard -> shard.differences().stream().map(Difference::toString)
                .forEach(text -> differences.add(print.books().directory() + ": " + text)));
        }
        final Set<Long> numbers = new TreeSet<>(one.ledgers().keySet());
        numbers.addAll(other.ledgers().keySet());
        numbers.forEach(ledger -> compare(ledger, differences));
        return differences;
    }

    private void compare(final long ledger, final List<String> differences)
    {
        final BooksPrint.LedgerState oneState = one.ledgers().get(ledger);
        final BooksPrint.LedgerState otherState = other.ledgers().get(ledger);
        if (!Objects.equals(oneState, otherState))
        {
            differences.add("ledger " + ledger + ": " + oneState + ", and " + otherState + firstDifference(ledger));
        }
        if (!Objects.equals(one.definitions().get(ledger), other.definitions().get(ledger)))
        {
            differences.add(
                "ledger " + ledger + ": " + one.definitions().get(ledger) + ", and " +
                other.definitions().get(ledger));
        }
    }

    /** The first entry of a ledger that differs, in words; empty if it can not be told or it is of no ledger. */
    private String firstDifference(final long ledger)
    {
        if (ledger == BooksPrint.NO_LEDGER)
        {
            return "";
        }
        final byte[] oneContent = new byte[EntryWindow.ENTRY_LENGTH_MAX];
        final byte[] otherContent = new byte[EntryWindow.ENTRY_LENGTH_MAX];
        try (ShardEntries oneEntries = one.books().open(shardOf(one, ledger));
            ShardEntries otherEntries = other.books().open(shardOf(other, ledger)))
        {
            boolean hasOne = nextOf(oneEntries, ledger, oneContent);
            boolean hasOther = nextOf(otherEntries, ledger, otherContent);
            while (hasOne && hasOther && Arrays.equals(oneContent, otherContent))
            {
                hasOne = nextOf(oneEntries, ledger, oneContent);
                hasOther = nextOf(otherEntries, ledger, otherContent);
            }
            return hasOne || hasOther ?
                "\n    first entry that differs: " + line(hasOne, oneEntries) + "\n    and: " +
                line(hasOther, otherEntries) : "";
        }
    }

    private static int shardOf(final BooksPrint print, final long ledger)
    {
        return print.books().genesis().router().shardOf((int)ledger);
    }

    private boolean nextOf(final ShardEntries entries, final long ledger, final byte[] content)
    {
        while (entries.next())
        {
            if (EntryFields.isOfLedgers(entries.buffer(), entries.offset()) &&
                EntryFields.ledger(entries.buffer(), entries.offset()) == (int)ledger)
            {
                Arrays.fill(content, (byte)0);
                EntryFields.copyContent(
                    entries.buffer(), entries.offset(), entries.length(), isPlaceIncluded, content);
                return true;
            }
        }
        return false;
    }

    private static String line(final boolean hasEntry, final ShardEntries entries)
    {
        return hasEntry ? EntryText.line(entries.buffer(), entries.offset()) : "none";
    }
}
