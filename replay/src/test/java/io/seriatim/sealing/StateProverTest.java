package io.seriatim.sealing;

import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.journal.KeyFile;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is said where nothing can be proven yet under a state root, or never. */
class StateProverTest
{
    /** More than the books have entries until they are written again. */
    private static final int EVERY = 120;
    private static final int LEDGER = TestBooks.LEDGERS[0];

    @TempDir
    private Path root;
    private Path keyFile;

    @BeforeEach
    void makeKey() throws IOException
    {
        keyFile = root.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
    }

    @Test
    void shouldSayThatBooksHoldNoStateRoots()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        books.write(1);
        books.seal();
        try (Prover prover = new Prover(books.directory(), 0))
        {
            assertRefused("the books hold no state roots, so nothing can be proven under one: shard=0",
                () -> states(books, prover));
        }
    }

    @Test
    void shouldSayWhichStateRootIsStillToCome()
    {
        final SealedBooks books = new SealedBooks(root, 1);
        write(books, 1);
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final long size = prover.head().size();
            assertTrue(size < 2 * EVERY, "size=" + size);
            final StateProver states = states(books, prover);
            assertRefused(
                "no state root as of sequence " + size + " or before is under the checkpoint: the first one is as of " +
                "sequence 120, and stands behind twice that", () -> states.account(0, 1, Long.MAX_VALUE));
            assertRefused(
                "no state root as of sequence 5 or before is under the checkpoint", () -> states.account(0, 1, 5));
            assertRefused(
                "no state root is under the checkpoint: the newest one is still to come; ",
                () -> states.ledger(LEDGER, 0, Long.MAX_VALUE, new StringBuilder()));
            assertRefused(
                "no state root as of sequence 130 or behind is under the checkpoint: the newest one is still to come",
                () -> states.ledger(LEDGER, 0, 130, new StringBuilder()));
        }

        write(books, 4);
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final long newest = prover.stateRootUpTo(Long.MAX_VALUE, EVERY).asOfSequence();
            final StateProver states = states(books, prover);
            final long account = LEDGER * 100_000L + 1;
            assertEquals(newest, states.account(0, account, newest).row().asOfSequence());
            assertNull(states.account(1, account, newest), "another id with the same low half");
            assertRefused(
                "no state root as of sequence " + (newest + 1) + " or behind is under the checkpoint: the newest one " +
                "is as of sequence " + newest,
                () -> states.ledger(LEDGER, 0, newest + 1, new StringBuilder()));
            assertRefused(
                "nothing from sequence " + (newest + 2) + " on can be proven yet: the newest state root under the " +
                "checkpoint is as of sequence " + newest,
                () -> states.ledger(LEDGER, newest + 2, Long.MAX_VALUE, new StringBuilder()));
        }
    }

    private StateProver states(final SealedBooks books, final Prover prover)
    {
        return new StateProver(books.directory(), 0, prover, StateRootConfig.read(keyFile), entries -> { });
    }

    private void write(final SealedBooks books, final int rounds)
    {
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books.directory(), 1)
            .origin(SealedBooks.ORIGIN).stateRoots(new StateRootConfig().every(EVERY).keyFile(keyFile))))
        {
            TestBooks.fill(engine, rounds);
        }
        books.seal();
    }

    private static void assertRefused(final String reason, final Executable what)
    {
        final SealingException ex = assertThrows(SealingException.class, what);
        assertEquals(reason, ex.getMessage().substring(0, Math.min(reason.length(), ex.getMessage().length())));
    }
}
