package io.seriatim.journal;

import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A note of an archive that is signed is read only if it is written as it has to be, to the letter. */
class ArchiveNoteTest
{
    private static final NoteSigner KEY = NoteSigner.generate("example.org/log/0", VerifierKey.LOG);
    private static final String HEAD = """
        seriatim archive v1
        origin example.org/log/0
        log.uuid 6f1cf1d0-7c0b-4f7d-9a53-0a5f3ef0a001
        journal 0 of 1
        shards 0,1 of 2
        recording 0 stream 1000 initial-term 7 term-length 65536 segment-length 65536 mtu 2048
        """;

    @TempDir
    private Path directory;
    private Path file;
    private String good;

    @BeforeEach
    void write() throws IOException
    {
        final ScanStart beginning = start(0, 0, 0);
        final ScanStart middle = start(65_536, 10, 4);
        final ScanStart end = start(131_072, 20, 4);
        good = new ArchiveNote(
            HEAD, ArchiveNote.NONE, List.of(segment(beginning, middle), segment(middle, end)), end).text();
        file = directory.resolve("segments-0-131072.note");
        write(good);
    }

    @Test
    void shouldReadWhatWasWritten()
    {
        final ArchiveNote note = read();
        assertEquals(good, note.text());
        assertEquals("example.org/log/0", note.origin());
        assertEquals("0 of 1", note.headOf("journal"));
        assertEquals("", note.headOf("weather"), "the head says nothing of it");
        assertEquals(start(65_536, 10, 4), note.segments().get(1).start());
        assertEquals(131_072, note.end().position());
        assertEquals(65_536, note.segments().get(0).end());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "seriatim archive v1|seriatim archive v2|it begins with 'seriatim archive v2', expected 'seriatim archive v1'",
        "after none|before none|it begins with 'seriatim archive v1', expected 'seriatim archive v1'",
        "segment 0-0.rec 0|sediment 0-0.rec 0|it has no segments, or no end",
        "end 131072|ent 131072|it has no segments, or no end",
        "end 131072|end 131073|a scan begins at a multiple of 32 from 0: position=131073",
        "end 131072|end 131104|nothing follows on the segment 0-65536.rec",
        "end 131072|end many|For input string: \"many\"",
        "entries 10 19|entries 11 19|nothing follows on the segment 0-0.rec",
        "entries 10 19|entries 10 18|nothing follows on the segment 0-65536.rec",
        "shard 1 next 4|shard 0 next 4|nothing follows on the segment 0-65536.rec",
        "shard 1 next 4|shard 1 follows 4|it is not written as it has to be",
        "shard 1 next 4|shard 01 next 4|it is not written as it has to be",
        "shard 1 next 4|shard 1 next 4 4|a line has 6 words: shard 1 next 4 4 link 00000001",
        "0-0.rec 0 65536|0-0.rec 0 0|nothing follows on the segment 0-0.rec",
        "0-0.rec 0 65536|0-0.rec 0 -65536|nothing follows on the segment 0-0.rec",
        "0-0.rec 0 65536|0-0.rec 0 065536|a segment is not written as it has to be: segment 0-0.rec 0 065536",
        "0-0.rec 0 65536|0-0.rec 65536|a line has 5 words: segment 0-0.rec 65536",
        "0-65536.rec|0-65536.red|a segment is not written as it has to be: segment 0-65536.red 65536 65536",
        "0-65536.rec|../0-65536.rec|a segment is not written as it has to be: segment ../0-65536.rec 65536 65536",
        "0-65536.rec|0-0.rec|a segment is not written as it has to be: segment 0-0.rec 65536 65536",
        "abababab|ABABABAB|a segment is not written as it has to be: segment 0-0.rec 0 65536 ABABABAB",
        "abababab|abababaz|a segment is not written as it has to be: segment 0-0.rec 0 65536 abababaz",
        "entries 0 9|entries 0 9 9|a line has 7 words: shard 0 entries 0 9 9 link 00000001",
        "entries 0 9|entries 00 9|a segment is not written as it has to be: segment 0-0.rec 0 65536",
        "entries 0 9|entries none 9|For input string: \"none\""})
    void shouldSayWhatOfASignedNoteIsNotAsItHasToBe(final String part, final String other, final String reason)
        throws IOException
    {
        assertRefused(good.replaceFirst("(?<=[ \\n]|^)" + part, other), "it is no note of an archive: " + reason);
    }

    @Test
    void shouldRefuseANoteThatIsCut() throws IOException
    {
        assertRefused("\n", "it is no note of an archive: it begins with '', expected 'seriatim archive v1'");
        final String begun = "it is no note of an archive: it begins with 'seriatim archive v1'";
        assertRefused(HEAD, begun);
        assertRefused(HEAD + "after none\n", begun);
        final String noEnd = "it is no note of an archive: it has no segments, or no end";
        assertRefused(HEAD + "after none\nend 0\n", noEnd);
        assertRefused(good.substring(0, good.indexOf("end ")), noEnd);
        assertRefused(
            good.substring(0, good.indexOf("shard 0 entries 10")),
            "it is no note of an archive: a segment is not written as it has to be: segment 0-65536.rec");
        assertRefused(
            good.substring(0, good.lastIndexOf("shard 1 next")),
            "it is no note of an archive: nothing follows on the segment 0-65536.rec");
        assertRefused(good + "\n", "it is no note of an archive: a line has 6 words: ");
    }

    @Test
    void shouldReadNoFileThatIsTooLongForANote() throws IOException
    {
        Files.write(file, new byte[16 * 1024 * 1024 + 1]);
        assertEquals(
            "a note of an archive has at most 16777216 bytes",
            assertThrows(ProofException.class, this::read).getMessage());
        Files.delete(file);
        final String missing = assertThrows(ProofException.class, this::read).getMessage();
        assertTrue(missing.startsWith("the note can not be read: java.nio.file.NoSuchFileException"), missing);
        write(good);
        assertEquals(good, read().text());
    }

    @Test
    void shouldRefuseTheNameOfAnotherNote() throws IOException
    {
        final Path other = directory.resolve("segments-0-65536.note");
        Files.move(file, other);
        assertEquals(
            "it has the name of another note: expected=segments-0-131072.note",
            assertThrows(
                ProofException.class, () -> ArchiveNote.read(other, List.of(KEY.verifierKey()))).getMessage());
    }

    @Test
    void shouldFindTheNoteOfASegmentAmongFilesOfOtherNames() throws IOException
    {
        Files.write(directory.resolve("other.note"), new byte[7]);
        Files.write(directory.resolve("segments-1-x.note"), new byte[7]);
        final ScanStart middle = start(131_072, 20, 4);
        final ScanStart end = start(196_608, 30, 5);
        final String second = new ArchiveNote(HEAD, read().hash(), List.of(segment(middle, end)), end).text();
        file = directory.resolve("segments-131072-196608.note");
        write(second);

        final ArchiveNotes notes = new ArchiveNotes(directory, List.of(KEY.verifierKey()));
        assertEquals(List.of(0L, 131_072L), List.copyOf(notes.files().keySet()));
        assertEquals("0-0.rec", notes.segment(0).fileName());
        assertEquals("0-131072.rec", notes.segment(131_072).fileName());
        assertEquals("0-65536.rec", notes.segment(65_536).fileName());
        assertNull(notes.segment(32_768), "nothing begins there");
        assertNull(notes.segment(196_608));
        assertEquals(second, notes.newest().text());

        Files.delete(directory.resolve("segments-0-131072.note"));
        assertNull(new ArchiveNotes(directory, List.of(KEY.verifierKey())).segment(65_536), "no note goes so far back");
    }

    private static ScanStart start(final long position, final long first, final long second)
    {
        return new ScanStart(
            position, new TreeMap<>(Map.of(0, first, 1, second)), new TreeMap<>(Map.of(0, 1, 1, 1)));
    }

    private static ArchivedSegment segment(final ScanStart start, final ScanStart next)
    {
        final TreeMap<Integer, Long> lasts = new TreeMap<>();
        next.nextSequences().forEach((shard, sequence) -> lasts.put(shard, sequence - 1));
        return new ArchivedSegment(
            "0-" + start.position() + ".rec", start.position(), 65_536, "ab".repeat(32), start, lasts);
    }

    private void write(final String text) throws IOException
    {
        Files.write(file, new SignedNote(text, List.of(KEY.sign(text, 0))).toBytes());
    }

    private ArchiveNote read()
    {
        return ArchiveNote.read(file, List.of(KEY.verifierKey()));
    }

    private void assertRefused(final String text, final String reason) throws IOException
    {
        // Signed as it stands: what is wrong has to be seen in the text.
        final String signed = new String(
            new SignedNote("x\n", List.of(KEY.sign(text, 0))).toBytes(), StandardCharsets.UTF_8);
        Files.writeString(file, text + signed.substring("x\n".length()));
        final String refusal = assertThrows(ProofException.class, this::read).getMessage();
        assertTrue(refusal.startsWith(reason), refusal);
    }
}
