package io.seriatim.standings;

import io.seriatim.ledger.Uint128;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Standings as lines of text, to be kept.
 *
 * <pre>
 *   standings LOG COUNT
 *   SHARD LEDGER ID DEBITS_POSTED CREDITS_POSTED SEQUENCE      as many lines as there are standings
 * </pre>
 */
public final class StandingsText
{
    private static final String HEAD = "standings";
    private static final int HEAD_FIELDS = 3;
    private static final int ROW_FIELDS = 6;

    private StandingsText()
    {
    }

    /**
     * Write.
     *
     * @param log       of the books that they are of.
     * @param standings of accounts.
     * @return lines, in the order of shards and ids.
     */
    public static String encode(final UUID log, final Collection<Standing> standings)
    {
        final List<Standing> sorted = new ArrayList<>(standings);
        sorted.sort(Comparator.comparingInt(Standing::shard).thenComparing(Standing::id));
        final StringBuilder text = new StringBuilder();
        text.append(HEAD).append(' ').append(log).append(' ').append(sorted.size()).append('\n');
        sorted.forEach(each -> text.append(each.shard()).append(' ')
            .append(Integer.toUnsignedString(each.ledger())).append(' ').append(each.id()).append(' ')
            .append(each.debitsPosted()).append(' ').append(each.creditsPosted()).append(' ')
            .append(each.sequence()).append('\n'));
        return text.toString();
    }

    /**
     * Read.
     *
     * @param text as {@link #encode} writes it.
     * @param log  of the books that they must be of.
     * @return standings.
     * @throws IllegalArgumentException if a line is none, an account comes twice, or they are of other books; the
     *                                  message tells which.
     */
    public static List<Standing> decode(final String text, final UUID log)
    {
        final String[] lines = text.split("\n");
        final List<Standing> standings = new ArrayList<>();
        final Set<Standing.Key> keys = new HashSet<>();
        int index = 0;
        try
        {
            final String[] head = fields(lines, 0, HEAD_FIELDS);
            if (!head[0].equals(HEAD))
            {
                throw wrong(lines, 0, "not a line of standings");
            }
            if (!head[1].equals(log.toString()))
            {
                throw new IllegalArgumentException(
                    "the standings are of other books: log=" + head[1] + ", expected log=" + log);
            }
            final int count = Integer.parseUnsignedInt(head[2]);
            for (index = 1; index <= count; index++)
            {
                final String[] fields = fields(lines, index, ROW_FIELDS);
                final Standing standing = new Standing(
                    Integer.parseInt(fields[0]), Integer.parseUnsignedInt(fields[1]), Uint128.parse(fields[2]),
                    Uint128.parse(fields[3]), Uint128.parse(fields[4]), Long.parseLong(fields[5]));
                if (!keys.add(standing.key()))
                {
                    throw wrong(lines, index, "an account that was there already");
                }
                standings.add(standing);
            }
            if (index < lines.length)
            {
                throw wrong(lines, index, "a line more than the head says");
            }
        }
        catch (final NumberFormatException ex)
        {
            throw wrong(lines, index, "not a line of standings");
        }
        return standings;
    }

    private static String[] fields(final String[] lines, final int index, final int count)
    {
        final String[] fields = index < lines.length ? lines[index].split(" ") : new String[0];
        if (fields.length != count)
        {
            throw wrong(lines, index, "not a line of standings");
        }
        return fields;
    }

    private static IllegalArgumentException wrong(final String[] lines, final int index, final String what)
    {
        return new IllegalArgumentException(
            index < lines.length ? what + ": line=" + (index + 1) + ", found=" + lines[index] :
            "the standings end before they are complete: lines=" + lines.length);
    }
}
