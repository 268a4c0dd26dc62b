package io.seriatim.bench;

import io.seriatim.engine.Account;
import io.seriatim.engine.AccountResult;
import io.seriatim.engine.EngineConfig;
import io.seriatim.engine.Ledger;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.engine.Transfer;
import io.seriatim.engine.TransferResult;
import io.seriatim.ledger.AccountFlags;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.FeedEntry;

import java.util.ArrayList;
import java.util.List;

/**
 * Orders as a ledger keeps them: money that is held, captured or released, and stock that is reserved, shipped and
 * delivered, in two ledgers on one shard. They come in waves of one order for each scope. The id of a transfer holds
 * the order and the state that it leads to, so that a consumer needs nothing else.
 * <p>
 * Every eighth wave is cancelled once it was created; of every fourth only a part of the money is captured. A buyer,
 * and a shelf, may not be overdrawn, so what is wrongly held or released shows at once.<br>
 * Threads: confined to one, but for what is asked of an order, or of an entry.
 */
final class OrderBooks
{
    static final int CREATED = 1;
    static final int PAID = 2;
    static final int SHIPPED = 3;
    static final int DELIVERED = 4;
    static final int CANCELLED = 5;

    private static final List<String> STATE_NAMES =
        List.of("nothing", "created", "paid", "shipped", "delivered", "cancelled");
    private static final int MONEY = 840;
    private static final int STOCK = 1_001;
    private static final int SHARD = 1;
    private static final int CODE = 1;
    private static final int CANCELLED_EVERY = 8;
    private static final int CAPTURED_IN_PART_EVERY = 4;
    private static final long PRICE = 100;
    private static final long CAPTURED_IN_PART = 60;
    private static final long PIECES = 2;

    // Accounts of the whole; those of a scope are behind them: its buyer, its shelf.
    private static final long MERCHANT = 1;
    private static final long BANK = 2;
    private static final long SUPPLIER = 3;
    private static final long ON_THE_WAY = 4;
    private static final long CUSTOMERS = 5;
    private static final long FIRST_OF_SCOPES = 1_000;

    /** Parts of a state's id: the one that tells consumers of it, and the one that goes with it. */
    private static final int TELLS = 0;
    private static final int GOES_WITH_IT = 1;

    private final Ledger shop;
    private final int scopeCount;
    private int waveCount;
    private int transferCount;
    private int cancelledCount;
    private long lastSequence;

    /**
     * Empty books.
     *
     * @param engine     whose settings were {@link #place placed}.
     * @param scopeCount orders in a wave.
     */
    OrderBooks(final LedgerEngine engine, final int scopeCount)
    {
        this.scopeCount = scopeCount;
        // It is refused if they do not share a shard.
        shop = engine.scope(MONEY, STOCK);
        final List<Account> accounts = new ArrayList<>();
        accounts.add(Account.of(MERCHANT, CODE, 0).withLedger(MONEY));
        accounts.add(Account.of(BANK, CODE, 0).withLedger(MONEY));
        accounts.add(Account.of(SUPPLIER, CODE, 0).withLedger(STOCK));
        accounts.add(Account.of(ON_THE_WAY, CODE, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS).withLedger(STOCK));
        accounts.add(Account.of(CUSTOMERS, CODE, 0).withLedger(STOCK));
        for (int scope = 0; scope < scopeCount; scope++)
        {
            accounts.add(Account.of(
                buyer(scope), CODE, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS).withLedger(MONEY));
            accounts.add(Account.of(
                shelf(scope), CODE, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS).withLedger(STOCK));
        }
        for (final AccountResult result : shop.createAccounts(accounts))
        {
            if (!result.isCreated())
            {
                throw new BenchException("an account was not created: " + result);
            }
            lastSequence = result.sequence();
        }
    }

    /** Both ledgers on one of two shards: else no request could change both. */
    static EngineConfig place(final EngineConfig config)
    {
        return config.shardCount(SHARD + 1).journalCount(1).place(MONEY, SHARD).place(STOCK, SHARD);
    }

