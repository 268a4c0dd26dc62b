package io.seriatim.engine;

import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An account that too much would have to wait for, as several: transfers go to its parts, which are ordinary accounts
 * of the same ledger, and from time to time a sweep moves what the parts hold to the account itself, by ordinary
 * transfers. What is in order for each account, such as a feed, then has as many orders as there are parts.
 * <p>
 * What it holds is the account and its parts together, see {@link #balance}. A limit holds for each account by itself:
 * a part that may not be overdrawn refuses what it does not hold, though the whole does. So split the side that has no
 * limit.
 *
 * <pre>
 *   SplitAccount merchant = new SplitAccount(Uint128.of(50), partIds);
 *   usd.createTransfer(Transfer.of(id, payer, merchant.next(), amount, code));
 *   merchant.sweep(usd, ids, code);
 * </pre>
 *
 * Threads: any.
 */
public final class SplitAccount
{
    private final Uint128 id;
    private final List<Uint128> partIds;
    private final AtomicLong turn = new AtomicLong();

    /**
     * An account and its parts, which are there or will be created.
     *
     * @param id      of the account.
     * @param partIds of its parts, one or more.
     * @throws IllegalArgumentException if there is none, or one comes twice or is the account itself.
     */
    public SplitAccount(final Uint128 id, final List<Uint128> partIds)
    {
        if (partIds.isEmpty() || partIds.stream().distinct().count() != partIds.size() || partIds.contains(id))
        {
            throw new IllegalArgumentException(
                "the parts of an account are one or more other accounts: account=" + id + ", parts=" + partIds);
        }
        this.id = id;
        this.partIds = List.copyOf(partIds);
    }

    /**
     * The account itself.
     *
     * @return its id.
     */
    public Uint128 id()
    {
        return id;
    }

    /**
     * Its parts.
     *
     * @return their ids.
     */
    public List<Uint128> partIds()
    {
        return partIds;
    }

    /**
     * A part for the next transfer: all of them in turn.
     *
     * @return id of a part.
     */
    public Uint128 next()
    {
        return partIds.get((int)(turn.getAndIncrement() % partIds.size()));
    }

    /**
     * The part for a key: transfers with the same key, a customer for example, stay in order.
     *
     * @param key of any value.
     * @return id of a part, always the same.
     */
    public Uint128 of(final long key)
    {
        return partIds.get((int)Long.remainderUnsigned(key * 0x9E3779B97F4A7C15L >>> 1, partIds.size()));
    }

    /**
     * Create the account and its parts.
     *
     * @param ledger they are of.
     * @param code   of all of them.
     * @param flags  of all of them.
     * @return outcomes: of the account, then of each part.
     * @throws LedgerException see {@link Ledger#createAccounts}.
     */
    public List<AccountResult> create(final Ledger ledger, final int code, final int flags)
    {
        final List<Account> accounts = new ArrayList<>();
        accounts.add(Account.of(id, code, flags));
        partIds.forEach(partId -> accounts.add(Account.of(partId, code, flags)));
        return ledger.createAccounts(accounts);
    }

    /**
     * Move what the parts hold to the account, as far as it is posted and not reserved by pending transfers: what they
     * have been credited more than debited, or the other way round. Parts that hold nothing are passed over.
     *
     * @param ledger they are of.
     * @param ids    of the transfers that do it.
     * @param code   of these transfers.
     * @return their outcomes; none if there was nothing to move.
     * @throws LedgerException see {@link Ledger#createTransfers}.
     */
    public List<TransferResult> sweep(final Ledger ledger, final IdGenerator ids, final int code)
    {
        final List<Transfer> transfers = new ArrayList<>();
        for (final Account part : ledger.lookupAccounts(partIds).values())
        {
            final int sign = credit(part).signum();
            if (sign > 0)
            {
                transfers.add(Transfer.of(ids.next(), part.id(), id, Uint128.MAX, code)
                    .withFlags(TransferFlags.BALANCING_DEBIT));
            }
            else if (sign < 0)
            {
                transfers.add(Transfer.of(ids.next(), id, part.id(), Uint128.MAX, code)
                    .withFlags(TransferFlags.BALANCING_CREDIT));
            }
        }
        return transfers.isEmpty() ? List.of() : ledger.createTransfers(transfers);
    }

    /**
     * What the account and its parts hold together, at one moment.
     *
     * @param ledger they are of.
     * @return posted credits less posted debits.
     * @throws LedgerException see {@link Ledger#lookupAccounts}.
     */
    public BigInteger balance(final Ledger ledger)
    {
        final List<Uint128> all = new ArrayList<>(partIds);
        all.add(id);
        return ledger.lookupAccounts(all).values().stream().map(SplitAccount::credit)
            .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static BigInteger credit(final Account account)
    {
        return account.creditsPosted().toBigInteger().subtract(account.debitsPosted().toBigInteger());
    }
}
