package io.seriatim.sealing;

import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.JournalSource;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.SealingConfig;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.DirectoryInUseException;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.CheckpointRequest;
import io.seriatim.merkle.MerkleFrontier;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.VerifierKey;
import io.seriatim.replay.JournalDirectories;
import io.seriatim.replay.JournalEditor;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Sealing of real books: what is signed is the tree over the journal, and never two histories.
 */
class SealerTest
{
    private static final int CHAIN_COUNT = 5_000;
    private static final int AMOUNT_OFFSET = 8 + TransferEntryDecoder.transferEncodingOffset() + 56;

    @TempDir
    private Path root;

    @Test
    void shouldSignTheTreeOverEveryEntryOfEveryShard()
    {
        final SealedBooks books = new SealedBooks(root, 3);
        books.write(3);
        books.seal();
        for (int shard = 0; shard < 3; shard++)
        {
            final MerkleFrontier tree = books.treeOf(shard);
            try (Prover prover = new Prover(books.directory(), shard))
            {
                final Checkpoint head = Checkpoint.of(prover.checkpoint(), books.keys(shard));
                assertEquals(tree.size(), head.size());
                assertArrayEquals(tree.root(), head.root());
                assertEquals("example/books/" + shard, head.origin());
                for (long sequence = 0; sequence < head.size(); sequence++)
                {
                    assertEquals(head.size(), prover.receipt(sequence).verify(books.keys(shard)).size());
                }
                assertThrows(SealingException.class, () -> prover.receipt(head.size()));
                assertThrows(SealingException.class, () -> prover.receipt(-1));
            }
        }
        assertThrows(SealingException.class, () -> new Prover(books.directory(), 3));
    }

