package io.seriatim.standings;

import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.journal.Durability;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.FeedConfig;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedOrdering;
import io.seriatim.replay.JournalEntries;
import io.seriatim.replay.JournalFeed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A view without order is that of the books, and what was lost or spoilt is found, told apart and put right. */
class TopAccountsTest
{
    private static final long SEED = Long.getLong("seriatim.standings.seed", System.nanoTime());
    private static final int LEDGER_ONE = 840;
    private static final int LEDGER_TWO = 978;
    private static final int ACCOUNTS = 30;
    private static final long NEVER_MOVED = ACCOUNTS;
    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(1);

    private final Random random = new Random(SEED);
    private LedgerEngine engine;
    private Path books;
    private long nextId = 1;

    @BeforeEach
    void launch(@TempDir final Path directory)
    {
        books = directory.resolve("books");
        engine = LedgerEngine.launch(new EngineConfig()
            .dataDirectory(books).durability(Durability.OS).shardCount(2)
            .place(LEDGER_ONE, 0).place(LEDGER_TWO, 1));
        for (final int number : new int[] {LEDGER_ONE, LEDGER_TWO})
        {
            for (int id = 1; id <= ACCOUNTS; id++)
            {
                engine.ledger(number).createAccount(id, 1, 0);
            }
        }
    }

    @AfterEach
    void close()
    {
        engine.close();
    }

    /** Transfers of every kind between accounts 1 to 29. */
    private void load(final int count)
    {
        for (int i = 0; i < count; i++)
        {
            final Ledger ledger = engine.ledger(random.nextBoolean() ? LEDGER_ONE : LEDGER_TWO);
            final long debit = 1 + random.nextInt(ACCOUNTS - 1);
            final long credit = 1 + random.nextInt(ACCOUNTS - 1);
            final long id = nextId;
            nextId += 2;
            switch (random.nextInt(4))
            {
                case 0:
                    ledger.createTransfer(Transfer.of(id, debit, credit, 50, 1).withFlags(TransferFlags.PENDING));
                    ledger.createTransfer(Transfer.post(id + 1, id, random.nextInt(50)));
                    break;
                case 1:
                    ledger.createTransfer(Transfer.of(id, debit, credit, 50, 1).withFlags(TransferFlags.PENDING));
                    break;
                default:
                    ledger.createTransfer(id, debit, credit, 1 + random.nextInt(1_000), 1);
                    break;
            }
        }
    }

    private Reconciliation reconcile(final TopAccounts view)
    {
        return Reconciliation.of(new JournalEntries(books), view.standings(), count ->
        {
        });
    }

    private void feed(final TopAccounts view, final Predicate<FeedEntry> isLost) throws InterruptedException
    {
        try (JournalFeed feed = JournalFeed.open(engine.journals(), new FeedConfig()
            .ordering(FeedOrdering.NONE).workerCount(4).isBounded(true)
            .handler(entry ->
            {
                if (!isLost.test(entry))
                {
                    if (entry.sequence() % 7 == 0)
                    {
                        Thread.sleep(1 + entry.sequence() % 3);
                    }
                    view.onEntry(entry);
                    view.onEntry(entry);
                }
            })))
        {
            assertTrue(feed.awaitEnd(TIMEOUT_NS));
        }
    }

    @Test
    void shouldHoldWhatTheBooksHoldThoughEntriesComeTwiceAndInAnyOrder() throws InterruptedException
    {
        final TopAccounts view = TopAccounts.of(engine);
        load(200);
        feed(view, entry -> false);
        final Reconciliation first = reconcile(view);
        assertEquals(List.of(), first.findings(), "seed=" + SEED);
        assertEquals(view.standings().size(), first.rightCount());
        for (final Measure measure : Measure.values())
        {
            final List<Standing> top = view.top(5, measure, each -> each.ledger() == LEDGER_ONE);
            final List<Standing> right = TopAccounts.top(
                first.right(), 5, measure, each -> each.ledger() == LEDGER_ONE);
            assertEquals(5, top.size());
            for (int i = 0; i < top.size(); i++)
            {
                assertEquals(right.get(i).key(), top.get(i).key(), measure + ", seed=" + SEED);
                assertTrue(right.get(i).holdsAs(top.get(i)));
                assertTrue(i == 0 || measure.of(top.get(i - 1)).compareTo(measure.of(top.get(i))) >= 0);
            }
        }
        assertTrue(
            view.standings().stream().noneMatch(each -> each.id().equals(Uint128.of(NEVER_MOVED))),
            "an account that nothing moved has no standing");
    }

    @Test
    void shouldAskNothingForWhatIsKnownAlready() throws InterruptedException
    {
        final AtomicInteger askedCount = new AtomicInteger();
        final TopAccounts view = new TopAccounts((ledger, ids) ->
        {
            askedCount.incrementAndGet();
            return engine.ledger(ledger).lookupAccounts(ids);
        });
        load(200);
        feed(view, entry -> false);
        final int atFirst = askedCount.get();
        assertTrue(atFirst > 0 && atFirst <= 2 * ACCOUNTS * 4, "each account about once: asked=" + atFirst);
        feed(view, entry -> false);
        assertEquals(atFirst, askedCount.get());
    }

