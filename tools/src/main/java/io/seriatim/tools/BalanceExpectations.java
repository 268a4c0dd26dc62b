package io.seriatim.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * Balances that there should be, compared account by account with those that are. The ledger, the difference of
 * credits and debits, and the pending amounts are compared where they are given.
 * <p>
 * Shape: {@link #LOOKUP_COUNT} accounts at a time, and the first differences.<br>
 * Threads: confined to one.
 */
final class BalanceExpectations
{
    /** Accounts that are looked up together. */
    static final int LOOKUP_COUNT = 1024;

    private final BalanceSource source;
    private final int shownMax;
    private final List<String> differences = new ArrayList<>();
    private final Balance[] wanted = new Balance[LOOKUP_COUNT];
    private final Balance[] actual = new Balance[LOOKUP_COUNT];
    private long accountCount;
    private long differenceCount;

    /**
     * Nothing is compared yet.
     *
     * @param source   of the expected balances.
     * @param shownMax how many differences to keep for the user; all are counted.
     */
    BalanceExpectations(final BalanceSource source, final int shownMax)
    {
        this.source = source;
        this.shownMax = shownMax;
        for (int i = 0; i < LOOKUP_COUNT; i++)
        {
            wanted[i] = new Balance();
            actual[i] = new Balance();
        }
    }

    /**
     * Compares them all.
     *
     * @param lookup of the balances as they are.
     * @return how many accounts differ.
     * @throws InputException if a row of a file is wrong.
     */
    long compare(final BalanceLookup lookup)
    {
        int count = 0;
        while (source.next(wanted[count]))
        {
            if (++count == LOOKUP_COUNT)
            {
                compare(lookup, count);
                count = 0;
            }
        }
        if (count > 0)
        {
            compare(lookup, count);
        }
        return differenceCount;
    }

    private void compare(final BalanceLookup lookup, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            actual[i].isFound = false;
        }
        lookup.lookup(wanted, actual, count);
        for (int i = 0; i < count; i++)
        {
            accountCount++;
            final String difference = difference(wanted[i], actual[i]);
            if (difference != null)
            {
                differenceCount++;
                if (differences.size() < shownMax)
                {
                    differences.add("account " + wanted[i].accountId() + " (line " + wanted[i].line + "): " +
                        difference);
                }
            }
        }
    }

    /** The first field that differs, or null. */
    private static String difference(final Balance expected, final Balance found)
    {
        if (!found.isFound)
        {
            return "there is no such account";
        }
        if (expected.ledger != 0 && expected.ledger != found.ledger)
        {
            return difference(
                "ledger", Integer.toUnsignedString(expected.ledger), Integer.toUnsignedString(found.ledger));
        }
        if (expected.debitsPostedHigh != found.debitsPostedHigh || expected.debitsPostedLow != found.debitsPostedLow)
        {
            return difference("debits_posted", expected.debitsPosted(), found.debitsPosted());
        }
        if (expected.creditsPostedHigh != found.creditsPostedHigh ||
            expected.creditsPostedLow != found.creditsPostedLow)
        {
            return difference("credits_posted", expected.creditsPosted(), found.creditsPosted());
        }
        if (expected.hasCreditBalance)
        {
            found.deriveCreditBalance();
            if (expected.isCreditBalanceNegative != found.isCreditBalanceNegative ||
                expected.creditBalanceHigh != found.creditBalanceHigh ||
                expected.creditBalanceLow != found.creditBalanceLow)
            {
                return difference("credit_balance", expected.creditBalance(), found.creditBalance());
            }
        }
        return expected.hasPending ? pendingDifference(expected, found) : null;
    }

    private static String pendingDifference(final Balance expected, final Balance found)
    {
        if (expected.debitsPendingHigh != found.debitsPendingHigh ||
            expected.debitsPendingLow != found.debitsPendingLow)
        {
            return difference("debits_pending", expected.debitsPending(), found.debitsPending());
        }
        if (expected.creditsPendingHigh != found.creditsPendingHigh ||
            expected.creditsPendingLow != found.creditsPendingLow)
        {
            return difference("credits_pending", expected.creditsPending(), found.creditsPending());
        }
        return null;
    }

    private static String difference(final String field, final String expected, final String actual)
    {
        return field + " expected=" + expected + ", actual=" + actual;
    }

    /** Accounts compared. */
    long accountCount()
    {
        return accountCount;
    }

    /** Accounts that differ. */
    long differenceCount()
    {
        return differenceCount;
    }

    /** The first differences, one text for each account. */
    List<String> differences()
    {
        return differences;
    }
}
