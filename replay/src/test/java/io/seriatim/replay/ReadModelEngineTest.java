package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.AccountFilter;
import io.seriatim.engine.AccountWithPending;
import io.seriatim.engine.ChangeEventsFilter;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Filter;
import io.seriatim.engine.Found;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.LedgerException;
import io.seriatim.engine.LedgerSession;
import io.seriatim.engine.QueryFilter;
import io.seriatim.engine.Readiness;
import io.seriatim.engine.Reply;
import io.seriatim.engine.RequestKind;
import io.seriatim.engine.Threading;
import io.seriatim.engine.Transfer;
import io.seriatim.engine.TransferResult;
import io.seriatim.journal.Durability;
import io.seriatim.journal.JournalConfig;
import io.seriatim.journal.SegmentReader;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.PendingState;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.TransferOutcome;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The read model beside a running engine: launched again, behind, switched off, failed, and raced with. */
class ReadModelEngineTest
{
    private static final int LEDGER = 840;
    private static final int BATCH_COUNT = 500;

    @TempDir
    private Path directory;

    @Test
    void shouldAnswerFromTheRebuiltModelAfterALaunch()
    {
        final Path books = directory.resolve("books");
        final Found<Transfer> transfers;
        final Found<Account> accounts;
        final List<String> events;
        TestBooks.write(books, 3, 3);
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 3)))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            transfers = ledger.queryTransfers(QueryFilter.ALL);
            accounts = ledger.queryAccounts(QueryFilter.ALL);
            events = ledger.getChangeEvents(ChangeEventsFilter.ALL).values().stream().map(Object::toString).toList();
            assertEquals(1, engine.readModelProgress());
            assertTrue(engine.readModelBytes() > 0);
        }
        assertTrue(transfers.values().size() > 30, transfers::toString);
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 3)))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            assertEquals(transfers, ledger.queryTransfers(QueryFilter.ALL));
            assertEquals(accounts, ledger.queryAccounts(QueryFilter.ALL));
            assertEquals(
                events,
                ledger.getChangeEvents(ChangeEventsFilter.ALL).values().stream().map(Object::toString).toList());
            for (final Account account : accounts.values())
            {
                assertEquals(account, ledger.lookupAccounts(List.of(account.id())).one());
            }
        }
    }

    @Test
    void shouldAnswerAQueryThatWasAskedBeforeTheRebuildWasDone()
    {
        final Path books = directory.resolve("books");
        final EngineConfig config = config().dataDirectory(books).durability(Durability.OS)
            .threading(Threading.INVOKER);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            accounts(engine.ledger(LEDGER));
            transfer(engine.ledger(LEDGER), 1, 200);
        }
        final EngineConfig again = config().dataDirectory(books).durability(Durability.OS)
            .threading(Threading.INVOKER);
        try (LedgerEngine engine = LedgerEngine.launch(again))
        {
            final LedgerSession session = engine.openSession(0);
            assertTrue(session.claimQuery(RequestKind.GET_ACCOUNT_TRANSFERS, 10) > 0);
            session.filter().id(0, 1).limit(10).flags(Filter.DEBITS | Filter.REVERSED);
            session.publish();
            engine.doWork();
            assertTrue(engine.readModelProgress() < 1, "progress=" + engine.readModelProgress());
            // The shard is open, and goes on while the query waits.
            final long newest = create(engine, session, 1_000_001);
            final List<Long> found = new ArrayList<>();
            while (found.isEmpty())
            {
                engine.doWork();
                session.poll(
                    reply ->
                    {
                        assertEquals(newest - 1, reply.validAtSequence());
                        ids(reply, found);
                    }, 1);
            }
            assertEquals(List.of(100_000L, 99_999L), found.subList(0, 2));
            assertEquals(10, found.size());
        }
    }

    @Test
    void shouldRefuseQueriesWithoutAReadModelAndDoEverythingElse()
    {
        try (LedgerEngine engine = LedgerEngine.launch(config().readModel(false)))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            accounts(ledger);
            transfer(ledger, 1, 1);
            final LedgerException ex = assertThrows(
                LedgerException.class, () -> ledger.queryTransfers(QueryFilter.ALL));
            assertEquals(LedgerException.Reason.NO_QUERIES, ex.reason());
            assertFalse(ex.isOutcomeUnknown());
            assertEquals(BATCH_COUNT, ledger.lookupAccount(1).one().debitsPosted().low());
            assertEquals(0, engine.readModelBytes());
        }
    }

    @Test
    @Timeout(60)
    void shouldLetGoOfItsMemoryBeyondTheLimitAndLeaveTheShardAlone()
    {
        final EngineConfig config = config().readModelMemoryMax(8 * 1024 * 1024);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            accounts(ledger);
            transfer(ledger, 1, 1);
            assertEquals(BATCH_COUNT, ledger.queryTransfers(QueryFilter.ALL).values().size());
            LedgerException refusal = null;
            int batch = 2;
            while (refusal == null)
            {
                transfer(ledger, batch++, 10);
                batch += 9;
                try
                {
                    ledger.queryTransfers(QueryFilter.ALL.withLimit(1));
                }
                catch (final LedgerException ex)
                {
                    refusal = ex;
                }
            }
            assertEquals(LedgerException.Reason.QUERIES_FAILED, refusal.reason());
            assertTrue(refusal.getMessage().contains("readModelMemoryMax"), refusal.getMessage());
            assertEquals(0, engine.readModelBytes());
            assertEquals(1, engine.readModelProgress());
            transfer(ledger, batch, 10);
            assertEquals((batch + 9L) * BATCH_COUNT, ledger.lookupAccount(1).one().debitsPosted().low());
            assertEquals(null, engine.failure());
        }
    }

    @Test
    void shouldRefuseQueriesOfADamagedJournalAndLeaveTheShardAlone() throws IOException
    {
        final Path books = directory.resolve("books");
        final EngineConfig config = config().dataDirectory(books).durability(Durability.OS)
            .threading(Threading.INVOKER);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            accounts(engine.ledger(LEDGER));
            transfer(engine.ledger(LEDGER), 1, 200);
        }
        final EngineConfig again = config().dataDirectory(books).durability(Durability.OS)
            .threading(Threading.INVOKER);
        try (LedgerEngine engine = LedgerEngine.launch(again))
        {
            assertTrue(engine.readModelProgress() < 1);
            damage(books, 12 * 1024 * 1024);
            final Ledger ledger = engine.ledger(LEDGER);
            final LedgerException ex = assertThrows(
                LedgerException.class, () -> ledger.queryTransfers(QueryFilter.ALL));
            assertEquals(LedgerException.Reason.QUERIES_FAILED, ex.reason());
            final LedgerException later = assertThrows(
                LedgerException.class, () -> ledger.queryAccounts(QueryFilter.ALL));
            assertEquals(LedgerException.Reason.QUERIES_FAILED, later.reason());
            transfer(ledger, 201, 1);
            assertEquals(201L * BATCH_COUNT, ledger.lookupAccount(1).one().debitsPosted().low());
        }
    }

    @Test
    void shouldRefuseToExplainADamagedEntryAndLeaveTheShardAlone() throws IOException
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(
            config().dataDirectory(books).durability(Durability.OS).threading(Threading.INVOKER)))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            accounts(ledger);
            transfer(ledger, 1, 200);
            assertTrue(ledger.explain(20_000).one().toString().contains("created"), "whole as yet");
            damage(books, 6 * 1024 * 1024);
            final LedgerException ex = assertThrows(LedgerException.class, () ->
            {
                for (long sequence = 20_000; sequence < 60_000; sequence += 20)
                {
                    ledger.explain(sequence);
                }
            });
            assertEquals(LedgerException.Reason.QUERIES_FAILED, ex.reason(), ex::toString);
            assertEquals(Readiness.READY, engine.readiness());
            transfer(ledger, 201, 1);
        }
    }

    @Test
    void shouldSayThatAnAccountHasMorePendingTransfersThanAnAnswerHolds()
    {
        try (LedgerEngine engine = LedgerEngine.launch(
            config().queryReplyRingLength(8 * 1024).threading(Threading.INVOKER)))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            accounts(ledger);
            AccountWithPending found = ledger.getAccountWithPending(Uint128.of(1)).one();
            long id = 1;
            while (!found.hasMore())
            {
                assertEquals(id - 1, found.pending().size());
                ledger.createTransfer(Transfer.of(id++, 1, 2, 0, 1).withFlags(TransferFlags.PENDING));
                found = ledger.getAccountWithPending(Uint128.of(1)).one();
                assertTrue(id < 100, "an answer of 4 KiB is full by then");
            }
            assertEquals(id - 2, found.pending().size(), "all but the one that there is no room for");
            assertEquals(1, found.pending().get(0).id().low());
            ledger.createTransfer(Transfer.of(id, 1, 2, 0, 1).withFlags(TransferFlags.PENDING));
            assertEquals(found, ledger.getAccountWithPending(Uint128.of(1)).one());
            ledger.createTransfer(Transfer.voiding(id + 1, 1));
            ledger.createTransfer(Transfer.voiding(id + 2, 2));
            assertFalse(ledger.getAccountWithPending(Uint128.of(1)).one().hasMore());
        }
    }

    @Test
    void shouldMeanItsOwnLedgerWhereAFilterNamesNone()
    {
        final int other = 978;
        try (LedgerEngine engine = LedgerEngine.launch(config().threading(Threading.INVOKER)))
        {
            for (final int number : new int[] {LEDGER, other})
            {
                engine.ledger(number).createAccount(number * 10L, 1, 0);
                engine.ledger(number).createAccount(number * 10L + 1, 1, 0);
                engine.ledger(number).createTransfer(Transfer.of(number, number * 10L, number * 10L + 1, 5, 1)
                    .withFlags(TransferFlags.PENDING));
            }
            for (final int number : new int[] {LEDGER, other})
            {
                assertOwn(engine.ledger(number), QueryFilter.ALL, number);
                assertOwn(engine.scope(number), QueryFilter.ALL, number);
                assertOwn(engine.ledger(LEDGER), QueryFilter.ALL.withLedger(number), number);
                assertOwn(engine.shard(0), QueryFilter.ALL.withLedger(number), number);
            }
            assertEquals(2, engine.shard(0).queryTransfers(QueryFilter.ALL).values().size());
            assertEquals(2, engine.scope(LEDGER, other).queryTransfers(QueryFilter.ALL).values().size());
            assertEquals(4, engine.scope(LEDGER, other).queryAccounts(QueryFilter.ALL).values().size());
        }
    }

    private static void assertOwn(final Ledger ledger, final QueryFilter filter, final int number)
    {
        final List<Uint128> one = List.of(Uint128.of(number));
        assertEquals(one, ledger.queryTransfers(filter).values().stream().map(Transfer::id).toList());
        assertEquals(
            one, ledger.queryPending(PendingState.PENDING, filter).values().stream().map(Transfer::id).toList());
        assertEquals(
            List.of(number, number), ledger.queryAccounts(filter).values().stream().map(Account::ledger).toList());
    }

    @Test
    @Timeout(120)
    void shouldRefuseQueriesOfAJournalThatEndsBeforeWhatIsCommitted() throws IOException
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(
            config().dataDirectory(books).durability(Durability.OS).threading(Threading.INVOKER)))
        {
            accounts(engine.ledger(LEDGER));
            transfer(engine.ledger(LEDGER), 1, 200);
        }
        try (LedgerEngine engine = LedgerEngine.launch(
            config().dataDirectory(books).durability(Durability.OS).threading(Threading.INVOKER)))
        {
            assertTrue(engine.readModelProgress() < 1);
            final long[] last = new long[1];
            try (SegmentReader reader = new SegmentReader(books.resolve("journal-0")))
            {
                reader.read(0, 12 * 1024 * 1024, (position, buffer, offset, length) -> last[0] = position);
            }
            write(books, last[0], new byte[1024]);
            final Ledger ledger = engine.ledger(LEDGER);
            final LedgerException ex = assertThrows(
                LedgerException.class, () -> ledger.queryTransfers(QueryFilter.ALL));
            assertEquals(LedgerException.Reason.QUERIES_FAILED, ex.reason(), ex::toString);
            transfer(ledger, 201, 1);
            assertEquals(201L * BATCH_COUNT, ledger.lookupAccount(1).one().debitsPosted().low());
        }
    }

    @Test
    @Timeout(120)
    void shouldAnswerFromExactlyTheStateThatItNamesWhileOthersWrite() throws InterruptedException
    {
        try (LedgerEngine engine = LedgerEngine.launch(config()))
        {
            accounts(engine.ledger(LEDGER));
            // Whoever writes gets consecutive sequences, as nobody else makes entries.
            final long offset = engine.ledger(LEDGER).lookupAccount(1).validAtSequence();
            final AtomicBoolean isDone = new AtomicBoolean();
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final Thread writer = new Thread(() ->
            {
                try
                {
                    transfer(engine.ledger(LEDGER), 1, 600);
                }
                catch (final Throwable ex)
                {
                    failure.set(ex);
                }
                finally
                {
                    isDone.set(true);
                }
            });
            writer.start();
            int answerCount = 0;
            final LedgerSession session = engine.openSession(0);
            long last = 0;
            while (!isDone.get() || answerCount < 100)
            {
                last = Math.max(last, ask(session, offset, answerCount));
                answerCount += 2;
            }
            writer.join();
            assertEquals(null, failure.get());
            assertEquals(600L * BATCH_COUNT, ask(session, offset, 0));
            System.out.println("exact answers while others wrote: " + answerCount + ", last before the end at " + last);
        }
    }

    /** Ask twice in a row, and check the answers by their ids alone: transfer k is the k-th entry after the offset. */
    private static long ask(final LedgerSession session, final long offset, final int round)
    {
        while (session.claimQuery(RequestKind.GET_ACCOUNT_TRANSFERS, 20) < 0)
        {
            Thread.onSpinWait();
        }
        session.filter().id(0, 1).limit(20).flags(Filter.DEBITS | Filter.REVERSED);
        session.publish();
        while (session.claimQuery(RequestKind.GET_ACCOUNT_WITH_PENDING, 1) < 0)
        {
            Thread.onSpinWait();
        }
        session.filter().id(0, round % 2 == 0 ? 1 : 2);
        session.publish();
        final long[] seen = new long[2];
        final int[] count = new int[1];
        while (count[0] < 2)
        {
            session.poll(
                reply ->
                {
                    final long newest = reply.validAtSequence() - offset;
                    if (reply.kind() == RequestKind.GET_ACCOUNT_TRANSFERS)
                    {
                        final List<Long> found = new ArrayList<>();
                        ids(reply, found);
                        assertEquals(Math.min(20, newest), found.size());
                        for (int i = 0; i < found.size(); i++)
                        {
                            assertEquals(newest - i, found.get(i));
                        }
                    }
                    else
                    {
                        assertEquals(
                            newest, reply.account(0).debitsPostedLow() + reply.account(0).creditsPostedLow());
                    }
                    assertTrue(newest >= seen[0], "answers come in order");
                    seen[0] = newest;
                    count[0]++;
                }, 2);
            Thread.onSpinWait();
        }
        return seen[0];
    }

    @Test
    void shouldAnswerQueriesOfEveryShardOfAJournal()
    {
        final Path books = directory.resolve("books");
        TestBooks.write(books, 3, 1);
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 3)))
        {
            for (final int ledger : TestBooks.LEDGERS)
            {
                final Ledger face = engine.ledger(ledger);
                final List<Account> accounts = face.queryAccounts(QueryFilter.ALL.withLedger(ledger)).values();
                assertEquals(TestBooks.ACCOUNT_COUNT + 2, accounts.size());
                final List<Transfer> transfers =
                    face.getAccountTransfers(AccountFilter.of(accounts.get(0).id())).values();
                assertEquals(TestBooks.ACCOUNT_COUNT - 1, transfers.size());
                final AccountWithPending found = face.getAccountWithPending(accounts.get(0).id()).one();
                assertEquals(accounts.get(0), found.account());
            }
        }
    }

    private static EngineConfig config()
    {
        return new EngineConfig().durability(Durability.MEMORY).batchCountMax(BATCH_COUNT)
            .journal(new JournalConfig().termLength(4 * 1024 * 1024).segmentLength(16 * 1024 * 1024));
    }

    private static void accounts(final Ledger ledger)
    {
        ledger.createAccount(1, 1, AccountFlags.HISTORY);
        ledger.createAccount(2, 1, 0);
    }

    /** Transfers of 1 from account 1 to account 2, in full requests; the ids go on from request to request. */
    private static void transfer(final Ledger ledger, final int firstBatch, final int batchCount)
    {
        for (int batch = firstBatch; batch < firstBatch + batchCount; batch++)
        {
            final List<Transfer> transfers = new ArrayList<>();
            for (int i = 1; i <= BATCH_COUNT; i++)
            {
                transfers.add(Transfer.of((batch - 1L) * BATCH_COUNT + i, 1, 2, 1, 1));
            }
            for (final TransferResult result : ledger.createTransfers(transfers))
            {
                assertEquals(TransferOutcome.CREATED, result.outcome());
            }
        }
    }

    private static long create(final LedgerEngine engine, final LedgerSession session, final long id)
    {
        assertTrue(session.claimTransfers(1) > 0);
        session.transfer(0).idLow(id).debitAccountIdLow(1).creditAccountIdLow(2).amountLow(1).ledger(LEDGER).code(1);
        session.publish();
        final long[] sequence = new long[1];
        while (sequence[0] == 0)
        {
            engine.doWork();
            session.poll(
                reply ->
                {
                    assertEquals(RequestKind.CREATE_TRANSFERS, reply.kind());
                    sequence[0] = reply.sequence(0);
                }, 1);
        }
        return sequence[0];
    }

    private static void ids(final Reply reply, final List<Long> ids)
    {
        for (int i = 0; i < reply.count(); i++)
        {
            ids.add(reply.transfer(i).idLow());
        }
    }

    /** Change a byte of the recording. */
    private static void damage(final Path books, final long position) throws IOException
    {
        try (RandomAccessFile file = new RandomAccessFile(firstSegment(books).toFile(), "r"))
        {
            file.seek(position);
            write(books, position, new byte[]{(byte)(file.read() ^ 0x10)});
        }
    }

    private static void write(final Path books, final long position, final byte[] bytes) throws IOException
    {
        try (RandomAccessFile file = new RandomAccessFile(firstSegment(books).toFile(), "rw"))
        {
            file.seek(position);
            file.write(bytes);
        }
    }

    private static Path firstSegment(final Path books) throws IOException
    {
        try (Stream<Path> files = Files.walk(books))
        {
            return files.filter(file -> file.toString().endsWith(".rec")).sorted().findFirst().orElseThrow();
        }
    }

    @Test
    void shouldHoldNothingIfItWasNeverStarted()
    {
        final ReadModelAgent agent = new ReadModelAgent(null);
        assertEquals(0, agent.allocatedBytes());
        agent.onClose();
        assertEquals(0, agent.progress());
    }
}
