package io.seriatim.tools;

/**
 * Expected balances in their order, one at a time: from a file, or made up.
 */
@FunctionalInterface
interface BalanceSource
{
    /**
     * Fills the next balance.
     *
     * @param balance every field of which that is about expectations is overwritten.
     * @return false if there is none.
     */
    boolean next(Balance balance);
}
