package io.seriatim.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/**
 * What a journal is and how far it is known to be safe: a small text file beside its recording, one {@code key=value} a
 * line, in the order of the keys, and a checksum over all of that as the last line.
 * <p>
 * <pre>
 *   alias=seriatim-journal-0            name of the stream
 *   archive.directory=, archive.position=    where segments lie that were removed, see {@link ArchivePlace}
 *   boot.id=4e67b53f-...                the machine's boot when the journal was last opened; empty where unknown
 *   close.shard.0=17 9f86d081... 3 14   clean close: next sequence, state digest, accounts, transfers
 *   format.version=1                    of this file
 *   incarnation=4                       how often the journal has been opened
 *   initial.term.id=, mtu=, recording.id=, segment.length=, stream.id=, term.length=     the recording
 *   journal.count=1, journal.index=0, shard.count=2, shards=0,1
 *   log.uuid=                           identity of the log
 *   policy=FSYNC                        that it was last written under
 *   repair.1=                           what an operator cut off, see {@link RepairRecord}
 *   state=ACTIVE                        or CREATING: then nothing was ever acknowledged
 *   state.root.key=                     fingerprint of the key of the state roots, if there are some
 *   watermark.position=4096             see {@link Watermark}
 *   watermark.shard.0=17
 *   crc32c=1c291ca3
 * </pre>
 * It is replaced as a whole: written beside, forced, renamed, and the directory forced.
 * <p>
 * Threads: immutable.
 */
public final class Manifest
{
    /** Name of the file in the directory of a journal. */
    public static final String FILE_NAME = "manifest";

    /** Version of the file's format. */
    public static final int FORMAT_VERSION = 1;

    static final String ALIAS = "alias";
    static final String ARCHIVE_DIRECTORY = "archive.directory";
    static final String ARCHIVE_POSITION = "archive.position";
    static final String BOOT_ID = "boot.id";
    static final String CLOSE_SHARD = "close.shard.";
    static final String FORMAT = "format.version";
    static final String INCARNATION = "incarnation";
    static final String INITIAL_TERM_ID = "initial.term.id";
    static final String JOURNAL_COUNT = "journal.count";
    static final String JOURNAL_INDEX = "journal.index";
    static final String LOG_UUID = "log.uuid";
    static final String MTU = "mtu";
    static final String POLICY = "policy";
    static final String RECORDING_ID = "recording.id";
    static final String REPAIR = "repair.";
    static final String SEGMENT_LENGTH = "segment.length";
    static final String SHARD_COUNT = "shard.count";
    static final String SHARDS = "shards";
    static final String STATE = "state";
    static final String STATE_ROOT_KEY = "state.root.key";
    static final String STREAM_ID = "stream.id";
    static final String TERM_LENGTH = "term.length";
    static final String WATERMARK_POSITION = "watermark.position";
    static final String WATERMARK_SHARD = "watermark.shard.";
    private static final String CRC = "crc32c";

    private static final int LENGTH_MAX = 1 << 20;

    /**
     * Whether anything in the journal was ever acknowledged.
     */
    public enum State
    {
        /** No: it was being made, and has to be made again. */
        CREATING,

        /** Perhaps: nothing may be lost. */
        ACTIVE
    }

    private final SortedMap<String, String> values;

    private Manifest(final SortedMap<String, String> values)
    {
        this.values = values;
    }

    /** A manifest of given values; all that is not a number of a shard must be there. */
    static Manifest of(final Map<String, String> values)
    {
        final Manifest manifest = new Manifest(new TreeMap<>(values));
        manifest.validate();
        return manifest;
    }

    /** This manifest with some values in place of others. A null removes its key. */
    Manifest with(final Map<String, String> changes)
    {
        final SortedMap<String, String> copy = new TreeMap<>(values);
        for (final Map.Entry<String, String> change : changes.entrySet())
        {
            if (change.getValue() == null)
            {
                copy.remove(change.getKey());
            }
            else
            {
                copy.put(change.getKey(), change.getValue());
            }
        }

        return of(copy);
    }

    /** This manifest with another watermark. */
    Manifest with(final Watermark watermark)
    {
        final Map<String, String> changes = new TreeMap<>();
        changes.put(WATERMARK_POSITION, Long.toString(watermark.position()));
        watermark.nextSequences().forEach((shard, next) -> changes.put(WATERMARK_SHARD + shard, next.toString()));
        return with(changes);
    }

    /** This manifest with marks of a clean close; an empty list takes them away. */
    Manifest with(final List<ShardMark> marks)
    {
        final Map<String, String> changes = new TreeMap<>();
        values.keySet().stream().filter(key -> key.startsWith(CLOSE_SHARD)).forEach(key -> changes.put(key, null));
        marks.forEach(mark -> changes.put(CLOSE_SHARD + mark.shard(), mark.format()));
        return with(changes);
    }

    /** This manifest with one repair more. */
    Manifest with(final RepairRecord repair)
    {
        return with(Map.of(REPAIR + (repairs().size() + 1), repair.format()));
    }

