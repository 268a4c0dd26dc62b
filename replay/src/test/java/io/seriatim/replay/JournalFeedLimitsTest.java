package io.seriatim.replay;

import io.seriatim.engine.JournalSource;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.journal.JournalReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Feeds that a test steps through the files of a directory: what they wait for, and what they stop at. */
@Timeout(120)
class JournalFeedLimitsTest
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(50);
    private static final int PASS_COUNT = 500;

    @TempDir
    private static Path directory;
    private static Path books;
    private static List<JournalSource> journals;
    private static int entryCount;

    private final List<Long> handled = new ArrayList<>();

    @BeforeAll
    static void write()
    {
        books = directory.resolve("books");
        TestBooks.write(books, 1, 1);
        journals = JournalDirectories.journalsOf(books);
        new JournalEntries(books).read(0, 0, (buffer, offset, length) -> ++entryCount > 0);
        assertTrue(entryCount > 80 && entryCount < 200, () -> "entries=" + entryCount);
    }

    @Test
    void shouldWaitForAFullBatchUnlessNoMoreCanCome() throws InterruptedException
    {
        final FeedConfig waiting = config().batchCountMax(200).batchWaitNs(Long.MAX_VALUE);
        try (JournalFeed feed = JournalFeed.open(journals, waiting))
        {
            step(feed, PASS_COUNT);
            assertEquals(List.of(), handled);
            assertEquals(entryCount, feed.progress().inFlightCount());
        }
        try (JournalFeed feed = JournalFeed.open(journals, config().batchCountMax(200).batchWaitNs(1)))
        {
            step(feed, PASS_COUNT);
            assertEquals(entryCount, handled.size());
            assertFalse(feed.isEnded(), "it goes on to wait");
        }
        handled.clear();
        try (JournalFeed feed = JournalFeed.open(journals, waiting.isBounded(true)))
        {
            assertTrue(feed.awaitEnd(TIMEOUT_NS));
            assertEquals(entryCount, handled.size());
        }
    }

    @Test
    void shouldStopOnceMoreEntriesAreLeftOpenThanAreAllowed()
    {
        final FeedConfig config = config().ordering(FeedOrdering.BY_KEY).keys(FeedKeys.ACCOUNTS)
            .retry(FeedRetry.NEVER).failure(FeedFailure.STOP_KEY).leftOpenMax(3).isBounded(true)
            .offsetStore(new FeedOffsetFile(directory.resolve("offset"), journals.get(0).logUuid()))
            .handler(entry ->
            {
                if (entry.kind() == EntryKind.TRANSFER)
                {
                    throw new IOException("no transfers");
                }
            });
        try (JournalFeed feed = JournalFeed.open(journals, config))
        {
            final FeedException ex = assertThrows(FeedException.class, () -> feed.awaitEnd(TIMEOUT_NS));
            assertTrue(ex.getMessage().startsWith(
                "more entries are left open than FeedConfig.leftOpenMax allows: feed=limits, leftOpen=4, stopped " +
                "keys="), ex.getMessage());
        }
    }

    @Test
    void shouldNotGoOnFromAnOffsetWhoseJournalHasLessThanItNeeds()
    {
        final long position = positionOf(40);
        final Map<Integer, Long> positions = Map.of(0, position);
        try (JournalFeed feed = JournalFeed.open(journals, config().isBounded(true).offset(
            new FeedOffset(positions, Map.of(0, new FeedOffset.ShardOffset(20, List.of(), List.of()))))))
        {
            final FeedException ex = assertThrows(FeedException.class, () -> feed.awaitEnd(TIMEOUT_NS));
            assertTrue(ex.getMessage().startsWith(
                "the journal does not go on where the offset stands: shard=0, needed sequence=20, found="),
                ex.getMessage());
            assertTrue(ex.getMessage().endsWith(", position=" + position), ex.getMessage());
        }
        assertEquals(List.of(), handled);
    }

    @Test
    void shouldTellWhoWaitsForItsEndWhyItHasStopped()
    {
        final IOException cause = new IOException("the disk of the sink");
        final FeedConfig config = config().isBounded(true).handler(new FeedHandler()
        {
            @Override
            public void onEntry(final FeedEntry entry)
            {
                handled.add(entry.sequence());
            }

            @Override
            public void onBatchEnd() throws IOException
            {
                throw cause;
            }
        });
        try (JournalFeed feed = JournalFeed.open(journals, config))
        {
            final FeedException ex = assertThrows(FeedException.class, () -> feed.awaitEnd(TIMEOUT_NS));
            assertEquals(
                "the feed has stopped: feed=limits: java.io.IOException: the disk of the sink", ex.getMessage());
            assertSame(cause, ex.getCause());
            assertSame(cause, feed.failure());
        }
    }

    @Test
    void shouldGoOnThoughWhoWaitsForItsEndIsInterrupted() throws InterruptedException
    {
        try (JournalFeed feed = JournalFeed.open(journals, config().isBounded(true)))
        {
            Thread.currentThread().interrupt();
            assertInstanceOf(
                InterruptedException.class, assertThrows(Exception.class, () -> feed.awaitEnd(TIMEOUT_NS)));
            assertNull(feed.failure());
            assertTrue(feed.awaitEnd(TIMEOUT_NS));
            assertEquals(entryCount, handled.size());
        }
    }

    @Test
    void shouldFollowADirectoryFromOneLifeOfItsEngineToTheNext()
    {
        final Path own = TestBooks.copy(books, directory.resolve("lives"));
        try (JournalFeed feed = JournalFeed.open(JournalDirectories.journalsOf(own), config()))
        {
            awaitHandled(feed, entryCount);
            for (int life = 1; life <= 2; life++)
            {
                final long newest;
                try (LedgerEngine engine = LedgerEngine.launch(TestBooks.config(own, 1)))
                {
                    TestBooks.bulk(engine.ledger(TestBooks.LEDGERS[0]), 1);
                    newest = engine.shard(0).lookupAccounts(List.of()).validAtSequence();
                    awaitHandled(feed, newest + 1);
                }
                step(feed, PASS_COUNT);
                assertEquals(newest + 1, handled.size());
            }
            assertNull(feed.failure());
        }
    }

    private FeedConfig config()
    {
        return new FeedConfig().name("limits").isStepped(true).handler(entry -> handled.add(entry.sequence()));
    }

    private static void step(final JournalFeed feed, final int passCount)
    {
        for (int pass = 0; pass < passCount; pass++)
        {
            feed.doWork();
        }
    }

    private void awaitHandled(final JournalFeed feed, final long count)
    {
        final long startNs = System.nanoTime();
        while (handled.size() < count)
        {
            assertTrue(System.nanoTime() - startNs < TIMEOUT_NS, () -> "handled=" + handled.size());
            feed.doWork();
        }
    }

    /** Where the frame lies that has an entry. */
    private static long positionOf(final long sequence)
    {
        try (JournalReader reader = journals.get(0).reader().get();
            JournalFollower follower = new JournalFollower(reader))
        {
            while (follower.next(journals.get(0).committedPosition().getAsLong()))
            {
                if (follower.sequence() == sequence)
                {
                    return follower.groupPosition();
                }
            }
        }
        throw new AssertionError("no such entry: sequence=" + sequence);
    }
}
