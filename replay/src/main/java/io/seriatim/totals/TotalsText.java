package io.seriatim.totals;

import java.math.BigInteger;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Contributions as lines of text, to be kept or sent: they can come late, twice or in any order.
 *
 * <pre>
 *   contribution LOG SHARD SEQUENCE KEYS
 *   LEDGER CODE OUTCOME COUNT MOVED OPENED ENDED      as many lines as there are keys
 * </pre>
 */
public final class TotalsText
{
    private static final String HEAD = "contribution";
    private static final int HEAD_FIELDS = 5;
    private static final int ROW_FIELDS = 7;

    private TotalsText()
    {
    }

    /**
     * Write.
     *
     * @param totals of any shards.
     * @return lines.
     */
    public static String encode(final Totals totals)
    {
        final StringBuilder text = new StringBuilder();
        for (final Contribution each : totals.contributions())
        {
            text.append(HEAD).append(' ').append(each.log()).append(' ').append(each.shard()).append(' ')
                .append(each.sequence()).append(' ').append(each.sums().size()).append('\n');
            each.sums().forEach((key, sums) -> text.append(Integer.toUnsignedString(key.ledger())).append(' ')
                .append(key.code()).append(' ').append(Integer.toUnsignedString(key.outcome())).append(' ')
                .append(sums.count()).append(' ').append(sums.moved()).append(' ').append(sums.pendingOpened())
                .append(' ').append(sums.pendingEnded()).append('\n'));
        }
        return text.toString();
    }

    /**
     * Read.
     *
     * @param text as {@link #encode} writes it; several can stand one behind the other.
     * @return the contributions, merged.
     * @throws IllegalArgumentException if a line is none; the message tells which.
     */
    public static Totals decode(final String text)
    {
        final String[] lines = text.isEmpty() ? new String[0] : text.split("\n");
        Totals totals = Totals.NONE;
        int index = 0;
        while (index < lines.length)
        {
            final String[] head = fields(lines, index++, HEAD_FIELDS);
            if (!head[0].equals(HEAD))
            {
                throw wrong(lines, index - 1);
            }
            try
            {
                final int rowCount = Integer.parseInt(head[4]);
                final SortedMap<TotalsKey, Sums> sums = new TreeMap<>();
                for (int row = 0; row < rowCount; row++)
                {
                    final String[] fields = fields(lines, index++, ROW_FIELDS);
                    sums.put(
                        new TotalsKey(
                            Integer.parseUnsignedInt(fields[0]), Integer.parseInt(fields[1]),
                            Integer.parseUnsignedInt(fields[2])),
                        new Sums(
                            Long.parseLong(fields[3]), new BigInteger(fields[4]), Long.parseLong(fields[5]),
                            Long.parseLong(fields[6])));
                }
                totals = totals.merge(new Contribution(
                    UUID.fromString(head[1]), Integer.parseInt(head[2]), Long.parseLong(head[3]),
                    Collections.unmodifiableSortedMap(sums)));
            }
            catch (final NumberFormatException ex)
            {
                throw wrong(lines, index - 1);
            }
        }
        return totals;
    }

    private static String[] fields(final String[] lines, final int index, final int count)
    {
        final String[] fields = index < lines.length ? lines[index].split(" ") : new String[0];
        if (fields.length != count)
        {
            throw wrong(lines, index);
        }
        return fields;
    }

    private static IllegalArgumentException wrong(final String[] lines, final int index)
    {
        return new IllegalArgumentException(
            "not a line of totals: line=" + (index + 1) + (index < lines.length ? ", found=" + lines[index] :
            ", the text ends before it is complete"));
    }
}
