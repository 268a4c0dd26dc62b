package io.seriatim.journal;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
}
