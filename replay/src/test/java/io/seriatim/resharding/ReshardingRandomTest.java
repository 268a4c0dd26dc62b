package io.seriatim.resharding;

import io.seriatim.engine.Account;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerDefinition;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Histories at random: either they come out the same on other shards, or something is in the way and it is said. */
class ReshardingRandomTest
{
    private static final long SEED = Long.getLong("seriatim.resharding.seed", System.nanoTime());
    private static final int BOOKS_COUNT = Integer.getInteger("seriatim.resharding.books", 12);
    private static final int REQUEST_COUNT = 150;
    private static final int ACCOUNT_COUNT = 6;
    private static final int RECENT_COUNT = 40;

    /** Deadlines are then inside of requests now and then, which can not be split there. */
    private static final int TIGHT_NS = 5;
    private static final int LOOSE_NS = 1_000_000;

    @TempDir
    private Path directory;

    private Random random;
    private List<Transfer> recent;
    private long lastId;
    private int chainCountMax;
    private int slackNs;

    @Test
    void shouldComeOutTheSameIfRequestsAreOfOneLedger()
    {
        shouldComeOutTheSame("alone", 1, TIGHT_NS, false);
    }

    @Test
    void shouldComeOutTheSameIfLedgersKeepToThemselves()
    {
        shouldComeOutTheSame("mixed", 4, LOOSE_NS, true);
    }

    private void shouldComeOutTheSame(
        final String name, final int chainCountMax, final int newSlackNs, final boolean areRequestsSplit)
    {
        for (int i = 0; i < BOOKS_COUNT; i++)
        {
            final long seed = SEED + i;
            final Path one = directory.resolve(name + "-" + i);
            write(one, seed, 0, chainCountMax, newSlackNs);
            Path from = one;
            for (final int shardCount : new int[] {2 + i % 3, 1 + i % 4})
            {
                final Path to = directory.resolve(from.getFileName() + "-" + shardCount);
                final Obstacles obstacles = ReshardedBooks.reshard(from, to, shardCount, areRequestsSplit);
                assertTrue(obstacles.isEmpty(), () -> "seed=" + seed + ": " + text(obstacles));
                ReshardedBooks.assertSame(one, to, !areRequestsSplit, "seed=" + seed);
                from = to;
            }
        }
    }

    @Test
    void shouldComeOutTheSameOrSayWhyNot()
    {
        int sameCount = 0;
        for (int i = 0; i < BOOKS_COUNT; i++)
        {
            final long seed = SEED + i;
            final Path one = directory.resolve("wild-" + i);
            final Path to = directory.resolve("wild-to-" + i);
            write(one, seed, 4 * (i % 4), 4, LOOSE_NS);
            final Obstacles obstacles = ReshardedBooks.reshard(one, to, 2 + i % 3, true);
            if (obstacles.isEmpty())
            {
                ReshardedBooks.assertSame(one, to, false, "seed=" + seed);
                sameCount++;
            }
            else
            {
                assertFalse(
                    obstacles.counts().keySet().equals(Set.of(Obstacle.OTHERWISE)),
                    () -> "nothing from which it follows: seed=" + seed + ": " + text(obstacles));
            }
        }
        assertTrue(sameCount > 0 && sameCount < BOOKS_COUNT, "seed=" + SEED + ", came out the same=" + sameCount);
    }

    private static String text(final Obstacles obstacles)
    {
        final StringBuilder text = new StringBuilder();
        obstacles.counts().forEach(
            (kind, count) -> text.append(kind).append('=').append(count).append(' ').append(obstacles.cases(kind)));
        return text.toString();
    }