    /** This manifest with the place of the segments that were removed. */
    Manifest with(final ArchivePlace archive)
    {
        return with(Map.of(
            ARCHIVE_DIRECTORY, archive.formatRoot(), ARCHIVE_POSITION, Long.toString(archive.position())));
    }

    /**
     * Read the manifest of a journal.
     *
     * @param directory of the journal.
     * @return the manifest; or null if there is none.
     * @throws JournalException if there is one and it is damaged or of another version.
     */
    public static Manifest read(final Path directory)
    {
        final Path file = directory.resolve(FILE_NAME);
        try
        {
            if (!Files.exists(file))
            {
                return null;
            }

            if (Files.size(file) > LENGTH_MAX)
            {
                throw damaged(file, "it is longer than " + LENGTH_MAX + " bytes", null);
            }

            return parse(file, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
        catch (final IOException ex)
        {
            throw new JournalException("can not read the manifest: file=" + file + "; nothing was changed", ex);
        }
    }

    /** Store this manifest in place of the one before, forced. */
    void write(final Path directory)
    {
        final Path file = directory.resolve(FILE_NAME);
        try
        {
            PosixFiles.replace(file, format().getBytes(StandardCharsets.ISO_8859_1));
        }
        catch (final IOException ex)
        {
            throw new JournalException(
                "can not write the manifest: file=" + file + "; the one before is still in place", ex);
        }
    }

    String format()
    {
        final StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        final String body = text.toString();
        return body + CRC + "=" + crcOf(body) + "\n";
    }

    private static Manifest parse(final Path file, final String text)
    {
        final int crcStart = text.lastIndexOf(CRC + "=");
        if (crcStart < 0 || crcStart > 0 && text.charAt(crcStart - 1) != '\n')
        {
            throw damaged(file, "its last line, " + CRC + "=..., is missing", null);
        }

        final String body = text.substring(0, crcStart);
        final String expected = CRC + "=" + crcOf(body) + "\n";
        final String actual = text.substring(crcStart);
        if (!expected.equals(actual))
        {
            throw damaged(
                file, "its checksum differs: expected=" + expected.trim() + ", actual=" + actual.trim(), null);
        }

        final SortedMap<String, String> values = new TreeMap<>();
        for (final String line : body.split("\n"))
        {
            final int separator = line.indexOf('=');
            if (separator < 1 || values.put(line.substring(0, separator), line.substring(separator + 1)) != null)
            {
                throw damaged(file, "a line is not one key=value of its own: " + line, null);
            }
        }

        if (!Integer.toString(FORMAT_VERSION).equals(values.get(FORMAT)))
        {
            throw new JournalException(
                "the manifest has another format: file=" + file + ", found " + FORMAT + "=" + values.get(FORMAT) +
                ", known=" + FORMAT_VERSION + "; open it with the version of Seriatim that wrote it");
        }

        try
        {
            return of(values);
        }
        catch (final IllegalArgumentException ex)
        {
            throw damaged(file, ex.getMessage(), ex);
        }
    }

    private void validate()
    {
        state();
        UUID.fromString(text(LOG_UUID));
        policy();
        text(ALIAS);
        text(BOOT_ID);
        recordingId();
        streamId();
        initialTermId();
        closeMarks();
        repairs();
        watermark();
        final boolean isRecordingSane =
            Integer.bitCount(termLength()) == 1 && Integer.bitCount(segmentLength()) == 1 &&
            termLength() <= segmentLength() && isArchiveSane() &&
            mtu() > 0 && mtu() <= termLength() / JournalConfig.MTU_PER_TERM;
        if (!isRecordingSane || incarnation() < 0 || journalIndex() < 0 || journalIndex() >= journalCount() ||
            !areShardsSane())
        {
            throw new IllegalArgumentException("its values contradict each other: " + values);
        }
    }

    private boolean areShardsSane()
    {
        final List<Integer> shards = shards();
        return !shards.isEmpty() && shards.get(0) >= 0 && shards.get(shards.size() - 1) < shardCount() &&
            shards.stream().distinct().count() == shards.size();
    }

    private boolean isArchiveSane()
    {
        return archive() == null ||
            archive().position() > 0 && archive().position() % segmentLength() == 0 &&
            archive().position() <= longOf(WATERMARK_POSITION);
    }

    /**
     * Whether anything in the journal was ever acknowledged.
     *
     * @return the state.
     */
    public State state()
    {
        return State.valueOf(text(STATE));
    }

    /**
     * Identity of the log.
     *
     * @return its uuid.
     */
    public UUID logUuid()
    {
        return UUID.fromString(text(LOG_UUID));
    }

    /**
     * Which key the state roots of the books are made with.
     *
     * @return its fingerprint; empty if they have none, or it was not noted, as in a copy.
     */
    public String stateRootKey()
    {
        return values.getOrDefault(STATE_ROOT_KEY, "");
    }

    /**
     * Number of this journal among those of its engine.
     *
     * @return an index from 0.
     */
    public int journalIndex()
    {
        return intOf(JOURNAL_INDEX);
    }

    /**
     * How many journals the engine has.
     *
     * @return a count from 1.
     */
    public int journalCount()
    {
        return intOf(JOURNAL_COUNT);
    }

    /**
     * How many shards the engine has.
     *
     * @return a count from 1.
     */
    public int shardCount()
    {
        return intOf(SHARD_COUNT);
    }

    /**
     * The shards that this journal carries.
     *
     * @return their numbers, ascending.
     */
    public List<Integer> shards()
    {
        final List<Integer> shards = new ArrayList<>();
        for (final String shard : text(SHARDS).split(","))
        {
            shards.add(Integer.valueOf(shard));
        }

        Collections.sort(shards);
        return Collections.unmodifiableList(shards);
    }

    /**
     * Number of the recording in the journal's archive.
     *
     * @return recording id; or -1 while the journal is being made.
     */
    public long recordingId()
    {
        return longOf(RECORDING_ID);
    }

    /**
     * Stream that is recorded.
     *
     * @return stream id.
     */
    public int streamId()
    {
        return intOf(STREAM_ID);
    }

    /**
     * Name of the stream that is recorded.
     *
     * @return alias of its channel.
     */
    public String alias()
    {
        return text(ALIAS);
    }

    /**
     * Length of a term.
     *
     * @return length in bytes.
     */
    public int termLength()
    {
        return intOf(TERM_LENGTH);
    }

    /**
     * Longest message with its transport header.
     *
     * @return length in bytes.
     */
    public int mtu()
    {
        return intOf(MTU);
    }

    /**
     * Length of a segment file.
     *
     * @return length in bytes.
     */
    public int segmentLength()
    {
        return intOf(SEGMENT_LENGTH);
    }

    /**
     * Id of the first term.
     *
     * @return term id.
     */
    public int initialTermId()
    {
        return intOf(INITIAL_TERM_ID);
    }

    /**
     * How often the journal has been opened.
     *
     * @return a count; 0 before the first time.
     */
    public long incarnation()
    {
        return longOf(INCARNATION);
    }

    /**
     * How far the journal is known to be on the disk.
     *
     * @return the watermark.
     */
    public Watermark watermark()
    {
        final SortedMap<Integer, Long> nextSequences = new TreeMap<>();
        forEachNumber(WATERMARK_SHARD, (shard, value) -> nextSequences.put(shard, Long.valueOf(value)));
        return new Watermark(longOf(WATERMARK_POSITION), nextSequences);
    }

    /**
     * The policy that the journal was last written under.
     *
     * @return the policy.
     */
    public Durability policy()
    {
        return Durability.valueOf(text(POLICY));
    }

    /**
     * The machine's boot when the journal was last opened.
     *
     * @return boot id; empty where unknown.
     */
    public String bootId()
    {
        return text(BOOT_ID);
    }

    /**
     * What each shard was at the clean close.
     *
     * @return one mark for each shard; none if the journal was not closed cleanly or has been opened since.
     */
    public SortedMap<Integer, ShardMark> closeMarks()
    {
        final SortedMap<Integer, ShardMark> marks = new TreeMap<>();
        forEachNumber(CLOSE_SHARD, (shard, value) -> marks.put(shard, ShardMark.parse(shard, value)));
        return Collections.unmodifiableSortedMap(marks);
    }

    /**
     * What operators have cut off the journal.
     *
     * @return one for each cut, in their order; none as a rule.
     */
    public List<RepairRecord> repairs()
    {
        final SortedMap<Integer, RepairRecord> repairs = new TreeMap<>();
        forEachNumber(REPAIR, (number, value) -> repairs.put(number, RepairRecord.parse(value)));
        return List.copyOf(repairs.values());
    }

    /**
     * Where the segments lie that were removed from the data directory.
     *
     * @return the place; null if none was removed.
     */
    public ArchivePlace archive()
    {
        return values.containsKey(ARCHIVE_DIRECTORY) ?
            ArchivePlace.parse(text(ARCHIVE_DIRECTORY), journalIndex(), longOf(ARCHIVE_POSITION)) : null;
    }

    /** End of the last segment that was removed from the data directory; 0 if none was. */
    long archivedPosition()
    {
        return archive() == null ? 0 : archive().position();
    }

    @Override
    public String toString()
    {
        return format();
    }

    private void forEachNumber(final String prefix, final BiConsumer<Integer, String> consumer)
    {
        values.forEach(
            (key, value) ->
            {
                if (key.startsWith(prefix))
                {
                    consumer.accept(Integer.valueOf(key.substring(prefix.length())), value);
                }
            });
    }

    private String text(final String key)
    {
        final String value = values.get(key);
        if (value == null)
        {
            throw new IllegalArgumentException("it has no " + key);
        }

        return value;
    }

    private int intOf(final String key)
    {
        return Integer.parseInt(text(key));
    }

    private long longOf(final String key)
    {
        return Long.parseLong(text(key));
    }

    private static String crcOf(final String body)
    {
        final CRC32C checksum = new CRC32C();
        checksum.update(body.getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", checksum.getValue());
    }

    private static JournalException damaged(final Path file, final String reason, final Throwable cause)
    {
        return new JournalException(
            "the manifest is damaged: " + reason + ", file=" + file +
            "; the journal beside it was not looked at and not changed; put back the manifest from a backup", cause);
    }
}
