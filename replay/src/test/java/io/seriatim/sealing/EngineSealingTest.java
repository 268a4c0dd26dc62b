package io.seriatim.sealing;

import io.seriatim.engine.Acknowledgement;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.Readiness;
import io.seriatim.engine.SealingConfig;
import io.seriatim.engine.Threading;
import io.seriatim.engine.Transfer;
import io.seriatim.engine.TransferResult;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalException;
import io.seriatim.journal.SimDisk;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** An engine that seals its own order: answers wait for a checkpoint if they are asked to, and for nothing else. */
@Timeout(120)
class EngineSealingTest
{
    private static final int LEDGER = TestBooks.LEDGERS[0];

    @TempDir
    private Path root;

    @Test
    void shouldAnswerWhenACheckpointCoversTheRequest()
    {
        final SealedBooks books = new SealedBooks(root, 2);
        try (LedgerEngine engine = launch(books, books.sealing().intervalNs(TimeUnit.MILLISECONDS.toNanos(5))))
        {
            TestBooks.fill(engine, 1);
            final Ledger ledger = engine.ledger(LEDGER);
            final Ledger proven = ledger.acknowledgedAt(Acknowledgement.CHECKPOINTED);
            for (int i = 0; i < 20; i++)
            {
                final TransferResult result = proven.createTransfer(
                    900_000 + i, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1);
                assertTrue(engine.checkpointedSize(ledger.shard()) > result.sequence());
                try (Prover prover = new Prover(books.directory(), ledger.shard()))
                {
                    prover.receipt(result.sequence()).verify(books.keys(ledger.shard()));
                }
            }
            assertNotNull(proven.lookupAccount(TestBooks.account(ledger, 1)));
            assertNull(engine.sealingFailure());
            assertEquals(0, engine.witnessedSize(0));
            final IllegalStateException ex = assertThrows(
                IllegalStateException.class, () -> ledger.acknowledgedAt(Acknowledgement.WITNESSED));
            assertTrue(ex.getMessage().startsWith("there are no witnesses"), ex.getMessage());
        }
    }

    @Test
    void shouldHoldUpNobodyElse() throws Exception
    {
        final SealedBooks books = new SealedBooks(root, 1);
        final CompletableFuture<List<TransferResult>> future;
        try (LedgerEngine engine = launch(books, books.sealing().intervalNs(TimeUnit.HOURS.toNanos(1))))
        {
            TestBooks.fill(engine, 1);
            // The first checkpoint is signed at once, and the next one long after this test.
            while (engine.checkpointedSize(0) == 0)
            {
                Thread.onSpinWait();
            }
            TestBooks.fill(engine, 2);
            final Ledger ledger = engine.ledger(LEDGER);
            future = ledger.acknowledgedAt(Acknowledgement.CHECKPOINTED).createTransfersAsync(List.of(Transfer.of(
                900_000, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1)));
            for (int i = 1; i < 100; i++)
            {
                ledger.createTransfer(
                    900_000 + i, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1);
            }
            assertFalse(future.isDone());
        }
        // What is committed is sealed before the engine is closed.
        assertTrue(future.get(10, TimeUnit.SECONDS).get(0).isCreated());
        final Checkpoint head = Checkpoint.parse(new SignedCheckpoints(books.directory(), 0).newest().text());
        assertArrayEquals(books.treeOf(0).root(), head.root());
    }

