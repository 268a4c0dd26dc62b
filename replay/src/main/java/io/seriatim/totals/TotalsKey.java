package io.seriatim.totals;

import java.util.Comparator;

/**
 * What is counted together: transfers of a ledger, with a code, that had an outcome.
 *
 * @param ledger  number of the ledger, so of what it counts.
 * @param code    of the transfers.
 * @param outcome code of the outcome, see {@link io.seriatim.ledger.TransferOutcome}.
 */
public record TotalsKey(int ledger, int code, int outcome) implements Comparable<TotalsKey>
{
    private static final Comparator<TotalsKey> ORDER =
        Comparator.<TotalsKey>comparingLong(key -> Integer.toUnsignedLong(key.ledger))
            .thenComparingInt(TotalsKey::code).thenComparingLong(key -> Integer.toUnsignedLong(key.outcome));

    @Override
    public int compareTo(final TotalsKey other)
    {
        return ORDER.compare(this, other);
    }
}
