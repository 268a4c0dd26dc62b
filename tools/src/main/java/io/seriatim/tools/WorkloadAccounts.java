package io.seriatim.tools;

/**
 * The accounts of a workload and what stands on them after the transfers made up so far, so that it is known of each
 * transfer whether the ledger is going to accept it.
 * <p>
 * Account {@code i} is in ledger {@code i % ledgerCount}. The first of each ledger is the bank's cash, where all
 * money comes from, the second takes its fees, every tenth of the others is a merchant who may overdraw, and the rest
 * are customers who may not.<br>
 * Shape: 16 bytes for each account, 33 if some transfers are pending, balancing or closing.<br>
 * Threads: confined to one.
 */
final class WorkloadAccounts
{
    static final int CODE_CASH = 1000;

    static final int CODE_CUSTOMER = 2000;

    static final int CODE_MERCHANT = 3000;

    static final int CODE_FEES = 7000;

    /** Accounts of the bank itself in each ledger. */
    static final int BANK_COUNT = 2;

    /** When the first account was created, if they are imported: 2025-01-01T00:00:00Z. */
    static final long IMPORTED_FROM_NS = 1_735_689_600_000_000_000L;

    private static final int MERCHANT_EVERY = 10;

    private static final long FIRST_ID = 1_000_001L;

    /** A prime above every count of accounts, so that multiplying by it only changes their order. */
    private static final long SCATTER = 1_000_000_007L;

    private final int accountCount;
    private final int ledgerCount;
    private final long[] debitsPosted;
    private final long[] creditsPosted;
    private final boolean hasHistory;
    private final boolean isImported;

    /** Null if nothing is ever pending or closed. */
    private final long[] debitsPending;
    private final long[] creditsPending;
    private final boolean[] isClosed;

    WorkloadAccounts(final WorkloadConfig config)
    {
        accountCount = config.accountCount();
        ledgerCount = config.ledgerCount();
        debitsPosted = new long[accountCount];
        creditsPosted = new long[accountCount];
        hasHistory = config.hasHistory();
        isImported = config.isImported();
        debitsPending = config.hasPhases() ? new long[accountCount] : null;
        creditsPending = config.hasPhases() ? new long[accountCount] : null;
        isClosed = config.hasPhases() ? new boolean[accountCount] : null;
    }

    int count()
    {
        return accountCount;
    }

    /** How many accounts are not the bank's. */
    int clientCount()
    {
        return accountCount - BANK_COUNT * ledgerCount;
    }

    int ledgerCount()
    {
        return ledgerCount;
    }

    /** How many accounts of a ledger are not the bank's. */
    int clientCount(final int ledger)
    {
        return (accountCount - ledger + ledgerCount - 1) / ledgerCount - BANK_COUNT;
    }

    /**
     * A client by his rank: 0 is the busiest one. Neighbours in rank are not neighbours in number.
     *
     * @param ledger index from 0.
     * @param rank   from 0 to below {@link #clientCount(int)}.
     * @return index of the account.
     */
    int client(final int ledger, final int rank)
    {
        final int place = (int) ((rank + 1) * SCATTER % clientCount(ledger));
        return ledger + (BANK_COUNT + place) * ledgerCount;
    }

    int cash(final int ledger)
    {
        return ledger;
    }

    int fees(final int ledger)
    {
        return ledger + ledgerCount;
    }

    int ledgerOf(final int account)
    {
        return account % ledgerCount;
    }

    static long id(final int account)
    {
        return FIRST_ID + account;
    }

    /** An id that no account has. */
    static long unknownId(final int draw)
    {
        return FIRST_ID + WorkloadConfig.ACCOUNT_COUNT_MAX + draw;
    }

    private int code(final int account)
    {
        final int place = account / ledgerCount;
        if (place < BANK_COUNT)
        {
            return place == 0 ? CODE_CASH : CODE_FEES;
        }
        return place % MERCHANT_EVERY == MERCHANT_EVERY - 1 ? CODE_MERCHANT : CODE_CUSTOMER;
    }

    boolean isLimited(final int account)
    {
        return code(account) == CODE_CUSTOMER;
    }

    /** What a limited account can still pay. */
    long available(final int account)
    {
        return creditsPosted[account] - debitsPosted[account] - debitsPending(account);
    }

    /** What an account still owes: its debits, without what is credited or is going to be. */
    long owed(final int account)
    {
        return debitsPosted[account] - creditsPosted[account] - creditsPending(account);
    }

    void reserve(final int debit, final int credit, final long amount)
    {
        debitsPending[debit] += amount;
        creditsPending[credit] += amount;
    }

    void release(final int debit, final int credit, final long amount)
    {
        debitsPending[debit] -= amount;
        creditsPending[credit] -= amount;
    }

    void closed(final int account, final boolean isClosedNow)
    {
        isClosed[account] = isClosedNow;
    }

    boolean isClosed(final int account)
    {
        return isClosed != null && isClosed[account];
    }

    long debitsPending(final int account)
    {
        return debitsPending == null ? 0 : debitsPending[account];
    }

    long creditsPending(final int account)
    {
        return creditsPending == null ? 0 : creditsPending[account];
    }

    void post(final int debit, final int credit, final long amount)
    {
        debitsPosted[debit] += amount;
        creditsPosted[credit] += amount;
    }

    long debitsPosted(final int account)
    {
        return debitsPosted[account];
    }

    long creditsPosted(final int account)
    {
        return creditsPosted[account];
    }

    /** Fills the row that creates an account. */
    void fill(final AccountRow row, final int account)
    {
        row.line = account + 2L;
        row.idHigh = 0;
        row.idLow = id(account);
        row.userData128High = 0;
        row.userData128Low = 0;
        row.userData64 = account / ledgerCount;
        row.userData32 = 0;
        row.ledger = Ledgers.number(ledgerOf(account));
        row.code = code(account);
        row.flags = flags(row.code) | (isImported ? AccountRow.IMPORTED : 0);
        row.timestampNs = isImported ? IMPORTED_FROM_NS + account : 0;
    }

    private int flags(final int code)
    {
        switch (code)
        {
            case CODE_CUSTOMER:
                return AccountRow.DEBITS_MUST_NOT_EXCEED_CREDITS | (hasHistory ? AccountRow.HISTORY : 0);

            case CODE_MERCHANT:
                return AccountRow.HISTORY;

            default:
                return 0;
        }
    }
}
