package io.seriatim.ledger;

import io.seriatim.codecs.AccountRecordDecoder;

/**
 * What the accounts of a ledger come to.
 * <p>
 * Threads: confined to one.
 */
public final class LedgerSums
{
    private final WideSum debitsPending = new WideSum();
    private final WideSum debitsPosted = new WideSum();
    private final WideSum creditsPending = new WideSum();
    private final WideSum creditsPosted = new WideSum();
    private long accountCount;

    /**
     * Add an account.
     *
     * @param account as it stands.
     */
    public void add(final AccountRecordDecoder account)
    {
        accountCount++;
        debitsPending.add(account.debitsPendingHigh(), account.debitsPendingLow());
        debitsPosted.add(account.debitsPostedHigh(), account.debitsPostedLow());
        creditsPending.add(account.creditsPendingHigh(), account.creditsPendingLow());
        creditsPosted.add(account.creditsPostedHigh(), account.creditsPostedLow());
    }

    /**
     * How many accounts were added.
     *
     * @return a count.
     */
    public long accountCount()
    {
        return accountCount;
    }

    /**
     * Debits reserved.
     *
     * @return the sum.
     */
    public WideSum debitsPending()
    {
        return debitsPending;
    }

    /**
     * Debits posted.
     *
     * @return the sum.
     */
    public WideSum debitsPosted()
    {
        return debitsPosted;
    }

    /**
     * Credits reserved.
     *
     * @return the sum.
     */
    public WideSum creditsPending()
    {
        return creditsPending;
    }

    /**
     * Credits posted.
     *
     * @return the sum.
     */
    public WideSum creditsPosted()
    {
        return creditsPosted;
    }
}
