package io.seriatim.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * An offset as text.
 * <p>
 * Shape: text, a line for each value; ranges as {@code first-last}
 *
 * <pre>
 *   seriatim.feed.offset=1
 *   log.uuid=...
 *   journal.0.position=...
 *   shard.0.next=...
 *   shard.0.left.open=7,9-12
 *   shard.0.done.ahead=20-25
 *   crc32c=...
 * </pre>
 *
 * Threads: static, any.
 */
public final class FeedOffsetText
{
    private static final String VERSION = "seriatim.feed.offset=1";
    private static final String CRC = "crc32c=";
    private static final String LOG_UUID = "log.uuid=";

    private FeedOffsetText()
    {
    }

    /**
     * Write an offset.
     *
     * @param offset  to write.
     * @param logUuid of the log that the feed follows.
     * @return lines with their ends.
     */
    public static String encode(final FeedOffset offset, final UUID logUuid)
    {
        final StringBuilder text = new StringBuilder();
        text.append(VERSION).append('\n').append(LOG_UUID).append(logUuid).append('\n');
        offset.positions().forEach(
            (journal, position) -> text.append("journal.").append(journal).append(".position=").append(position)
                .append('\n'));
        offset.shards().forEach((shard, each) ->
        {
            text.append("shard.").append(shard).append(".next=").append(each.next()).append('\n');
            text.append("shard.").append(shard).append(".left.open=").append(ranges(each.leftOpen())).append('\n');
            text.append("shard.").append(shard).append(".done.ahead=").append(ranges(each.doneAhead())).append('\n');
        });
        text.append(crcLine(text.toString(), text.length()));
        return text.toString();
    }

    /**
     * Read an offset.
     *
     * @param text    to read.
     * @param logUuid of the log that the feed follows.
     * @param place   where the text was found, for messages.
     * @return the offset.
     * @throws FeedException if it is damaged, or of another log.
     */
    public static FeedOffset decode(final String text, final UUID logUuid, final String place)
    {
        final int end = text.lastIndexOf(CRC);
        if (end < 0 || !text.startsWith(VERSION + "\n") || !text.equals(text.substring(0, end) + crcLine(text, end)))
        {
            throw new FeedException(
                "the offset of the feed is damaged, or of a version that this one does not know: " + place +
                "; delete it to begin from the start: every entry comes again then", null);
        }
        return parse(text.substring(0, end), logUuid, place);
    }

    private static FeedOffset parse(final String text, final UUID logUuid, final String place)
    {
        final Map<String, String> values = new TreeMap<>();
        text.lines().forEach(line -> values.put(
            line.substring(0, line.indexOf('=') + 1), line.substring(line.indexOf('=') + 1)));
        if (!logUuid.toString().equals(values.get(LOG_UUID)))
        {
            throw new FeedException(
                "the offset is that of a feed of another log: found=" + values.get(LOG_UUID) + ", expected=" + logUuid +
                ", " + place, null);
        }
        final Map<Integer, Long> positions = new TreeMap<>();
        final Map<Integer, FeedOffset.ShardOffset> shards = new TreeMap<>();
        values.forEach((key, value) ->
        {
            final String[] parts = key.split("[.=]");
            if (parts[0].equals("journal"))
            {
                positions.put(Integer.valueOf(parts[1]), Long.valueOf(value));
            }
            else if (key.endsWith(".next="))
            {
                final String prefix = "shard." + parts[1];
                shards.put(Integer.valueOf(parts[1]), new FeedOffset.ShardOffset(
                    Long.parseLong(value), sequences(values.get(prefix + ".left.open=")),
                    sequences(values.get(prefix + ".done.ahead="))));
            }
        });
        return new FeedOffset(positions, shards);
    }

    private static String ranges(final List<Long> sequences)
    {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < sequences.size(); )
        {
            int last = i;
            while (last + 1 < sequences.size() && sequences.get(last + 1) == sequences.get(last) + 1)
            {
                last++;
            }
            text.append(text.length() == 0 ? "" : ",").append(sequences.get(i));
            text.append(last == i ? "" : "-" + sequences.get(last));
            i = last + 1;
        }
        return text.toString();
    }

    private static List<Long> sequences(final String ranges)
    {
        final List<Long> sequences = new ArrayList<>();
        if (!ranges.isEmpty())
        {
            for (final String range : ranges.split(","))
            {
                final int dash = range.indexOf('-');
                final long first = Long.parseLong(dash < 0 ? range : range.substring(0, dash));
                final long last = dash < 0 ? first : Long.parseLong(range.substring(dash + 1));
                for (long sequence = first; sequence <= last; sequence++)
                {
                    sequences.add(sequence);
                }
            }
        }
        return sequences;
    }

    private static String crcLine(final String text, final int end)
    {
        final CRC32C crc = new CRC32C();
        crc.update(text.substring(0, end).getBytes(StandardCharsets.UTF_8));
        return CRC + String.format("%08x", crc.getValue()) + "\n";
    }
}
