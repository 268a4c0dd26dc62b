package io.seriatim.resharding;

import io.seriatim.codecs.MessageHeaderDecoder;
import io.seriatim.codecs.TransferEntryDecoder;
import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.JournalException;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.replay.JournalEditor;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static io.seriatim.ledger.TransferFlags.BALANCING_DEBIT;
import static io.seriatim.ledger.TransferFlags.CLOSING_CREDIT;
import static io.seriatim.ledger.TransferFlags.LINKED;
import static io.seriatim.ledger.TransferFlags.PENDING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Books come out the same on other shards, or it is said what is in the way. */
class ReshardingTest
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int USD = 840;
    private static final int EUR = 978;
    private static final int CHAIN_LENGTH = 5_000;
    private static final int OUTCOME_OFFSET =
        MessageHeaderDecoder.ENCODED_LENGTH + TransferEntryDecoder.outcomeEncodingOffset();

    @TempDir
    private Path directory;

    private Path books(final String name, final int shardCount, final Consumer<LedgerEngine> writer)
    {
        final Path books = directory.resolve(name);
        try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(books, shardCount)))
        {
            writer.accept(engine);
        }
        return books;
    }

    /** Accounts 1 to 4 of a ledger, of which the third may not be overdrawn. */
    private static void createAccounts(final Ledger ledger)
    {
        final long base = ledger.number() * 1_000L;
        ledger.createAccounts(List.of(
            Account.of(base + 1, 10, 0), Account.of(base + 2, 10, AccountFlags.HISTORY),
            Account.of(base + 3, 10, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS), Account.of(base + 4, 10, 0)));
    }

    private static Transfer transfer(
        final int ledger, final long id, final int debit, final int credit, final long amount)
    {
        return Transfer.of(ledger * 1_000_000L + id, ledger * 1_000L + debit, ledger * 1_000L + credit, amount, 1)
            .withLedger(ledger);
    }

    /** Some of everything, in ledgers that take turns; what expires in all of them is released in one go. */
    private static void writeEverything(final LedgerEngine engine)
    {
        for (final int number : ReshardedBooks.LEDGERS)
        {
            final Ledger ledger = engine.ledger(number);
            ledger.defineLedgers(List.of(new LedgerDefinition(number, "C" + number, 2)));
            createAccounts(ledger);
            ledger.createAccount(number * 1_000L + 1, 10, 0);
            ledger.createAccount(0, 10, 0);
        }
        for (int round = 0; round < 3; round++)
        {
            for (final int number : ReshardedBooks.LEDGERS)
            {
                write(engine.ledger(number), number, 100L * round);
            }
            engine.ledger(USD).advanceClock(3 * SECOND_NS);
        }
    }

    private static void write(final Ledger ledger, final int number, final long base)
    {
        final long ids = number * 1_000_000L + base;
        ledger.createTransfers(List.of(
            transfer(number, base + 1, 1, 3, 50),
            transfer(number, base + 2, 3, 1, 60),
            transfer(number, base + 2, 3, 1, 60),
            transfer(number, base + 1, 1, 3, 50),
            transfer(number, base + 3, 1, 99, 5),
            transfer(number, base + 4, 3, 2, 1_000).withFlags(BALANCING_DEBIT)));
        ledger.createTransfers(List.of(
            transfer(number, base + 10, 1, 2, 7).pending(2),
            transfer(number, base + 11, 2, 1, 8).pending(2),
            transfer(number, base + 12, 1, 2, 9).withFlags(PENDING),
            transfer(number, base + 13, 1, 2, 9).withFlags(PENDING),
            transfer(number, base + 14, 1, 4, 0).pending(2).withFlags(PENDING | CLOSING_CREDIT),
            transfer(number, base + 15, 1, 4, 1)));
        ledger.createTransfers(List.of(
            Transfer.post(ids + 20, ids + 12, 4), Transfer.voiding(ids + 21, ids + 13),
            Transfer.post(ids + 22, ids + 77), Transfer.post(ids + 20, ids + 12, 4)));
        ledger.createTransfers(List.of(
            transfer(number, base + 30, 1, 2, 3).withFlags(LINKED), transfer(number, base + 31, 1, 2, 4),
            transfer(number, base + 32, 1, 2, 3).withFlags(LINKED), transfer(number, base + 33, 1, 1, 4)));
        final long timestampNs = ledger.createTransfer(transfer(number, base + 40, 1, 2, 1)).timestampNs();
        ledger.advanceClock(100);
        ledger.createTransfers(List.of(
            transfer(number, base + 41, 1, 2, 6).imported(timestampNs + 1),
            transfer(number, base + 42, 1, 2, 6).imported(timestampNs + 2),
            transfer(number, base + 43, 1, 2, 6).imported(timestampNs + 2)));
    }

    /** Entries of a group are one: the reader has to come back for them until the last one is there. */
    @Test
    void shouldTakeAChainThatIsLongerThanWhatIsReadAtATime()
    {
        final Path from = directory.resolve("one");
        try (LedgerEngine engine = LedgerEngine.launch(longChains(from, 1)))
        {
            for (final int number : Set.of(USD, EUR))
            {
                final Ledger ledger = engine.ledger(number);
                createAccounts(ledger);
                final List<Transfer> chain = new ArrayList<>();
                for (int i = 1; i < CHAIN_LENGTH; i++)
                {
                    chain.add(transfer(number, i, 1, 2, i).withFlags(LINKED));
                }
                chain.add(transfer(number, CHAIN_LENGTH, 2, 1, 1));
                ledger.createTransfers(chain);
                ledger.createTransfer(transfer(number, CHAIN_LENGTH + 1, 2, 1, 1));
            }
        }
        final Path to = directory.resolve("two");

        assertEquals(Map.of(), ReshardedBooks.reshard(from, longChains(to, 2), false).counts());
        ReshardedBooks.assertSame(from, to, true, "1 to 2");
        assertEquals(CHAIN_LENGTH + 5, ReshardedBooks.histories(to, true).get(Integer.toString(USD)).size());
    }

    private static EngineConfig longChains(final Path books, final int shardCount)
    {
        return ReshardedBooks.config(books, shardCount)
            .batchCountMax(CHAIN_LENGTH)
            .windowCapacity(1 << 14)
            .journal(new JournalConfig().termLength(8 << 20).segmentLength(8 << 20));
    }

    @Test
    void shouldComeOutTheSameOnMoreShardsAndOnFewer()
    {
        final Path one = books("one", 1, ReshardingTest::writeEverything);
        final Path four = directory.resolve("four");
        final Path two = directory.resolve("two");
        final Path again = directory.resolve("again");

        assertEquals(Map.of(), ReshardedBooks.reshard(one, four, 4, false).counts());
        ReshardedBooks.assertSame(one, four, true, "1 to 4");
        assertEquals(Map.of(), ReshardedBooks.reshard(four, two, 2, false).counts());
        ReshardedBooks.assertSame(one, two, true, "4 to 2");
        assertEquals(Map.of(), ReshardedBooks.reshard(two, again, 1, false).counts());
        ReshardedBooks.assertSame(one, again, true, "2 to 1");
        final Map<String, List<Map<String, Object>>> histories = ReshardedBooks.histories(one, true);
        assertTrue(histories.get("840").stream().anyMatch(fields -> "expiry".equals(fields.get("kind"))));
        assertEquals(Set.of("392", "826", "840", "978"), histories.keySet());
    }

    @Test
    void shouldGoOnWhereTheOldBooksEnded()
    {
        final Path one = books("one", 1, ReshardingTest::writeEverything);
        final Path four = directory.resolve("four");
        try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(one, 1)))
        {
            engine.ledger(EUR).createTransfers(List.of(
                transfer(EUR, 501, 1, 2, 5).pending(60), transfer(EUR, 502, 1, 2, 5).pending(60),
                transfer(EUR, 503, 1, 2, 5).pending(60)));
        }
        assertEquals(Map.of(), ReshardedBooks.reshard(one, four, 4, false).counts());
        try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(four, 4)))
        {
            final Ledger euro = engine.ledger(EUR);
            assertEquals(TransferOutcome.EXISTS, euro.createTransfer(transfer(EUR, 1, 1, 3, 50)).outcome());
            assertEquals(TransferOutcome.ID_ALREADY_FAILED, euro.createTransfer(transfer(EUR, 2, 3, 1, 60)).outcome());
            assertEquals(
                TransferOutcome.CREATED, euro.createTransfer(Transfer.post(1, EUR * 1_000_000L + 501)).outcome());
            assertEquals(
                TransferOutcome.CREATED, euro.createTransfer(Transfer.voiding(2, EUR * 1_000_000L + 502)).outcome());
            assertEquals(1, euro.advanceClock(100 * SECOND_NS).expiredCount());
            assertEquals(
                TransferOutcome.PENDING_TRANSFER_EXPIRED,
                euro.createTransfer(Transfer.post(3, EUR * 1_000_000L + 503)).outcome());
            assertEquals(TransferOutcome.CREATED, engine.ledger(USD).createTransfer(
                transfer(USD, 600, 1, 2, 5)).outcome());
        }
        ReshardedBooks.accounts(four);
    }

    private Obstacles obstacles(final Path from, final int shardCount)
    {
        return ReshardedBooks.reshard(from, directory.resolve("new"), shardCount, false);
    }

    private static void assertCase(final Obstacles obstacles, final Obstacle kind, final long count, final String text)
    {
        assertEquals(Map.of(kind, count), obstacles.counts(), () -> obstacles.cases(kind).toString());
        assertEquals(text, obstacles.cases(kind).get(0));
    }

    @Test
    void shouldNotTearChains()
    {
        final Path one = books("one", 1, engine ->
        {
            createAccounts(engine.ledger(USD));
            createAccounts(engine.ledger(EUR));
            engine.scope(USD, EUR).createTransfers(List.of(
                transfer(USD, 1, 1, 2, 5), transfer(USD, 2, 1, 2, 5).withFlags(LINKED), transfer(EUR, 3, 1, 2, 5)));
        });
        assertCase(
            ReshardedBooks.reshard(one, directory.resolve("new"), 2, true), Obstacle.CHAIN_TORN, 1,
            "shard 0 sequence 10 ledger 840 transfer 840000002, 2 events: ledgers 840 on 0, 978 on 1");
    }

    @Test
    void shouldSplitRequestsOnlyIfAsked()
    {
        final Path one = books("one", 1, engine ->
        {
            createAccounts(engine.ledger(USD));
            createAccounts(engine.ledger(EUR));
            engine.scope(USD, EUR).createTransfers(List.of(
                transfer(USD, 1, 1, 2, 5), transfer(EUR, 2, 1, 2, 5), transfer(EUR, 3, 1, 1, 5),
                transfer(USD, 4, 1, 2, 5).withFlags(LINKED), transfer(USD, 5, 1, 2, 5).withFlags(LINKED)));
        });
        assertCase(
            obstacles(one, 2), Obstacle.REQUEST_TORN, 1,
            "shard 0 sequence 9 ledger 840 transfer 840000001, 5 events: ledgers 840 on 0, 978 on 1");
        final Path split = directory.resolve("split");
        assertEquals(Map.of(), ReshardedBooks.reshard(one, split, 2, true).counts());
        ReshardedBooks.assertSame(one, split, false, "split");
        assertTrue(ReshardedBooks.differences(one, split, true).size() >= 2, "the places differ");
    }

    @Test
    void shouldNotTakeRequestsThatAreTooLong()
    {
        final Path one = books("one", 1, engine -> createAccounts(engine.ledger(USD)));
        final EngineConfig config = ReshardedBooks.config(directory.resolve("new"), 2).batchCountMax(3);
        assertCase(
            ReshardedBooks.reshard(one, config, false), Obstacle.REQUEST_TOO_LONG, 1,
            "shard 0 sequence 1 ledger 840 account 840001: 4 events, most there=3");
        final EngineConfig exact = ReshardedBooks.config(directory.resolve("exact"), 2).batchCountMax(4);
        assertEquals(Map.of(), ReshardedBooks.reshard(one, exact, false).counts());
    }

    @Test
    void shouldNotTakeTimesThatCross()
    {
        final Path two = books("two", 2, engine ->
        {
            createAccounts(engine.ledger(USD));
            createAccounts(engine.ledger(EUR));
        });
        assertCase(
            obstacles(two, 1), Obstacle.TIMES_CROSS, 1,
            "shard 1 sequence 1 ledger 978 account 978001: 1970-01-01T00:00:00.000000002Z is not behind " +
            "1970-01-01T00:00:00.000000005Z, which shard 0 has seen by then");
        final Path apart = books("apart", 2, engine ->
        {
            createAccounts(engine.ledger(USD));
            // The next time that there is.
            engine.ledger(USD).advanceClock(0);
            createAccounts(engine.ledger(EUR));
        });
        final Path joined = directory.resolve("joined");
        final Obstacles none = ReshardedBooks.reshard(apart, joined, 1, false);
        assertEquals(Map.of(), none.counts(), none.cases(Obstacle.TIMES_CROSS).toString());
        ReshardedBooks.assertSame(apart, joined, true, "2 to 1");
    }

    @Test
    void shouldNotReleaseOtherwise()
    {
        final Path two = books("two", 2, engine ->
        {
            createAccounts(engine.ledger(USD));
            engine.ledger(USD).createTransfer(transfer(USD, 1, 1, 2, 5).pending(1));
            engine.ledger(EUR).advanceClock(2 * SECOND_NS);
            createAccounts(engine.ledger(EUR));
            assertEquals(1, engine.ledger(USD).advanceClock(1_000).expiredCount());
        });
        assertCase(
            obstacles(two, 1), Obstacle.RELEASED_OTHERWISE, 1,
            "shard 1 sequence 1 ledger 978 account 978001: what expires at 1970-01-01T00:00:01.000000007Z would " +
            "have to be released before it, and was released after it");
        final Path four = directory.resolve("four");
        assertEquals(Map.of(), ReshardedBooks.reshard(two, four, 4, false).counts());
        ReshardedBooks.assertSame(two, four, true, "2 to 4");
    }

    @Test
    void shouldNotLetIdsMeet()
    {
        final Path two = books("two", 2, engine ->
        {
            for (final int number : new int[] {USD, EUR})
            {
                final Ledger ledger = engine.ledger(number);
                createAccounts(ledger);
                ledger.createTransfer(Transfer.of(7, number * 1_000L + 1, number * 1_000L + 2, 5, 1));
                ledger.createAccount(9, 10, 0);
                ledger.advanceClock(1_000);
            }
        });
        final Obstacles obstacles = obstacles(two, 1);
        assertCase(
            obstacles, Obstacle.IDS_MEET, 2,
            "shard 1 sequence 5 ledger 978 transfer 7: created, and exists_with_different_debit_account_id on shard 0");
        assertEquals(
            "shard 1 sequence 6 ledger 978 account 9: created, and exists_with_different_ledger on shard 0",
            obstacles.cases(Obstacle.IDS_MEET).get(1));
    }

    @Test
    void shouldNotLetIdsPart()
    {
        final Path one = books("one", 1, engine ->
        {
            createAccounts(engine.ledger(USD));
            createAccounts(engine.ledger(EUR));
            final Transfer first = Transfer.of(7, USD * 1_000L + 1, USD * 1_000L + 2, 5, 1);
            engine.ledger(USD).createTransfer(first);
            engine.ledger(EUR).createTransfer(Transfer.of(7, EUR * 1_000L + 1, EUR * 1_000L + 2, 5, 1));
            engine.ledger(USD).createTransfer(Transfer.of(8, USD * 1_000L + 1, 99, 5, 1));
            engine.ledger(EUR).createTransfer(Transfer.of(8, EUR * 1_000L + 1, EUR * 1_000L + 2, 5, 1));
            engine.ledger(EUR).createTransfer(Transfer.of(9, USD * 1_000L + 1, EUR * 1_000L + 2, 5, 1));
            engine.ledger(EUR).createAccount(USD * 1_000L + 1, 10, 0);
            // Of an id that was refused without being spent, nothing is known in either.
            engine.ledger(USD).createTransfer(Transfer.of(10, USD * 1_000L + 1, USD * 1_000L + 1, 5, 1));
            engine.ledger(EUR).createTransfer(Transfer.of(10, EUR * 1_000L + 1, EUR * 1_000L + 2, 5, 1));
        });
        final Obstacles obstacles = obstacles(one, 2);
        assertCase(
            obstacles, Obstacle.IDS_PART, 4,
            "shard 0 sequence 10 ledger 978 transfer 7: exists_with_different_debit_account_id, and created on shard " +
            "1");
        assertEquals(
            "shard 0 sequence 12 ledger 978 transfer 8: id_already_failed, and created on shard 1",
            obstacles.cases(Obstacle.IDS_PART).get(1));
        assertEquals(
            "shard 0 sequence 13 ledger 978 transfer 9: accounts_must_have_the_same_ledger, and " +
            "debit_account_not_found on shard 1", obstacles.cases(Obstacle.IDS_PART).get(2));
    }

    @Test
    void shouldLetCommandsThatNameNoLedgerGoWithTheirId()
    {
        final Path one = books("one", 1, engine ->
        {
            createAccounts(engine.ledger(USD));
            createAccounts(engine.ledger(EUR));
            final Ledger shard = engine.shard(0);
            shard.createTransfer(transfer(EUR, 1, 1, 2, 5).withFlags(PENDING));
            shard.createTransfer(Transfer.post(70, EUR * 1_000_000L + 1));
            shard.createTransfer(Transfer.post(70, EUR * 1_000_000L + 1));
            shard.createTransfer(Transfer.post(71, 12_345));
            shard.createTransfer(Transfer.post(71, EUR * 1_000_000L + 1));
            shard.createAccount(EUR * 1_000L + 1, 10, 0);
        });
        final Path two = directory.resolve("two");
        final Obstacles obstacles = ReshardedBooks.reshard(one, two, 2, false);
        assertEquals(Map.of(), obstacles.counts());
        ReshardedBooks.assertSame(one, two, true, "no ledger");
        assertEquals(4, ReshardedBooks.histories(two, true).get("0").size());
    }

    /** Ids are of a shard: what another shard uses under the same number says nothing. */
    @Test
    void shouldTellIdsOfOneShardFromThoseOfAnother()
    {
        final Path one = books("one", 2, engine ->
        {
            createAccounts(engine.ledger(USD));
            createAccounts(engine.ledger(EUR));
            final Ledger usd = engine.ledger(USD);
            usd.createTransfer(Transfer.of(5, USD * 1_000L + 1, USD * 1_000L + 2, 5, 1).withFlags(PENDING));
            usd.createTransfer(Transfer.post(7, 5));
            engine.ledger(EUR).advanceClock(1_000);
            final Ledger shard = engine.shard(engine.shardOf(EUR));
            engine.ledger(EUR).createTransfer(
                Transfer.of(5, EUR * 1_000L + 1, EUR * 1_000L + 2, 5, 1).withFlags(PENDING));
            shard.createTransfer(Transfer.post(7, 5));
            shard.createTransfer(Transfer.post(7, 5));
        });
        final Path four = directory.resolve("four");
        assertEquals(Map.of(), ReshardedBooks.reshard(one, four, 4, false).counts());
        ReshardedBooks.assertSame(one, four, true, "the same ids on two shards");
    }

    @Test
    void shouldNotJudgeImportedTimesOtherwise()
    {
        final Path one = books("one", 1, engine ->
        {
            createAccounts(engine.ledger(EUR));
            createAccounts(engine.ledger(USD));
            engine.ledger(USD).advanceClock(100);
            engine.ledger(USD).createTransfer(transfer(USD, 1, 1, 2, 5));
            engine.ledger(USD).advanceClock(100);
            engine.ledger(EUR).createTransfer(transfer(EUR, 2, 1, 2, 5).imported(50));
        });
        assertCase(
            obstacles(one, 2), Obstacle.IMPORTED, 1,
            "shard 0 sequence 10 ledger 978 transfer 978000002: imported_event_timestamp_must_not_regress, and " +
            "created on shard 1");
    }

    @Test
    void shouldFindWhatIsNotTheSameInTheFiles()
    {
        final Path one = books("one", 1, ReshardingTest::writeEverything);
        final Path four = directory.resolve("four");
        assertEquals(Map.of(), ReshardedBooks.reshard(one, four, 4, false).counts());

        final Path more = books("more", 1, engine ->
        {
            writeEverything(engine);
            engine.ledger(USD).createTransfer(transfer(USD, 900, 1, 2, 1));
        });
        final List<String> missing = ReshardedBooks.differences(more, four, true);
        assertEquals(1, missing.size());
        assertTrue(missing.get(0).startsWith("ledger 840: ") && missing.get(0).contains("id=840000900") &&
            missing.get(0).endsWith("and: none"), missing::toString);

        new JournalEditor(four.resolve("journal-0")).edit(0, 8, (buffer, offset) ->
            buffer.putInt(offset + OUTCOME_OFFSET, TransferOutcome.EXCEEDS_DEBITS.code(), ByteOrder.LITTLE_ENDIAN));
        final List<String> flipped = ReshardedBooks.differences(one, four, true);
        assertTrue(flipped.stream().anyMatch(text -> text.contains("four: shard 0 sequence 8")), flipped::toString);
        assertTrue(
            flipped.stream().anyMatch(text -> text.startsWith("ledger 840: ") && text.contains("exceeds_debits")),
            flipped::toString);
    }

    @Test
    void shouldFindWhatWasExecutedOtherwise()
    {
        final Path one = books("one", 1, ReshardingTest::writeEverything);
        new JournalEditor(one.resolve("journal-0")).edit(0, 29, (buffer, offset) ->
            buffer.putInt(offset + OUTCOME_OFFSET, TransferOutcome.EXCEEDS_DEBITS.code(), ByteOrder.LITTLE_ENDIAN));
        assertTrue(obstacles(one, 4).counts().containsKey(Obstacle.OTHERWISE));
    }

    @Test
    void shouldNotReadBooksAtWorkNorWriteIntoSuchThatHoldSomething()
    {
        final Path one = directory.resolve("one");
        try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(one, 1)))
        {
            createAccounts(engine.ledger(USD));
            final JournalException live = assertThrows(JournalException.class, () -> new RecordedBooks(one));
            assertTrue(live.getMessage().startsWith("an engine is at work there: directory="), live.getMessage());
        }
        final RecordedBooks books = new RecordedBooks(one);
        books.requireUnchanged();
        LedgerEngine.launch(ReshardedBooks.config(one, 1)).close();
        assertThrows(JournalException.class, books::requireUnchanged);
        final JournalException full = assertThrows(
            JournalException.class, () -> new Resharding(new RecordedBooks(one), one, false, null).run(done -> {}));
        assertTrue(full.getMessage().startsWith("there are entries already: shard=0"), full.getMessage());
    }

    /** A crash may leave the first groups of a request; what is left counts, and says how long the request was. */
    @ParameterizedTest
    @ValueSource(strings = {"nothing", "a transfer", "an expiry"})
    void shouldTakeRequestsThatACrashHasCutShort(final String behind) throws IOException
    {
        final Path live = directory.resolve("live");
        final Path crashed = directory.resolve("crashed");
        try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(live, 1)))
        {
            createAccounts(engine.ledger(USD));
            engine.ledger(USD).createTransfer(transfer(USD, 80, 1, 2, 5).pending(60));
            final List<Transfer> transfers = new ArrayList<>();
            for (int i = 1; i <= 60; i++)
            {
                transfers.add(transfer(i % 2 == 0 ? USD : EUR, i, 1, 2, i));
            }
            engine.scope(USD, EUR).createTransfers(transfers);
            copy(live, crashed);
        }
        cutLastFrame(crashed.resolve("journal-0").resolve("archive").resolve("0-0.rec"));
        if (!behind.equals("nothing"))
        {
            try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(crashed, 1)))
            {
                final Ledger usd = engine.ledger(USD);
                assertTrue(behind.equals("a transfer") ? usd.createTransfer(transfer(USD, 90, 1, 2, 5)).isCreated() :
                    usd.advanceClock(100 * SECOND_NS).expiredCount() == 1);
            }
        }
        final Path two = directory.resolve("two");
        final Path same = directory.resolve("same");
        assertEquals(Map.of(), ReshardedBooks.reshard(crashed, two, 2, true).counts());
        ReshardedBooks.assertSame(crashed, two, false, "split");
        assertEquals(Map.of(), ReshardedBooks.reshard(crashed, same, 1, false).counts());
        ReshardedBooks.assertSame(crashed, same, true, "as it was");
        final long left = ReshardedBooks.histories(same, true).get("840").stream()
            .filter(fields -> "60".equals(String.valueOf(fields.get("batch_count")))).count();
        assertTrue(left > 0 && left < 30, () -> "entries=" + left);
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> paths = Files.walk(from))
        {
            for (final Path path : paths.toList())
            {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    private static void cutLastFrame(final Path segment) throws IOException
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(Files.readAllBytes(segment));
        int last = 0;
        int next = 0;
        while (next < buffer.capacity() && buffer.getInt(next, ByteOrder.LITTLE_ENDIAN) > 0)
        {
            last = next;
            next += buffer.getInt(next, ByteOrder.LITTLE_ENDIAN);
        }
        buffer.setMemory(last, next - last, (byte)0);
        Files.write(segment, buffer.byteArray());
    }
}
