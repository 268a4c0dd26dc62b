package io.seriatim.replay;

import io.seriatim.engine.Account;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.JournalSource;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Feeds with threads of their own, beside an engine and from the files of a directory. */
class JournalFeedTest
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(50);
    private static final int LEDGER = 840;

    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);

    @TempDir
    private Path directory;

    @AfterEach
    void stop()
    {
        later.shutdownNow();
    }

    @Test
    void shouldHandOutEveryEntryOfADirectoryInTheOrderOfEachShard() throws InterruptedException
    {
        final Path books = directory.resolve("books");
        TestBooks.write(books, 3, 4);
        final Map<Integer, List<Long>> seen = new TreeMap<>();
        final List<String> lines = new ArrayList<>();
        run(books, new FeedConfig().batchCountMax(64).handler(entry ->
        {
            seen.computeIfAbsent(entry.shard(), shard -> new ArrayList<>()).add(entry.sequence());
            lines.add(entry.toString());
        }));
        final List<String> expected = new ArrayList<>();
        for (int shard = 0; shard < 3; shard++)
        {
            final int each = shard;
            final List<Long> sequences = new ArrayList<>();
            new JournalEntries(books).read(each, 0, (buffer, offset, length) ->
            {
                expected.add("shard=" + each + " " + EntryText.line(buffer, offset));
                sequences.add((long)sequences.size());
                return true;
            });
            assertEquals(sequences, seen.get(each));
        }
        Collections.sort(expected);
        Collections.sort(lines);
        assertEquals(expected, lines);
    }

    @Test
    void shouldFollowARunningEngineInsideAndOutsideOfItsProcess() throws Exception
    {
        final Path books = directory.resolve("books");
        try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(books, 3)))
        {
            final AtomicLong inside = new AtomicLong();
            final AtomicLong outside = new AtomicLong();
            try (JournalFeed first = JournalFeed.open(
                engine.journals(), new FeedConfig().name("inside").handler(entry -> inside.incrementAndGet()));
                JournalFeed second = JournalFeed.open(
                    JournalDirectories.journalsOf(books),
                    new FeedConfig().name("outside").handler(entry -> outside.incrementAndGet())))
            {
                TestBooks.fill(engine, 2);
                long expected = 0;
                for (final int ledger : TestBooks.LEDGERS)
                {
                    expected += engine.ledger(ledger).lookupAccounts(List.of(Uint128.of(1))).validAtSequence() + 1;
                }
                final long count = expected;
                await(() -> inside.get() == count && outside.get() == count,
                    () -> "inside=" + inside + ", outside=" + outside + ", expected=" + count);
                assertNull(first.failure());
                assertNull(second.failure());
                assertEquals(0, first.progress().lagBytes());
                first.pause();
                TestBooks.transfers(engine.ledger(LEDGER), 7);
                await(() -> outside.get() > count, () -> "outside=" + outside);
                assertEquals(count, inside.get());
                first.resume();
                await(() -> inside.get() == outside.get(), () -> "inside=" + inside + ", outside=" + outside);
            }
        }
    }

    @Test
    void shouldKeepEachAccountInOrderWhileEightWorkersAndLateAnswersRun() throws InterruptedException
    {
        final Path books = directory.resolve("books");
        pay(books, 50, 4_000);
        final Map<Long, Long> lastByAccount = new ConcurrentHashMap<>();
        final Set<Long> busy = ConcurrentHashMap.newKeySet();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger atOnceMax = new AtomicInteger();
        final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger created = new AtomicInteger();
        final JournalFeed feed = run(books, new FeedConfig()
            .ordering(FeedOrdering.BY_KEY).workerCount(8).capacity(512)
            .retry(new FeedRetry(20, 10_000, 100_000))
            .filter(entry -> entry.kind() == EntryKind.TRANSFER)
            .handler(entry ->
            {
                final List<Long> accounts = List.of(entry.debitAccountIdLow(), entry.creditAccountIdLow());
                final long sequence = entry.sequence();
                for (final long account : accounts)
                {
                    final Long last = lastByAccount.put(account, sequence);
                    if (entry.attempt() == 1 && last != null && last >= sequence)
                    {
                        wrong.add("account=" + account + ", last=" + last + ", " + entry);
                    }
                    if (!busy.add(account))
                    {
                        wrong.add("two at once: account=" + account + ", " + entry);
                    }
                }
                atOnceMax.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                final int draw = ThreadLocalRandom.current().nextInt(20);
                final Runnable over = () ->
                {
                    atOnce.decrementAndGet();
                    busy.removeAll(accounts);
                };
                if (draw == 0)
                {
                    over.run();
                    throw new IOException("at once");
                }
                if (draw < 8)
                {
                    final FeedCompletion completion = entry.defer();
                    final boolean isFailing = draw == 1;
                    later.schedule(() ->
                    {
                        over.run();
                        if (isFailing)
                        {
                            completion.failed(new IOException("late"));
                        }
                        else
                        {
                            created.incrementAndGet();
                            completion.done();
                        }
                    }, ThreadLocalRandom.current().nextInt(2_000), TimeUnit.MICROSECONDS);
                    return;
                }
                created.incrementAndGet();
                over.run();
            }));
        assertEquals(List.of(), wrong);
        assertEquals(4_000, created.get());
        assertEquals(4_000, feed.progress().doneCount());
        assertTrue(feed.retryCount() > 50, () -> "retries=" + feed.retryCount());
        assertTrue(atOnceMax.get() > 8, () -> "at once=" + atOnceMax);
    }

    @Test
    void shouldGoOnFromTheOffsetInItsFile() throws Exception
    {
        final Path books = directory.resolve("books");
        pay(books, 10, 500);
        final Path file = directory.resolve("offset");
        final UUID log = JournalDirectories.journalsOf(books).get(0).logUuid();
        final List<Long> first = new ArrayList<>();
        final FeedConfig stopping = new FeedConfig().retry(FeedRetry.NEVER).offsetStore(new FeedOffsetFile(file, log))
            .handler(entry ->
            {
                if (entry.sequence() == 300)
                {
                    throw new IOException("not this one");
                }
                first.add(entry.sequence());
            });
        final JournalFeed stopped = JournalFeed.open(JournalDirectories.journalsOf(books), stopping);
        final FeedException ex = assertThrows(FeedException.class, () -> stopped.awaitEnd(TIMEOUT_NS));
        stopped.close();
        assertTrue(ex.getMessage().contains("sequence=300 "), ex.getMessage());
        assertTrue(ex.getMessage().contains("not this one"), ex.getMessage());
        assertEquals(300, first.size());
        assertEquals(300, new FeedOffsetFile(file, log).load().shards().get(0).next());

        final List<Long> second = new ArrayList<>();
        run(books, new FeedConfig().offsetStore(new FeedOffsetFile(file, log))
            .handler(entry -> second.add(entry.sequence())));
        assertEquals(300, second.get(0));
        assertEquals(second.get(second.size() - 1) - 299, second.size());
        run(books, new FeedConfig().offsetStore(new FeedOffsetFile(file, log)).handler(entry ->
        {
            throw new IllegalStateException("nothing is left: " + entry);
        }));

        final FeedException other = assertThrows(
            FeedException.class, () -> new FeedOffsetFile(file, new UUID(7, 8)).load());
        assertTrue(other.getMessage().contains("of another log"), other.getMessage());
        final byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThrows(
            FeedException.class, () -> JournalFeed.open(
                JournalDirectories.journalsOf(books),
                new FeedConfig().handler(entry -> { }).offsetStore(new FeedOffsetFile(file, log))));
    }

    @Test
    void shouldStopOnlyTheKeyThatFailsAndWhatWaitsForIt() throws Exception
    {
        final Path books = directory.resolve("books");
        pay(books, 20, 1_000);
        final Path file = directory.resolve("offset");
        final UUID log = JournalDirectories.journalsOf(books).get(0).logUuid();
        final Set<Long> done = ConcurrentHashMap.newKeySet();
        final AtomicBoolean isBroken = new AtomicBoolean(true);
        final FeedHandler handler = entry ->
        {
            // Accounts 1 and 2 pay each other alone.
            if (isBroken.get() && entry.kind() == EntryKind.TRANSFER && entry.debitAccountIdLow() == 1)
            {
                throw new IOException("account 1 is broken");
            }
            done.add(entry.sequence());
        };
        final JournalFeed feed = run(books, byKey(file, log).handler(handler));
        final long leftOpen = feed.progress().leftOpenCount();
        assertTrue(leftOpen > 20 && leftOpen < 200, () -> "left open=" + leftOpen);
        assertEquals(leftOpen, new FeedOffsetFile(file, log).load().shards().get(0).leftOpen().size());
        isBroken.set(false);
        final long doneBefore = done.size();
        final JournalFeed again = run(books, byKey(file, log).handler(handler));
        assertEquals(leftOpen, again.progress().doneCount());
        assertEquals(doneBefore + leftOpen, done.size());
        assertEquals(List.of(), new FeedOffsetFile(file, log).load().shards().get(0).leftOpen());
    }

    private static FeedConfig byKey(final Path file, final UUID log)
    {
        return new FeedConfig().ordering(FeedOrdering.BY_KEY).workerCount(4).retry(FeedRetry.NEVER)
            .failure(FeedFailure.STOP_KEY).offsetStore(new FeedOffsetFile(file, log));
    }

    @Test
    void shouldWriteWhatItGivesUpToTheDeadLetterFile() throws Exception
    {
        final Path books = directory.resolve("books");
        pay(books, 5, 100);
        final Path deadLetters = directory.resolve("dead-letters");
        for (final FeedOrdering ordering : FeedOrdering.values())
        {
            Files.deleteIfExists(deadLetters);
            final JournalFeed feed = run(books, new FeedConfig()
                .ordering(ordering).retry(new FeedRetry(2, 1_000, 1_000)).failure(FeedFailure.DEAD_LETTER)
                .deadLetterFile(deadLetters).handler(entry ->
                {
                    if (entry.sequence() % 10 == 3)
                    {
                        throw new IOException("a tab\tand a line\nfeed");
                    }
                }));
            final List<String> lines = Files.readAllLines(deadLetters);
            assertEquals(feed.progress().deadLetterCount(), lines.size());
            assertEquals(2L * lines.size(), feed.retryCount());
            assertTrue(lines.size() >= 10, lines::toString);
            final String[] fields = lines.get(0).split("\t");
            assertEquals("3", fields[2]);
            assertEquals("3", fields[3]);
            assertEquals("java.io.IOException: a tab and a line feed", fields[4]);
        }
    }

    @Test
    void shouldStopWhenABatchOrAForceFails() throws Exception
    {
        final Path books = directory.resolve("books");
        pay(books, 5, 50);
        for (final boolean isForce : new boolean[] {true, false})
        {
            final IOException cause = new IOException("the disk of the sink");
            final List<FeedOffset> stored = new ArrayList<>();
            final JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), new FeedConfig()
                .offsetIntervalNs(0).handler(new FeedHandler()
                {
                    @Override
                    public void onEntry(final FeedEntry entry)
                    {
                        // Nothing to do.
                    }

                    @Override
                    public void onBatchEnd() throws IOException
                    {
                        if (!isForce)
                        {
                            throw cause;
                        }
                    }

                    @Override
                    public void force() throws IOException
                    {
                        if (isForce)
                        {
                            throw cause;
                        }
                    }
                }).offsetStore(new FeedOffsetStore()
                {
                    @Override
                    public FeedOffset load()
                    {
                        return null;
                    }

                    @Override
                    public void store(final FeedOffset offset)
                    {
                        stored.add(offset);
                    }
                }));
            await(() -> feed.failure() != null, () -> "it goes on");
            feed.close();
            assertSame(cause, feed.failure());
            assertTrue(!isForce || stored.isEmpty(), stored::toString);
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFitTogether()
    {
        final FeedHandler handler = entry -> { };
        assertThrows(NullPointerException.class, () -> new FeedConfig().validate());
        new FeedConfig().handler(handler).validate();
        for (final FeedConfig config : List.of(
            new FeedConfig().workerCount(2), new FeedConfig().workerCount(0),
            new FeedConfig().ordering(FeedOrdering.NONE).workerCount(4_097),
            new FeedConfig().capacity(1), new FeedConfig().capacity((1 << 20) + 1),
            new FeedConfig().keyCountMax(0), new FeedConfig().keyCountMax(65),
            new FeedConfig().batchCountMax(0), new FeedConfig().capacity(8).batchCountMax(9),
            new FeedConfig().batchWaitNs(-1), new FeedConfig().offsetIntervalNs(-1),
            new FeedConfig().leftOpenMax(-1), new FeedConfig().name("A"), new FeedConfig().name(""),
            new FeedConfig().failure(FeedFailure.DEAD_LETTER), new FeedConfig().failure(FeedFailure.STOP_KEY)))
        {
            final IllegalArgumentException ex =
                assertThrows(IllegalArgumentException.class, () -> config.handler(handler).validate());
            assertTrue(ex.getMessage().contains("FeedConfig."), ex.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> new FeedRetry(-1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new FeedRetry(0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new FeedRetry(0, 2, 1));
        assertEquals(100, new FeedRetry(9, 100, 350).delayNs(1));
        assertEquals(200, new FeedRetry(9, 100, 350).delayNs(2));
        assertEquals(350, new FeedRetry(9, 100, 350).delayNs(3));
        assertEquals(350, new FeedRetry(9, 100, 350).delayNs(1_000));
    }

    @Test
    void shouldTakeTheEndOfAnEntryOnce() throws Exception
    {
        final Path books = directory.resolve("books");
        pay(books, 2, 1);
        final List<FeedCompletion> completions = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch threw = new CountDownLatch(1);
        run(books, new FeedConfig().ordering(FeedOrdering.NONE).retry(new FeedRetry(1, 0, 0)).handler(entry ->
        {
            final FeedCompletion completion = entry.defer();
            assertSame(completion, entry.defer());
            completions.add(completion);
            if (entry.attempt() == 1)
            {
                threw.countDown();
                throw new IOException("after it was deferred");
            }
            completion.done();
        }));
        assertEquals(0, threw.getCount());
        completions.forEach(completion ->
        {
            assertThrows(IllegalStateException.class, completion::done);
            assertThrows(IllegalStateException.class, () -> completion.failed(new IOException()));
        });
    }

    @Test
    void shouldNeverHoldMoreThanItsCapacityNorHandOutWhatComesBehindAFullOne() throws Exception
    {
        final Path books = directory.resolve("books");
        pay(books, 30, 600);
        final CountDownLatch release = new CountDownLatch(1);
        final Map<Long, FeedCompletion> held = new ConcurrentHashMap<>();
        final AtomicLong handled = new AtomicLong();
        try (JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(books), new FeedConfig()
            .ordering(FeedOrdering.NONE).workerCount(2).capacity(100).isBounded(true).handler(entry ->
            {
                if (entry.sequence() == 0)
                {
                    held.put(0L, entry.defer());
                    return;
                }
                handled.incrementAndGet();
            })))
        {
            await(() -> handled.get() == 99, () -> "handled=" + handled);
            Thread.sleep(50);
            assertEquals(99, handled.get());
            assertEquals(100, feed.progress().inFlightCount());
            release.countDown();
            held.get(0L).done();
            assertTrue(feed.awaitEnd(TIMEOUT_NS));
            assertEquals(631, feed.progress().doneCount());
        }
    }

    @Test
    void shouldEndWithinItsTimeThoughAHandlerNeverTells() throws Exception
    {
        final Path books = directory.resolve("books");
        pay(books, 2, 3);
        final List<JournalSource> journals = JournalDirectories.journalsOf(books);
        final JournalFeed feed = JournalFeed.open(
            journals, new FeedConfig().closeTimeoutNs(20_000_000).handler(FeedEntry::defer));
        await(() -> feed.progress().underWayCount() > 0, () -> "nothing is under way");
        feed.close();
        assertFalse(feed.failure() instanceof Error);
        assertEquals(0, feed.progress().doneCount());
    }

    /** Hand out all there is of a directory. */
    private static JournalFeed run(final Path books, final FeedConfig config) throws InterruptedException
    {
        try (JournalFeed feed = JournalFeed.open(
            JournalDirectories.journalsOf(books), config.isBounded(true)))
        {
            assertTrue(feed.awaitEnd(TIMEOUT_NS), "it does not come to its end");
            return feed;
        }
    }

    /** Books of one shard in which neighbours pay each other in pairs. */
    private static void pay(final Path books, final int accountCount, final int transferCount)
    {
        final EngineConfig config = TestBooks.config(books, 1).durability(Durability.OS).readModel(false);
        try (LedgerEngine engine = LedgerEngine.launch(config))
        {
            final Ledger ledger = engine.ledger(LEDGER);
            for (int id = 1; id <= accountCount; id++)
            {
                ledger.createAccounts(List.of(Account.of(id, 1, 0)));
            }
            final List<Transfer> transfers = new ArrayList<>();
            final Map<Integer, Integer> pairs = new HashMap<>();
            for (int i = 0; i < transferCount; i++)
            {
                final int pair = i % Math.max(1, accountCount / 2);
                final boolean isThere = pairs.merge(pair, 1, Integer::sum) % 2 == 0;
                final long debit = 2L * pair + (isThere ? 2 : 1);
                final long credit = 2L * pair + (isThere ? 1 : 2);
                transfers.add(Transfer.of(
                    Uint128.of(1_000_000 + i), Uint128.of(debit), Uint128.of(credit), Uint128.of(1), 1));
                if (transfers.size() == 60 || i == transferCount - 1)
                {
                    ledger.createTransfers(transfers);
                    transfers.clear();
                }
            }
        }
    }

    private static void await(
        final BooleanSupplier condition, final Supplier<String> message)
        throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < TIMEOUT_NS, message);
            Thread.sleep(1);
        }
    }
}
