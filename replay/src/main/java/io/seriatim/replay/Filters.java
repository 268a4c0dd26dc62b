package io.seriatim.replay;

import io.seriatim.engine.Filter;
import io.seriatim.ledger.Amounts;

/**
 * Which filters can match anything. One that is invalid is no error; its answer is empty.
 * <p>
 * Threads: static, any.<br>
 * Source: SEMANTICS, section 14.
 */
final class Filters
{
    private static final int SIDES = Filter.DEBITS | Filter.CREDITS;

    private Filters()
    {
    }

    /** Whether a filter of get_account_transfers can match. */
    static boolean isValidForTransfers(final Filter filter)
    {
        return isValidOfAccount(filter, SIDES | Filter.REVERSED);
    }

    /** Whether a filter of get_account_balances can match. */
    static boolean isValidForBalances(final Filter filter)
    {
        return isValidOfAccount(filter, SIDES | Filter.REVERSED | Filter.OPENING);
    }

    /** Whether a filter of query_accounts, query_transfers and, but for its state, query_pending can match. */
    static boolean isValidQuery(final Filter filter)
    {
        return isValid(filter, Filter.QUERY_REVERSED);
    }

    /** Whether a filter of get_change_events can match. */
    static boolean isValidForEvents(final Filter filter)
    {
        return isValid(filter, 0);
    }

    /** How many rows are asked for. */
    static int rowCountMax(final Filter filter, final int rowCountMax)
    {
        return Integer.compareUnsigned(filter.limit(), rowCountMax) < 0 ? filter.limit() : rowCountMax;
    }

    private static boolean isValidOfAccount(final Filter filter, final int knownFlags)
    {
        return isValid(filter, knownFlags) && (filter.flags() & SIDES) != 0 &&
            !Amounts.isZero(filter.idHigh(), filter.idLow()) && !Amounts.isMax(filter.idHigh(), filter.idLow());
    }

    /** A timestamp whose top bit is set is above the greatest one. */
    private static boolean isValid(final Filter filter, final int knownFlags)
    {
        final long min = filter.timestampMinNs();
        final long max = filter.timestampMaxNs();
        return filter.limit() != 0 && (filter.flags() & ~knownFlags) == 0 &&
            min >= 0 && max >= 0 && (max == 0 || min <= max);
    }
}
