package io.seriatim.journal;

import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The manifest of some segments that follow on each other in an archive: the text of a signed note, written once and
 * never changed. The notes of a journal are a chain, each with the hash of the one before.
 * <p>
 * <pre>
 *   seriatim archive v1
 *   origin example.org/books/0                     of the journal's lowest shard, the name that signs
 *   log.uuid 6f1cf1d0-7c0b-4f7d-9a53-0a5f3ef0a001
 *   journal 0 of 1
 *   shards 0,1 of 2
 *   recording 0 stream 1000 initial-term 17 term-length 131072 segment-length 131072 mtu 16384
 *   after 9f86d081...                              SHA-256 of the text of the note before; none in the first
 *   segment ...                                    see {@link ArchivedSegment}, in the order of their positions
 *   end 262144                                     of the last of them
 *   shard 0 next 1024 link 5d6e7f80                sequence of the next entry, checksum of the last frame
 * </pre>
 * Threads: immutable.
 *
 * @param head     the lines that all notes of a journal have in common.
 * @param after    hash of the note before.
 * @param segments at least one.
 * @param end      what each shard has come to behind the last segment.
 */
record ArchiveNote(String head, String after, List<ArchivedSegment> segments, ScanStart end)
{
    /** What the first note of a journal comes after. */
    static final String NONE = "none";

    /** Text at which a note is long enough, in bytes. */
    static final int TEXT_LENGTH = 16 * 1024;

    /** Most bytes of a note: that of one segment of a journal with as many shards as there can be. */
    private static final int LENGTH_MAX = 16 * 1024 * 1024;

    private static final String TITLE = "seriatim archive v1";
    private static final String AFTER = "after ";
    private static final String END = "end ";
    private static final int HEAD_LINES = 6;
    private static final int SHARD_WORDS = 6;

    ArchiveNote
    {
        segments = List.copyOf(segments);
    }

    /** The lines that all notes of a journal begin with. */
    static String headOf(final Manifest manifest, final String origin)
    {
        final List<String> shards = manifest.shards().stream().map(Object::toString).toList();
        return String.join("\n",
            TITLE,
            "origin " + origin,
            "log.uuid " + manifest.logUuid(),
            "journal " + manifest.journalIndex() + " of " + manifest.journalCount(),
            "shards " + String.join(",", shards) + " of " + manifest.shardCount(),
            "recording " + manifest.recordingId() + " stream " + manifest.streamId() + " initial-term " +
            manifest.initialTermId() + " term-length " + manifest.termLength() + " segment-length " +
            manifest.segmentLength() + " mtu " + manifest.mtu()) + "\n";
    }

    /** Name of the file of a note. */
    static String fileName(final long from, final long to)
    {
        return "segments-" + from + "-" + to + ".note";
    }

    String fileName()
    {
        return fileName(from(), end.position());
    }

    /** Position of its first segment. */
    long from()
    {
        return segments.get(0).base();
    }

    /** Word behind a key of the head. */
    String headOf(final String key)
    {
        return head.lines().filter(line -> line.startsWith(key + " ")).findFirst().orElse(key + " ")
            .substring(key.length() + 1);
    }

    String origin()
    {
        return headOf("origin");
    }

    String text()
    {
        final StringBuilder text = new StringBuilder(head).append(AFTER).append(after).append('\n');
        segments.forEach(segment -> text.append(segment.format()));
        text.append(END).append(end.position()).append('\n');
        end.nextSequences().forEach((shard, next) -> text.append("shard ").append(shard).append(" next ").append(next)
            .append(" link ").append(String.format("%08x", end.previousCrcs().get(shard))).append('\n'));
        return text.toString();
    }

