package io.seriatim.tools;

/**
 * Where balances are looked up, many at a time.
 */
@FunctionalInterface
interface BalanceLookup
{
    /**
     * Looks balances up.
     *
     * @param wanted accounts by id, and by ledger where there is one.
     * @param actual to be filled at the same index: {@code isFound}, and if so the ledger and all four
     *               amounts.
     * @param count  of the accounts, above zero.
     */
    void lookup(Balance[] wanted, Balance[] actual, int count);
}
