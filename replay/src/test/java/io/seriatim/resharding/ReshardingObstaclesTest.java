package io.seriatim.resharding;

import io.seriatim.engine.Account;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.AccountOutcome;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.replay.JournalEditor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is said of books whose entries were changed, and how much of it; and what two books differ in. */
class ReshardingObstaclesTest
{
    private static final int USD = 840;
    private static final int EUR = 978;
    private static final int OUTCOME_OFFSET = 36;
    private static final int EXPIRED_AMOUNT_OFFSET = 96;
    private static final int MOVED_AMOUNT_OFFSET = 176;

    @TempDir
    private Path directory;

    @Test
    void shouldKeepChainsOfAccountsTogether()
    {
        final Path one = books("one", engine ->
        {
            engine.ledger(USD).createAccounts(List.of(
                Account.of(1, 10, AccountFlags.LINKED), Account.of(2, 10, 0), Account.of(3, 10, 0)));
            engine.ledger(EUR).createAccounts(List.of(
                Account.of(11, 10, AccountFlags.LINKED), Account.of(0, 10, 0), Account.of(13, 10, 0)));
        });
        final Path two = directory.resolve("two");
        assertEquals(Map.of(), ReshardedBooks.reshard(one, two, 2, true).counts());
        ReshardedBooks.assertSame(one, two, true, "chains of accounts");
        assertEquals(4, ReshardedBooks.accounts(two).size(), "of the chain that failed there is none");
    }

    @Test
    void shouldCountEveryCaseAndDescribeTheFirstOnes()
    {
        final int caseCount = Obstacles.CASE_COUNT_MAX + 5;
        final Path one = books("one", engine ->
        {
            accounts(engine.ledger(USD));
            accounts(engine.ledger(EUR));
            for (int i = 0; i < caseCount; i++)
            {
                engine.scope(USD, EUR).createTransfers(List.of(
                    transfer(USD, 10 + i, 1, 2).withFlags(TransferFlags.LINKED), transfer(EUR, 10 + i, 1, 2)));
            }
        });
        final Obstacles obstacles = ReshardedBooks.reshard(one, directory.resolve("two"), 2, true);
        assertEquals(Map.of(Obstacle.CHAIN_TORN, (long)caseCount), obstacles.counts());
        final List<String> cases = obstacles.cases(Obstacle.CHAIN_TORN);
        assertEquals(Obstacles.CASE_COUNT_MAX, cases.size());
        assertEquals(
            "shard 0 sequence 7 ledger 840 transfer 840010, 2 events: ledgers 840 on 0, 978 on 1", cases.get(0));
        assertEquals(List.of(), obstacles.cases(Obstacle.OTHERWISE));
    }

    @Test
    void shouldFindAnAmountThatWasReleasedOtherwise()
    {
        final Path one = books("one", engine ->
        {
            accounts(engine.ledger(USD));
            engine.ledger(USD).createTransfer(transfer(USD, 10, 1, 2).pending(1));
            assertEquals(
                1, engine.ledger(USD).advanceClock(TimeUnit.SECONDS.toNanos(2)).expiredCount());
        });
        editLong(one, 5, EXPIRED_AMOUNT_OFFSET, 6);
        assertCase(one, Obstacle.RELEASED_OTHERWISE, "shard 0 sequence 5 ledger 840: ", "amount");
    }

    @Test
    void shouldFindAnAmountThatWasMovedOtherwise()
    {
        final Path one = books("one", engine ->
        {
            accounts(engine.ledger(USD));
            engine.ledger(USD).createTransfer(transfer(USD, 10, 1, 3));
            engine.ledger(USD).createTransfer(transfer(USD, 11, 3, 2).withFlags(TransferFlags.BALANCING_DEBIT));
        });
        editLong(one, 5, MOVED_AMOUNT_OFFSET, 4);
        assertCase(one, Obstacle.OTHERWISE, "shard 0 sequence 5 ledger 840 transfer 840011: ", "amount");
    }

