package io.seriatim.sealing;

import io.seriatim.journal.PosixFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * From where a journal has to be read to go on with the trees of its shards. Without it, all of it is read.
 * <p>
 * Shape: text, {@code journal-J/sealed}: the log's uuid and the position on the first line, then for each shard its
 * number, its next sequence and the checksum of its last frame; at the end CRC-32C over what is before.
 *
 * @param position in the journal, end of a group; everything before it is in the trees.
 * @param shards   where each shard stands there.
 */
record SealMark(long position, Map<Integer, ShardMark> shards)
{
    /** The beginning of a journal. */
    static final SealMark BEGINNING = new SealMark(0, Map.of());

    private static final String CRC = "crc32c=";

    /**
     * Where a shard stands.
     *
     * @param nextSequence of its next entry, and so the size of its tree.
     * @param crc          checksum of its last frame.
     */
    record ShardMark(long nextSequence, int crc)
    {
    }

    /** How many leaves of a shard's tree count. */
    long size(final int shard)
    {
        final ShardMark mark = shards.get(shard);
        return mark == null ? 0 : mark.nextSequence();
    }

    /** The mark of a journal; the beginning if there is none that can be believed. */
    static SealMark load(final Path dataDirectory, final int journal, final UUID logUuid)
    {
        try
        {
            final String text = Files.readString(fileOf(dataDirectory, journal), StandardCharsets.US_ASCII);
            final int end = text.indexOf(CRC);
            final String[] lines = text.substring(0, Math.max(0, end)).split("\n");
            final String[] head = lines[0].split(" ");
            if (end < 0 || !text.equals(withCrc(text.substring(0, end))) || !head[0].equals(logUuid.toString()))
            {
                return BEGINNING;
            }
            final Map<Integer, ShardMark> shards = new TreeMap<>();
            for (int i = 1; i < lines.length; i++)
            {
                final String[] words = lines[i].split(" ");
                shards.put(
                    Integer.valueOf(words[0]),
                    new ShardMark(Long.parseLong(words[1]), Integer.parseUnsignedInt(words[2], 16)));
            }
            return new SealMark(Long.parseLong(head[1]), shards);
        }
        catch (final IOException ex)
        {
            return BEGINNING;
        }
    }

    void store(final Path dataDirectory, final int journal, final UUID logUuid) throws IOException
    {
        final StringBuilder text = new StringBuilder(logUuid + " " + position + "\n");
        shards.forEach((shard, mark) -> text.append(shard).append(' ').append(mark.nextSequence()).append(' ')
            .append(Integer.toHexString(mark.crc())).append('\n'));
        PosixFiles.replace(
            fileOf(dataDirectory, journal), withCrc(text.toString()).getBytes(StandardCharsets.US_ASCII));
    }

    private static Path fileOf(final Path dataDirectory, final int journal)
    {
        return dataDirectory.resolve("journal-" + journal).resolve("sealed");
    }

    private static String withCrc(final String text)
    {
        final CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + CRC + Long.toHexString(crc.getValue()) + "\n";
    }
}
