package io.seriatim.standings;

import io.seriatim.engine.Account;
import io.seriatim.engine.Found;
import io.seriatim.engine.LedgerEngine;
import io.seriatim.ledger.TransferFlags;
import io.seriatim.ledger.Uint128;
import io.seriatim.replay.EntryKind;
import io.seriatim.replay.FeedEntry;
import io.seriatim.replay.FeedHandler;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The accounts that hold most, kept by a feed without any order: for each entry that moves something its accounts are
 * looked up, and of two standings of an account the one of the later sequence stays. So entries may come in any order
 * and twice, and one that comes when a later standing is there already costs nothing. The view lags behind the books;
 * what a feed has lost, or a store has spoilt, stays wrong until {@link Reconciliation} puts it right.
 *
 * <pre>
 *   TopAccounts view = TopAccounts.of(engine);
 *   JournalFeed.open(engine.journals(), new FeedConfig()
 *       .ordering(FeedOrdering.NONE).workerCount(8).handler(view));
 *   view.top(10, Measure.CREDITS, standing -&gt; standing.ledger() == 840);
 * </pre>
 *
 * Shape: an object for each account that was credited or debited, on the heap.<br>
 * Cost: one look-up of two accounts for an entry, at most; {@link #top} looks at all standings.<br>
 * Threads: any.
 */
public final class TopAccounts implements FeedHandler
{
    private static final int RESERVING_OR_RELEASING = TransferFlags.PENDING | TransferFlags.VOID_PENDING_TRANSFER;

    private final ConcurrentHashMap<Standing.Key, Standing> standings = new ConcurrentHashMap<>();
    private final Lookup lookup;

    /** Where it is asked what accounts hold. */
    @FunctionalInterface
    public interface Lookup
    {
        /**
         * Look accounts up.
         *
         * @param ledger they are of.
         * @param ids    of the accounts.
         * @return those that are there, as of a sequence of the ledger's shard.
         */
        Found<Account> accounts(int ledger, List<Uint128> ids);
    }

    /**
     * A view without standings.
     *
     * @param lookup that is asked, by the threads of the feed's workers.
     */
    public TopAccounts(final Lookup lookup)
    {
        this.lookup = lookup;
    }

    /**
     * A view that asks a running engine, whose shards answer between requests.
     *
     * @param engine that is running as long as the feed is.
     * @return a view without standings.
     */
    public static TopAccounts of(final LedgerEngine engine)
    {
        return new TopAccounts((ledger, ids) -> engine.ledger(ledger).lookupAccounts(ids));
    }

    @Override
    public void onEntry(final FeedEntry entry)
    {
        if (entry.kind() != EntryKind.TRANSFER || !entry.isCreated() ||
            (entry.flags() & RESERVING_OR_RELEASING) != 0)
        {
            return;
        }
        final List<Uint128> behind = new ArrayList<>(2);
        addIfBehind(entry, new Uint128(entry.debitAccountIdHigh(), entry.debitAccountIdLow()), behind);
        addIfBehind(entry, new Uint128(entry.creditAccountIdHigh(), entry.creditAccountIdLow()), behind);
        if (!behind.isEmpty())
        {
            final Found<Account> found = lookup.accounts(entry.ledger(), behind);
            found.values().forEach(account -> put(new Standing(
                entry.shard(), account.ledger(), account.id(), account.debitsPosted(), account.creditsPosted(),
                found.validAtSequence())));
        }
    }

    private void addIfBehind(final FeedEntry entry, final Uint128 id, final Collection<Uint128> behind)
    {
        final Standing known = standings.get(new Standing.Key(entry.shard(), id));
        if (known == null || known.sequence() < entry.sequence())
        {
            behind.add(id);
        }
    }

    /**
     * Take a standing, unless the one that is there is of the same sequence or a later one.
     *
     * @param standing of an account.
     */
    public void put(final Standing standing)
    {
        standings.merge(
            standing.key(), standing, (known, given) -> given.sequence() > known.sequence() ? given : known);
    }

    /**
     * The accounts that come first.
     *
     * @param count   how many, at most.
     * @param measure by which they are compared.
     * @param wanted  which are looked at.
     * @return standings, the greatest first; of equal ones that of the lower shard and id.
     */
    public List<Standing> top(final int count, final Measure measure, final Predicate<Standing> wanted)
    {
        return top(standings.values(), count, measure, wanted);
    }

    /**
     * The accounts that come first among some.
     *
     * @param standings to look at.
     * @param count     how many are wanted, at most.
     * @param measure   by which they are compared.
     * @param wanted    which are looked at.
     * @return standings, the greatest first; of equal ones that of the lower shard and id.
     */
    public static List<Standing> top(
        final Collection<Standing> standings,
        final int count,
        final Measure measure,
        final Predicate<Standing> wanted)
    {
        final Comparator<Standing> order = Comparator.<Standing, BigInteger>comparing(measure::of).reversed()
            .thenComparingInt(Standing::shard).thenComparing(Standing::id);
        final PriorityQueue<Standing> first = new PriorityQueue<>(order.reversed());
        for (final Standing standing : standings)
        {
            if (wanted.test(standing))
            {
                first.add(standing);
                if (first.size() > count)
                {
                    first.remove();
                }
            }
        }
        final List<Standing> sorted = new ArrayList<>(first);
        sorted.sort(order);
        return sorted;
    }

    /**
     * All that is known.
     *
     * @return a copy, of no one moment while a feed goes on.
     */
    public List<Standing> standings()
    {
        return new ArrayList<>(standings.values());
    }

    /**
     * Put right what a reconciliation has found. A standing that a feed has made newer meanwhile stays.
     *
     * @param findings of standings of this view.
     */
    public void repair(final Collection<Finding> findings)
    {
        for (final Finding finding : findings)
        {
            if (finding.known() == null)
            {
                put(finding.right());
            }
            else
            {
                standings.computeIfPresent(
                    finding.known().key(), (key, now) -> now.equals(finding.known()) ? finding.right() : now);
            }
        }
    }
}
