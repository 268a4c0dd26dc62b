package io.seriatim.replay;

import java.math.BigInteger;

/**
 * What a ledger came to.
 *
 * @param ledger             its number.
 * @param accountCount       how many accounts it has.
 * @param lastLedgerSequence number of its newest entry.
 * @param pendingCount       how many of its pending transfers are open.
 * @param debitsPending      sum over its accounts.
 * @param debitsPosted       sum over its accounts.
 * @param creditsPending     sum over its accounts.
 * @param creditsPosted      sum over its accounts.
 */
public record LedgerAudit(
    long ledger,
    long accountCount,
    long lastLedgerSequence,
    long pendingCount,
    BigInteger debitsPending,
    BigInteger debitsPosted,
    BigInteger creditsPending,
    BigInteger creditsPosted)
{
    /**
     * Whether its debits equal its credits.
     *
     * @return true unless our own code is wrong.
     */
    public boolean isBalanced()
    {
        return debitsPosted.equals(creditsPosted) && debitsPending.equals(creditsPending);
    }
}
