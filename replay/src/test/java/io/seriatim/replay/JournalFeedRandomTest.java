package io.seriatim.replay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Feeds over books that grow, with handlers that are late and that fail, stopped and killed at any step and opened
 * again: nothing is lost, the order that was asked for holds whatever happens, and nothing comes again that the offset
 * had as done.
 */
class JournalFeedRandomTest
{
    private static final long FIRST_SEED = Long.getLong("seriatim.feed.seed", 1);
    private static final int SEED_COUNT = Integer.getInteger("seriatim.feed.seeds", 120);
    private static final int STEPS = 120;
    private static final int PASSES_MAX = 200_000;

    @TempDir
    private Path directory;

    private final Map<String, Integer> seen = new TreeMap<>();

    @Test
    void shouldKeepTheOrderAndLoseNothingWhateverHappens() throws IOException
    {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEED_COUNT; seed++)
        {
            try (RandomBooks books = new RandomBooks(seed))
            {
                new Run(seed, books).run();
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError("seed=" + seed + " (-Dseriatim.feed.seed)", ex);
            }
        }
        System.out.println("feeds: seeds=" + FIRST_SEED + ".." + (FIRST_SEED + SEED_COUNT - 1) + ", " + seen);
        for (final String each : List.of(
            "killed", "closed", "deferred", "repeated", "retried", "dead letters", "left open", "stopped by a failure",
            "TOTAL", "BY_KEY", "NONE"))
        {
            assertTrue(SEED_COUNT < 100 || seen.getOrDefault(each, 0) > 5, "not seen: " + each + ", " + seen);
        }
    }

    /** One seed. */
    private final class Run implements FeedHandler
    {
        private final SplittableRandom random;
        private final RandomBooks books;
        private final FeedOrdering ordering;
        private final FeedFailure failure;
        private final Path deadLetterFile;
        private final Set<Long> done = new HashSet<>();
        private final Set<Long> deadLetters = new HashSet<>();
        private final List<FeedCompletion> deferred = new ArrayList<>();
        private final List<Long> deferredSequences = new ArrayList<>();
        private boolean isQuiet;
        private boolean isAtOnce;

        // Of the feed that is open.
        private JournalFeed feed;
        private FeedOffset stored;
        private FeedOffset storedAtOpen;
        private final Map<String, Long> lastByKey = new HashMap<>();
        private final Set<Long> open = new HashSet<>();
        private int capacity;

        Run(final long seed, final RandomBooks books)
        {
            random = new SplittableRandom(seed);
            this.books = books;
            ordering = FeedOrdering.values()[random.nextInt(3)];
            failure = ordering == FeedOrdering.BY_KEY ? FeedFailure.values()[random.nextInt(3)] :
                random.nextBoolean() ? FeedFailure.STOP : FeedFailure.DEAD_LETTER;
            deadLetterFile = directory.resolve("dead-letters-" + seed);
            count(ordering.name());
        }

        void run() throws IOException
        {
            openFeed();
            for (int step = 0; step < STEPS; step++)
            {
                books.step();
                for (int i = random.nextInt(12); i > 0; i--)
                {
                    pass();
                }
                if (chance(4))
                {
                    kill();
                }
                else if (chance(4))
                {
                    close();
                }
            }
            books.catchUp();
            isQuiet = true;
            int passes = 0;
            readDeadLetters();
            while (done.size() <= books.naive.lastSequence)
            {
                pass();
                if (feed.progress().inFlightCount() == 0)
                {
                    readDeadLetters();
                }
                assertTrue(passes++ < PASSES_MAX, () -> "it does not come to its end: done=" + done.size() +
                    ", last sequence=" + books.naive.lastSequence + ", in flight=" + feed.progress().inFlightCount() +
                    ", left open=" + feed.progress().leftOpenCount());
                if (feed.progress().leftOpenCount() > 0 && feed.progress().underWayCount() == 0)
                {
                    close();
                }
            }
            feed.close();
            assertEquals(List.of(), stored.shards().get(0).leftOpen());
            assertEquals(books.naive.lastSequence + 1, stored.shards().get(0).next());
            requireDeadLetters();
            requireBoundedToEnd();
        }

        /** Wherever the journal is committed, inside a group too, a bounded feed ends behind the last whole group. */
        private void requireBoundedToEnd()
        {
            books.step();
            final List<Long> sequences = new ArrayList<>();
            try (JournalFeed bounded = JournalFeed.open(List.of(books.books.source()), new FeedConfig()
                .isBounded(true).isStepped(true).handler(entry -> sequences.add(entry.sequence()))))
            {
                for (int i = 0; i < PASSES_MAX && !bounded.isEnded(); i++)
                {
                    bounded.doWork();
                }
                assertNull(bounded.failure());
                assertTrue(bounded.isEnded(), () -> "a bounded feed goes on: handled=" + sequences.size());
                assertEquals(books.books.model().appliedSequence() + 1, sequences.size());
            }
        }

        private void pass()
        {
            feed.doWork();
            assertTrue(feed.progress().inFlightCount() <= capacity, "more in flight than there is room for");
            while (!deferred.isEmpty() && (isQuiet || chance(40)))
            {
                tell(random.nextInt(deferred.size()));
            }
            if (feed.isEnded())
            {
                assertTrue(feed.failure() != null, "it has ended by itself");
                count("stopped by a failure");
                feed.close();
                forget();
                openFeed();
            }
        }

        private void tell(final int index)
        {
            final FeedCompletion completion = deferred.remove(index);
            final long sequence = deferredSequences.remove(index);
            open.remove(sequence);
            if (!isQuiet && chance(15))
            {
                completion.failed(new IOException("late"));
            }
            else
            {
                done.add(sequence);
                completion.done();
            }
        }

        /** As a process that is gone: what it had not told is not known to anybody. */
        private void kill()
        {
            count("killed");
            // The thread of this test runs the feed, so leaving it alone is all there is to it.
            forget();
            openFeed();
        }

        private void close()
        {
            count("closed");
            while (!deferred.isEmpty())
            {
                tell(deferred.size() - 1);
            }
            isAtOnce = true;
            feed.close();
            isAtOnce = false;
            assertTrue(feed.isEnded(), "it does not come to its end");
            forget();
            openFeed();
        }

        private void forget()
        {
            deferred.clear();
            deferredSequences.clear();
            open.clear();
            lastByKey.clear();
            count("left open", (int)feed.progress().leftOpenCount());
            count("retried", (int)feed.retryCount());
            count("dead letters", (int)feed.progress().deadLetterCount());
        }

        private void openFeed()
        {
            storedAtOpen = stored;
            capacity = 2 + random.nextInt(40);
            final FeedConfig config = new FeedConfig()
                .name("random").ordering(ordering).handler(this).isStepped(true).capacity(capacity)
                .workerCount(ordering == FeedOrdering.TOTAL ? 1 : 1 + random.nextInt(4))
                .batchCountMax(1 + random.nextInt(Math.min(8, capacity)))
                .retry(new FeedRetry(random.nextInt(3), 0, 0)).failure(failure)
                .deadLetterFile(failure == FeedFailure.DEAD_LETTER ? deadLetterFile : null)
                .offsetIntervalNs(random.nextBoolean() ? 0 : Long.MAX_VALUE)
                .offsetStore(new FeedOffsetStore()
                {
                    @Override
                    public FeedOffset load()
                    {
                        return stored;
                    }

                    @Override
                    public void store(final FeedOffset offset)
                    {
                        requireTrue(offset);
                        stored = offset;
                    }
                });
            feed = JournalFeed.open(List.of(books.books.source()), config);
        }

        /** What an offset says is done has been handled, or given up. */
        private void requireTrue(final FeedOffset offset)
        {
            final FeedOffset.ShardOffset shard = offset.shards().get(0);
            readDeadLetters();
            for (long sequence = 0; sequence < shard.next(); sequence++)
            {
                assertTrue(
                    shard.leftOpen().contains(sequence) != isDone(sequence) || isDone(sequence),
                    "done by the offset, and not handled: sequence=" + sequence + ", offset=" + offset);
            }
            shard.doneAhead().forEach(sequence -> assertTrue(isDone(sequence), "not done: sequence=" + sequence));
            if (stored != null)
            {
                assertTrue(shard.next() >= stored.shards().get(0).next(), "an offset went back");
            }
        }

        private boolean isDone(final long sequence)
        {
            return done.contains(sequence);
        }

        private void readDeadLetters()
        {
            try
            {
                if (Files.exists(deadLetterFile))
                {
                    Files.readAllLines(deadLetterFile).forEach(line ->
                    {
                        deadLetters.add(Long.valueOf(line.split("\t")[2]));
                        done.add(Long.valueOf(line.split("\t")[2]));
                    });
                }
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        }

        private void requireDeadLetters() throws IOException
        {
            if (Files.exists(deadLetterFile))
            {
                for (final String line : Files.readAllLines(deadLetterFile))
                {
                    final String[] fields = line.split("\t");
                    final int sequence = Integer.parseInt(fields[2]);
                    if (sequence > 0)
                    {
                        assertArrayEquals(
                            books.entries.get(sequence), HexFormat.of().parseHex(fields[5]), line);
                    }
                }
            }
        }

        @Override
        public void onEntry(final FeedEntry entry) throws IOException
        {
            final long sequence = entry.sequence();
            requireWanted(entry);
            requireOrder(entry);
            open.add(sequence);
            count(done.contains(sequence) ? "repeated" : "handled");
            if (!isQuiet && chance(20))
            {
                open.remove(sequence);
                if (chance(30))
                {
                    entry.defer();
                }
                throw new IOException("at once");
            }
            if (!isQuiet && !isAtOnce && chance(30))
            {
                count("deferred");
                deferred.add(entry.defer());
                deferredSequences.add(sequence);
                return;
            }
            open.remove(sequence);
            done.add(sequence);
        }

        /** It has the bytes of its sequence, and was not done when the offset was stored that this feed began from. */
        private void requireWanted(final FeedEntry entry)
        {
            if (entry.sequence() > 0)
            {
                final byte[] bytes = new byte[entry.length()];
                entry.buffer().getBytes(0, bytes);
                assertArrayEquals(
                    books.entries.get((int)entry.sequence()), bytes, () -> "other bytes: " + Arrays.toString(bytes));
            }
            if (storedAtOpen != null)
            {
                final FeedOffset.ShardOffset shard = storedAtOpen.shards().get(0);
                assertTrue(
                    entry.sequence() >= shard.next() || shard.leftOpen().contains(entry.sequence()),
                    () -> "comes again below the watermark: " + entry + ", offset=" + storedAtOpen);
                assertFalse(
                    shard.doneAhead().contains(entry.sequence()),
                    () -> "comes again though it was done: " + entry + ", offset=" + storedAtOpen);
            }
        }

        private void requireOrder(final FeedEntry entry)
        {
            final List<String> keys = new ArrayList<>();
            if (ordering == FeedOrdering.TOTAL)
            {
                keys.add("all");
            }
            else if (ordering == FeedOrdering.BY_KEY)
            {
                FeedKeys.ACCOUNTS.collect(entry, (high, low) -> keys.add(high + "/" + low));
            }
            for (final String key : keys)
            {
                final Long last = lastByKey.put(key, entry.sequence());
                if (last != null)
                {
                    assertTrue(
                        entry.sequence() > last || entry.sequence() == last && entry.attempt() > 1,
                        () -> "out of order: key=" + key + ", last=" + last + ", " + entry);
                    assertFalse(
                        last != entry.sequence() && open.contains(last),
                        () -> "the one before is not done: key=" + key + ", last=" + last + ", " + entry);
                }
            }
        }

        private boolean chance(final int percent)
        {
            return random.nextInt(100) < percent;
        }
    }

    private void count(final String what)
    {
        count(what, 1);
    }

    private void count(final String what, final int number)
    {
        seen.merge(what, number, Integer::sum);
    }
}
