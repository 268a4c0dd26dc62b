package io.seriatim.tools;

/**
 * An account to be created, as a row of a file.
 */
public final class AccountRow extends Row
{
    /** Chains this row to the next one. */
    public static final int LINKED = 1;

    /** No debit may lift the debits above the credits. */
    public static final int DEBITS_MUST_NOT_EXCEED_CREDITS = 1 << 1;

    /** No credit may lift the credits above the debits. */
    public static final int CREDITS_MUST_NOT_EXCEED_DEBITS = 1 << 2;

    /** Keep the balance after each transfer. */
    public static final int HISTORY = 1 << 3;

    /** The row brings its own timestamp. */
    public static final int IMPORTED = 1 << 4;

    /** No movement. */
    public static final int CLOSED = 1 << 5;

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
}
