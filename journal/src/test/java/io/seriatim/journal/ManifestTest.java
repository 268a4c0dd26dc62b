package io.seriatim.journal;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ManifestTest
{
    @TempDir
    private Path directory;

    private Path journal;
    private Manifest manifest;

    @BeforeEach
    void make()
    {
        try (JournalDirectory made = JournalDirectory.open(
            TestEngine.config(directory.resolve("books"), Durability.OS)))
        {
            made.create(JournalLayout.of(TestEngine.LOG_UUID, 3, 1));
        }

        journal = directory.resolve("books/journal-0");
        manifest = Manifest.read(journal);
    }

    @Test
    void shouldKeepEverything()
    {
        final Watermark watermark = new Watermark(4096, new TreeMap<>(Map.of(0, 17L, 2, 3L)));
        final List<ShardMark> marks = List.of(new ShardMark(0, 17, "abcdef", 3, 4), new ShardMark(2, 3, "", 0, 0));
        manifest.with(watermark).with(marks).with(Map.of(Manifest.INCARNATION, "9")).write(journal);
        final Manifest read = Manifest.read(journal);
        assertEquals(watermark, read.watermark());
        assertEquals(17, read.watermark().nextSequence(0));
        assertEquals(0, read.watermark().nextSequence(1));
        assertEquals(marks, List.copyOf(read.closeMarks().values()));
        assertEquals(9, read.incarnation());
        assertEquals(TestEngine.LOG_UUID, read.logUuid());
        assertEquals(List.of(0, 1, 2), read.shards());
        assertEquals(3, read.shardCount());
        assertEquals(1000, read.streamId());
        assertThrows(UnsupportedOperationException.class, () -> read.shards().add(3));
        final Manifest other = read.with(Map.of(
            Manifest.RECORDING_ID, "7", Manifest.INITIAL_TERM_ID, "-12", Manifest.ALIAS, "other"));
        assertEquals(7, other.recordingId());
        assertEquals(-12, other.initialTermId());
        assertEquals("other", other.alias());
        assertTrue(other.toString().contains("other"), other::toString);
        assertEquals(Durability.OS, read.policy());
        assertEquals(Manifest.State.CREATING, read.state());
        assertTrue(read.with(List.<ShardMark>of()).closeMarks().isEmpty());
    }

    @Test
    void shouldBeAbsentWhereThereIsNone()
    {
        assertNull(Manifest.read(directory));
    }

    @Test
    void shouldRefuseEveryChangedByteAndEveryCut() throws IOException
    {
        final Path file = journal.resolve(Manifest.FILE_NAME);
        final byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++)
        {
            final byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(file, bad);
            assertThrows(JournalException.class, () -> Manifest.read(journal), "byte " + i);
            Files.write(file, Arrays.copyOf(good, i));
            assertThrows(JournalException.class, () -> Manifest.read(journal), "cut " + i);
        }

        Files.write(file, good);
        assertEquals(manifest.toString(), Manifest.read(journal).toString());
    }

    @Test
    void shouldRefuseWhatContradictsItself()
    {
        refused(Map.of(Manifest.JOURNAL_INDEX, "1"));
        refused(Map.of(Manifest.SHARDS, "0,3"));
        refused(Map.of(Manifest.SHARDS, "x"));
        refused(Map.of(Manifest.TERM_LENGTH, "100000"));
        refused(Map.of(Manifest.MTU, "60000"));
        refused(Map.of(Manifest.STATE, "PERHAPS"));
        refused(Map.of(Manifest.WATERMARK_POSITION, "7"));
        final Map<String, String> without = new TreeMap<>();
        without.put(Manifest.LOG_UUID, null);
        refused(without);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "segment.length|98304", "segment.length|65536", "term.length|98304", "term.length|262144", "mtu|0",
        "mtu|-32", "mtu|16416", "incarnation|-1", "journal.index|1", "journal.index|-1", "journal.count|0",
        "shard.count|2", "shards|,", "shards|-1,0,1,2", "shards|0,1,1,2"})
    void shouldRefuseAValueThatContradictsTheOthers(final String key, final String value)
    {
        final String refusal = assertThrows(
            IllegalArgumentException.class, () -> manifest.with(Map.of(key, value))).getMessage();
        assertTrue(refusal.startsWith("its values contradict each other: {alias="), refusal);
        assertTrue(refusal.contains(key + "=" + value), refusal);
        assertEquals(manifest.toString(), Manifest.read(journal).toString());
    }

    @Test
    void shouldRefuseAnArchiveThatGoesOnBehindTheWatermarkOrEndsInASegment()
    {
        final int segmentLength = manifest.segmentLength();
        final Manifest written =
            manifest.with(new Watermark(3L * segmentLength, new TreeMap<>(Map.of(0, 1L, 1, 1L, 2, 1L))));
        final Path archive = directory.resolve("archive");
        final ArchivePlace whole = new ArchivePlace(archive, 0, 3L * segmentLength);
        assertEquals(whole, written.with(whole).archive());
        assertEquals(3L * segmentLength, written.with(whole).archivedPosition());
        assertEquals(0, written.archivedPosition());
        for (final long wrong : new long[] {
            4L * segmentLength, 3L * segmentLength + 32, segmentLength - 32, 0, -segmentLength})
        {
            final ArchivePlace place = new ArchivePlace(archive, 0, wrong);
            final String refusal =
                assertThrows(IllegalArgumentException.class, () -> written.with(place)).getMessage();
            assertTrue(refusal.contains("archive.position=" + wrong + ","), refusal);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "repair.1|2026-01-02T03:04:05Z 4 1000 1600 1200 ann disk|a repair has 8 fields: ",
        "repair.1|2026-01-02T03:04:05Z 4 1000 1600 1200 ann disk 0:1:2:3 5|a repair has 8 fields: ",
        "repair.1|yesterday 4 1000 1600 1200 ann disk 0:1:2:3|a repair has a time: ",
        "repair.1|2026-01-02T03:04:05Z 4 1000 1600 1200 ann disk 0:1:2|a cut has 4 numbers: ",
        "repair.1|2026-01-02T03:04:05Z 4 1000 1600 1200 ann disk 0:1:2:3:4|a cut has 4 numbers: ",
        "repair.x|2026-01-02T03:04:05Z 4 1000 1600 1200 ann disk 0:1:2:3|For input string: \"x\"",
        "close.shard.0|17 - 3|a shard mark has 4 fields: found=17 - 3",
        "close.shard.0|17 - 3 4 5|a shard mark has 4 fields: found=17 - 3 4 5",
        "close.shard.0|17 00FF 3 4|a digest is lower-case hexadecimal: stateDigest=00FF",
        "watermark.position|-32|a watermark is a multiple of 32 from 0: position=-32",
        "watermark.position|16|a watermark is a multiple of 32 from 0: position=16",
        "watermark.shard.1|-1|a sequence is at least 0: shard=1, nextSequence=-1"})
    void shouldSayWhichRecordIsNotWrittenAsItHasToBe(final String key, final String value, final String reason)
        throws IOException
    {
        final String refusal = assertThrows(
            IllegalArgumentException.class, () -> manifest.with(Map.of(key, value))).getMessage();
        assertTrue(refusal.startsWith(reason), refusal);

        final String good = body();
        write(good + key + "=" + value + "\n", manifest.toString().contains(key + "=") ? key : null);
        assertDamaged(reason);
        write(good, null);
        assertEquals(manifest.toString(), Manifest.read(journal).toString());
    }

    @Test
    void shouldRefuseLinesThatAreNoneThoughTheChecksumIsGood() throws IOException
    {
        final String good = body();
        write(good + "=x\n", null);
        assertDamaged("a line is not one key=value of its own: =x");
        write(good + "no value\n", null);
        assertDamaged("a line is not one key=value of its own: no value");
        write(good + "mtu=2048\n", null);
        assertDamaged("a line is not one key=value of its own: mtu=2048");
        write("", null);
        assertDamaged("a line is not one key=value of its own: ");
        final String whole = manifest.toString();
        Files.writeString(journal.resolve(Manifest.FILE_NAME), whole.replace("\ncrc32c=", " crc32c="));
        assertDamaged("its last line, crc32c=..., is missing");
    }

    @Test
    void shouldReadNoFileThatIsTooLongForAManifest() throws IOException
    {
        Files.write(journal.resolve(Manifest.FILE_NAME), new byte[1 << 20]);
        assertDamaged("its last line, crc32c=..., is missing");
        Files.write(journal.resolve(Manifest.FILE_NAME), new byte[(1 << 20) + 1]);
        assertDamaged("it is longer than 1048576 bytes");
    }

    @Test
    void shouldRefuseAnotherFormatWithAHint() throws IOException
    {
        manifest.with(Map.of(Manifest.FORMAT, "2")).write(journal);
        final JournalException refusal = assertThrows(JournalException.class, () -> Manifest.read(journal));
        assertTrue(refusal.getMessage().contains("another format"), refusal.getMessage());
    }

    @Test
    void shouldSurviveAHalfWrittenReplacement() throws IOException
    {
        Files.write(journal.resolve("manifest.tmp"), "state=AC".getBytes(StandardCharsets.US_ASCII));
        assertEquals(manifest.toString(), Manifest.read(journal).toString());
        manifest.with(Map.of(Manifest.INCARNATION, "3")).write(journal);
        assertEquals(3, Manifest.read(journal).incarnation());
        assertTrue(Files.notExists(journal.resolve("manifest.tmp")));
    }

    private void refused(final Map<String, String> changes)
    {
        assertThrows(IllegalArgumentException.class, () -> manifest.with(changes), changes.toString());
    }

    /** What the checksum is over. */
    private String body()
    {
        final String whole = manifest.toString();
        return whole.substring(0, whole.lastIndexOf("crc32c="));
    }

    /** Write lines with their checksum, without the first one of a key. */
    private void write(final String lines, final String without) throws IOException
    {
        final String text = without == null ? lines :
            lines.replaceFirst("(?m)^" + without.replace(".", "\\.") + "=.*\n", "");
        final CRC32C checksum = new CRC32C();
        checksum.update(text.getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(
            journal.resolve(Manifest.FILE_NAME), text + String.format("crc32c=%08x\n", checksum.getValue()));
    }

    private void assertDamaged(final String reason)
    {
        final String refusal = assertThrows(JournalException.class, () -> Manifest.read(journal)).getMessage();
        assertTrue(refusal.startsWith("the manifest is damaged: " + reason), refusal);
        assertTrue(refusal.contains(", file=" + journal.resolve(Manifest.FILE_NAME) + ";"), refusal);
    }
}
