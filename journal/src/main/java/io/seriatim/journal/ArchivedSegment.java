package io.seriatim.journal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a note of an archive says of one segment.
 * <p>
 * <pre>
 *   segment 0-131072.rec 131072 131072 9f86d081...     file, base, length, SHA-256 of the file
 *   shard 0 entries 512 1023 link 1a2b3c4d             first and last sequence, last &lt; first if it has no entry;
 *                                                      checksum of the shard's last frame before the segment
 * </pre>
 *
 * @param fileName of the segment.
 * @param base     position of its first byte in the journal.
 * @param length   in bytes.
 * @param sha256   of the file, in hex.
 * @param start    what each shard had come to before it: sequence of its next entry, checksum of its last frame.
 * @param lasts    for each shard, sequence of its last entry in the segment.
 */
record ArchivedSegment(
    String fileName, long base, int length, String sha256, ScanStart start, SortedMap<Integer, Long> lasts)
{
    private static final String SEGMENT = "segment";
    private static final String SHARD = "shard";
    private static final int SEGMENT_WORDS = 5;
    private static final int SHARD_WORDS = 7;

    ArchivedSegment
    {
        lasts = Collections.unmodifiableSortedMap(new TreeMap<>(lasts));
    }

    /** Position behind its last byte. */
    long end()
    {
        return base + length;
    }

    /** Its lines, each with a line feed. */
    String format()
    {
        final StringBuilder text = new StringBuilder(
            String.join(" ", SEGMENT, fileName, Long.toString(base), Integer.toString(length), sha256)).append('\n');
        lasts.forEach((shard, last) -> text.append(SHARD).append(' ').append(shard)
            .append(" entries ").append(start.nextSequences().get(shard)).append(' ').append(last)
            .append(" link ").append(String.format("%08x", start.previousCrcs().get(shard))).append('\n'));
        return text.toString();
    }

    /** Whether a line begins a segment. */
    static boolean isSegment(final String line)
    {
        return line.startsWith(SEGMENT + " ");
    }

    /**
     * Read a segment.
     *
     * @param lines of a note, of which those that are read are taken away.
     * @throws IllegalArgumentException if they are not as {@link #format} wrote them.
     */
    static ArchivedSegment parse(final List<String> lines)
    {
        final String[] head = words(lines.remove(0), SEGMENT_WORDS);
        final TreeMap<Integer, Long> firsts = new TreeMap<>();
        final TreeMap<Integer, Integer> links = new TreeMap<>();
        final TreeMap<Integer, Long> lasts = new TreeMap<>();
        final List<String> read = new ArrayList<>();
        while (!lines.isEmpty() && lines.get(0).startsWith(SHARD + " "))
        {
            final String[] words = words(lines.get(0), SHARD_WORDS);
            final int shard = Integer.parseInt(words[1]);
            firsts.put(shard, Long.valueOf(words[3]));
            lasts.put(shard, Long.valueOf(words[4]));
            links.put(shard, Integer.parseUnsignedInt(words[6], 16));
            read.add(lines.remove(0));
        }

        final long base = Long.parseLong(head[2]);
        final ArchivedSegment segment = new ArchivedSegment(
            head[1], base, Integer.parseInt(head[3]), head[4], new ScanStart(base, firsts, links), lasts);
        final boolean isNamed =
            segment.fileName.matches("\\d+-" + base + "\\.rec") && segment.sha256.matches("[0-9a-f]{64}");
        if (!isNamed || !segment.format().equals(String.join(" ", head) + "\n" + String.join("\n", read) + "\n"))
        {
            throw new IllegalArgumentException("a segment is not written as it has to be: " + String.join(" ", head));
        }

        return segment;
    }

    private static String[] words(final String line, final int count)
    {
        final String[] words = line.split(" ", -1);
        if (words.length != count)
        {
            throw new IllegalArgumentException("a line has " + count + " words: " + line);
        }

        return words;
    }
}
