package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Explanation;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.ManualClock;
import io.seriatim.engine.StateRootConfig;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.journal.KeyFile;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** An entry is explained from the files as the engine explains it. */
@Timeout(120)
class EntryExplainerTest
{
    private static final int SHARD_COUNT = 3;
    private static final int EVERY = 120;

    @TempDir
    private Path directory;

    @Test
    void shouldExplainEveryEntryAsTheEngineDoes()
    {
        TestBooks.write(directory, SHARD_COUNT, 2);
        for (int shard = 0; shard < SHARD_COUNT; shard++)
        {
            final EntryExplainer explainer = new EntryExplainer(directory, shard);
            final List<Explanation> expected = new ArrayList<>();
            try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(directory, SHARD_COUNT)))
            {
                List<Explanation> next = engine.ledger(TestBooks.LEDGERS[shard]).explain(0).values();
                while (!next.isEmpty())
                {
                    expected.addAll(next);
                    next = engine.ledger(TestBooks.LEDGERS[shard]).explain(expected.size()).values();
                }
            }
            for (int sequence = 0; sequence < expected.size(); sequence++)
            {
                assertEquals(expected.get(sequence), explainer.explain(sequence, count -> {}));
            }
            assertNull(explainer.explain(expected.size() + 1_000, count -> {}));
            assertTrue(expected.stream().anyMatch(each -> each.originalSequence() != 0));
            assertTrue(expected.stream().map(Explanation::outcome).distinct().count() > 2);
        }
    }

    @Test
    void shouldExplainWhatStandsInAndBehindAChainThatIsLongerThanOneRead()
    {
        final int count = 5_000;
        final long lastSequence;
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(directory)
            .durability(Durability.OS).readModel(false).clock(new ManualClock())))
        {
            final Ledger ledger = engine.ledger(840);
            ledger.createAccounts(List.of(Account.of(1, 1, 0), Account.of(2, 1, 0)));
            final List<Transfer> chain = new ArrayList<>();
            for (int i = 1; i < count; i++)
            {
                chain.add(Transfer.of(100 + i, 1, 2, 1, 1).withFlags(TransferFlags.LINKED));
            }
            chain.add(Transfer.of(100 + count, 1, 2, 1, 1));
            ledger.createTransfers(chain);
            lastSequence = ledger.createTransfer(Transfer.of(50, 2, 1, 7, 1)).sequence();
        }
        assertEquals(count + 3, lastSequence);
        final EntryExplainer explainer = new EntryExplainer(directory, 0);
        assertEquals(Integer.toString(count - 1), explainer.explain(lastSequence - 1, sequence -> {})
            .debitAccount().debitsPosted().toString());
        assertEquals(Integer.toString(count), explainer.explain(lastSequence, sequence -> {})
            .creditAccount().debitsPosted().toString());
    }

    /** A state root between two groups of one request is neither taken for a part of a chain, nor hides one. */
    @Test
    void shouldExplainAChainBehindAStateRootAsWithoutOne() throws IOException
    {
        final Path keyFile = directory.resolve("roots.key");
        KeyFile.write(keyFile, StateRootConfig.newKey().toText());
        final List<Explanation> without = explained(directory.resolve("without"), null, 0);
        final List<Explanation> with = explained(
            directory.resolve("with"), new StateRootConfig().every(EVERY).keyFile(keyFile), 1);
        for (int i = 0; i < without.size(); i++)
        {
            assertEquals(without.get(i).outcome(), with.get(i).outcome());
            assertEquals(without.get(i).values(), with.get(i).values());
            assertEquals(without.get(i).debitAccount(), with.get(i).debitAccount());
        }
        assertEquals("exceeds_credits", with.get(2).outcome());
        assertEquals("60", with.get(2).values().get("debits_posted"));
        assertEquals("linked_event_failed", with.get(1).outcome());
        final EntryExplainer explainer = new EntryExplainer(directory.resolve("with"), 0);
        assertEquals(with.get(2), explainer.explain(2 * EVERY + 3, count -> {}));
        final Explanation root = explainer.explain(2 * EVERY + 1, count -> {});
        assertEquals("state_root", root.kind());
        assertEquals(Long.toString(EVERY), root.values().get("as_of_sequence"));
    }

    /** The three entries of a request in whose middle a state root is due. */
    private static List<Explanation> explained(final Path books, final StateRootConfig stateRoots, final int rootCount)
    {
        final List<Explanation> explained = new ArrayList<>();
        try (LedgerEngine engine = LedgerEngine.launch(new EngineConfig().dataDirectory(books)
            .durability(Durability.OS).batchCountMax(EVERY / 2).stateRoots(stateRoots).clock(new ManualClock())))
        {
            final Ledger ledger = engine.ledger(840);
            ledger.createAccounts(List.of(
                Account.of(1, 1, 0), Account.of(2, 1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)));
            ledger.createTransfers(List.of(Transfer.of(100, 1, 2, 100, 1)));
            for (int sequence = 4; sequence < 2 * EVERY; sequence++)
            {
                ledger.createTransfers(List.of(Transfer.of(1_000 + sequence, 1, 1, 1, 1)));
            }
            ledger.createTransfers(List.of(
                Transfer.of(5_000, 1, 1, 1, 1), Transfer.of(5_001, 2, 1, 60, 1).withFlags(TransferFlags.LINKED),
                Transfer.of(5_002, 2, 1, 60, 1)));
            for (final long sequence : new long[] {
                2 * EVERY, 2 * EVERY + rootCount + 1, 2 * EVERY + rootCount + 2})
            {
                explained.add(ledger.explain(sequence).one());
            }
            if (rootCount > 0)
            {
                assertEquals("state_root", ledger.explain(2 * EVERY + 1).one().kind());
            }
        }
        return explained;
    }
}
