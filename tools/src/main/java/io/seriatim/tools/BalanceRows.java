package io.seriatim.tools;

import java.nio.file.Path;

/**
 * Expected balances out of a file. Columns, in any order: {@code account_id}, {@code debits_posted} and
 * {@code credits_posted} are required; {@code ledger} and {@code credit_balance}, which may be negative, are compared
 * where they are given, {@code debits_pending} and {@code credits_pending} where the file has these columns.
 * <p>
 * Threads: confined to one.
 */
final class BalanceRows implements BalanceSource, AutoCloseable
{
    /** The header, in the order in which we write it. */
    static final String HEADER = "account_id,debits_posted,credits_posted,ledger,credit_balance";

    /** The header where something is pending. */
    static final String HEADER_WITH_PENDING = HEADER + ",debits_pending,credits_pending";

    private static final int REQUIRED_COUNT = 3;

    private static final int ACCOUNT_ID = 0;

    private static final int DEBITS_POSTED = 1;

    private static final int CREDITS_POSTED = 2;

    private static final int LEDGER = 3;

    private static final int CREDIT_BALANCE = 4;

    private static final int DEBITS_PENDING = 5;

    private static final int CREDITS_PENDING = 6;

    private final CsvReader reader;
    private final Columns columns;

    BalanceRows(final Path file)
    {
        reader = new CsvReader(file);
        columns = Inputs.orClose(reader, () -> new Columns(reader, REQUIRED_COUNT, HEADER_WITH_PENDING.split(",")));
        if (columns.has(DEBITS_PENDING) || columns.has(CREDITS_PENDING))
        {
            Inputs.orClose(reader, () ->
            {
                columns.require(DEBITS_PENDING);
                columns.require(CREDITS_PENDING);
                return null;
            });
        }
    }

    @Override
    public boolean next(final Balance balance)
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
        balance.hasPending = columns.has(DEBITS_PENDING);
        final Decimal128 debitsPending = columns.u128(DEBITS_PENDING);
        balance.debitsPendingHigh = debitsPending.high();
        balance.debitsPendingLow = debitsPending.low();
        final Decimal128 creditsPending = columns.u128(CREDITS_PENDING);
        balance.creditsPendingHigh = creditsPending.high();
        balance.creditsPendingLow = creditsPending.low();
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

    @Override
    public void close()
    {
        reader.close();
    }
}
