package io.seriatim.sealing;

import io.seriatim.engine.JournalSource;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.JournalReader;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.ProofBuilder;
import io.seriatim.merkle.SignedNote;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalFollower;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a sealer makes of the files that it finds, when it leaves a mark, and how it ends.
 */
class SealerLifecycleTest
{
    private static final String ORIGIN = SealedBooks.ORIGIN + "/0";
    private static final long ENTRIES_PER_PASS = 4_096;

    @TempDir
    private Path root;
    private SealedBooks books;
    private Path tree;
    private Path mark;

    @BeforeEach
    void makeBooks()
    {
        books = new SealedBooks(root, 1);
        books.write(1);
        tree = TreeFiles.directoryOf(books.directory(), 0);
        mark = books.directory().resolve("journal-0/sealed");
    }

    @Test
    void shouldSayWhyATreeCanNotBeMadeAgain() throws IOException
    {
        books.seal();
        final SignedNote signed = newest();
        final Path level = tree.resolve("level-0");
        for (final boolean hasMark : new boolean[]{true, false})
        {
            Files.delete(level);
            Files.createDirectory(level);
            if (!hasMark)
            {
                Files.delete(mark);
            }
            final SealingException ex = assertThrows(SealingException.class, this::open);
            assertTrue(ex.getMessage().contains(level.toString()), ex.getMessage());
            assertEquals(signed.toString(), newest().toString());

            // Nothing was left locked.
            Files.delete(level);
            books.seal();
            assertSealed();
            assertEquals(signed.text(), newest().text());
        }
    }

    @Test
    void shouldSignNothingAfterACheckpointThatSaysThatNoEntriesHaveAnotherRoot() throws IOException
    {
        final NoteSigner signer = LogKeys.read(books.keyFile()).named(ORIGIN);
        final SignedNote forged = new Checkpoint(ORIGIN, 0, new byte[32]).signed(List.of(signer));
        TreeFiles.ensureDirectory(books.directory(), 0);
        Files.write(tree.resolve("checkpoint"), forged.toBytes());
        final RootDiffersException ex = assertThrows(RootDiffersException.class, this::open);
        assertTrue(
            ex.getMessage().startsWith(
            "the journal is not the one that was signed: shard=0, signed origin=example/books/0, size=0"),
            ex.getMessage());
        Files.delete(tree.resolve("checkpoint"));
        books.seal();
        assertSealed();
    }

    @Test
    void shouldMakeTheTreeAgainIfTheJournalDoesNotGoOnWhereItStands() throws IOException
    {
        books.seal();
        final JournalSource journal = journal();
        final SealMark whole = SealMark.load(books.directory(), journal.number(), journal.logUuid());
        books.write(2);
        // Further on in the journal, and nothing of the shard.
        new SealMark(whole.position(), Map.of()).store(books.directory(), journal.number(), journal.logUuid());
        Files.delete(tree.resolve("checkpoint"));
        Files.delete(tree.resolve("checkpoints"));
        Files.delete(root.resolve("key.signed/example_books_0/checkpoint"));
        books.seal();
        assertSealed();
        assertEquals(
            books.treeOf(0).size(),
            SealMark.load(books.directory(), journal.number(), journal.logUuid()).size(0));
    }

    @Test
    void shouldSignAgainWhatBearsTheSignatureUnderAnotherName() throws IOException
    {
        books.seal();
        final SignedNote signed = newest();
        final Path file = tree.resolve("checkpoint");
        Files.writeString(file, signed.toString().replace("\u2014 " + ORIGIN, "\u2014 " + ORIGIN + "0"));
        assertThrows(RuntimeException.class, () -> Checkpoint.of(newest(), books.keys(0)));
        books.seal();
        assertEquals(signed.toString(), newest().toString());
    }

    @Test
    void shouldPutTheNewestCheckpointIntoAListThatWasLost() throws IOException
    {
        books.seal();
        Files.delete(tree.resolve("checkpoints"));
        books.seal();
        assertEquals(
            List.of(newest().toString()),
            new SignedCheckpoints(books.directory(), 0).all().stream().map(SignedNote::toString).toList());
    }

    @Test
    void shouldSignNothingOfAJournalOfWhichNothingIsCommitted()
    {
        final JournalSource journal = journal();
        final JournalSource empty = new JournalSource(
            journal.number(), journal.logUuid(), journal.shards(), journal.reader(), () -> 0);
        final Sealer sealer = new Sealer(empty, books.config().isBounded(true), CosignatureCollector.NONE);
        sealer.onStart();
        drain(sealer);
        assertTrue(sealer.isFinished());
        sealer.onClose();
        assertNull(sealer.failure());
        assertEquals(0, sealer.checkpointedSize(0));
        assertNull(newest());
    }

    @Test
    void shouldSealEverythingOnceIfItIsClosedBeforeItHasBegun()
    {
        for (final boolean isBounded : new boolean[]{true, false})
        {
            final Sealer sealer = new Sealer(
                journal(), books.config().isBounded(isBounded), CosignatureCollector.NONE);
            sealer.onStart();
            sealer.onClose();
            assertNull(sealer.failure());
            assertEquals(isBounded, sealer.isFinished());
            assertTrue(sealer.isEnded());
            assertSealed();
            assertEquals(1, new SignedCheckpoints(books.directory(), 0).all().size());
        }
    }

