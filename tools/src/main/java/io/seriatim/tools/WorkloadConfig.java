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

    /** Accounts there can be at most: their balances are kept in memory, 16 to 33 bytes for each. */
    public static final int ACCOUNT_COUNT_MAX = 50_000_000;

    private static final int PERCENT = 100;

    private int accountCount = ACCOUNT_COUNT_DEFAULT;
    private long transferCount = TRANSFER_COUNT_DEFAULT;
    private int ledgerCount = 1;
    private long seed = 1;
    private int pendingPercent;
    private int balancingPercent;
    private int closingPercent;
    private boolean hasHistory;
    private boolean isImported;

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

    /**
     * Sets how many of a hundred transfers belong to two-phase payments: they reserve, post or void; the default is 0.
     *
     * @param pendingPercent from 0 to 100, with the other shares together.
     * @return this config.
     */
    public WorkloadConfig pendingPercent(final int pendingPercent)
    {
        this.pendingPercent = pendingPercent;
        return this;
    }

    /**
     * How many of a hundred transfers belong to two-phase payments.
     *
     * @return from 0 to 100.
     */
    public int pendingPercent()
    {
        return pendingPercent;
    }

    /**
     * Sets how many of a hundred transfers are balancing ones; the default is 0.
     *
     * @param balancingPercent from 0 to 100, with the other shares together.
     * @return this config.
     */
    public WorkloadConfig balancingPercent(final int balancingPercent)
    {
        this.balancingPercent = balancingPercent;
        return this;
    }

    /**
     * How many of a hundred transfers are balancing ones.
     *
     * @return from 0 to 100.
     */
    public int balancingPercent()
    {
        return balancingPercent;
    }

    /**
     * Sets how many of a hundred transfers close an account or open it again; the default is 0.
     *
     * @param closingPercent from 0 to 100, with the other shares together.
     * @return this config.
     */
    public WorkloadConfig closingPercent(final int closingPercent)
    {
        this.closingPercent = closingPercent;
        return this;
    }

    /**
     * How many of a hundred transfers close an account or open it again.
     *
     * @return from 0 to 100.
     */
    public int closingPercent()
    {
        return closingPercent;
    }

    /**
     * Sets whether all customers and merchants keep their history; the default is merchants only.
     *
     * @param hasHistory of all of them.
     * @return this config.
     */
    public WorkloadConfig hasHistory(final boolean hasHistory)
    {
        this.hasHistory = hasHistory;
        return this;
    }

    /**
     * Whether all customers and merchants keep their history.
     *
     * @return false if merchants only.
     */
    public boolean hasHistory()
    {
        return hasHistory;
    }

    /**
     * Sets whether accounts and transfers are imported, with timestamps of their own from 2025 on; the default is not.
     *
     * @param isImported all of them.
     * @return this config.
     */
    public WorkloadConfig isImported(final boolean isImported)
    {
        this.isImported = isImported;
        return this;
    }

    /**
     * Whether accounts and transfers are imported.
     *
     * @return all of them or none.
     */
    public boolean isImported()
    {
        return isImported;
    }

    /** Whether any transfers are asked for that are neither single payments nor chains. */
    boolean hasPhases()
    {
        return (pendingPercent | balancingPercent | closingPercent) != 0;
    }

    WorkloadConfig copy()
    {
        return new WorkloadConfig()
            .accountCount(accountCount)
            .transferCount(transferCount)
            .ledgerCount(ledgerCount)
            .seed(seed)
            .pendingPercent(pendingPercent)
            .balancingPercent(balancingPercent)
            .closingPercent(closingPercent)
            .hasHistory(hasHistory)
            .isImported(isImported);
    }

    void validate()
    {
        if (pendingPercent < 0 || balancingPercent < 0 || closingPercent < 0 ||
            pendingPercent > PERCENT || balancingPercent > PERCENT || closingPercent > PERCENT ||
            pendingPercent + balancingPercent + closingPercent > PERCENT)
        {
            throw new IllegalArgumentException(
                "shares of a workload must be from 0 to 100, and together not above 100: pendingPercent=" +
                pendingPercent + ", balancingPercent=" + balancingPercent + ", closingPercent=" + closingPercent);
        }
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