    @Test
    void shouldFindADefinitionAndAnImportThatCameOutOtherwise()
    {
        final Path defined = books("defined", engine ->
            engine.ledger(USD).defineLedgers(List.of(new LedgerDefinition(USD, "USD", 2))));
        editOutcome(defined, 1, AccountOutcome.LINKED_EVENT_FAILED.code());
        assertCase(defined, Obstacle.OTHERWISE, "shard 0 sequence 1 ledger 840: ", "created");

        final Path imported = books("imported", engine ->
        {
            accounts(engine.ledger(USD));
            engine.ledger(USD).advanceClock(100);
            engine.ledger(USD).createTransfer(transfer(USD, 10, 1, 2));
            assertEquals(
                TransferOutcome.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
                engine.ledger(USD).createTransfer(transfer(USD, 11, 1, 2).imported(50)).outcome());
        });
        editOutcome(imported, 5, TransferOutcome.EXCEEDS_DEBITS.code());
        assertCase(
            imported, Obstacle.IMPORTED, "shard 0 sequence 5 ledger 840 transfer 840011: exceeds_debits, and ",
            "imported_event_timestamp_must_not_regress on shard 0");
    }

    @Test
    void shouldTellDefinitionsAndCommandsOfNoLedgerThatDiffer()
    {
        final Path one = books("one", engine ->
        {
            engine.ledger(USD).defineLedgers(List.of(new LedgerDefinition(USD, "USD", 2)));
            engine.shard(0).createTransfer(Transfer.post(70, 12_345));
        });
        final Path other = books("other", engine ->
            engine.ledger(USD).defineLedgers(List.of(new LedgerDefinition(USD, "USD", 3))));
        assertEquals(List.of(), ReshardedBooks.differences(one, one, true));
        final List<String> differences = ReshardedBooks.differences(one, other, true);
        assertEquals(3, differences.size(), differences::toString);
        assertTrue(
            differences.get(0).startsWith("ledger 0: LedgerState[entryCount=1, ") &&
            differences.get(0).endsWith(", and null"), differences.get(0));
        assertTrue(
            differences.get(1).startsWith("ledger 840: LedgerState[entryCount=1, ") &&
            differences.get(1).contains("first entry that differs: "), differences.get(1));
        assertTrue(
            differences.get(2).startsWith("ledger 840: ") && differences.get(2).contains("scale=2") &&
            differences.get(2).contains("scale=3"), differences.get(2));
    }

    private Path books(final String name, final Consumer<LedgerEngine> writer)
    {
        final Path books = directory.resolve(name);
        try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(books, 1)))
        {
            writer.accept(engine);
        }
        return books;
    }

    private static void accounts(final Ledger ledger)
    {
        final long base = ledger.number() * 1_000L;
        ledger.createAccounts(List.of(
            Account.of(base + 1, 10, 0), Account.of(base + 2, 10, 0),
            Account.of(base + 3, 10, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)));
    }

    private static Transfer transfer(final int ledger, final long id, final int debit, final int credit)
    {
        final long base = ledger * 1_000L;
        return Transfer.of(base + id, base + debit, base + credit, 5, 1).withLedger(ledger);
    }

    private static void editLong(final Path books, final long sequence, final int place, final long value)
    {
        new JournalEditor(books.resolve("journal-0")).edit(
            0, sequence, (buffer, offset) -> buffer.putLong(offset + place, value, ByteOrder.LITTLE_ENDIAN));
    }

    private static void editOutcome(final Path books, final long sequence, final int outcome)
    {
        new JournalEditor(books.resolve("journal-0")).edit(
            0, sequence, (buffer, offset) -> buffer.putInt(offset + OUTCOME_OFFSET, outcome, ByteOrder.LITTLE_ENDIAN));
    }

    private void assertCase(final Path from, final Obstacle kind, final String start, final String part)
    {
        final Obstacles obstacles =
            ReshardedBooks.reshard(from, directory.resolve(from.getFileName() + "-new"), 2, false);
        assertEquals(Map.of(kind, 1L), obstacles.counts(), () -> obstacles.cases(kind).toString());
        final String told = obstacles.cases(kind).get(0);
        assertTrue(told.startsWith(start) && told.contains(part), told);
    }
}
