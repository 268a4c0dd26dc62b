package io.seriatim.totals;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The contributions of any shards, of which the latest of each counts. To merge is commutative, associative and
 * idempotent: whatever comes late, twice, or in another order, the totals are those of the latest contributions, and
 * what is lost is made good by any later one. So totals are exact once though delivery is not.
 * <p>
 * Threads: immutable.<br>
 * Source: Shapiro, Preguica, Baquero, Zawirski, "A comprehensive study of Convergent and Commutative Replicated Data
 * Types", 2011: state-based grow-only and positive-negative counters, with one place for each shard.
 */
public final class Totals
{
    /** Of nothing. */
    public static final Totals NONE = new Totals(new TreeMap<>());

    private final SortedMap<Contribution.Source, Contribution> contributions;

    private Totals(final SortedMap<Contribution.Source, Contribution> contributions)
    {
        this.contributions = contributions;
    }

    /**
     * These and another contribution, if it is later than the one of its shard.
     *
     * @param contribution of any shard.
     * @return these, or new totals.
     * @throws IllegalStateException if there are two of one sequence of a shard that differ: one of them is wrong, or
     *                               the history of the shard is not one.
     */
    public Totals merge(final Contribution contribution)
    {
        final Contribution known = contributions.get(contribution.source());
        if (known != null && known.sequence() == contribution.sequence() && !known.equals(contribution))
        {
            throw new IllegalStateException(
                "two contributions of one sequence differ: log=" + contribution.log() + ", shard=" +
                contribution.shard() + ", sequence=" + contribution.sequence());
        }
        if (known != null && known.sequence() >= contribution.sequence())
        {
            return this;
        }
        final SortedMap<Contribution.Source, Contribution> merged = new TreeMap<>(contributions);
        merged.put(contribution.source(), contribution);
        return new Totals(merged);
    }

    /**
     * These and others.
     *
     * @param other totals of any shards.
     * @return of each shard the later contribution.
     * @throws IllegalStateException if two of one sequence differ.
     */
    public Totals merge(final Totals other)
    {
        Totals merged = this;
        for (final Contribution contribution : other.contributions.values())
        {
            merged = merged.merge(contribution);
        }
        return merged;
    }

    /**
     * What they are made of.
     *
     * @return the latest contribution of each shard.
     */
    public Collection<Contribution> contributions()
    {
        return Collections.unmodifiableCollection(contributions.values());
    }

    /**
     * The latest contribution of a shard.
     *
     * @param source the shard.
     * @return the contribution; null if there is none.
     */
    public Contribution of(final Contribution.Source source)
    {
        return contributions.get(source);
    }

    /**
     * The totals.
     *
     * @return sums over all shards, by key.
     */
    public SortedMap<TotalsKey, Sums> sums()
    {
        final SortedMap<TotalsKey, Sums> sums = new TreeMap<>();
        contributions.values().forEach(each -> each.sums().forEach((key, value) -> sums.merge(key, value, Sums::plus)));
        return sums;
    }

    @Override
    public boolean equals(final Object other)
    {
        return other instanceof Totals totals && contributions.equals(totals.contributions);
    }

    @Override
    public int hashCode()
    {
        return contributions.hashCode();
    }

    @Override
    public String toString()
    {
        return contributions.values().toString();
    }
}
