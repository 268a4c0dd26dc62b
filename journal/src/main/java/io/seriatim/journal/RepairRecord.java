package io.seriatim.journal;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator cut off a journal, and why. It stays in the manifest for ever, as {@code repair.N}.
 *
 * <pre>
 *   repair.1=2026-11-25T10:00:00Z 4 4096 5376 4864 jane disk+was+swapped 0:16:17:3
 *            time, incarnation before, cut at, end of what was there, watermark before, operator, reason,
 *            and for each shard its number, last sequence kept, entries removed, of these certainly acknowledged
 * </pre>
 *
 * @param time              of the cut.
 * @param incarnation       of the journal before it.
 * @param position          that the journal was cut at, in bytes.
 * @param contentEnd        behind the last byte that was not zero.
 * @param watermarkPosition before the cut.
 * @param operator          who did it.
 * @param reason            why.
 * @param shards            what it means for each shard.
 */
public record RepairRecord(
    Instant time,
    long incarnation,
    long position,
    long contentEnd,
    long watermarkPosition,
    String operator,
    String reason,
    List<ShardCut> shards)
{
    private static final int FIELD_COUNT = 8;
    private static final int CUT_NUMBER_COUNT = 4;

    /**
     * What a cut means for a shard.
     *
     * @param shard             number of the shard.
     * @param lastSequence      of the last entry that is kept.
     * @param removedCount      entries in good frames that are removed; damaged ones can not be counted.
     * @param acknowledgedCount entries behind the last one kept that were certainly acknowledged: readable or not.
     */
    public record ShardCut(int shard, long lastSequence, long removedCount, long acknowledgedCount)
    {
    }

    /**
     * Copies the list.
     */
    public RepairRecord
    {
        shards = List.copyOf(shards);
    }

    String format()
    {
        final List<String> cuts = new ArrayList<>();
        for (final ShardCut cut : shards)
        {
            cuts.add(
                cut.shard() + ":" + cut.lastSequence() + ":" + cut.removedCount() + ":" + cut.acknowledgedCount());
        }

        return String.join(
            " ",
            time.toString(), Long.toString(incarnation), Long.toString(position), Long.toString(contentEnd),
            Long.toString(watermarkPosition), URLEncoder.encode(operator, StandardCharsets.UTF_8),
            URLEncoder.encode(reason, StandardCharsets.UTF_8), String.join(",", cuts));
    }

    static RepairRecord parse(final String value)
    {
        final String[] fields = value.split(" ");
        if (fields.length != FIELD_COUNT)
        {
            throw new IllegalArgumentException("a repair has " + FIELD_COUNT + " fields: " + value);
        }

        final List<ShardCut> cuts = new ArrayList<>();
        for (final String cut : fields[7].split(","))
        {
            final String[] numbers = cut.split(":");
            if (numbers.length != CUT_NUMBER_COUNT)
            {
                throw new IllegalArgumentException("a cut has " + CUT_NUMBER_COUNT + " numbers: " + value);
            }

            cuts.add(new ShardCut(
                Integer.parseInt(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3])));
        }

        return new RepairRecord(
            timeOf(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]),
            Long.parseLong(fields[3]), Long.parseLong(fields[4]),
            URLDecoder.decode(fields[5], StandardCharsets.UTF_8), URLDecoder.decode(fields[6], StandardCharsets.UTF_8),
            cuts);
    }

    private static Instant timeOf(final String text)
    {
        try
        {
            return Instant.parse(text);
        }
        catch (final DateTimeParseException ex)
        {
            throw new IllegalArgumentException("a repair has a time: " + text, ex);
        }
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder("cut at position ").append(position)
            .append(" on ").append(time).append(" by ").append(operator).append(": ").append(reason)
            .append("; ").append(contentEnd - position).append(" bytes went, watermark before=")
            .append(watermarkPosition);
        for (final ShardCut cut : shards)
        {
            text.append("; shard ").append(cut.shard()).append(" kept up to sequence ").append(cut.lastSequence())
                .append(", removed ").append(cut.removedCount()).append(" entries, certainly acknowledged ")
                .append(cut.acknowledgedCount());
        }

        return text.toString();
    }
}
