package io.seriatim.replay;

import io.seriatim.journal.JournalException;
import io.seriatim.journal.JournalFiles;
import io.seriatim.journal.ScanStart;
import io.seriatim.ledger.TransferOutcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A state of the past is brought back out of a journal that several shards share; or it is said why it can not be. */
class StateReplayTest
{
    private static final int OUTCOME_OFFSET = 36;

    /** It shares its journal with shard 0. */
    private static final int SHARD = 2;

    @TempDir
    private static Path original;

    @TempDir
    private Path directory;

    private final List<Long> sequences = new ArrayList<>();

    @BeforeAll
    static void write()
    {
        TestBooks.write(original.resolve("books"), 3, 3);
    }

    @Test
    void shouldBringBackTheStatesThatAreAskedForInTheirOrder()
    {
        final Path books = original.resolve("books");
        final JournalFiles files = JournalFiles.open(books);
        final long last = files.manifest(0).closeMarks().get(SHARD).nextSequence() - 1;
        final List<String> digests = new ArrayList<>();
        final List<Long> progress = new ArrayList<>();
        StateReplay.run(books, SHARD, new long[] {20, 40, last}, endOf(files), progress::add, stateMachine ->
        {
            sequences.add(stateMachine.nextSequence() - 1);
            digests.add(HexFormat.of().formatHex(stateMachine.digest()));
        });
        assertEquals(List.of(20L, 40L, last), sequences);
        assertEquals(files.manifest(0).closeMarks().get(SHARD).stateDigest(), digests.get(2));
        assertEquals(List.of(0L), progress, "the shard that it shares the journal with is not told of");
    }

    @Test
    void shouldSayWhereTheJournalEndsThatDoesNotReachTheState()
    {
        final Path books = original.resolve("books");
        final JournalFiles files = JournalFiles.open(books);
        final long last = files.manifest(0).closeMarks().get(SHARD).nextSequence() - 1;
        final JournalException ex = assertThrows(JournalException.class, () -> StateReplay.run(
            books, SHARD, new long[] {20, last + 1}, endOf(files), sequence -> { },
            stateMachine -> sequences.add(stateMachine.nextSequence() - 1)));
        assertTrue(ex.getMessage().startsWith("the journal ends before"), ex.getMessage());
        assertEquals(List.of(20L), sequences);
    }

    @Test
    void shouldStopAtTheEntryThatIsExecutedOtherwise()
    {
        final Path books = TestBooks.copy(original.resolve("books"), directory.resolve("copy"));
        new JournalEditor(books.resolve("journal-0")).edit(SHARD, 30, (buffer, offset) ->
            buffer.putInt(offset + OUTCOME_OFFSET, TransferOutcome.EXCEEDS_DEBITS.code()));
        final JournalException ex = assertThrows(JournalException.class, () -> StateReplay.run(
            books, SHARD, new long[] {29, 31}, endOf(JournalFiles.open(books)), sequence -> { },
            stateMachine -> sequences.add(stateMachine.nextSequence() - 1)));
        assertTrue(ex.getMessage().startsWith(
            "the journal is executed otherwise than it was recorded: "), ex.getMessage());
        assertTrue(ex.getMessage().contains("sequence=30"), ex.getMessage());
        assertEquals(List.of(29L), sequences);
    }

    private static long endOf(final JournalFiles files)
    {
        return files.scan(0, ScanStart.BEGINNING, (position, buffer, offset, length) -> { }).position();
    }
}
