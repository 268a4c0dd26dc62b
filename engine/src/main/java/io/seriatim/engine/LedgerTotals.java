package io.seriatim.engine;

import java.math.BigInteger;

/**
 * A ledger's line in the trial balance: what all of its accounts add up to. Sums may take more than 128 bits.
 *
 * @param ledger         number of the ledger, unsigned 32 bit.
 * @param shard          that it lives on.
 * @param accountCount   how many accounts it has.
 * @param debitsPosted   posted debits of all accounts.
 * @param creditsPosted  posted credits of all accounts.
 * @param debitsPending  pending debits of all accounts.
 * @param creditsPending pending credits of all accounts.
 */
public record LedgerTotals(
    int ledger,
    int shard,
    long accountCount,
    BigInteger debitsPosted,
    BigInteger creditsPosted,
    BigInteger debitsPending,
    BigInteger creditsPending)
{
    /**
     * Whether debits equal credits, as they always must.
     *
     * @return true if so, of what is posted and of what is pending.
     */
    public boolean isEqual()
    {
        return debitsPosted.equals(creditsPosted) && debitsPending.equals(creditsPending);
    }
}