    @Test
    void shouldGoOnWhereItWasAndProveThatHistoryWasOnlyAppendedTo()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(2);
        books.seal();
        final SignedNote older = new SignedCheckpoints(books.directory(), 0).newest();
        books.write(4);
        books.seal();
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final Checkpoint from = Checkpoint.of(older, books.keys(0));
            final Checkpoint to = Checkpoint.of(prover.checkpoint(), books.keys(0));
            assertTrue(from.size() < to.size());
            assertArrayEquals(books.treeOf(0).root(), to.root());
            final CheckpointRequest request = prover.consistency(from.size());
            request.proofTo(to.size()).verify(from.root(), to.root());
            assertThrows(SealingException.class, () -> prover.consistency(to.size() + 1));
            assertThrows(SealingException.class, () -> prover.consistency(-1));
        }
        assertEquals(
            List.of(older.text(), new SignedCheckpoints(books.directory(), 0).newest().text()),
            new SignedCheckpoints(books.directory(), 0).all().stream().map(SignedNote::text).toList());
    }

    @Test
    void shouldSignNothingTwice()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        final SignedNote first = new SignedCheckpoints(books.directory(), 0).newest();
        books.seal();
        assertEquals(first.toString(), new SignedCheckpoints(books.directory(), 0).newest().toString());
        assertEquals(1, new SignedCheckpoints(books.directory(), 0).all().size());
    }

    @Test
    void shouldSealBesideARunningEngine()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        try (LedgerEngine engine = books.launch())
        {
            final AtomicLong clock = new AtomicLong();
            final Sealer sealer = new Sealer(
                engine.journals().get(0), books.config(books.sealing().intervalNs(1_000)).nanoClock(clock::get),
                CosignatureCollector.NONE);
            sealer.onStart();
            TestBooks.fill(engine, 2);
            drain(sealer);
            final long first = sealer.checkpointedSize(0);
            assertEquals(sealer.entryCount(), first);
            assertTrue(first > 1);

            TestBooks.fill(engine, 3);
            drain(sealer);
            assertTrue(sealer.entryCount() > first);
            assertEquals(first, sealer.checkpointedSize(0), "nothing is signed before its time");
            clock.set(1_000);
            drain(sealer);
            assertEquals(sealer.entryCount(), sealer.checkpointedSize(0));

            TestBooks.fill(engine, 4);
            sealer.onClose();
            assertNull(sealer.failure());
            assertEquals(sealer.entryCount(), sealer.checkpointedSize(0));
            assertEquals(0, sealer.witnessedSize(0));
        }
        assertArrayEquals(
            books.treeOf(0).root(), Checkpoint.parse(newest(books).text()).root());
    }

    @Test
    void shouldLeaveAMarkWithItsFirstCheckpointSoThatOneThatIsKilledGetsOn()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(2);
        final JournalSource journal = JournalDirectories.journalsOf(books.directory()).get(0);
        final Sealer sealer = new Sealer(journal, books.config(), CosignatureCollector.NONE);
        try
        {
            sealer.onStart();
            while (sealer.checkpointedSize(0) < books.treeOf(0).size())
            {
                sealer.doWork();
            }
            final SealMark mark = SealMark.load(books.directory(), journal.number(), journal.logUuid());
            assertTrue(mark.size(0) > 0, mark::toString);
        }
        finally
        {
            sealer.onClose();
        }
    }

    @Test
    void shouldSignAfterSoManyEntries()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(4);
        assertNull(books.seal(books.config(books.sealing().entries(50).intervalNs(Long.MAX_VALUE))));
        final List<Checkpoint> all = new SignedCheckpoints(books.directory(), 0).all().stream()
            .map(note -> Checkpoint.of(note, books.keys(0))).toList();
        assertTrue(all.size() > 3, all.toString());
        try (Prover prover = new Prover(books.directory(), 0))
        {
            for (int i = 0; i < all.size() - 1; i++)
            {
                final long distance = all.get(i + 1).size() - all.get(i).size();
                assertTrue(distance >= 50 || i == all.size() - 2, all.toString());
                prover.consistency(all.get(i).size()).proofTo(prover.head().size())
                    .verify(all.get(i).root(), prover.head().root());
            }
        }
    }

    @Test
    void shouldMakeTheTreeAgainWhenItsFilesAreNotWhatTheyWere() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(3);
        books.seal();
        final Path tree = TreeFiles.directoryOf(books.directory(), 0);
        final byte[] hashes = Files.readAllBytes(tree.resolve("level-0"));

        Files.write(tree.resolve("level-0"), new byte[32]);
        books.write(4);
        books.seal();
        assertArrayEquals(books.treeOf(0).root(), Checkpoint.parse(newest(books).text()).root());

        final byte[] changed = Files.readAllBytes(tree.resolve("level-0"));
        changed[40] ^= 1;
        Files.write(tree.resolve("level-0"), changed);
        books.write(5);
        books.seal();
        assertArrayEquals(books.treeOf(0).root(), Checkpoint.parse(newest(books).text()).root());

        try (Stream<Path> files = Files.list(tree))
        {
            for (final Path file : files.filter(each -> each.getFileName().toString().startsWith("level")).toList())
            {
                Files.delete(file);
            }
        }
        books.seal();
        final byte[] again = Files.readAllBytes(tree.resolve("level-0"));
        assertArrayEquals(hashes, Arrays.copyOf(again, hashes.length));
    }

    @Test
    void shouldRefuseAJournalThatWasRewritten() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(3);
        books.seal();
        final SignedNote signed = newest(books);
        new JournalEditor(books.directory().resolve("journal-0"))
            .edit(0, 20, (buffer, offset) -> buffer.putLong(offset + AMOUNT_OFFSET, 1_000_000));
        // The tree's files are the operator's, who makes them fit as well.
        Files.delete(books.directory().resolve("journal-0").resolve("sealed"));

        final Throwable failure = books.seal(books.config());
        assertTrue(failure.getMessage().startsWith("the journal is not the one that was signed"), failure.getMessage());
        assertEquals(signed.toString(), newest(books).toString());
    }

    @Test
    void shouldNotSignTwoHistoriesOfBooksThatWereCopied()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        final SealedBooks copy = books.copyTo(root.resolve("copy"));
        books.write(2);
        books.seal();

        final Throwable lost = copy.seal(copy.config());
        assertTrue(lost.getMessage().startsWith("the journal has lost entries that were signed"), lost.getMessage());

        copy.write(5);
        final Throwable failure = copy.seal(copy.config());
        assertTrue(failure.getMessage().startsWith("the journal is not the one that was signed"), failure.getMessage());
        assertEquals(1, new SignedCheckpoints(copy.directory(), 0).all().size());
    }

    @Test
    void shouldNotSignForBooksAndTheirCopyAtTheSameTime()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        final SealedBooks copy = books.copyTo(root.resolve("copy"));
        final Sealer sealer = sealer(books);
        try
        {
            final DirectoryInUseException ex = assertThrows(DirectoryInUseException.class, () -> sealer(copy));
            assertTrue(ex.getMessage().contains("example_books_0"), ex.getMessage());
        }
        finally
        {
            sealer.onClose();
        }
        // Nothing was left locked, neither by the one that was refused.
        sealer(copy).onClose();
        sealer(books).onClose();
    }

    @Test
    void shouldRefuseALaunchThatHasLostWhatWasSigned()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(2);
        books.seal();
        final long size = Checkpoint.parse(newest(books).text()).size();
        final JournalSource journal = JournalDirectories.journalsOf(books.directory()).get(0);
        new Sealer(journal, books.config().launchedAt(0, size), CosignatureCollector.NONE).onClose();
        final SealingException ex = assertThrows(
            SealingException.class,
            () -> new Sealer(journal, books.config().launchedAt(0, size - 1), CosignatureCollector.NONE));
        assertTrue(ex.getMessage().contains("has lost entries that were signed"), ex.getMessage());
    }

    /** Each file is replaced in one step, so a crash leaves any of them old or new. */
    @Test
    void shouldNeverSignTwoHistoriesWhateverACrashHasLeft() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        final Path old = TestBooks.copy(root, root.resolveSibling(root.getFileName() + "-old"));
        books.write(2);
        books.seal();
        final Path now = TestBooks.copy(root, root.resolveSibling(root.getFileName() + "-new"));
        final Checkpoint first = Checkpoint.parse(
            new SignedCheckpoints(old.resolve("books"), 0).newest().text());
        final Checkpoint second = Checkpoint.parse(newest(books).text());
        final String[] files = {
            "key.signed/example_books_0/checkpoint", "books/shard-0/tree/checkpoint", "books/shard-0/tree/checkpoints",
            "books/shard-0/tree/level-0", "books/shard-0/tree/positions", "books/journal-0/sealed"};
        for (int state = 0; state < 1 << files.length; state++)
        {
            for (int i = 0; i < files.length; i++)
            {
                final Path source = ((state >>> i & 1) == 0 ? old : now).resolve(files[i]);
                Files.copy(source, root.resolve(files[i]), StandardCopyOption.REPLACE_EXISTING);
            }
            final Throwable failure = books.seal(books.config());
            assertNull(failure, "state=" + Integer.toBinaryString(state));
            final Checkpoint head = Checkpoint.of(newest(books), books.keys(0));
            assertEquals(second.toString(), head.toString(), "state=" + Integer.toBinaryString(state));
            try (Prover prover = new Prover(books.directory(), 0))
            {
                prover.consistency(first.size()).proofTo(head.size()).verify(first.root(), head.root());
                prover.receipt(0).verify(books.keys(0));
                prover.receipt(head.size() - 1).verify(books.keys(0));
            }
            for (final SignedNote note : new SignedCheckpoints(books.directory(), 0).all())
            {
                Checkpoint.of(note, books.keys(0));
            }
        }
    }

    @Test
    void shouldCutOffACheckpointThatACrashHasLeftHalfWritten() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        final Path file = TreeFiles.directoryOf(books.directory(), 0).resolve("checkpoints");
        final byte[] whole = Files.readAllBytes(file);
        for (int length = 1; length < whole.length; length += 7)
        {
            Files.write(file, Arrays.copyOf(whole, length), StandardOpenOption.APPEND);
            assertEquals(1, new SignedCheckpoints(books.directory(), 0).all().size());
            books.seal();
            assertArrayEquals(whole, Files.readAllBytes(file));
        }
    }

    @Test
    void shouldSignWithBothKeysWhileOneTakesThePlaceOfTheOther()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        final Path second = root.resolve("key2");
        LogKeys.write(second, NoteSigner.generate(SealedBooks.ORIGIN, VerifierKey.LOG));
        books.write(1);
        books.seal();

        final SealedBooks both = books.with(books.keyFile(), second);
        both.seal();
        assertEquals(2, newest(books).requireSignedBy(both.keys(0)).size());

        final SealedBooks last = books.with(second);
        books.write(2);
        last.seal();
        assertEquals(last.keys(0), newest(books).requireSignedBy(both.keys(0)));
    }

    @Test
    void shouldRefuseAKeyThatIsNotForThis() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        final Path foreign = root.resolve("foreign");
        LogKeys.write(foreign, NoteSigner.generate("example/others", VerifierKey.LOG));
        assertRefused("the key is not of this log", books.with(foreign));

        final Path near = root.resolve("near");
        LogKeys.write(near, NoteSigner.generate("example/book", VerifierKey.LOG));
        assertRefused("the key is not of this log: key=example/book, origin=example/books/0", books.with(near));

        final Path inside = books.directory().resolve("key");
        LogKeys.write(inside, NoteSigner.generate(SealedBooks.ORIGIN, VerifierKey.LOG));
        final IllegalArgumentException ex = assertThrows(
            IllegalArgumentException.class, () -> books.with(inside).seal());
        assertTrue(ex.getMessage().startsWith("a key lies outside of the data directory"), ex.getMessage());

        Files.setPosixFilePermissions(books.keyFile(), PosixFilePermissions.fromString("rw-r-----"));
        assertRefused("others may use the key file", books);
        Files.setPosixFilePermissions(books.keyFile(), PosixFilePermissions.fromString("r--------"));
        books.seal();
        assertRefused("the key file can not be read", books.with(root.resolve("none")));
        final Path empty = Files.createFile(
            root.resolve("empty"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        assertRefused("a key file has a private key", books.with(empty));
        Files.write(empty, new byte[4_097]);
        assertRefused("a key file has at most 4096 bytes", books.with(empty));
        final SealingException twice = assertThrows(
            SealingException.class,
            () -> LogKeys.write(books.keyFile(), NoteSigner.generate("example", VerifierKey.LOG)));
        assertTrue(twice.getMessage().startsWith("there is a file already"), twice.getMessage());
    }

    @Test
    void shouldRefuseWhatWasSignedIfItCanNotBeBelieved() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        final Path signed = root.resolve("key.signed/example_books_0/checkpoint");
        final byte[] bytes = Files.readAllBytes(signed);
        // Another digit of the size: a checkpoint as it should be, which the key has not signed.
        bytes[(SealedBooks.ORIGIN + "/0\n").length() + 1] ^= 1;
        Files.write(signed, bytes);
        assertRefused("can not be believed", books);
        Files.write(signed, new byte[10]);
        assertRefused("a checkpoint is damaged", books);
    }

    /** It is longer than what a follower reads at once, and no part of it is handed out before the whole. */
    @Test
    void shouldSealAChainOfThousandsAndWhatStandsBehindIt()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books.directory())
            .durability(Durability.OS).readModel(false).origin(SealedBooks.ORIGIN)))
        {
            final Ledger ledger = engine.ledger(TestBooks.LEDGERS[0]);
            ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            final List<Transfer> chain = new ArrayList<>();
            for (int i = 1; i <= CHAIN_COUNT; i++)
            {
                final int flags = i < CHAIN_COUNT ? TransferFlags.LINKED : 0;
                chain.add(Transfer.of(100 + i, 1, 2, 1, 1).withFlags(flags));
            }
            ledger.createTransfers(chain);
            ledger.createTransfer(Transfer.of(50, 2, 1, 7, 1));
        }
        books.seal();
        final Checkpoint head = Checkpoint.parse(newest(books).text());
        // The genesis, two accounts, the chain and one transfer.
        assertEquals(CHAIN_COUNT + 4, head.size());
        assertArrayEquals(books.treeOf(0).root(), head.root());
    }

    @Test
    void shouldSignWithAKeyOfTheShardAlone()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        final Path own = root.resolve("own");
        LogKeys.write(own, NoteSigner.generate(SealedBooks.ORIGIN + "/0", VerifierKey.LOG));
        books.with(own).seal();
        assertEquals(
            List.of(LogKeys.read(own).verifierKey()),
            newest(books).requireSignedBy(List.of(LogKeys.read(own).verifierKey())));
    }

    @Test
    void shouldNotGoOnFromACheckpointOfAnotherLog()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        final Path other = root.resolve("other");
        LogKeys.write(other, NoteSigner.generate("example/other", VerifierKey.LOG));
        final SealedBooks renamed = books.with(other);
        final SealingException ex = assertThrows(
            SealingException.class, () -> renamed.seal(renamed.config().origin(0, "example/other/0")));
        assertTrue(
            ex.getMessage().startsWith(
            "a checkpoint of another log: shard=0, expected origin=example/other/0, found "), ex.getMessage());
    }

    @Test
    void shouldGiveNoReceiptOfAnEntryThatWasRewritten() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(3);
        books.seal();
        new JournalEditor(books.directory().resolve("journal-0"))
            .edit(0, 20, (buffer, offset) -> buffer.putLong(offset + AMOUNT_OFFSET, 1_000_000));
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final HistoryException ex = assertThrows(HistoryException.class, () -> prover.receipt(20));
            assertTrue(
                ex.getMessage().startsWith("the entry is not under the checkpoint: sequence=20"), ex.getMessage());
            assertEquals(prover.head().size(), prover.receipt(19).verify(books.keys(0)).size());
        }
    }

    @Test
    void shouldSayThatAnEntryIsNotWhereTheTreeSays() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(6);
        books.seal();
        final Path positions = books.directory().resolve("shard-0/tree/positions");
        final byte[] bytes = Files.readAllBytes(positions);
        // There is one for every 256 entries.
        System.arraycopy(bytes, Long.BYTES, bytes, 0, Long.BYTES);
        Files.write(positions, bytes);
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final SealingException ex = assertThrows(SealingException.class, () -> prover.receipt(20));
            assertTrue(
                ex.getMessage().startsWith("the entry is not where the tree's files say: sequence=20, found "),
                ex.getMessage());
            assertEquals(prover.head().size(), prover.receipt(256).verify(books.keys(0)).size());
            final List<Long> read = new ArrayList<>();
            prover.read(258, 261, cursor -> read.add(cursor.sequence()));
            prover.read(261, 261, cursor -> read.add(cursor.sequence()));
            assertEquals(List.of(258L, 259L, 260L), read);
        }
    }

    @Test
    void shouldLetOneSealerWork()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        final Sealer sealer = sealer(books);
        try
        {
            assertThrows(DirectoryInUseException.class, () -> sealer(books));
        }
        finally
        {
            sealer.onClose();
        }
        books.seal();
    }

    @Test
    void shouldRefuseSettingsThatDoNotFit()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        assertThrows(IllegalArgumentException.class, () -> books.seal(books.config(books.sealing().entries(0))));
        assertThrows(IllegalArgumentException.class, () -> books.seal(books.config(books.sealing().intervalNs(-1))));
        assertThrows(IllegalArgumentException.class, () -> books.seal(books.config(new SealingConfig())));
        assertThrows(IllegalArgumentException.class, () -> books.seal(
            new SealerConfig(books.sealing()).dataDirectory(books.directory())));
        assertThrows(IllegalArgumentException.class, () -> books.seal(new SealerConfig(books.sealing())));
    }

    @Test
    void shouldSignNothingThatCouldNotBeForced()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        final JournalSource journal = JournalDirectories.journalsOf(books.directory()).get(0);
        final Sealer sealer = new Sealer(
            journal, books.config().isBounded(true).force((from, to) ->
            {
                throw new IllegalStateException("planted");
            }),
            CosignatureCollector.NONE);
        sealer.onStart();
        drain(sealer);
        sealer.onClose();
        assertEquals("planted", sealer.failure().getMessage());
        assertEquals(0, sealer.checkpointedSize(0));
        assertNull(newest(books));
        try (BooksLog log = new BooksLog(books.directory(), 0))
        {
            final SealingException ex = assertThrows(SealingException.class, log::checkpoints);
            assertEquals("nothing was signed here: run `seal` first", ex.getMessage());
        }
    }

    @Test
    void shouldFindTheEntriesOfATransfer()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(2);
        books.seal();
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final Prover.Found refused = prover.find(0, 840_000_021L, count -> {});
            assertEquals(2, refused.sequences().size());
            assertEquals(-1, refused.created());
            assertEquals(refused.sequences().get(1), refused.best());
            final Prover.Found created = prover.find(0, 840_000_004L, count -> {});
            assertEquals(created.created(), created.best());
            assertTrue(created.sequences().size() > 1, created.toString());
            assertEquals(-1, prover.find(1, 840_000_004L, count -> {}).best());
        }
    }

    private static SignedNote newest(final SealedBooks books)
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

    private static void assertRefused(final String reason, final SealedBooks books)
    {
        final List<Throwable> failures = new ArrayList<>();
        try
        {
            failures.add(books.seal(books.config()));
        }
        catch (final SealingException ex)
        {
            failures.add(ex);
        }
        assertTrue(failures.get(0).getMessage().contains(reason), failures.toString());
    }

    private static Sealer sealer(final SealedBooks books)
    {
        return new Sealer(
            JournalDirectories.journalsOf(books.directory()).get(0), books.config(), CosignatureCollector.NONE);
    }
}