    /** What the next note names. */
    String hash()
    {
        return HexFormat.of().formatHex(Sha256.digest().digest(text().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Read a note and check who has signed it.
     *
     * @param file of the note.
     * @param keys that are trusted.
     * @return the note.
     * @throws ProofException if it is none, or nobody who is trusted has signed it by the origin's name.
     */
    static ArchiveNote read(final Path file, final Collection<VerifierKey> keys)
    {
        final SignedNote signed;
        final ArchiveNote note;
        try
        {
            if (Files.size(file) > LENGTH_MAX)
            {
                throw new ProofException("a note of an archive has at most " + LENGTH_MAX + " bytes");
            }

            signed = SignedNote.parse(Files.readAllBytes(file), LENGTH_MAX);
            note = parse(signed.text());
        }
        catch (final IOException ex)
        {
            throw new ProofException("the note can not be read: " + ex, ex);
        }
        catch (final IllegalArgumentException ex)
        {
            throw new ProofException("it is no note of an archive: " + ex.getMessage(), ex);
        }

        signed.requireSignedBy(keys.stream().filter(key -> key.name().equals(note.origin())).toList());
        if (!file.getFileName().toString().equals(note.fileName()))
        {
            throw new ProofException("it has the name of another note: expected=" + note.fileName());
        }

        return note;
    }

    private static ArchiveNote parse(final String text)
    {
        final List<String> lines = new ArrayList<>(text.lines().toList());
        if (lines.size() < HEAD_LINES + 2 || !lines.get(0).equals(TITLE) || !lines.get(HEAD_LINES).startsWith(AFTER))
        {
            throw new IllegalArgumentException("it begins with '" + lines.get(0) + "', expected '" + TITLE + "'");
        }

        final String head = String.join("\n", lines.subList(0, HEAD_LINES)) + "\n";
        final String after = lines.get(HEAD_LINES).substring(AFTER.length());
        lines.subList(0, HEAD_LINES + 1).clear();
        final List<ArchivedSegment> segments = new ArrayList<>();
        while (!lines.isEmpty() && ArchivedSegment.isSegment(lines.get(0)))
        {
            segments.add(ArchivedSegment.parse(lines));
        }

        if (segments.isEmpty() || lines.isEmpty() || !lines.get(0).startsWith(END))
        {
            throw new IllegalArgumentException("it has no segments, or no end");
        }

        final ArchiveNote note = new ArchiveNote(head, after, segments, parseEnd(lines));
        requireFollowing(note);
        if (!note.text().equals(text))
        {
            throw new IllegalArgumentException("it is not written as it has to be");
        }

        return note;
    }

    private static ScanStart parseEnd(final List<String> lines)
    {
        final SortedMap<Integer, Long> nextSequences = new TreeMap<>();
        final SortedMap<Integer, Integer> links = new TreeMap<>();
        for (final String line : lines.subList(1, lines.size()))
        {
            final String[] words = line.split(" ", -1);
            if (words.length != SHARD_WORDS)
            {
                throw new IllegalArgumentException("a line has " + SHARD_WORDS + " words: " + line);
            }

            nextSequences.put(Integer.valueOf(words[1]), Long.valueOf(words[3]));
            links.put(Integer.valueOf(words[1]), Integer.parseUnsignedInt(words[5], 16));
        }

        return new ScanStart(Long.parseLong(lines.get(0).substring(END.length())), nextSequences, links);
    }

    private static void requireFollowing(final ArchiveNote note)
    {
        for (int i = 0; i < note.segments.size(); i++)
        {
            final ArchivedSegment segment = note.segments.get(i);
            final ScanStart next = i + 1 < note.segments.size() ? note.segments.get(i + 1).start() : note.end;
            final SortedMap<Integer, Long> nextSequences = new TreeMap<>();
            segment.lasts().forEach((shard, last) -> nextSequences.put(shard, last + 1));
            if (segment.length() <= 0 || segment.end() != next.position() ||
                !nextSequences.equals(next.nextSequences()))
            {
                throw new IllegalArgumentException("nothing follows on the segment " + segment.fileName());
            }
        }
    }
}
