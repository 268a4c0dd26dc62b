package io.seriatim.engine;

import java.util.List;

/**
 * An account and its open pending transfers, as they were at one moment.
 *
 * @param account the account.
 * @param pending its open pending transfers, oldest first, at most {@link QueryRows#ROW_COUNT_MAX} less two.
 * @param hasMore whether it has more of them, which {@link Ledger#queryPending} finds.
 */
public record AccountWithPending(Account account, List<Transfer> pending, boolean hasMore)
{
    /**
     * Unchangeable.
     */
    public AccountWithPending
    {
        pending = List.copyOf(pending);
    }

    @Override
    public String toString()
    {
        return account + ", open pending transfers: " + pending.size() + (hasMore ? " and more" : "");
    }
}
