package io.seriatim.tools;

/**
 * A transfer to be created, as a row of a file.
 */
public final class TransferRow extends Row
{
    /** Chains this row to the next one. */
    public static final int LINKED = 1;

    /** Reserves the amount. */
    public static final int PENDING = 1 << 1;

    /** Posts a pending transfer. */
    public static final int POST_PENDING_TRANSFER = 1 << 2;

    /** Voids a pending transfer. */
    public static final int VOID_PENDING_TRANSFER = 1 << 3;

    /** The amount is a ceiling: at most what the debit account has. */
    public static final int BALANCING_DEBIT = 1 << 4;

    /** The amount is a ceiling: at most what the credit account owes. */
    public static final int BALANCING_CREDIT = 1 << 5;

    /** Closes the debit account. */
    public static final int CLOSING_DEBIT = 1 << 6;

    /** Closes the credit account. */
    public static final int CLOSING_CREDIT = 1 << 7;

    /** The row brings its own timestamp. */
    public static final int IMPORTED = 1 << 8;

    /** Account that is debited. High half. */
    public long debitAccountIdHigh;

    /** Low half. */
    public long debitAccountIdLow;

    /** Account that is credited. High half. */
    public long creditAccountIdHigh;

    /** Low half. */
    public long creditAccountIdLow;

    /** Amount in the ledger's smallest unit. High half. */
    public long amountHigh;

    /** Low half. */
    public long amountLow;

    /** Pending transfer that is posted or voided. High half. */
    public long pendingIdHigh;

    /** Low half. */
    public long pendingIdLow;

    /** How long a pending transfer may wait, in seconds; 0 = for ever. */
    public int timeout;

    @Override
    public boolean isLinked()
    {
        return (flags & LINKED) != 0;
    }

    @Override
    public boolean isImported()
    {
        return (flags & IMPORTED) != 0;
    }

    /**
     * Does the row post or void a pending transfer?
     *
     * @return true if it has one of the two flags.
     */
    public boolean isResolving()
    {
        return (flags & (POST_PENDING_TRANSFER | VOID_PENDING_TRANSFER)) != 0;
    }
}