    /** So many waves give handlers of all scopes work for a time: a multiple of what is cancelled and captured. */
    static int wavesFor(final int serviceMs, final double seconds)
    {
        final double transitionsPerWave = 4 - 2.0 / CANCELLED_EVERY;
        final double waves = seconds * 1_000 / serviceMs / transitionsPerWave;
        return CANCELLED_EVERY * Math.max(1, (int)Math.ceil(waves / CANCELLED_EVERY));
    }

    /** Let one order of each scope come to its end. */
    void postWave(final int wave)
    {
        final boolean isCancelled = wave % CANCELLED_EVERY == CANCELLED_EVERY - 1;
        final List<Transfer> created = new ArrayList<>();
        final List<Transfer> paid = new ArrayList<>();
        final List<Transfer> shipped = new ArrayList<>();
        final List<Transfer> delivered = new ArrayList<>();
        final List<Transfer> cancelled = new ArrayList<>();
        final List<Transfer> funded = new ArrayList<>();
        for (int scope = 0; scope < scopeCount; scope++)
        {
            final int order = wave * scopeCount + scope;
            // Just enough for this order: what an earlier one had held too long would be missing now.
            funded.add(transfer(order, 0, TELLS, BANK, buyer(scope), PRICE - leftBefore(wave), MONEY));
            funded.add(transfer(order, 0, GOES_WITH_IT, SUPPLIER, shelf(scope), piecesBefore(wave), STOCK));
            created.add(linked(transfer(order, CREATED, TELLS, buyer(scope), MERCHANT, PRICE, MONEY).pending(0)));
            created.add(transfer(order, CREATED, GOES_WITH_IT, shelf(scope), ON_THE_WAY, PIECES, STOCK).pending(0));
            paid.add(Transfer.post(
                id(order, PAID, TELLS), id(order, CREATED, TELLS), Uint128.of(captured(wave))).withLedger(MONEY));
            shipped.add(Transfer.post(id(order, SHIPPED, TELLS), id(order, CREATED, GOES_WITH_IT), Uint128.MAX)
                .withLedger(STOCK));
            delivered.add(transfer(order, DELIVERED, TELLS, ON_THE_WAY, CUSTOMERS, PIECES, STOCK));
            cancelled.add(linked(Transfer.voiding(
                id(order, CANCELLED, TELLS), id(order, CREATED, TELLS)).withLedger(MONEY)));
            cancelled.add(Transfer.voiding(
                id(order, CANCELLED, GOES_WITH_IT), id(order, CREATED, GOES_WITH_IT)).withLedger(STOCK));
        }
        post(funded);
        post(created);
        if (isCancelled)
        {
            post(cancelled);
            cancelledCount += scopeCount;
        }
        else
        {
            post(paid);
            post(shipped);
            post(delivered);
        }
        waveCount++;
    }

    /** What a buyer has left of the wave before: what was not captured, or all of it. */
    private static long leftBefore(final int wave)
    {
        return wave == 0 ? 0 : isCancelled(wave - 1) ? PRICE : PRICE - captured(wave - 1);
    }

    private static long piecesBefore(final int wave)
    {
        return wave > 0 && isCancelled(wave - 1) ? 0 : PIECES;
    }

    private static boolean isCancelled(final int wave)
    {
        return wave % CANCELLED_EVERY == CANCELLED_EVERY - 1;
    }

    private static long captured(final int wave)
    {
        return wave % CAPTURED_IN_PART_EVERY == 1 ? CAPTURED_IN_PART : PRICE;
    }

    private void post(final List<Transfer> transfers)
    {
        // What is zero is left out: there is no transfer of nothing here.
        transfers.removeIf(transfer -> transfer.amount().equals(Uint128.ZERO) &&
            (transfer.flags() & TransferFlags.VOID_PENDING_TRANSFER) == 0);
        if (transfers.isEmpty())
        {
            return;
        }
        for (final TransferResult result : shop.createTransfers(transfers))
        {
            if (!result.isCreated())
            {
                throw new BenchException("a transfer was not created: " + result);
            }
            lastSequence = result.sequence();
        }
        transferCount += transfers.size();
    }