    @Test
    void shouldGoOnWithoutSealingAndTellThoseWhoWaitForIt() throws IOException
    {
        final SealedBooks books = new SealedBooks(root, 1);
        try (LedgerEngine engine = launch(books, books.sealing().intervalNs(0)))
        {
            TestBooks.fill(engine, 1);
            final Ledger ledger = engine.ledger(LEDGER);
            final Ledger proven = ledger.acknowledgedAt(Acknowledgement.CHECKPOINTED);
            proven.createTransfer(900_000, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1);
            // Nothing can be put in the place of the newest checkpoint any more.
            final Path newest = TreeFiles.directoryOf(books.directory(), 0).resolve("checkpoint");
            Files.delete(newest);
            Files.createDirectories(newest.resolve("in the way"));
            final LedgerException ex = assertThrows(LedgerException.class, () -> proven.createTransfer(
                900_001, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1));
            assertEquals(LedgerException.Reason.NOT_SEALED, ex.reason());
            assertTrue(ex.isOutcomeUnknown());
            assertNotNull(engine.sealingFailure());
            assertTrue(ledger.createTransfer(
                900_002, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1).isCreated());
            Files.delete(newest.resolve("in the way"));
            Files.delete(newest);
        }
        // The key remembers what it has signed; the books get it again.
        try (LedgerEngine engine = launch(books, books.sealing()))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            ledger.acknowledgedAt(Acknowledgement.CHECKPOINTED).createTransfer(
                900_003, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1);
            assertNull(engine.sealingFailure());
        }
        assertArrayEquals(
            books.treeOf(0).root(),
            Checkpoint.parse(new SignedCheckpoints(books.directory(), 0).newest().text()).root());
    }

    @Test
    void shouldRefuseToLaunchOnBooksThatHaveLostWhatWasSigned()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        try (LedgerEngine engine = launch(books, books.sealing()))
        {
            TestBooks.fill(engine, 1);
        }
        final SealedBooks older = books.copyTo(root.resolve("older"));
        try (LedgerEngine engine = launch(books, books.sealing()))
        {
            TestBooks.fill(engine, 2);
        }
        final HistoryException ex = assertThrows(HistoryException.class, () -> launch(older, older.sealing()));
        assertTrue(ex.getMessage().contains("has lost entries that were signed"), ex.getMessage());
        // Without sealing the books are what they are.
        older.launch().close();
    }

    @Test
    void shouldSealWhatIsForcedWhateverThePolicy()
    {
        for (final Durability durability : List.of(Durability.FSYNC, Durability.OS))
        {
            final SealedBooks books = new SealedBooks(subdirectory(durability.toString()), 1);
            try (LedgerEngine engine = LedgerEngine.launch(
                config(books, books.sealing().intervalNs(0)).durability(durability)))
            {
                TestBooks.fill(engine, 2);
                engine.ledger(LEDGER).acknowledgedAt(Acknowledgement.CHECKPOINTED).lookupAccount(1);
                assertNull(engine.sealingFailure());
            }
            assertEquals(
                books.treeOf(0).size(),
                Checkpoint.parse(new SignedCheckpoints(books.directory(), 0).newest().text()).size());
        }
    }

    @Test
    void shouldSealAnEngineThatIsStepped()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        try (LedgerEngine engine = LedgerEngine.launch(
            config(books, books.sealing().intervalNs(0)).threading(Threading.INVOKER)))
        {
            final Ledger ledger = engine.ledger(LEDGER).acknowledgedAt(Acknowledgement.CHECKPOINTED);
            assertTrue(ledger.createAccount(1, 1, 0).isCreated());
            assertTrue(engine.checkpointedSize(0) >= 2);
        }
    }

    @Test
    void shouldRefuseToSealWhatDoesNotLastAndWhatHasNoKey()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        assertThrows(IllegalArgumentException.class, () -> LedgerEngine.launch(
            new EngineConfig().durability(Durability.MEMORY).sealing(books.sealing())));
        assertThrows(IllegalArgumentException.class, () -> launch(books, new SealingConfig()));
        assertThrows(SealingException.class, () -> launch(
            books, new SealingConfig().keyFiles(List.of(root.resolve("none")))));
        try (LedgerEngine engine = books.launch())
        {
            final IllegalStateException ex = assertThrows(
                IllegalStateException.class,
                () -> engine.ledger(LEDGER).acknowledgedAt(Acknowledgement.CHECKPOINTED));
            assertTrue(ex.getMessage().startsWith("nothing is sealed"), ex.getMessage());
            assertEquals(0, engine.checkpointedSize(0));
        }
    }

    /**
     * There is much to seal when the launch begins, and a sealer forces what it seals; one of its forces falls into the
     * very pass in which the shard comes to run.
     */
    @Test
    void shouldRefuseALaunchDuringWhichASealerCouldNotForce() throws IOException
    {
        int refusedCount = 0;
        for (int force = 1; force <= 6; force++)
        {
            final SealedBooks books = new SealedBooks(subdirectory("force-" + force), 1);
            final SimDisk disk = new SimDisk(new SplittableRandom(force));
            try (LedgerEngine engine = LedgerEngine.launch(onDisk(disk, books).sealing(null)))
            {
                TestBooks.fill(engine, 1);
            }
            disk.failForceAfter(force, false);
            try (LedgerEngine engine = LedgerEngine.launch(onDisk(disk, books)))
            {
                assertNull(engine.failure());
                assertEquals(Readiness.READY, engine.readiness());
                disk.failNoMore();
            }
            catch (final JournalException ex)
            {
                assertTrue(ex.getMessage().contains("can not force the journal"), ex.getMessage());
                refusedCount++;
            }
        }
        assertTrue(refusedCount > 1, "no launch met an error of its sealer");
    }

    private static EngineConfig onDisk(final SimDisk disk, final SealedBooks books)
    {
        final EngineConfig config = config(books, books.sealing().entries(1).intervalNs(0))
            .durability(Durability.OS).threading(Threading.INVOKER);
        disk.install(config.journal());
        return config;
    }

    private Path subdirectory(final String name)
    {
        final Path directory = root.resolve(name);
        assertTrue(directory.toFile().mkdir());
        return directory;
    }

    private static EngineConfig config(final SealedBooks books, final SealingConfig sealing)
    {
        return TestBooks.config(books.directory(), books.shardCount()).origin(SealedBooks.ORIGIN).sealing(sealing);
    }

    private static LedgerEngine launch(final SealedBooks books, final SealingConfig sealing)
    {
        return LedgerEngine.launch(config(books, sealing));
    }
}
