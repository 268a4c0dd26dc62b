package io.seriatim.tools;

/**
 * The ledgers of a workload: well-known currencies by their ISO 4217 numbers, and numbers from 1,000 on after those.
 */
final class Ledgers
{
    static final int COUNT_MAX = 1000;

    /** USD EUR GBP JPY CHF CZK CAD AUD SEK NOK DKK PLN HUF SGD HKD INR. */
    private static final int[] CURRENCIES = {
        840, 978, 826, 392, 756, 203, 124, 36, 752, 578, 208, 985, 348, 702, 344, 356 };

    private Ledgers()
    {
    }

    /** Number of a ledger by its index from 0. */
    static int number(final int index)
    {
        return index < CURRENCIES.length ? CURRENCIES[index] : 1000 + index - CURRENCIES.length;
    }
}