    private static Transfer transfer(
        final int order,
        final int state,
        final int part,
        final long from,
        final long to,
        final long amount,
        final int ledger)
    {
        return Transfer.of(id(order, state, part), Uint128.of(from), Uint128.of(to), Uint128.of(amount), CODE)
            .withLedger(ledger);
    }

    /** The next one in its request counts with it or not at all. */
    private static Transfer linked(final Transfer transfer)
    {
        return transfer.withFlags(transfer.flags() | TransferFlags.LINKED);
    }

    private static Uint128 id(final int order, final int state, final int part)
    {
        return new Uint128(1L + order, 2L * state + part + 1);
    }

    private static long buyer(final int scope)
    {
        return FIRST_OF_SCOPES + 2L * scope;
    }

    private static long shelf(final int scope)
    {
        return FIRST_OF_SCOPES + 2L * scope + 1;
    }

    int orderCount()
    {
        return waveCount * scopeCount;
    }

    int cancelledCount()
    {
        return cancelledCount;
    }

    int transferCount()
    {
        return transferCount;
    }

    int transitionCount()
    {
        return DELIVERED * (orderCount() - cancelledCount) + 2 * cancelledCount;
    }

    /** Above the sequence of the last entry. */
    int sequenceLimit()
    {
        return (int)lastSequence + 1;
    }

    int scopeOf(final int order)
    {
        return order % scopeCount;
    }

    int lastStateOf(final int order)
    {
        return isCancelled(order / scopeCount) ? CANCELLED : DELIVERED;
    }

    static int stateBefore(final int state)
    {
        return state == CANCELLED ? CREATED : state - 1;
    }

    static String stateName(final int state)
    {
        return STATE_NAMES.get(state);
    }

    static int orderOf(final FeedEntry entry)
    {
        return (int)(TransferIds.high(entry) - 1);
    }

    static int stateOf(final FeedEntry entry)
    {
        return (int)(low(entry) / 2);
    }

    /** Whether an entry tells consumers of a new state. */
    static boolean isTransition(final FeedEntry entry)
    {
        return low(entry) % 2 == TELLS && stateOf(entry) >= CREATED;
    }

    /** Whether an entry is the last one of an order. */
    static boolean isLast(final FeedEntry entry)
    {
        return isTransition(entry) && stateOf(entry) >= DELIVERED;
    }

    private static long low(final FeedEntry entry)
    {
        return TransferIds.low(entry) - 1;
    }

    /**
     * Hold the balances against what the orders must have come to.
     *
     * @throws BenchException if one is wrong, or anything is still held.
     */
    void requireBalances()
    {
        long capturedOfScope = 0;
        long shippedOfScope = 0;
        long funded = 0;
        long supplied = 0;
        for (int wave = 0; wave < waveCount; wave++)
        {
            capturedOfScope += isCancelled(wave) ? 0 : captured(wave);
            shippedOfScope += isCancelled(wave) ? 0 : PIECES;
            funded += PRICE - leftBefore(wave);
            supplied += piecesBefore(wave);
        }
        for (int scope = 0; scope < scopeCount; scope++)
        {
            require(buyer(scope), capturedOfScope, funded);
            require(shelf(scope), shippedOfScope, supplied);
        }
        require(MERCHANT, 0, capturedOfScope * scopeCount);
        require(BANK, funded * scopeCount, 0);
        require(SUPPLIER, supplied * scopeCount, 0);
        require(ON_THE_WAY, shippedOfScope * scopeCount, shippedOfScope * scopeCount);
        require(CUSTOMERS, 0, shippedOfScope * scopeCount);
    }

    private void require(final long id, final long debits, final long credits)
    {
        final Account account = shop.lookupAccount(id).values().get(0);
        if (!account.debitsPosted().equals(Uint128.of(debits)) ||
            !account.creditsPosted().equals(Uint128.of(credits)) ||
            !account.debitsPending().equals(Uint128.ZERO) || !account.creditsPending().equals(Uint128.ZERO))
        {
            throw new BenchException(
                "a balance is wrong, or something is held: expected debits=" + debits + " credits=" + credits +
                ", found " + account);
        }
    }
}
