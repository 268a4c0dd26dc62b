package io.seriatim.journal;

import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Notes that are signed one by one are no archive if they do not belong together. */
class ArchiveCheckTest
{
    private static final int LENGTH = 32;
    private static final String LOG = "6f1cf1d0-7c0b-4f7d-9a53-0a5f3ef0a001";
    private static final NoteSigner KEY = NoteSigner.generate("example.org/log/0", VerifierKey.LOG);

    @TempDir
    private Path directory;
    private Path journal;
    private ArchiveNote first;

    @BeforeEach
    void write() throws IOException
    {
        journal = directory.resolve("journal-0");
        first = note(journal, head(0, "1", LOG), ArchiveNote.NONE, start(0, 0, 0), start(32, 5, 1));
    }

    @Test
    void shouldTakeNotesThatGoOnFromEachOther() throws IOException
    {
        note(journal, first.head(), first.hash(), first.end(), start(64, 9, 2));
        Files.createDirectory(directory.resolve("journal-x"));
        final ArchiveCheck.Report report = check();
        assertEquals(List.of(), report.findings());
        assertEquals(List.of(), report.unsigned());
        assertEquals(
            List.of(new ArchiveCheck.Journal(0, 2, 2, 64, new TreeMap<>(Map.of(0, 9L)))), report.journals());
        assertEquals(2 * LENGTH, new ArchiveCheck(directory, List.of(KEY.verifierKey())).workLength());
    }

    @Test
    void shouldFindANoteOfAnotherJournalThanItsDirectory() throws IOException
    {
        final Path other = directory.resolve("journal-1");
        note(other, head(0, "1", LOG), ArchiveNote.NONE, start(0, 0, 0), start(32, 5, 1));
        assertFindings(other.resolve("segments-0-32.note") + ": the note is of another journal: 0 of 1");
        assertEquals(List.of(other.resolve("0-0.rec").toString()), check().unsigned());
    }

    @Test
    void shouldFindAJournalOfAnotherLog() throws IOException
    {
        final String stranger = LOG.replace('6', '7');
        final Path other = directory.resolve("journal-1");
        note(other, head(1, "2", stranger), ArchiveNote.NONE, start(0, 0, 0), start(32, 5, 1));
        assertFindings(other + ": it is of another log: " + stranger + ", expected " + LOG);
    }

    @Test
    void shouldFindThatAJournalIsMissingUnlessNobodySaysHowManyThereAre() throws IOException
    {
        note(journal, head(0, "3", LOG), ArchiveNote.NONE, start(0, 0, 0), start(32, 5, 1));
        assertFindings(
            directory.resolve("journal-1") + ": a journal of the log is missing",
            directory.resolve("journal-2") + ": a journal of the log is missing");
        note(journal, head(0, "many", LOG), ArchiveNote.NONE, start(0, 0, 0), start(32, 5, 1));
        assertFindings();
    }

    @Test
    void shouldFindANoteThatDoesNotGoOnFromTheOneBefore() throws IOException
    {
        final Path second = journal.resolve("segments-32-64.note");
        note(journal, head(0, "1", LOG.replace('6', '7')), first.hash(), first.end(), start(64, 9, 2));
        assertFindings(second + ": the note is of another journal than the one before");
        note(journal, first.head(), "ab".repeat(32), first.end(), start(64, 9, 2));
        assertFindings(second + ": the note before it is not the one that it goes on from");
        note(journal, first.head(), first.hash(), start(32, 6, 1), start(64, 9, 2));
        assertFindings(second + ": its first segment does not begin with what the note before ends in");
        note(journal, first.head(), first.hash(), start(32, 5, 3), start(64, 9, 2));
        assertFindings(second + ": its first segment does not begin with what the note before ends in");
        note(journal, first.head(), first.hash(), first.end(), start(64, 9, 2));
        assertFindings();
    }

    @Test
    void shouldFindAFirstNoteThatComesAfterAnotherOne() throws IOException
    {
        note(journal, first.head(), first.hash(), start(0, 0, 0), start(32, 5, 1));
        assertFindings(
            journal.resolve("segments-0-32.note") + ": the note before it is not the one that it goes on from");
    }

    @Test
    void shouldNotComplainOfWhatFollowsOnANoteThatCanNotBeBelieved() throws IOException
    {
        note(journal, first.head(), first.hash(), first.end(), start(64, 9, 2));
        final Path broken = journal.resolve("segments-0-32.note");
        Files.writeString(broken, "\n\n" + "nobody\n");
        final List<String> findings = check().findings();
        assertEquals(1, findings.size(), findings.toString());
        assertTrue(findings.get(0).startsWith(broken + ": "), findings.toString());
        assertTrue(findings.get(0).endsWith("; its segments are signed by nobody"), findings.toString());
    }

    @Test
    void shouldRefuseADirectoryThatIsNoArchive() throws IOException
    {
        final Path empty = Files.createDirectory(directory.resolve("empty"));
        Files.createDirectory(empty.resolve("journal-x"));
        for (final Path wrong : List.of(empty, directory.resolve("none")))
        {
            final ArchiveCheck check = new ArchiveCheck(wrong, List.of(KEY.verifierKey()));
            assertEquals(
                "there is no archive here: directory=" + wrong,
                assertThrows(JournalException.class, () -> check.run(length -> {})).getMessage());
        }
    }

    private ArchiveCheck.Report check()
    {
        return new ArchiveCheck(directory, List.of(KEY.verifierKey())).run(length -> {});
    }

    private void assertFindings(final String... expected)
    {
        assertEquals(List.of(expected), check().findings());
    }

    private static String head(final int journal, final String journalCount, final String log)
    {
        return "seriatim archive v1\norigin example.org/log/0\nlog.uuid " + log + "\njournal " + journal + " of " +
            journalCount + "\nshards 0 of 1\nrecording 0 stream 1000\n";
    }

    private static ScanStart start(final long position, final long next, final int link)
    {
        return new ScanStart(position, new TreeMap<>(Map.of(0, next)), new TreeMap<>(Map.of(0, link)));
    }

    /** A note of one segment, signed, with the segment beside it. */
    private static ArchiveNote note(
        final Path target, final String head, final String after, final ScanStart start, final ScanStart end)
        throws IOException
    {
        Files.createDirectories(target);
        final Path segment = target.resolve("0-" + start.position() + ".rec");
        Files.write(segment, new byte[LENGTH]);
        final ArchivedSegment archived = new ArchivedSegment(
            segment.getFileName().toString(), start.position(), LENGTH, Sha256.of(segment, length -> {}), start,
            new TreeMap<>(Map.of(0, end.nextSequences().get(0) - 1)));
        final ArchiveNote note = new ArchiveNote(head, after, List.of(archived), end);
        Files.write(
            target.resolve(note.fileName()),
            new SignedNote(note.text(), List.of(KEY.sign(note.text(), 0))).toBytes());
        return note;
    }
}