    @Test
    void shouldKeepTheLaterStandingInWhateverOrderTheyCome()
    {
        final List<Standing> life = new ArrayList<>();
        for (int i = 0; i < 20; i++)
        {
            life.add(new Standing(0, LEDGER_ONE, Uint128.of(1), Uint128.of(i), Uint128.of(2L * i), 3L * i));
        }
        for (int round = 0; round < 50; round++)
        {
            final List<Standing> shuffled = new ArrayList<>(life);
            shuffled.addAll(life);
            Collections.shuffle(shuffled, random);
            final TopAccounts view = TopAccounts.of(engine);
            shuffled.forEach(view::put);
            assertEquals(List.of(life.get(19)), view.standings(), "seed=" + SEED);
        }
    }

    @Test
    void shouldTellWhatLagsFromWhatWasNeverRightAndPutBothRight() throws InterruptedException
    {
        final TopAccounts view = TopAccounts.of(engine);
        final Ledger ledger = engine.ledger(LEDGER_ONE);
        ledger.createTransfer(1_001, 1, 2, 10, 1);
        ledger.createTransfer(1_002, 3, 4, 20, 1);
        ledger.createTransfer(1_003, 5, 6, 30, 1);
        feed(view, entry -> false);
        final long seen = view.standings().get(0).sequence();
        final long lost = ledger.createTransfer(1_004, 1, 2, 7, 1).sequence();
        final long last = ledger.createTransfer(1_005, 7, 8, 7, 1).sequence();
        feed(view, entry -> entry.sequence() >= lost);

        final Standing three = standing(view, 3);
        final Standing spoilt = new Standing(0, LEDGER_ONE, three.id(), Uint128.of(21), Uint128.ZERO, three.sequence());
        view.repair(List.of(new Finding(Finding.Kind.WRONG, three, spoilt, 0)));
        final Standing five = standing(view, 5);
        final Standing fromTheFuture = new Standing(
            0, LEDGER_ONE, five.id(), five.debitsPosted(), five.creditsPosted(), last + 1);
        view.repair(List.of(new Finding(Finding.Kind.WRONG, five, fromTheFuture, 0)));
        view.put(new Standing(0, LEDGER_ONE, Uint128.of(99), Uint128.of(1), Uint128.ZERO, 1));
        view.put(new Standing(7, LEDGER_ONE, Uint128.of(1), Uint128.of(1), Uint128.ZERO, 1));

        final Reconciliation found = reconcile(view);
        assertEquals(last, found.sequences().get(0));
        assertEquals(2, found.rightCount(), "accounts 4 and 6");
        assertEquals(2, found.count(Finding.Kind.LAGGING));
        assertEquals(lost - standing(view, 1).sequence(), found.lagMax());
        assertTrue(found.lagMax() > 0 && seen < lost);
        assertEquals(1, found.count(Finding.Kind.WRONG));
        assertEquals(1, found.count(Finding.Kind.AHEAD));
        assertEquals(2, found.count(Finding.Kind.MISSING), "accounts 7 and 8");
        assertEquals(2, found.count(Finding.Kind.UNKNOWN));

        // Meanwhile the feed has made one newer.
        final Standing newer = new Standing(
            0, LEDGER_ONE, Uint128.of(2), Uint128.ZERO, Uint128.of(17), last + 5);
        view.put(newer);
        view.repair(found.findings());
        assertEquals(newer, standing(view, 2));
        view.repair(List.of(new Finding(Finding.Kind.WRONG, newer, standingOf(found, 2), 0)));
        assertEquals(fromTheFuture, standing(view, 5), "what is ahead of the journal stays");
        assertEquals(fromTheFuture, standingOf(found, 5));
        view.repair(List.of(new Finding(Finding.Kind.AHEAD, fromTheFuture, five, 0)));
        final Reconciliation after = reconcile(view);
        assertEquals(List.of(), after.findings());
        assertEquals(8, after.rightCount());
    }

    @Test
    void shouldReadWhatItHasWrittenAndRefuseWhatIsNot()
    {
        final UUID log = new UUID(1, 2);
        final List<Standing> standings = List.of(
            new Standing(0, LEDGER_ONE, Uint128.of(1), Uint128.MAX, Uint128.ZERO, 5),
            new Standing(1, -1, Uint128.of(1), Uint128.of(1), Uint128.of(2), 6));
        final String text = StandingsText.encode(log, standings);
        assertEquals(standings, StandingsText.decode(text, log));
        assertRefused(text.replace("840", "eighty"), log, "line=2");
        assertRefused(text.substring(0, text.lastIndexOf("1 4294967295")), log, "before they are complete");
        assertRefused(text + "1 2 3 4 5 6\n", log, "line=4");
        assertRefused(text.replace("1 4294967295 1", "0 840 1"), log, "there already");
        assertRefused(text, new UUID(1, 3), "other books");
        assertRefused("", log, "line=1");
    }

    private static void assertRefused(final String text, final UUID log, final String why)
    {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> StandingsText.decode(text, log)).getMessage();
        assertTrue(message.contains(why), message);
    }

    private static Standing standing(final TopAccounts view, final long id)
    {
        return view.standings().stream().filter(each -> each.shard() == 0 && each.id().equals(Uint128.of(id)))
            .findFirst().orElseThrow();
    }

    private static Standing standingOf(final Reconciliation reconciliation, final long id)
    {
        return reconciliation.right().stream().filter(each -> each.shard() == 0 && each.id().equals(Uint128.of(id)))
            .findFirst().orElseThrow();
    }
}
