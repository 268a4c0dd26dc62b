package io.seriatim.tools;

/**
 * What a workload is made of. The same settings make the same workload, row for row.
 */
public final class WorkloadConfig
{
    /** Accounts, if nothing else is said. */
    public static final int ACCOUNT_COUNT_DEFAULT = 10_000;

    /** Transfers, if nothing else is said. */
    public static final long TRANSFER_COUNT_DEFAULT = 1_000_000;

    /** The accounts of a ledger: the bank's cash, its fees, and two customers who can pay each other. */
    public static final int ACCOUNTS_PER_LEDGER_MIN = 4;

    /** Accounts there can be at most: their balances are kept in memory, 16 bytes for each. */
    public static final int ACCOUNT_COUNT_MAX = 50_000_000;

    private int accountCount = ACCOUNT_COUNT_DEFAULT;
    private long transferCount = TRANSFER_COUNT_DEFAULT;
    private int ledgerCount = 1;
    private long seed = 1;

    /**
     * Sets how many accounts there are; the default is {@link #ACCOUNT_COUNT_DEFAULT}.
     *
     * @param accountCount at least {@link #ACCOUNTS_PER_LEDGER_MIN} for each ledger.
     * @return this config.
     */
    public WorkloadConfig accountCount(final int accountCount)
    {
        this.accountCount = accountCount;
        return this;
    }

    /**
     * How many accounts there are.
     *
     * @return above zero.
     */
    public int accountCount()
    {
        return accountCount;
    }

    /**
     * Sets how many transfers there are; the default is {@link #TRANSFER_COUNT_DEFAULT}.
     *
     * @param transferCount at least zero.
     * @return this config.
     */
    public WorkloadConfig transferCount(final long transferCount)
    {
        this.transferCount = transferCount;
        return this;
    }

    /**
     * How many transfers there are, those that are going to be refused included.
     *
     * @return at least zero.
     */
    public long transferCount()
    {
        return transferCount;
    }

    /**
     * Sets how many ledgers the accounts are spread over; the default is 1.
     *
     * @param ledgerCount from 1 to 1,000.
     * @return this config.
     */
    public WorkloadConfig ledgerCount(final int ledgerCount)
    {
        this.ledgerCount = ledgerCount;
        return this;
    }

    /**
     * How many ledgers there are.
     *
     * @return above zero.
     */
    public int ledgerCount()
    {
        return ledgerCount;
    }

    /**
     * Sets the seed; the default is 1.
     *
     * @param seed any number.
     * @return this config.
     */
    public WorkloadConfig seed(final long seed)
    {
        this.seed = seed;
        return this;
    }

    /**
     * The seed.
     *
     * @return any number.
     */
    public long seed()
    {
        return seed;
    }

    void validate()
    {
        if (ledgerCount < 1 || ledgerCount > Ledgers.COUNT_MAX)
        {
            throw new IllegalArgumentException(
                "WorkloadConfig.ledgerCount must be from 1 to " + Ledgers.COUNT_MAX + ": ledgerCount=" + ledgerCount);
        }
        if (accountCount < ledgerCount * ACCOUNTS_PER_LEDGER_MIN || accountCount > ACCOUNT_COUNT_MAX)
        {
            throw new IllegalArgumentException(
                "WorkloadConfig.accountCount must be from " + ledgerCount * ACCOUNTS_PER_LEDGER_MIN + ", " +
                ACCOUNTS_PER_LEDGER_MIN + " for each ledger, to " + ACCOUNT_COUNT_MAX + ": accountCount=" +
                accountCount + ", ledgerCount=" + ledgerCount);
        }
        if (transferCount < 0)
        {
            throw new IllegalArgumentException(
                "WorkloadConfig.transferCount must not be below zero: transferCount=" + transferCount);
        }
    }
}
