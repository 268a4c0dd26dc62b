package io.seriatim.tools;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Balances that a file says there should be, compared account by account with those that are. Columns, in any
 * order: {@code account_id}, {@code debits_posted} and {@code credits_posted} are required; {@code ledger} and
 * {@code credit_balance}, which may be negative, are compared where they are given.
 * <p>
 * Shape: {@link #LOOKUP_COUNT} accounts at a time, and the first differences.<br>
 * Threads: confined to one.
 */
final class BalanceExpectations implements AutoCloseable
{
    /** The header, in the order in which we write it. */
    static final String HEADER = "account_id,debits_posted,credits_posted,ledger,credit_balance";

    /** Accounts that are looked up together. */
    static final int LOOKUP_COUNT = 1024;

    private static final int REQUIRED_COUNT = 3;

    private static final int ACCOUNT_ID = 0;

    private static final int DEBITS_POSTED = 1;

    private static final int CREDITS_POSTED = 2;

    private static final int LEDGER = 3;

    private static final int CREDIT_BALANCE = 4;

    private final CsvReader reader;
    private final Columns columns;
    private final int shownMax;
    private final List<String> differences = new ArrayList<>();
    private final Balance[] wanted = new Balance[LOOKUP_COUNT];
    private final Balance[] actual = new Balance[LOOKUP_COUNT];
    private long accountCount;
    private long differenceCount;

    /**
     * Opens the file.
     *
     * @param file             with the expected balances.
     * @param shownMax         how many differences to keep for the user; all are counted.
     * @param isLedgerRequired as with more than one shard, because an id is unique in one shard only.
     */
    BalanceExpectations(final Path file, final int shownMax, final boolean isLedgerRequired)
    {
        this.shownMax = shownMax;
        reader = new CsvReader(file);
        columns = Inputs.orClose(reader, () ->
        {
            final Columns found = new Columns(reader, REQUIRED_COUNT, HEADER.split(","));
            if (isLedgerRequired)
            {
                found.require(LEDGER);
            }
            return found;
        });
        for (int i = 0; i < LOOKUP_COUNT; i++)
        {
            wanted[i] = new Balance();
            actual[i] = new Balance();
        }
    }

    /**
     * Compares the whole file.
     *
     * @param lookup of the balances as they are.
     * @return how many accounts differ.
     * @throws InputException if a row of the file is wrong.
     */
    long compare(final BalanceLookup lookup)
    {
        int count = 0;
        while (next(wanted[count]))
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

    private boolean next(final Balance balance)
    {
        if (!reader.next())
        {
            return false;
        }
        balance.line = reader.line();
        final Decimal128 accountId = columns.u128(ACCOUNT_ID);
        balance.accountIdHigh = accountId.high();
        balance.accountIdLow = accountId.low();
        final Decimal128 debitsPosted = columns.u128(DEBITS_POSTED);
        balance.debitsPostedHigh = debitsPosted.high();
        balance.debitsPostedLow = debitsPosted.low();
        final Decimal128 creditsPosted = columns.u128(CREDITS_POSTED);
        balance.creditsPostedHigh = creditsPosted.high();
        balance.creditsPostedLow = creditsPosted.low();
        balance.ledger = columns.u32(LEDGER);
        balance.hasCreditBalance = !columns.isEmpty(CREDIT_BALANCE);
        if (balance.hasCreditBalance)
        {
            final Decimal128 magnitude = columns.magnitude(CREDIT_BALANCE);
            balance.creditBalanceHigh = magnitude.high();
            balance.creditBalanceLow = magnitude.low();
            balance.isCreditBalanceNegative =
                columns.isNegative(CREDIT_BALANCE) && (magnitude.high() | magnitude.low()) != 0;
        }
        return true;
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

    @Override
    public void close()
    {
        reader.close();
    }
}
