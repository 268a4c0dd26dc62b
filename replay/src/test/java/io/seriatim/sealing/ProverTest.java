package io.seriatim.sealing;

import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.KeyFile;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.merkle.Checkpoint;
import io.seriatim.merkle.NoteSigner;
import io.seriatim.merkle.SignedNote;
import io.seriatim.merkle.StateRootLeaf;
import io.seriatim.replay.JournalEditor;
import io.seriatim.replay.TestBooks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a prover finds in books with state roots, under each of their checkpoints, and in files that were changed. */
class ProverTest
{
    private static final int EVERY = 120;
    private static final int LEDGERS_ROOT_OFFSET = 72;
    private static final int CHAIN_LENGTH = 7;

    @TempDir
    private Path root;
    private Path keyFile;
    private SealedBooks books;

    @BeforeEach
    void makeBooks() throws IOException
    {
        keyFile = root.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
        books = new SealedBooks(root, 1);
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books.directory(), 1)
            .origin(SealedBooks.ORIGIN).stateRoots(new StateRootConfig().every(EVERY).keyFile(keyFile))))
        {
            TestBooks.fill(engine, 1);
            // Chains, so that the multiples of the distance lie within groups.
            final Ledger ledger = engine.ledger(TestBooks.LEDGERS[0]);
            for (int chain = 0; chain < 80; chain++)
            {
                ledger.createTransfers(chain(ledger, 10_000 + chain * CHAIN_LENGTH));
            }
        }
    }

    /** Against the entries that are state roots, one after the other. */
    @Test
    void shouldFindTheStateRootsBesideAnyEntryUnderCheckpointsOfAnySize()
    {
        books.seal();
        final List<StateRootLeaf> all = stateRoots();
        assertTrue(all.size() > 3, all.toString());
        assertTrue(all.stream().anyMatch(each -> each.asOfSequence() % EVERY > 0), all.toString());
        final Set<Long> moments = new TreeSet<>(List.of(0L, 1L, Long.MAX_VALUE));
        for (final StateRootLeaf each : all)
        {
            final long multiple = each.asOfSequence() / EVERY * EVERY;
            moments.addAll(List.of(
                multiple - 1, multiple, multiple + 1, each.asOfSequence() - 1, each.asOfSequence(),
                each.asOfSequence() + 1, each.sequence()));
        }
        for (final SignedNote note : checkpointsAround(all))
        {
            try (Prover prover = new Prover(books.directory(), 0, note))
            {
                final List<StateRootLeaf> covered =
                    all.stream().filter(each -> each.sequence() < prover.head().size()).toList();
                for (final long moment : moments)
                {
                    final String what = "as of " + moment + ", " + prover.head();
                    assertEquals(
                        covered.stream().filter(each -> each.asOfSequence() <= moment)
                            .mapToLong(StateRootLeaf::sequence).max().orElse(-1),
                        sequenceOf(prover.stateRootUpTo(moment, EVERY)), what);
                    assertEquals(
                        covered.stream().filter(each -> each.asOfSequence() >= moment)
                            .mapToLong(StateRootLeaf::sequence).min().orElse(-1),
                        sequenceOf(prover.stateRootFrom(moment, EVERY)), what);
                }
            }
        }
    }

    @Test
    void shouldProveNothingUnderAStateRootThatTheJournalDoesNotLeadTo()
    {
        books.seal();
        final StateRootLeaf first = stateRoots().get(0);
        new JournalEditor(books.directory().resolve("journal-0")).edit(
            0, first.sequence(), (buffer, offset) -> buffer.putByte(
                offset + LEDGERS_ROOT_OFFSET, (byte)(buffer.getByte(offset + LEDGERS_ROOT_OFFSET) ^ 1)));
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final StateProver states = new StateProver(
                books.directory(), 0, prover, StateRootConfig.read(keyFile), entries -> { });
            final HistoryException ex = assertThrows(
                HistoryException.class, () -> states.account(0, TestBooks.LEDGERS[0] * 100_000L + 1, EVERY + 60));
            assertEquals(
                "the state root is not what the journal leads to: as of sequence=" + first.asOfSequence() +
                ", shard=0; `verify` and `fsck` find out what was changed", ex.getMessage());
        }
    }

    @Test
    void shouldSayThatTheTreeEndsBeforeTheCheckpoint() throws IOException
    {
        books.seal();
        final Path tree = TreeFiles.directoryOf(books.directory(), 0);
        final Path level = tree.resolve("level-0");
        final byte[] hashes = Files.readAllBytes(level);
        Files.write(level, Arrays.copyOf(hashes, 100));
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final SealingException ex = assertThrows(SealingException.class, () -> prover.receipt(1));
            assertEquals(
                "the tree ends before what a checkpoint covers: file=" + level + ", position=0, bytes=100 of 8192; " +
                "it is made again by `seal`", ex.getMessage());
        }
        books.seal();
        final Path positions = tree.resolve("positions");
        Files.write(positions, new byte[3]);
        try (Prover prover = new Prover(books.directory(), 0))
        {
            final SealingException ex = assertThrows(SealingException.class, () -> prover.receipt(1));
            assertTrue(
                ex.getMessage().startsWith(
                "the tree ends before what a checkpoint covers: file=" + positions + ", position=0, bytes=3 of 8"),
                ex.getMessage());
        }
        books.seal();
        try (Prover prover = new Prover(books.directory(), 0))
        {
            assertEquals(prover.head().size(), prover.receipt(1).verify(books.keys(0)).size());
        }
    }

    private static List<Transfer> chain(final Ledger ledger, final long firstId)
    {
        final List<Transfer> transfers = new ArrayList<>();
        for (int i = 0; i < CHAIN_LENGTH; i++)
        {
            transfers.add(Transfer.of(
                firstId + i, TestBooks.account(ledger, 1), TestBooks.account(ledger, 2), 1, 1)
                .withFlags(i < CHAIN_LENGTH - 1 ? TransferFlags.LINKED : 0));
        }
        return transfers;
    }

    /** Some of them end where no sealer would sign, within a chain or between a group and its state root. */
    private List<SignedNote> checkpointsAround(final List<StateRootLeaf> stateRoots)
    {
        final NoteSigner signer = LogKeys.read(books.keyFile()).named(SealedBooks.ORIGIN + "/0");
        final List<SignedNote> notes = new ArrayList<>();
        try (Prover prover = new Prover(books.directory(), 0))
        {
            notes.add(prover.checkpoint());
            for (final StateRootLeaf each : stateRoots)
            {
                for (long size = each.sequence() - CHAIN_LENGTH; size <= each.sequence() + 2; size++)
                {
                    notes.add(new Checkpoint(prover.head().origin(), size, prover.proofs().root(size))
                        .signed(List.of(signer)));
                }
            }
        }
        return notes;
    }

    private List<StateRootLeaf> stateRoots()
    {
        final List<StateRootLeaf> all = new ArrayList<>();
        try (Prover prover = new Prover(books.directory(), 0))
        {
            prover.read(0, prover.head().size(), cursor ->
            {
                if (StateRootLeaf.isOne(cursor.entry()))
                {
                    all.add(StateRootLeaf.of(cursor.entry()));
                }
            });
        }
        return all;
    }

    private static long sequenceOf(final StateRootLeaf stateRoot)
    {
        return stateRoot == null ? -1 : stateRoot.sequence();
    }
}