    /** Write books on one shard; so many of a thousand events have to do with another ledger than their own. */
    private void write(
        final Path books, final long seed, final int strayCount, final int newChainCountMax, final int newSlackNs)
    {
        chainCountMax = newChainCountMax;
        slackNs = newSlackNs;
        random = new Random(seed);
        recent = new ArrayList<>();
        lastId = 0;
        try (LedgerEngine engine = LedgerEngine.launch(ReshardedBooks.config(books, 1)))
        {
            for (final int number : ReshardedBooks.LEDGERS)
            {
                createAccounts(engine.ledger(number), number);
            }
            final Ledger shard = engine.shard(0);
            for (int i = 0; i < REQUEST_COUNT; i++)
            {
                if (random.nextInt(12) == 0)
                {
                    shard.advanceClock(random.nextInt(3) * TimeUnit.SECONDS.toNanos(1) + random.nextInt(slackNs));
                }
                else if (random.nextInt(20) == 0)
                {
                    shard.defineLedgers(List.of(new LedgerDefinition(ledger(), "A" + random.nextInt(9), 2)));
                }
                else
                {
                    shard.createTransfers(transfers(strayCount));
                }
            }
        }
    }

    private static void createAccounts(final Ledger ledger, final int number)
    {
        final List<Account> accounts = new ArrayList<>();
        for (int i = 0; i < ACCOUNT_COUNT; i++)
        {
            accounts.add(Account.of(
                number * 100L + i, 10, i % 3 == 0 ? AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS : 0));
        }
        ledger.createAccounts(accounts);
    }

    private int ledger()
    {
        return ReshardedBooks.LEDGERS[random.nextInt(ReshardedBooks.LEDGERS.length)];
    }

    /** Chains stay in a ledger; what stands between them need not. */
    private List<Transfer> transfers(final int strayCount)
    {
        final List<Transfer> transfers = new ArrayList<>();
        final int chainCount = 1 + random.nextInt(chainCountMax);
        for (int chain = 0; chain < chainCount; chain++)
        {
            final int number = ledger();
            final int count = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
            for (int i = 0; i < count; i++)
            {
                final boolean isStray = random.nextInt(1_000) < strayCount;
                final Transfer transfer = transfer(isStray ? ledger() : number, isStray);
                final int flags = transfer.flags() & ~(isStray ? 0 : TransferFlags.LINKED);
                transfers.add(transfer.withFlags(i < count - 1 ? flags | TransferFlags.LINKED : flags));
                recent.add(transfers.get(transfers.size() - 1));
            }
        }
        while (recent.size() > RECENT_COUNT)
        {
            recent.remove(0);
        }
        return transfers;
    }

    private Transfer transfer(final int number, final boolean isStray)
    {
        final List<Transfer> own = recent.stream().filter(
            each -> isStray || each.ledger() == number).toList();
        if (!own.isEmpty() && random.nextInt(4) == 0)
        {
            final Transfer known = own.get(random.nextInt(own.size()));
            switch (random.nextInt(4))
            {
                case 0:
                    return isStray ? known.withLedger(number) : known;
                case 1:
                    return Transfer.post(Uint128.of(nextId()), known.id(), Uint128.of(random.nextInt(9)))
                        .withLedger(random.nextInt(2) == 0 ? 0 : number);
                case 2:
                    return Transfer.voiding(Uint128.of(nextId()), known.id())
                        .withLedger(random.nextInt(2) == 0 ? 0 : number);
                default:
                    return Transfer.post(Uint128.of(nextId()), known.id(), Uint128.MAX).withLedger(number);
            }
        }
        final Transfer between = Transfer.of(
            Uint128.of(nextId()), account(number), account(isStray ? ledger() : number), Uint128.of(random.nextInt(30)),
            1).withLedger(number);
        switch (random.nextInt(8))
        {
            case 0:
                return between.pending(random.nextInt(4));
            case 1:
                return between.withFlags(TransferFlags.PENDING);
            case 2:
                return between.withFlags(TransferFlags.BALANCING_DEBIT << random.nextInt(2));
            case 3:
                return random.nextInt(4) == 0 ? between.pending(1 + random.nextInt(2)).withFlags(
                    TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT << random.nextInt(2)) : between;
            case 4:
                return isStray ? between.imported(1 + random.nextInt(10_000)) : between.withFlags(random.nextInt(16));
            default:
                return between;
        }
    }

    private Uint128 account(final int number)
    {
        return Uint128.of(number * 100L + random.nextInt(ACCOUNT_COUNT + 1));
    }

    private long nextId()
    {
        return ++lastId;
    }
}