    /** A force that is tried again passes over the bytes that the first one has lost. */
    @Test
    void shouldNotForceAgainWhatCouldNotBeForcedWhileItWasClosed()
    {
        final AtomicInteger forceCount = new AtomicInteger();
        final Sealer sealer = new Sealer(
            journal(), books.config().force((from, to) ->
            {
                if (forceCount.incrementAndGet() == 1)
                {
                    throw new IllegalStateException("planted");
                }
            }),
            CosignatureCollector.NONE);
        sealer.onStart();
        sealer.onClose();
        assertEquals("planted", sealer.failure().getMessage());
        assertEquals(1, forceCount.get());
        assertEquals(0, sealer.checkpointedSize(0));
        assertNull(newest());
        assertFalse(Files.exists(mark));
    }

    @Test
    void shouldSignOnlyAtTheEndOfAGroupHoweverMuchThereIs()
    {
        try (LedgerEngine engine = books.launch())
        {
            TestBooks.bulk(engine.ledger(TestBooks.LEDGERS[0]), 80);
        }
        final JournalSource journal = journal();
        final Set<Long> ends = new TreeSet<>();
        try (JournalReader reader = journal.reader().get(); JournalFollower follower = new JournalFollower(reader))
        {
            while (follower.next(journal.committedPosition().getAsLong()))
            {
                if (follower.isBetweenGroups())
                {
                    ends.add(follower.sequence() + 1);
                }
            }
        }
        final Sealer sealer = new Sealer(
            journal, books.config(books.sealing().intervalNs(0)), CosignatureCollector.NONE);
        sealer.onStart();
        sealer.doWork();
        assertEquals(ENTRIES_PER_PASS, sealer.entryCount());
        assertEquals(
            ends.contains(ENTRIES_PER_PASS) ? ENTRIES_PER_PASS : 0, sealer.checkpointedSize(0),
            "a pass ends anywhere");
        drain(sealer);
        sealer.onClose();
        assertNull(sealer.failure());
        for (final SignedNote note : new SignedCheckpoints(books.directory(), 0).all())
        {
            final Checkpoint checkpoint = Checkpoint.of(note, books.keys(0));
            assertTrue(ends.contains(checkpoint.size()), checkpoint::toString);
        }
        assertSealed();
    }

    @Test
    void shouldLeaveAMarkFromTimeToTime()
    {
        try (LedgerEngine engine = books.launch())
        {
            final AtomicLong clock = new AtomicLong();
            final Sealer sealer = new Sealer(
                engine.journals().get(0), books.config(books.sealing().intervalNs(1_000)).nanoClock(clock::get),
                CosignatureCollector.NONE);
            sealer.onStart();
            drain(sealer);
            final long first = sealer.checkpointedSize(0);
            assertEquals(first, markedSize());

            TestBooks.fill(engine, 2);
            clock.set(1_000);
            drain(sealer);
            assertTrue(sealer.checkpointedSize(0) > first);
            assertEquals(first, markedSize(), "a mark is forced, and not left with every checkpoint");

            TestBooks.fill(engine, 3);
            clock.set(TimeUnit.SECONDS.toNanos(10));
            drain(sealer);
            assertTrue(markedSize() > first);
            assertEquals(sealer.checkpointedSize(0), markedSize());
            sealer.onClose();
            assertNull(sealer.failure());
        }
        assertSealed();
    }

    @Test
    void shouldSignOnlyWhatFollowsOnWhatItsKeyHasSigned() throws IOException
    {
        books.seal();
        final Checkpoint head = Checkpoint.parse(newest().text());
        final NoteSigner signer = LogKeys.read(books.keyFile()).named(ORIGIN);
        try (Prover prover = new Prover(books.directory(), 0);
            LastSigned last = new LastSigned(books.keyFile(), signer))
        {
            final ProofBuilder proofs = prover.proofs();
            last.require(head, proofs);
            final long size = head.size() - 1;
            final Checkpoint smaller = new Checkpoint(ORIGIN, size, proofs.root(size));
            final HistoryException ex = assertThrows(HistoryException.class, () -> last.require(smaller, proofs));
            assertEquals(
                "the key has signed another history and signs nothing more of this log: signed " + head +
                ", to be signed " + smaller + ", file=" + root.resolve("key.signed/example_books_0/checkpoint") +
                ": the tree has become smaller", ex.getMessage());
            final Checkpoint other = new Checkpoint(ORIGIN, head.size(), new byte[32]);
            assertThrows(HistoryException.class, () -> last.require(other, proofs));
            assertEquals(head.toString(), last.checkpoint().toString());
        }
    }

    /** The tree, what is signed of it, and the journal alone come to the same. */
    private void assertSealed()
    {
        final Checkpoint head = Checkpoint.of(newest(), books.keys(0));
        assertEquals(books.treeOf(0).size(), head.size());
        assertArrayEquals(books.treeOf(0).root(), head.root());
        try (Prover prover = new Prover(books.directory(), 0))
        {
            assertEquals(head.size(), prover.receipt(head.size() - 1).verify(books.keys(0)).size());
        }
    }

    private long markedSize()
    {
        final JournalSource journal = journal();
        return SealMark.load(books.directory(), journal.number(), journal.logUuid()).size(0);
    }

    private JournalSource journal()
    {
        return JournalDirectories.journalsOf(books.directory()).get(0);
    }

    private Sealer open()
    {
        return new Sealer(journal(), books.config(), CosignatureCollector.NONE);
    }

    private SignedNote newest()
    {
        return new SignedCheckpoints(books.directory(), 0).newest();
    }

    private static void drain(final Sealer sealer)
    {
        while (sealer.doWork() > 0)
        {
            // Until nothing is left.
        }
    }
}
