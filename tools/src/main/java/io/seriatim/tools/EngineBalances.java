package io.seriatim.tools;

import io.seriatim.engine.Account;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.ledger.Uint128;
import java.util.ArrayList;
import java.util.List;

/**
 * Balances of a running engine. An account whose ledger is known is asked of the ledger's shard, another one of all of
 * them; there it may be found once only, because an id is unique in its shard alone.
 * <p>
 * Threads: confined to one.
 */
final class EngineBalances implements BalanceLookup
{
    private final LedgerEngine engine;

    EngineBalances(final LedgerEngine engine)
    {
        this.engine = engine;
    }

    @Override
    public void lookup(final Balance[] wanted, final Balance[] actual, final int count)
    {
        for (int shard = 0; shard < engine.shardCount(); shard++)
        {
            final List<Integer> indexes = new ArrayList<>();
            for (int i = 0; i < count; i++)
            {
                if (wanted[i].ledger == 0 || engine.shardOf(wanted[i].ledger) == shard)
                {
                    indexes.add(i);
                }
            }
            for (int from = 0; from < indexes.size(); from += engine.batchCountMax())
            {
                final int to = Math.min(indexes.size(), from + engine.batchCountMax());
                lookup(shard, indexes.subList(from, to), wanted, actual);
            }
        }
    }

    private void lookup(
        final int shard, final List<Integer> indexes, final Balance[] wanted, final Balance[] actual)
    {
        final List<Uint128> ids = indexes.stream().map(index -> id(wanted[index])).toList();
        final List<Account> found = engine.shard(shard).lookupAccounts(ids).values();
        // What is found comes in the order of the ids, and what is not found is left out.
        int next = 0;
        for (int i = 0; i < ids.size() && next < found.size(); i++)
        {
            if (found.get(next).id().equals(ids.get(i)))
            {
                fill(wanted[indexes.get(i)], found.get(next), actual[indexes.get(i)]);
                next++;
            }
        }
    }

    private void fill(final Balance wanted, final Account account, final Balance balance)
    {
        if (balance.isFound)
        {
            throw new ToolException(ExitCode.BAD_INPUT,
                "account " + account.id() + " (line " + wanted.line + ") is there in ledger " +
                Integer.toUnsignedString(balance.ledger) + " and in ledger " +
                Integer.toUnsignedString(account.ledger()) + ", on different shards: give a column ledger");
        }
        balance.isFound = true;
        balance.ledger = account.ledger();
        balance.debitsPostedHigh = account.debitsPosted().high();
        balance.debitsPostedLow = account.debitsPosted().low();
        balance.creditsPostedHigh = account.creditsPosted().high();
        balance.creditsPostedLow = account.creditsPosted().low();
        balance.debitsPendingHigh = account.debitsPending().high();
        balance.debitsPendingLow = account.debitsPending().low();
        balance.creditsPendingHigh = account.creditsPending().high();
        balance.creditsPendingLow = account.creditsPending().low();
    }

    private static Uint128 id(final Balance balance)
    {
        return new Uint128(balance.accountIdHigh, balance.accountIdLow);
    }
}
