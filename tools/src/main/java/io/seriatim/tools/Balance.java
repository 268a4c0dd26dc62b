package io.seriatim.tools;

/**
 * Balance of an account, as it is or as it should be: a plain object that is filled again and again.
 */
final class Balance
{
    long accountIdHigh;
    long accountIdLow;

    /** 0 if not given. */
    int ledger;

    long debitsPostedHigh;
    long debitsPostedLow;
    long creditsPostedHigh;
    long creditsPostedLow;

    /** Of what is expected: pending amounts, if given. */
    boolean hasPending;
    long debitsPendingHigh;
    long debitsPendingLow;
    long creditsPendingHigh;
    long creditsPendingLow;

    /** Of what was looked up: is there such an account? */
    boolean isFound;

    /** Of what is expected: line in the file. */
    long line;

    /** Of what is expected: credits less debits, if given. */
    boolean hasCreditBalance;
    boolean isCreditBalanceNegative;
    long creditBalanceHigh;
    long creditBalanceLow;

    String accountId()
    {
        return Decimal128.toString(accountIdHigh, accountIdLow);
    }

    String debitsPosted()
    {
        return Decimal128.toString(debitsPostedHigh, debitsPostedLow);
    }

    String creditsPosted()
    {
        return Decimal128.toString(creditsPostedHigh, creditsPostedLow);
    }

    String debitsPending()
    {
        return Decimal128.toString(debitsPendingHigh, debitsPendingLow);
    }

    String creditsPending()
    {
        return Decimal128.toString(creditsPendingHigh, creditsPendingLow);
    }

    /** Credits less debits, which takes 129 bits. */
    void deriveCreditBalance()
    {
        final int order = Decimal128.compare(creditsPostedHigh, creditsPostedLow, debitsPostedHigh, debitsPostedLow);
        isCreditBalanceNegative = order < 0;
        final long borrow = Long.compareUnsigned(creditsPostedLow, debitsPostedLow) < 0 ? 1 : 0;
        creditBalanceHigh = creditsPostedHigh - debitsPostedHigh - borrow;
        creditBalanceLow = creditsPostedLow - debitsPostedLow;
        if (isCreditBalanceNegative)
        {
            creditBalanceHigh = ~creditBalanceHigh + (creditBalanceLow == 0 ? 1 : 0);
            creditBalanceLow = -creditBalanceLow;
        }
    }

    String creditBalance()
    {
        return (isCreditBalanceNegative ? "-" : "") + Decimal128.toString(creditBalanceHigh, creditBalanceLow);
    }
}
