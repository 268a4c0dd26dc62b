package io.seriatim.journal;

import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofException;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Segments leave the data directory for an archive that proves itself, and nothing is lost on the way. */
@Timeout(120)
class SegmentArchiveTest
{
    private static final int SEGMENT_LENGTH = 128 * 1024;
    private static final String ORIGIN = "example.org/log/0";
    private static final LongConsumer NOBODY = length -> {};
    private static final NoteSigner KEY = NoteSigner.generate("example.org/log", VerifierKey.LOG);

    /** The process ends here. */
    private static final class Killed extends RuntimeException
    {
        private static final long serialVersionUID = 1L;
    }

    @TempDir
    private Path directory;
    private Path books;
    private Path archive;

    @BeforeEach
    void write()
    {
        books = directory.resolve("books");
        archive = directory.resolve("archive");
        transfers(3_600);
    }

    @Test
    void shouldCopyWhatIsClosedAndDurable() throws IOException
    {
        final long watermark = manifest().watermark().position();
        final long closed = watermark / SEGMENT_LENGTH * SEGMENT_LENGTH;
        assertTrue(closed >= 4 * SEGMENT_LENGTH && closed < watermark, "watermark=" + watermark);

        final SegmentArchiver.Result result = archive();
        assertEquals(new SegmentArchiver.Result(0, (int)(closed / SEGMENT_LENGTH), closed, closed), result);
        for (long base = 0; base < closed; base += SEGMENT_LENGTH)
        {
            assertEquals(-1, Files.mismatch(local(base), archived(base)), "base=" + base);
            assertEquals(
                "r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archived(base))));
        }
        assertFalse(Files.exists(archived(closed)));
        final ArchiveCheck.Report report = check();
        assertEquals(List.of(), report.findings());
        assertEquals(List.of(), report.unsigned());
        assertEquals(closed, report.journals().get(0).position());
    }

    @Test
    void shouldSayOfEachSegmentWhatItHolds() throws IOException
    {
        archive();
        final ArchiveNote note = new ArchiveNotes(archive.resolve("journal-0"), keys()).newest();
        assertEquals("none", note.after());
        assertEquals(ORIGIN, note.origin());
        assertEquals(TestEngine.LOG_UUID.toString(), note.headOf("log.uuid"));
        long next = 0;
        for (final ArchivedSegment segment : note.segments())
        {
            assertEquals(next, segment.start().nextSequences().get(0));
            next = segment.lasts().get(0) + 1;
            assertEquals(sha256(archived(segment.base())), segment.sha256());
        }
        assertEquals(next, note.end().nextSequences().get(0));
        final ScanStart start = note.segments().get(1).start();
        final RecoveryScan scan = new RecoveryScan(
            RecordingLayout.of(manifest(), archive.resolve("journal-0")), manifest(), start, note.end().position(),
            (position, buffer, offset, length) -> {}).run();
        assertNull(scan.stopReason());
    }

    @Test
    void shouldReadTheExampleOfThePage() throws IOException
    {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/FORMAT.md")))
        {
            root = root.getParent();
        }
        final String page = Files.readString(root.resolve("docs/FORMAT.md"));
        final int start = page.indexOf("seriatim archive v1\n");
        final String text = page.substring(start, page.indexOf("```", start));
        final NoteSigner signer = KEY.named("example/books/0");
        final Path file = directory.resolve("segments-0-134217728.note");
        Files.write(file, new SignedNote(text, List.of(signer.sign(text, 0))).toBytes());
        assertEquals(text, ArchiveNote.read(file, List.of(signer.verifierKey())).text());
        assertThrows(ProofException.class, () -> ArchiveNote.read(file, keys()));

        for (final String line : text.substring(text.indexOf("segment 0")).lines().toList())
        {
            for (final String changed : List.of(
                text.replace(line + "\n", ""), text.replace(line, line + " 1"), text.replace(line, line + "x")))
            {
                Files.write(file, new SignedNote(changed, List.of(signer.sign(changed, 0))).toBytes());
                assertThrows(
                    ProofException.class, () -> ArchiveNote.read(file, List.of(signer.verifierKey())), changed);
            }
        }
        Files.move(file, directory.resolve("segments-0-1.note"));
        assertThrows(
            ProofException.class,
            () -> ArchiveNote.read(directory.resolve("segments-0-1.note"), List.of(signer.verifierKey())));
    }

    @Test
    void shouldGoOnWithAnotherKeyIfTheOldOneIsTrusted()
    {
        archive();
        transfers(2_000);
        final NoteSigner next = NoteSigner.generate("example.org/log", VerifierKey.LOG);
        final String refused = assertThrows(
            JournalException.class,
            () -> SegmentArchiver.open(books, archive, List.of(next), List.of(), shard -> ORIGIN)).getMessage();
        assertTrue(refused.contains("none of the signatures is by a key that is trusted"), refused);
        try (SegmentArchiver archiver =
            SegmentArchiver.open(books, archive, List.of(next), keys(), shard -> ORIGIN))
        {
            assertTrue(archiver.run(NOBODY).get(0).segmentCount() > 0);
        }
        assertEquals(1, check().findings().size(), "the second note is the new key's");
        final List<VerifierKey> both = List.of(keys().get(0), next.verifierKey().named(ORIGIN));
        assertEquals(List.of(), new ArchiveCheck(archive, both).run(NOBODY).findings());
    }

    @Test
    void shouldGoOnWhereTheLastRunEnded() throws IOException
    {
        final long first = archive().position();
        assertEquals(0, archive().segmentCount(), "nothing is closed that was not");
        final Map<String, String> before = contentOf(archive);
        transfers(2_000);

        final SegmentArchiver.Result second = archive();
        assertTrue(second.position() > first && second.length() == second.position() - first, second.toString());
        final Map<String, String> after = contentOf(archive);
        before.forEach((file, hash) -> assertEquals(hash, after.get(file), file));
        final ArchiveCheck.Report report = check();
        assertEquals(List.of(), report.findings());
        assertEquals(2, report.journals().get(0).noteCount());
    }

    @Test
    void shouldWorkBesideWhoeverHasTheBooksOpen()
    {
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS)))
        {
            engine.transfers(0, 1_000);
            engine.awaitCommit();
            assertTrue(archive().segmentCount() >= 4);
            assertThrows(DirectoryInUseException.class, () -> removal(Long.MAX_VALUE));
        }
        assertEquals(List.of(), check().findings());
    }

    @Test
    void shouldLeaveAStateToGoOnFromWhereverItIsKilled() throws IOException
    {
        final Path whole = directory.resolve("whole");
        archiveTo(whole, NOBODY);
        final Map<String, String> expected = contentOf(whole);
        int steps = 0;
        boolean isKilled = true;
        while (isKilled)
        {
            archive = directory.resolve("killed-" + steps);
            isKilled = killAt(steps++, step -> archiveTo(archive, step));
            if (isKilled && Files.isDirectory(archive.resolve("journal-0")))
            {
                assertEquals(List.of(), check().findings(), "what is signed is whole: step=" + steps);
            }
            archiveTo(archive, NOBODY);
            assertEquals(expected, contentOf(archive), "step=" + steps);
        }
        assertTrue(steps > 4 * 4, "steps=" + steps);
    }

    @Test
    void shouldCopyAnewWhatAPowerCutHasLeftOfAFileThatNobodySignedFor() throws IOException
    {
        final Path whole = directory.resolve("whole");
        archiveTo(whole, NOBODY);
        Files.createDirectories(archive.resolve("journal-0"));
        Files.setPosixFilePermissions(
            archive.resolve("journal-0"), PosixFilePermissions.fromString("rwx------"));
        Files.write(archived(0), new byte[0]);
        Files.write(archived(SEGMENT_LENGTH), new byte[SEGMENT_LENGTH]);
        Files.write(archive.resolve("journal-0/0-0.rec.tmp"), new byte[77]);
        Files.write(archive.resolve("journal-0/segments-0-131072.note.tmp"), new byte[7]);
        assertEquals(2, check().unsigned().size());

        archive();
        assertEquals(List.of(), check().findings());
        for (long base = 0; base < 4 * SEGMENT_LENGTH; base += SEGMENT_LENGTH)
        {
            assertEquals(-1, Files.mismatch(whole.resolve("journal-0/0-" + base + ".rec"), archived(base)));
        }
    }

    @Test
    void shouldRefuseADamagedSegmentByPlaceAndReasonAndKeepWhatCameBefore() throws IOException
    {
        flip(local(2 * SEGMENT_LENGTH), 5_000);
        final String message = assertThrows(JournalException.class, this::archive).getMessage();
        assertTrue(message.startsWith("a segment is damaged and is not archived: position="), message);
        assertTrue(message.contains("frame checksum differs"), message);
        assertTrue(message.contains("file=" + local(2 * SEGMENT_LENGTH)), message);
        assertEquals(2 * SEGMENT_LENGTH, check().journals().get(0).position(), "those before are archived");

        flip(local(2 * SEGMENT_LENGTH), 5_000);
        archive();
        assertEquals(List.of(), check().findings());
    }

    @Test
    void shouldNotArchiveZerosForASegment() throws IOException
    {
        final Path segment = local(2 * SEGMENT_LENGTH);
        final byte[] content = Files.readAllBytes(segment);
        Files.write(segment, new byte[SEGMENT_LENGTH]);
        final String message = assertThrows(JournalException.class, this::archive).getMessage();
        assertTrue(message.startsWith(
            "a segment is damaged and is not archived: position=" + 2 * SEGMENT_LENGTH +
            ", zeros where a frame could begin, file=" + segment), message);
        assertEquals(2 * SEGMENT_LENGTH, check().journals().get(0).position());
        Files.write(segment, content);
        archive();
        assertEquals(List.of(), check().findings());
    }

    @Test
    void shouldRefuseTheArchiveOfAnotherJournalOfTheSameLog() throws IOException
    {
        archive();
        final Map<String, String> before = contentOf(archive);
        books = directory.resolve("other");
        new TestEngine(TestEngine.config(books, Durability.OS), 2, 1).close();
        final String message = assertThrows(JournalException.class, this::archive).getMessage();
        assertTrue(message.startsWith(
            "the archive is of another journal: directory=" + archive.resolve("journal-0") + ", found:\n"), message);
        assertTrue(message.contains("\nshards 0 of 1\n") && message.contains("\nshards 0,1 of 2\n"), message);
        assertTrue(message.endsWith("nothing was changed"), message);
        assertEquals(before, contentOf(archive));
    }

    @Test
    void shouldRefuseASegmentThatDoesNotFollow() throws IOException
    {
        Files.copy(local(SEGMENT_LENGTH), local(2 * SEGMENT_LENGTH), StandardCopyOption.REPLACE_EXISTING);
        final String message = assertThrows(JournalException.class, this::archive).getMessage();
        assertTrue(message.contains("message was not written for this place"), message);
    }

    @Test
    void shouldRefuseTheArchiveOfAnotherLogOrAnotherHistory() throws IOException
    {
        archive();
        final String other = assertThrows(
            JournalException.class,
            () -> SegmentArchiver.open(books, archive, List.of(KEY), List.of(), shard -> "another/0")).getMessage();
        assertTrue(other.contains("can not be believed") && other.contains("none of the signatures"), other);

        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            repair.cut(repair.plan(endOfGroupIn(SEGMENT_LENGTH), (at, buffer, offset, length) -> {}), "jane", "test");
        }
        final String cut = assertThrows(JournalException.class, this::archive).getMessage();
        assertTrue(cut.contains("goes on behind the watermark"), cut);

        transfers(3_600);
        final String rewritten = assertThrows(JournalException.class, this::archive).getMessage();
        assertTrue(
            rewritten.contains("sequence differs") || rewritten.contains("not linked to the one before"), rewritten);
    }

    @Test
    void shouldRefuseADirectoryInTheOther()
    {
        for (final Path inside : List.of(books.resolve("archive"), books, directory))
        {
            assertThrows(
                IllegalArgumentException.class,
                () -> SegmentArchiver.open(books, inside, List.of(KEY), List.of(), shard -> ORIGIN));
        }
        final NoteSigner witness = NoteSigner.generate("witness", VerifierKey.WITNESS);
        assertThrows(
            IllegalArgumentException.class,
            () -> SegmentArchiver.open(books, archive, List.of(witness), List.of(), shard -> ORIGIN));
        try (SegmentArchiver first = SegmentArchiver.open(books, archive, List.of(KEY), List.of(), shard -> ORIGIN))
        {
            assertNotNull(first);
            assertThrows(
                DirectoryInUseException.class,
                () -> SegmentArchiver.open(books, archive, List.of(KEY), List.of(), shard -> ORIGIN));
        }
    }

    @Test
    void shouldNameWhatIsDamagedInAnArchive() throws IOException
    {
        archive();
        final Path note = note();
        transfers(2_000);
        archive();

        flip(archived(SEGMENT_LENGTH), 77);
        assertFinding(archived(SEGMENT_LENGTH) + ": the segment is not what is signed");
        flip(archived(SEGMENT_LENGTH), 77);
        assertEquals(List.of(), check().findings());

        Files.move(archived(0), directory.resolve("away"));
        assertFinding(archived(0) + ": the segment can not be read: java.nio.file.NoSuchFileException");
        Files.move(directory.resolve("away"), archived(0));

        final byte[] content = Files.readAllBytes(note);
        makeWritable(note);
        Files.write(note, new String(content, StandardCharsets.UTF_8).replace("entries 0 ", "entries 1 ")
            .getBytes(StandardCharsets.UTF_8));
        assertFinding(note + ": the signature by");
        Files.delete(note);
        assertFinding("a note is missing before it");
        Files.write(note, content);
        assertEquals(List.of(), check().findings());

        final ArchiveCheck.Report stranger = new ArchiveCheck(
            archive, List.of(NoteSigner.generate(ORIGIN, VerifierKey.LOG).verifierKey())).run(NOBODY);
        assertEquals(2, stranger.findings().size(), stranger.toString());
        assertTrue(stranger.findings().get(0).contains("none of the signatures is by a key that is trusted"));
    }

    @Test
    void shouldRemoveWhatIsArchivedAndReadItThere() throws IOException
    {
        final long end = archive().position();
        final SegmentRemoval.Result result = remove(Long.MAX_VALUE);
        assertEquals((int)(end / SEGMENT_LENGTH) - 1, result.segmentCount(), result.toString());
        assertEquals(end, result.position());
        assertTrue(Files.exists(local(0)) && Files.exists(local(end)));
        assertFalse(Files.exists(local(SEGMENT_LENGTH)));
        assertEquals(new ArchivePlace(archive, 0, end), manifest().archive());

        final JournalInspection inspection = JournalFiles.open(books).inspect(0);
        assertNull(inspection.refusal());
        assertEquals(archived(SEGMENT_LENGTH), inspection.file(SEGMENT_LENGTH));
        final long later = end + 8 * SEGMENT_LENGTH;
        assertEquals(local(later), inspection.file(later), "it is not written yet");
        try (SegmentFiles files =
            new SegmentFiles(RecordingLayout.of(manifest(), JournalDirectory.archiveOf(books.resolve("journal-0")))))
        {
            final ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).putLong(0, -1);
            files.read(later, bytes, Long.BYTES);
            assertEquals(0, bytes.getLong(0), "nor is it looked for in the archive");
        }
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS)))
        {
            assertEquals(3_601, engine.recoveredCount(0));
            engine.transfers(0, 1_000);
            engine.awaitCommit();
            engine.closeCleanly();
        }
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS)))
        {
            assertEquals(4_601, engine.recoveredCount(0));
        }
        assertTrue(archive().segmentCount() > 0);
        assertTrue(remove(Long.MAX_VALUE).segmentCount() > 0);
        assertEquals(4_601, recoveredCount());
    }

    @Test
    void shouldRememberAnArchiveOfAnyName()
    {
        archive = directory.resolve("an archive = 100 % + 1");
        archive();
        remove(Long.MAX_VALUE);
        assertEquals(archive, manifest().archive().root());
        assertEquals(3_601, recoveredCount());
    }

    @Test
    void shouldKeepWhatALaunchReads()
    {
        final SegmentRemoval.Result before = remove(Long.MAX_VALUE);
        assertEquals(0, before.segmentCount());
        assertEquals("the archive ends at position 0", before.limit());
        archive();
        final SegmentRemoval.Result none = remove(0);
        assertEquals(0, none.segmentCount());
        assertTrue(none.limit().startsWith("no snapshot lets a launch begin behind the start"), none.limit());
        assertNull(manifest().archive());
        assertEquals(0, remove(2 * SEGMENT_LENGTH - 32).segmentCount(), "the first one stays");

        assertEquals(1, remove(2 * SEGMENT_LENGTH + 32).segmentCount());
        assertFalse(Files.exists(local(SEGMENT_LENGTH)));
        assertTrue(Files.exists(local(2 * SEGMENT_LENGTH)));
        assertEquals(2 * SEGMENT_LENGTH, manifest().archive().position());
        assertEquals(0, remove(0).segmentCount(), "what went does not come back");
        assertEquals(2 * SEGMENT_LENGTH, manifest().archive().position());
        assertEquals(3_601, recoveredCount());
    }

    @Test
    void shouldRemoveNothingThatIsNotVerifiablyArchived() throws IOException
    {
        archive();
        final Map<String, String> before = contentOf(books);
        flip(archived(2 * SEGMENT_LENGTH), 99);
        assertRemovalRefused("not what is signed in the archive: file=" + archived(2 * SEGMENT_LENGTH));
        flip(archived(2 * SEGMENT_LENGTH), 99);

        Files.move(archived(SEGMENT_LENGTH), directory.resolve("away"));
        assertRemovalRefused("file=" + archived(SEGMENT_LENGTH));
        Files.move(directory.resolve("away"), archived(SEGMENT_LENGTH));

        flip(note(), 200);
        assertRemovalRefused("file=" + note());
        flip(note(), 200);
        assertEquals(before, contentOf(books));

        flip(local(SEGMENT_LENGTH), 99);
        assertRemovalRefused("file=" + local(SEGMENT_LENGTH));
        flip(local(SEGMENT_LENGTH), 99);

        final Path note = note();
        transfers(2_000);
        archive();
        Files.move(note, directory.resolve("note"));
        assertRemovalRefused("no note of the archive has the segment: file=" + archived(SEGMENT_LENGTH));
        assertTrue(Files.exists(local(SEGMENT_LENGTH)));
        Files.move(directory.resolve("note"), note);
        assertTrue(remove(Long.MAX_VALUE).segmentCount() > 0);
    }

    @Test
    void shouldRemoveNothingOfAJournalWhoseFilesAreGone() throws IOException
    {
        final long end = archive().position();
        for (long base = 0; base <= end; base += SEGMENT_LENGTH)
        {
            Files.delete(local(base));
        }
        assertEquals(0, remove(Long.MAX_VALUE).segmentCount());
        assertNull(manifest().archive(), "a launch does not go by the archive for what was not removed");
    }

    @Test
    void shouldBeginANoteWhereTheOneBeforeIsLongEnough() throws IOException
    {
        final int shardCount = 50;
        books = directory.resolve("many");
        archive = directory.resolve("many-archive");
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS), shardCount, 1))
        {
            engine.transfers(0, 9_000);
            engine.awaitCommit();
            engine.closeCleanly();
        }
        archive();
        final ArchiveNotes notes = new ArchiveNotes(archive.resolve("journal-0"), keys());
        assertEquals(2, notes.files().size());
        final String text = Files.readString(notes.files().get(0L));
        assertTrue(text.indexOf("\n\n") >= ArchiveNote.TEXT_LENGTH, "text length=" + text.indexOf("\n\n"));
        assertTrue(text.lastIndexOf("\nsegment ") < ArchiveNote.TEXT_LENGTH);
        final ArchiveCheck.Report report = check();
        assertEquals(List.of(), report.findings());
        assertEquals(2, report.journals().get(0).noteCount());
    }

    @Test
    void shouldGoOnWithARemovalWhereverItIsKilled() throws IOException
    {
        final long end = archive().position();
        final Path original = directory.resolve("original");
        copy(books, original);
        int steps = 0;
        boolean isKilled = true;
        while (isKilled)
        {
            books = directory.resolve("books-" + steps);
            copy(original, books);
            isKilled = killAt(steps++, step -> run(removal(Long.MAX_VALUE), step));
            assertEquals(3_601, recoveredCount(), "step=" + steps);
            remove(Long.MAX_VALUE);
            assertEquals(3_601, recoveredCount(), "step=" + steps);
            assertEquals(end, manifest().archive().position());
            assertFalse(Files.exists(local(end - SEGMENT_LENGTH)));
        }
        assertTrue(steps > 8, "steps=" + steps);
    }

    @Test
    void shouldSayWhatIsMissingWhereItWasExpectedAndWhatStillWorks() throws IOException
    {
        final long end = archive().position();
        remove(Long.MAX_VALUE);
        final Path away = directory.resolve("away");
        Files.move(archive, away);

        final String refused = assertThrows(
            JournalException.class, () -> new TestEngine(TestEngine.config(books, Durability.OS))).getMessage();
        assertTrue(refused.contains("segment=0-" + (end - SEGMENT_LENGTH) + ".rec, positions="), refused);
        assertTrue(refused.contains("expected=" + archived(end - SEGMENT_LENGTH)), refused);
        assertTrue(refused.contains("there is no directory " + archive + ": is it mounted?"), refused);
        assertTrue(refused.contains("everything from position " + end + " on is in the data directory"), refused);
        Files.createDirectory(archive);
        final String empty = assertThrows(
            JournalException.class, () -> new TestEngine(TestEngine.config(books, Durability.OS))).getMessage();
        assertEquals(refused.replace(" (there is no directory " + archive + ": is it mounted?)", ""), empty);
        Files.delete(archive);

        final JournalConfig config = TestEngine.config(books, Durability.OS).archiveRequired(false);
        final String replay = assertThrows(JournalException.class, () -> new TestEngine(config)).getMessage();
        assertTrue(replay.contains("segment=0-" + SEGMENT_LENGTH + ".rec"), replay);
        try (JournalDirectory opened = JournalDirectory.open(config))
        {
            final ScanStart start = new ArchiveNotes(away.resolve("journal-0"), keys()).newest().end();
            assertEquals(
                RecoveredJournal.Verdict.CLOSED,
                opened.recover(0, start, (position, buffer, offset, length) -> {}).verdict());
        }

        Files.copy(away.resolve("journal-0/0-" + (end - SEGMENT_LENGTH) + ".rec"), local(end - SEGMENT_LENGTH));
        try (JournalDirectory opened = JournalDirectory.open(TestEngine.config(books, Durability.OS)))
        {
            final ScanStart start = new ArchiveNotes(away.resolve("journal-0"), keys()).newest().end();
            assertEquals(
                RecoveredJournal.Verdict.CLOSED,
                opened.recover(0, start, (position, buffer, offset, length) -> {}).verdict(), "it was put back");
        }
        Files.delete(local(end - SEGMENT_LENGTH));

        Files.copy(away.resolve("journal-0/0-" + SEGMENT_LENGTH + ".rec"), local(SEGMENT_LENGTH));
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
        {
            assertTrue(reader.read(0, 2 * SEGMENT_LENGTH, (position, buffer, offset, length) -> {}) > SEGMENT_LENGTH);
        }
        Files.move(away, archive);
        assertEquals(3_601, recoveredCount());
    }

    @Test
    void shouldNameADamagedFileOfTheArchive() throws IOException
    {
        archive();
        remove(Long.MAX_VALUE);
        flip(archived(SEGMENT_LENGTH), 5_000);
        final String damaged = assertThrows(JournalException.class, this::recoveredCount).getMessage();
        assertTrue(damaged.contains("frame checksum differs"), damaged);
        assertTrue(damaged.contains("file=" + archived(SEGMENT_LENGTH)), damaged);
        assertTrue(damaged.contains("put it back from another copy of the archive"), damaged);
        assertFalse(damaged.contains("seriatim repair"), damaged);
        flip(archived(SEGMENT_LENGTH), 5_000);

        final byte[] content = Files.readAllBytes(archived(SEGMENT_LENGTH));
        makeWritable(archived(SEGMENT_LENGTH));
        Files.write(archived(SEGMENT_LENGTH), new byte[100]);
        final String cut = assertThrows(JournalException.class, this::recoveredCount).getMessage();
        assertTrue(cut.contains("not as long as it was: file=" + archived(SEGMENT_LENGTH) + ", length=100"), cut);
        Files.write(archived(SEGMENT_LENGTH), content);

        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            final String below = assertThrows(
                IllegalArgumentException.class,
                () -> repair.plan(SEGMENT_LENGTH, (at, buffer, offset, length) -> {})).getMessage();
            assertTrue(below.contains("was moved to the archive, which is never cut"), below);
        }
    }

    @Test
    void shouldCutWhatLiesBehindTheArchive()
    {
        archive();
        remove(2 * SEGMENT_LENGTH + 32);
        final long count;
        try (JournalRepair repair = JournalRepair.open(books, 0))
        {
            final JournalRepair.Plan plan =
                repair.plan(endOfGroupIn(3 * SEGMENT_LENGTH), (at, buffer, offset, length) -> {});
            repair.cut(plan, "jane", "test");
            count = plan.shards().get(0).lastSequence() + 1;
        }
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS)))
        {
            assertEquals(count, engine.recoveredCount(0));
            engine.transfers(0, 10);
            engine.awaitCommit();
            engine.closeCleanly();
        }
        assertEquals(count + 10, recoveredCount());
        assertTrue(assertThrows(JournalException.class, this::archive).getMessage()
            .contains("goes on behind the watermark"));
        archive = directory.resolve("another");
        assertTrue(archive().segmentCount() >= 3);
        assertEquals(List.of(), check().findings());
    }

    @Test
    void shouldReadOnBesideARemoval()
    {
        archive();
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
        {
            remove(Long.MAX_VALUE);
            final List<Long> positions = new ArrayList<>();
            reader.read(0, 4 * SEGMENT_LENGTH, (position, buffer, offset, length) -> positions.add(position));
            assertTrue(positions.get(positions.size() - 1) > 3 * SEGMENT_LENGTH);
        }
    }

    @Test
    void shouldMoveToAnotherArchiveOnlyIfItHasEverything() throws IOException
    {
        archive();
        remove(Long.MAX_VALUE);
        final Path second = directory.resolve("second");
        copy(archive, second);
        final Path first = archive;
        archive = second;
        flip(archived(0), 9);
        assertRemovalRefused("file=" + archived(0));
        flip(archived(0), 9);
        assertEquals(first, manifest().archive().root());

        assertEquals(0, remove(0).segmentCount());
        assertEquals(second, manifest().archive().root());
        Files.move(first, directory.resolve("gone"));
        assertEquals(3_601, recoveredCount());

        archive = directory.resolve("third");
        assertTrue(archive().segmentCount() >= 4, "copied from the archive that has it");
        assertEquals(0, remove(0).segmentCount());
        assertEquals(archive, manifest().archive().root());

        archive = directory.resolve("empty");
        assertTrue(assertThrows(JournalException.class, () -> removal(0)).getMessage()
            .contains("does not have what was removed before"));
    }

    @Test
    void shouldKeepShardsThatShareAJournalApart() throws IOException
    {
        books = directory.resolve("shared");
        archive = directory.resolve("shared-archive");
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS), 3, 2))
        {
            for (int i = 0; i < 300; i++)
            {
                engine.group(0, 9);
                engine.group(1, 9);
                engine.group(2, 200);
            }
            engine.awaitCommit();
            engine.closeCleanly();
        }
        flip(books.resolve("journal-0/archive/0-0.rec"), 5_000);
        flip(books.resolve("journal-1/archive/0-0.rec"), 5_000);
        final String both = assertThrows(JournalException.class, () -> archiveTo(archive, NOBODY)).getMessage();
        assertTrue(both.contains("file=" + books.resolve("journal-0/archive/0-0.rec")), both);
        flip(books.resolve("journal-1/archive/0-0.rec"), 5_000);
        final String damaged = assertThrows(JournalException.class, () -> archiveTo(archive, NOBODY)).getMessage();
        assertTrue(damaged.contains("file=" + books.resolve("journal-0/archive/0-0.rec")), damaged);
        flip(books.resolve("journal-0/archive/0-0.rec"), 5_000);
        final List<SegmentArchiver.Result> results = archiveTo(archive, NOBODY);
        assertEquals(2, results.size());
        assertTrue(results.get(0).segmentCount() > 0, "it was damaged before");
        assertEquals(0, results.get(1).segmentCount(), "it was archived all the same");
        assertTrue(results.get(1).position() > 0);
        final ArchiveCheck.Report report = new ArchiveCheck(
            archive, Stream.of(0, 1).map(shard -> KEY.verifierKey().named("example.org/log/" + shard)).toList())
            .run(NOBODY);
        assertEquals(List.of(), report.findings());
        assertEquals(2, report.journals().get(0).nextSequences().size(), report.toString());

        try (Stream<Path> files = Files.walk(archive.resolve("journal-1")))
        {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
        assertFinding("a journal of the log is missing");
    }

    private void transfers(final int count)
    {
        try (TestEngine engine = new TestEngine(TestEngine.config(books, Durability.OS)))
        {
            engine.transfers(0, count);
            engine.awaitCommit();
            engine.closeCleanly();
        }
    }

    private long recoveredCount()
    {
        final long[] count = new long[1];
        final RecoveredJournal found = JournalFiles.open(books).scan(
            0, ScanStart.BEGINNING,
            (position, buffer, offset, length) -> count[0] += Frames.entryCount(buffer, offset));
        assertEquals(found.nextSequence(0), count[0]);
        return count[0];
    }

    private long endOfGroupIn(final long base)
    {
        final long[] end = new long[1];
        try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
        {
            reader.read(0, base + SEGMENT_LENGTH / 2, (position, buffer, offset, length) -> end[0] = position);
        }
        return end[0];
    }

    private SegmentArchiver.Result archive()
    {
        return archiveTo(archive, NOBODY).get(0);
    }

    private List<SegmentArchiver.Result> archiveTo(final Path target, final LongConsumer progress)
    {
        try (SegmentArchiver archiver =
            SegmentArchiver.open(books, target, List.of(KEY), List.of(), shard -> "example.org/log/" + shard))
        {
            final long[] done = new long[1];
            final List<SegmentArchiver.Result> results = archiver.run(length ->
            {
                done[0] += length;
                progress.accept(length);
            });
            assertEquals(results.stream().mapToLong(SegmentArchiver.Result::length).sum(), done[0]);
            return results;
        }
    }

    private SegmentRemoval removal(final long start)
    {
        return SegmentRemoval.open(books, archive, keys(), journal -> start);
    }

    private SegmentRemoval.Result remove(final long start)
    {
        return run(removal(start), NOBODY);
    }

    private static SegmentRemoval.Result run(final SegmentRemoval opened, final LongConsumer progress)
    {
        try (SegmentRemoval removal = opened)
        {
            return removal.run(progress).get(0);
        }
    }

    private void assertRemovalRefused(final String expected)
    {
        final String message =
            assertThrows(JournalException.class, () -> remove(Long.MAX_VALUE)).getMessage();
        assertTrue(message.contains(expected), message);
    }

    private ArchiveCheck.Report check()
    {
        return new ArchiveCheck(archive, keys()).run(NOBODY);
    }

    private void assertFinding(final String expected)
    {
        final List<String> findings = check().findings();
        assertTrue(findings.stream().anyMatch(finding -> finding.contains(expected)), findings.toString());
    }

    private static List<VerifierKey> keys()
    {
        return List.of(KEY.verifierKey().named(ORIGIN));
    }

    /** Run something that is killed at one of its steps; false if it came to its end before. */
    private static boolean killAt(final int kill, final Consumer<LongConsumer> task)
    {
        final int[] steps = new int[1];
        try
        {
            task.accept(length ->
            {
                if (steps[0]++ == kill)
                {
                    throw new Killed();
                }
            });
            return false;
        }
        catch (final Killed ex)
        {
            return true;
        }
    }

    private Manifest manifest()
    {
        return Manifest.read(books.resolve("journal-0"));
    }

    private Path local(final long base)
    {
        return books.resolve("journal-0/archive/0-" + base + ".rec");
    }

    private Path archived(final long base)
    {
        return archive.resolve("journal-0/0-" + base + ".rec");
    }

    private Path note() throws IOException
    {
        try (Stream<Path> files = Files.list(archive.resolve("journal-0")))
        {
            return files.filter(file -> file.toString().endsWith(".note")).findFirst().orElseThrow();
        }
    }

    private static void flip(final Path file, final long offset) throws IOException
    {
        makeWritable(file);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw"))
        {
            bytes.seek(offset);
            final int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old ^ 1);
        }
    }

    private static void makeWritable(final Path file) throws IOException
    {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        Files.walkFileTree(from, new SimpleFileVisitor<>()
        {
            @Override
            public FileVisitResult preVisitDirectory(final Path child, final BasicFileAttributes attributes)
                throws IOException
            {
                Files.copy(child, to.resolve(from.relativize(child)));
                Files.setPosixFilePermissions(
                    to.resolve(from.relativize(child)), Files.getPosixFilePermissions(child));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(final Path child, final BasicFileAttributes attributes) throws IOException
            {
                Files.copy(child, to.resolve(from.relativize(child)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Map<String, String> contentOf(final Path root) throws IOException
    {
        final Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root))
        {
            for (final Path file : (Iterable<Path>)files.filter(Files::isRegularFile)::iterator)
            {
                if (!file.endsWith("LOCK"))
                {
                    content.put(root.relativize(file).toString(), sha256(file));
                }
            }
        }
        return content;
    }

    private static String sha256(final Path file) throws IOException
    {
        try
        {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
