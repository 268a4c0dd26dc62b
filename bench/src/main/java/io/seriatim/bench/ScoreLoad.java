package io.seriatim.bench;

import io.seriatim.engine.Account;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.engine.TransferResult;
import io.seriatim.ledger.Uint128;
import io.seriatim.standings.Standing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Transfers to players at planned times, a request every hundredth of a second; the lower a player's number, the more
 * come to him.
 * <p>
 * Threads: confined to one.
 */
final class ScoreLoad
{
    static final int PLAYER_COUNT = 1_000;
    static final int REQUESTS_PER_SECOND = 100;

    private static final int LEDGER = 840;
    private static final int CODE = 1;
    private static final int BANK = PLAYER_COUNT + 1;
    private static final int AMOUNTS = 9;
    private static final int IN_FLIGHT_MAX = 64;
    private static final long PAUSE_NS = 500_000;
    private static final long INTERVAL_NS = 1_000_000_000L / REQUESTS_PER_SECOND;

    private final Ledger ledger;
    private final int transfersPerRequest;
    private final XorShift random = new XorShift();
    private final Queue<CompletableFuture<List<TransferResult>>> inFlight = new ArrayDeque<>();
    private final long[] creditedToPlayers = new long[PLAYER_COUNT + 1];
    private long startNs;
    private long requestCount;
    private long sentCount;
    private long createdCount;

    /** With its accounts, which are created. */
    ScoreLoad(final LedgerEngine engine, final int transfersPerSecond)
    {
        ledger = engine.ledger(LEDGER);
        transfersPerRequest = transfersPerSecond / REQUESTS_PER_SECOND;
        final List<Account> accounts = new ArrayList<>();
        for (int id = 1; id <= BANK; id++)
        {
            accounts.add(Account.of(id, CODE, 0));
        }
        ledger.createAccounts(accounts).forEach(result ->
        {
            if (!result.isCreated())
            {
                throw new BenchException("an account was not created: " + result);
            }
        });
    }

    /** Send what is due, take what is answered, or wait a little. */
    void step()
    {
        final long nowNs = System.nanoTime();
        startNs = startNs == 0 ? nowNs : startNs;
        if (startNs + requestCount * INTERVAL_NS - nowNs <= 0 && inFlight.size() < IN_FLIGHT_MAX)
        {
            send();
        }
        else
        {
            LockSupport.parkNanos(PAUSE_NS);
        }
        while (!inFlight.isEmpty() && inFlight.peek().isDone())
        {
            take(inFlight.remove());
        }
    }

    private void send()
    {
        final List<Transfer> transfers = new ArrayList<>();
        for (int i = 0; i < transfersPerRequest; i++)
        {
            final int player = 1 + Math.min(random.next(PLAYER_COUNT), random.next(PLAYER_COUNT));
            final long amount = 1 + sentCount % AMOUNTS;
            transfers.add(Transfer.of(++sentCount, BANK, player, amount, CODE));
            creditedToPlayers[player] += amount;
        }
        requestCount++;
        inFlight.add(ledger.createTransfersAsync(transfers));
    }

    private void take(final CompletableFuture<List<TransferResult>> answered)
    {
        for (final TransferResult result : answered.join())
        {
            if (!result.isCreated())
            {
                throw new BenchException("a transfer was refused: " + result);
            }
            createdCount++;
        }
    }

    /** Wait until all is answered. */
    void end()
    {
        while (!inFlight.isEmpty())
        {
            take(inFlight.remove());
        }
    }

    long sentCount()
    {
        return sentCount;
    }

    long createdCount()
    {
        return createdCount;
    }

    boolean isOfPlayer(final Standing standing)
    {
        return standing.id().low() <= PLAYER_COUNT;
    }

    /** How many players' standings are not what was sent to them. */
    long differingCount(final Collection<Standing> standings)
    {
        final long[] credited = new long[PLAYER_COUNT + 1];
        standings.stream().filter(this::isOfPlayer)
            .forEach(each -> credited[(int)each.id().low()] = each.creditsPosted().low());
        long count = 0;
        for (int player = 1; player <= PLAYER_COUNT; player++)
        {
            count += credited[player] == creditedToPlayers[player] ? 0 : 1;
        }
        return count;
    }

    /**
     * What the players hold is what the bank has given.
     *
     * @throws BenchException if not.
     */
    void requireBalanced(final LedgerEngine engine)
    {
        long sum = 0;
        for (final long credited : creditedToPlayers)
        {
            sum += credited;
        }
        final Account bank = ledger.lookupAccount(BANK).one();
        if (!bank.debitsPosted().equals(Uint128.of(sum)) ||
            engine.trialBalance().stream().anyMatch(totals -> !totals.isEqual()))
        {
            throw new BenchException(
                "the bank has not given what was sent: debits=" + bank.debitsPosted() + ", sent=" + sum + "; " +
                engine.trialBalance());
        }
    }
}
